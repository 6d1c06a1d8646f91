// The hostile scripts of ../js/hostile_test.cpp, run by processes of an executor: what a script
// means to a test there is decided here.
#include <boost/json/parse.hpp>
#include <map>
#include <utility>

#include "queue/log/log_testing.h"
#include "script/js/js_testing.h"
#include "script/remote/remote_testing.h"

namespace thingstead::script::js {
namespace {

struct HostileStage {
    explicit HostileStage(const Limits& limits) : queue(storage.open()) {
        remote::Settings settings = remote::patient_settings();
        settings.executor.workers = 1;
        settings.remote.exec_timeout = limits.time_max;
        pair = std::make_unique<remote::RemotePair>(*queue, settings, limits);
    }
    queue::log::LogStorage storage;
    std::unique_ptr<queue::Queue> queue;
    std::unique_ptr<remote::RemotePair> pair;
};

/// One for all calls with the same limits; ends with the tests.
class HostileStages final : public testing::Environment {
  public:
    void TearDown() override { stages_.clear(); }
    remote::RemotePair& of(const Limits& limits) {
        auto& stage = stages_[{limits.memory_bytes_max, limits.time_max.count()}];
        if (!stage) stage = std::make_unique<HostileStage>(limits);
        return *stage->pair;
    }

  private:
    std::map<std::pair<std::size_t, std::int64_t>, std::unique_ptr<HostileStage>> stages_;
};

HostileStages* const hostile_stages = [] {
    auto* const stages = new HostileStages;
    testing::AddGlobalTestEnvironment(stages);  // which owns it
    return stages;
}();

}  // namespace

Limits patient() {
    Limits limits;
    limits.time_max = std::chrono::seconds(60);
    return limits;
}

std::string outcome(std::string_view script, std::string_view inputs, const Limits& limits) {
    json::object members;
    if (!inputs.empty()) members = json::parse(inputs).as_object();
    std::vector<std::string> names;
    std::vector<Input> values;
    for (const auto& [name, value] : members) {
        names.emplace_back(name);
        values.emplace_back(&value);
    }
    return hostile_stages->of(limits).outcome(script, names, values);
}

/// There is one process, so the neighbour runs where the script ran, or where it was replaced.
Outcomes outcomes(std::string_view script, std::string_view neighbour, std::string_view inputs,
                  const Limits& limits) {
    outcome(neighbour, inputs, limits);
    Outcomes got;
    got.script = outcome(script, inputs, limits);
    for (int i = 0; i < attempts_max && (i == 0 || is_late(got.neighbour)); ++i)
        got.neighbour = outcome(neighbour, inputs, limits);
    return got;
}

}  // namespace thingstead::script::js
