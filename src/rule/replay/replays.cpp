#include "rule/replay/replays.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <exception>
#include <optional>
#include <string_view>
#include <thread>
#include <utility>

#include "core/access.h"
#include "core/permission/check.h"
#include "core/rule_chain/metadata.h"
#include "net/thread_name.h"
#include "rule/replay/replay_run.h"
#include "rule/replay/sandbox_entities.h"

namespace thingstead::rule {
namespace {

constexpr std::int64_t replay_messages_max = 100'000'000;
constexpr std::int32_t replay_differences_max = 10'000;

Error replay_invalid(std::string text) { return {ErrorCode::invalid_argument, std::move(text)}; }

/// What can be said of the request alone.
Result<> check_fields(const core::ReplayRequest& asked) {
    if (!asked.rule_chain_id) return replay_invalid("Rule chain id should be specified!");
    if (asked.device_id && asked.device_profile_id)
        return replay_invalid("One of deviceId and deviceProfileId should be specified!");
    if (asked.start_ts < 0) return replay_invalid("startTs should not be negative!");
    if (asked.end_ts <= asked.start_ts) return replay_invalid("endTs should be after startTs!");
    if (asked.messages_max < 1 || asked.messages_max > replay_messages_max)
        return replay_invalid("messagesMax should be between 1 and " +
                              std::to_string(replay_messages_max) + "!");
    if (asked.differences_max < 0 || asked.differences_max > replay_differences_max)
        return replay_invalid("differencesMax should be between 0 and " +
                              std::to_string(replay_differences_max) + "!");
    if (asked.compare && !asked.metadata && !asked.compare_metadata)
        return replay_invalid("metadata or compareMetadata should be specified to compare!");
    if (!asked.compare && asked.compare_metadata)
        return replay_invalid("compareMetadata is for requests that compare!");
    return {};
}

Error named(std::string_view field, Error error) {
    error.message = std::string(field) + ": " + error.message;
    return error;
}

Error no_replay() { return {ErrorCode::not_found, "Requested item wasn't found!"}; }

}  // namespace

struct Replays::Job {
    core::Caller caller;
    core::ReplayRequest request;
    Uuid id{};
    EpochMs created_ms = 0;
    ReplayProgress progress;

    mutable std::mutex mutex;  ///< Guards what follows.
    core::ReplayStatus status = core::ReplayStatus::running;
    std::string error;
    std::optional<core::ReplayReport> report;
    EpochMs ended_ms = 0;
    std::thread thread;  ///< Of whoever starts, ends and forgets jobs.

    bool runs() const {
        const std::lock_guard lock(mutex);
        return status == core::ReplayStatus::running;
    }

    /// It ended longer ago than it is kept.
    bool is_old(EpochMs now_ms, std::chrono::milliseconds kept) const {
        const std::lock_guard lock(mutex);
        return status != core::ReplayStatus::running && now_ms - ended_ms > kept.count();
    }

    core::ReplayState state(bool with_report) const {
        core::ReplayState state;
        state.id = id;
        state.rule_chain_id = request.rule_chain_id;
        state.created_time = created_ms;
        state.start_ts = request.start_ts;
        state.end_ts = request.end_ts;
        state.records_read = progress.records_read;
        state.messages_run = progress.messages_run;
        state.position_ts = progress.position_ts;
        const std::lock_guard lock(mutex);
        state.status = status;
        state.error = error;
        if (with_report) state.report = report;
        return state;
    }

    void end(Result<core::ReplayReport> outcome, EpochMs now_ms) {
        const std::lock_guard lock(mutex);
        ended_ms = now_ms;
        if (progress.cancelled) {
            status = core::ReplayStatus::cancelled;
        } else if (outcome) {
            status = core::ReplayStatus::done;
            report = *std::move(outcome);
        } else {
            status = core::ReplayStatus::failed;
            error = outcome.error().message;
        }
    }
};

Replays::Replays(const Settings& settings, const Services& live,
                 std::span<const NodeDescriptor* const> nodes,
                 const core::ComponentCatalogue& components)
    : settings_(settings),
      live_(live),
      nodes_(nodes.begin(), nodes.end()),
      components_(components) {}

Replays::~Replays() { stop(); }

Task<Result<Uuid>> Replays::start(core::Caller caller, core::ReplayRequest request) {
    if (Result<> checked = co_await check(caller, request); !checked) co_return checked.error();
    auto job = std::make_shared<Job>();
    job->caller = std::move(caller);
    job->request = std::move(request);
    job->id = new_random_uuid();
    job->created_ms = live_.clock.now_ms();
    co_return begin(std::move(job));
}

Task<Result<>> Replays::check(const core::Caller& caller, const core::ReplayRequest& request) {
    if (Result<> fields = check_fields(request); !fields) co_return fields;
    core::Platform platform{live_.entities, live_.telemetry, live_.attributes,
                            live_.events,   live_.clock,     live_.log};
    const auto chain = co_await core::get_metadata(platform, caller, *request.rule_chain_id);
    if (!chain) co_return named("ruleChainId", chain.error());
    core::EntityAccess access(live_.entities);
    if (request.device_id) {
        const model::EntityId device = model::DeviceId{*request.device_id};
        const Result<> may = co_await access.check(caller, core::Operation::read_telemetry, device);
        if (!may) co_return named("deviceId", may.error());
    }
    if (request.device_profile_id) {
        bool found = false;
        const auto look = [&](store::Reader& reader) -> Result<> {
            const auto profile = reader.find<model::DeviceProfile>({
                {"id",       *request.device_profile_id},
                {"tenantId", caller.tenant.uuid        }
            });
            if (!profile) return profile.error();
            found = profile->has_value();
            return {};
        };
        if (Result<> read = co_await live_.entities.read(look); !read) co_return read;
        if (!found)
            co_return Error{ErrorCode::not_found,
                            "deviceProfileId: Device profile with requested id wasn't found!"};
    }
    const std::array drafts{
        std::pair(std::string_view("metadata"), &request.metadata),
        std::pair(std::string_view("compareMetadata"), &request.compare_metadata)};
    for (const auto& [field, draft] : drafts) {
        if (!*draft) continue;
        model::RuleChainMetaData copy = **draft;
        copy.rule_chain_id = *request.rule_chain_id;
        copy.version.reset();
        const Result<> checked = co_await check_draft(caller, std::move(copy));
        if (!checked) co_return named(field, checked.error());
    }
    co_return Result<>();
}

/// As a save checks it, in a sandbox that is thrown away.
Task<Result<>> Replays::check_draft(core::Caller caller, model::RuleChainMetaData draft) {
    Effects effects;
    Memory memory(settings_.replay.memory_bytes_max);
    SandboxEntities sandbox(live_.entities, effects, memory);
    const EpochMs now = live_.clock.now_ms();
    const auto save = [&](store::Transaction& transaction) -> Result<> {
        const core::MetadataSave how{caller, components_, now, false};
        const auto saved = core::save_metadata_in(transaction, how, draft);
        if (!saved) return saved.error();
        return {};
    };
    co_return co_await sandbox.write(save);
}

Result<Uuid> Replays::begin(std::shared_ptr<Job> job) {
    const std::lock_guard lock(mutex_);
    if (stopped_) return Error{ErrorCode::unavailable, "The server is stopping!"};
    forget_old();
    std::size_t all = 0;
    std::size_t of_tenant = 0;
    for (const auto& [id, each] : jobs_) {
        if (!each->runs()) continue;
        ++all;
        if (each->caller.tenant == job->caller.tenant) ++of_tenant;
    }
    if (of_tenant >= settings_.replay.running_of_tenant_max)
        return Error{ErrorCode::rate_limited, "Another replay of the tenant runs already!"};
    if (all >= settings_.replay.running_max)
        return Error{ErrorCode::rate_limited, "As many replays run as this server allows!"};
    job->thread = std::thread([this, it = job.get()] {
        net::name_this_thread("rule-replay");
        const SandboxGround ground{settings_, live_, nodes_, components_};
        Result<core::ReplayReport> outcome = Error{ErrorCode::internal, "The replay failed!"};
        try {
            outcome = run_replay(ground, it->caller, it->request, it->progress);
        } catch (const std::exception& why) {
            live_.log.error("rule.replay.failed", {
                                                      {"reason", why.what()}
            });
        }
        it->end(std::move(outcome), live_.clock.now_ms());
    });
    const Uuid id = job->id;
    jobs_.emplace(id, std::move(job));
    return id;
}

void Replays::forget_old() {
    const EpochMs now = live_.clock.now_ms();
    const auto forget = [&](Jobs::iterator at) {
        if (at->second->thread.joinable()) at->second->thread.join();
        return jobs_.erase(at);
    };
    std::vector<Jobs::iterator> ended;
    for (auto at = jobs_.begin(); at != jobs_.end();) {
        if (at->second->runs()) {
            ++at;
            continue;
        }
        if (at->second->is_old(now, settings_.replay.kept_time)) {
            at = forget(at);
        } else {
            ended.push_back(at++);
        }
    }
    std::sort(ended.begin(), ended.end(), [](const auto& a, const auto& b) {
        return a->second->ended_ms < b->second->ended_ms;
    });
    for (std::size_t i = 0; ended.size() - i > settings_.replay.kept_max; ++i) forget(ended[i]);
}

Result<core::ReplayState> Replays::find(const core::Caller& caller, const Uuid& id) const {
    const std::lock_guard lock(mutex_);
    const auto at = jobs_.find(id);
    if (at == jobs_.end() || at->second->caller.tenant != caller.tenant) return no_replay();
    if (at->second->is_old(live_.clock.now_ms(), settings_.replay.kept_time)) return no_replay();
    return at->second->state(true);
}

std::vector<core::ReplayState> Replays::list(const core::Caller& caller) const {
    std::vector<core::ReplayState> states;
    {
        const std::lock_guard lock(mutex_);
        for (const auto& [id, each] : jobs_)
            if (each->caller.tenant == caller.tenant &&
                !each->is_old(live_.clock.now_ms(), settings_.replay.kept_time))
                states.push_back(each->state(false));
    }
    std::sort(states.begin(), states.end(),
              [](const auto& a, const auto& b) { return a.created_time > b.created_time; });
    return states;
}

Result<> Replays::remove(const core::Caller& caller, const Uuid& id) {
    const std::lock_guard lock(mutex_);
    const auto at = jobs_.find(id);
    if (at == jobs_.end() || at->second->caller.tenant != caller.tenant) return no_replay();
    if (at->second->runs()) {
        at->second->progress.cancelled = true;
        return {};
    }
    at->second->thread.join();
    jobs_.erase(at);
    return {};
}

Result<std::vector<std::string>> Replays::try_nodes(
    model::TenantId tenant, const model::RuleChainMetaData& metadata) const {
    return Sandbox::try_nodes({settings_, live_, nodes_, components_}, tenant, metadata);
}

void Replays::stop() {
    Jobs jobs;
    {
        const std::lock_guard lock(mutex_);
        stopped_ = true;
        jobs.swap(jobs_);
    }
    for (const auto& [id, each] : jobs) each->progress.cancelled = true;
    for (const auto& [id, each] : jobs)
        if (each->thread.joinable()) each->thread.join();
}

}  // namespace thingstead::rule
