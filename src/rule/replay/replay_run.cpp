#include "rule/replay/replay_run.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <exception>
#include <memory>
#include <string>
#include <thread>
#include <unordered_set>
#include <utility>
#include <vector>

#include "rule/queue_rows.h"
#include "rule/replay/message_source.h"
#include "rule/replay/report.h"
#include "rule/replay/sandbox_entities.h"

namespace thingstead::rule {
namespace {

using ReplaySteady = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr std::int32_t devices_page = 1000;
constexpr auto work_time = 20ms;  ///< After which it rests.

/// Works a share of the time, so that live messages have the processor.
class Pace {
  public:
    explicit Pace(std::int32_t percent) : percent_(percent) {}

    void keep() {
        const auto worked = ReplaySteady::now() - since_;
        if (percent_ >= 100 || worked < work_time) return;
        std::this_thread::sleep_for(worked * (100 - percent_) / percent_);
        since_ = ReplaySteady::now();
    }

  private:
    const std::int32_t percent_;
    ReplaySteady::time_point since_ = ReplaySteady::now();
};

template <class T>
Result<T> answer_of(Task<Result<T>> question) {
    boost::asio::io_context context(1);
    std::optional<Result<T>> answer;
    boost::asio::co_spawn(
        context, std::move(question), [&answer](std::exception_ptr thrown, Result<T> got) {
            answer = thrown ? Result<T>(Error{ErrorCode::internal, "an exception in a replay"})
                            : std::move(got);
        });
    context.run();
    if (!answer) return Error{ErrorCode::unavailable, "The store does not answer the replay!"};
    return *std::move(answer);
}

using Devices = std::unordered_set<Uuid>;

Task<Result<Devices>> devices_of(store::EntityStore& store, model::TenantId tenant, Uuid profile) {
    Devices devices;
    std::optional<Uuid> after;
    for (bool more = true; more;) {
        const auto work = [&](store::Reader& reader) -> Result<> {
            store::Filter filter{
                {"tenantId",        tenant.uuid},
                {"deviceProfileId", profile    }
            };
            if (after) filter.emplace_back("id", store::Compare::at_least, *after);
            const auto some = reader.all<model::Device>(filter, devices_page);
            if (!some) return some.error();
            for (const model::Device& each : *some) devices.insert(each.id.uuid);
            more = static_cast<std::int32_t>(some->size()) == devices_page;
            if (more) after = some->back().id.uuid;
            return {};
        };
        if (Result<> read = co_await store.read(work); !read) co_return read.error();
    }
    co_return devices;
}

/// Topics of the queues that the tenant's messages may be in.
Result<std::vector<std::string>> topics_of(const SandboxGround& ground, model::TenantId tenant) {
    // Reading the plans may number topics: that is not a replay's to write.
    Effects effects;
    Memory memory(ground.settings.replay.memory_bytes_max);
    SandboxEntities sandbox(ground.live.entities, effects, memory);
    auto plans = answer_of(read_queue_plans(sandbox, ground.settings, ground.live.clock.now_ms()));
    if (!plans) return plans.error();
    std::vector<std::string> topics{std::string(core::main_topic)};
    for (const QueuePlan& each : *plans) {
        const bool its = each.tenant == model::system_tenant || each.tenant == tenant;
        if (its && std::find(topics.begin(), topics.end(), each.topic) == topics.end())
            topics.push_back(each.topic);
    }
    return topics;
}

/// The versions of a chain side by side, message by message.
class Run {
  public:
    Run(const SandboxGround& ground, const core::Caller& caller, const core::ReplayRequest& request,
        ReplayProgress& progress)
        : ground_(ground),
          caller_(caller),
          request_(request),
          progress_(progress),
          comparison_(static_cast<std::size_t>(std::max(request.differences_max, 0))),
          pace_(ground.settings.replay.share_percent) {}

    Result<core::ReplayReport> report() {
        if (Result<> opened = open(); !opened) return opened.error();
        auto topics = topics_of(ground_, caller_.tenant);
        if (!topics) return topics.error();
        auto source =
            MessageSource::open(ground_.live.queue, *topics, request_.start_ts, request_.end_ts);
        if (!source) return source.error();
        if (Result<> done = run_all(*source); !done) return done.error();
        finish();
        if (Result<> sound = check_sound(); !sound) return sound.error();
        report_.run = sums_.sums();
        if (other_) report_.against = other_sums_.sums();
        comparison_.tell(report_);
        return std::move(report_);
    }

  private:
    Result<> open() {
        if (request_.device_profile_id) {
            auto devices = answer_of(
                devices_of(ground_.live.entities, caller_.tenant, *request_.device_profile_id));
            if (!devices) return devices.error();
            devices_ = *std::move(devices);
        } else if (request_.device_id) {
            devices_ = Devices{*request_.device_id};
        }
        auto opened = Sandbox::open(ground_, view_of(request_.metadata));
        if (!opened) return opened.error();
        sandbox_ = *std::move(opened);
        if (!request_.compare) return {};
        opened = Sandbox::open(ground_, view_of(request_.compare_metadata));
        if (!opened) return opened.error();
        other_ = *std::move(opened);
        return {};
    }

    SandboxView view_of(const std::optional<model::RuleChainMetaData>& draft) const {
        SandboxView view;
        view.tenant = caller_.tenant;
        view.past.window_start_ms = request_.start_ts;
        view.past.is_replayed = [this](model::EntityId entity) { return is_replayed(entity); };
        view.draft = draft;
        if (view.draft) {
            view.draft->rule_chain_id = *request_.rule_chain_id;
            view.draft->version.reset();
        }
        view.caller = caller_;
        view.outside_fails = request_.outside_fails;
        view.cancelled = [this] { return progress_.cancelled.load(); };
        return view;
    }

    bool is_replayed(model::EntityId entity) const {
        return !devices_ ||
               (entity.type == model::EntityType::device && devices_->contains(entity.uuid));
    }

    Result<> run_all(MessageSource& source) {
        while (!progress_.cancelled) {
            auto stored = source.next();
            if (!stored) return stored.error();
            if (!*stored) return {};
            ++progress_.records_read;
            progress_.position_ts = (*stored)->appended_ms;
            pace_.keep();
            if (!(*stored)->message) {
                ++report_.unreadable;
                continue;
            }
            const model::QueuedMsg& queued = *(*stored)->message;
            if (queued.tenant != caller_.tenant || !is_replayed(queued.msg.originator)) continue;
            if (made_by_chains(queued.msg)) {
                ++report_.passed_over;
                continue;
            }
            if (progress_.messages_run >= request_.messages_max) {
                report_.all = false;
                return {};
            }
            run(queued);
            ++progress_.messages_run;
            if (Result<> sound = check_sound(); !sound) return sound;
        }
        return {};
    }

    void run(const model::QueuedMsg& queued) {
        const EpochMs ts = queued.msg.ts;
        note(nullptr, ts, sandbox_->pass_time(ts),
             other_ ? other_->pass_time(ts) : std::vector<Effect>());
        note(&queued.msg, ts, sandbox_->run(queued),
             other_ ? other_->run(queued) : std::vector<Effect>());
    }

    void finish() {
        if (progress_.cancelled) return;
        note(nullptr, progress_.position_ts, sandbox_->finish(),
             other_ ? other_->finish() : std::vector<Effect>());
    }

    void note(const model::Msg* message, EpochMs ts, const std::vector<Effect>& run,
              const std::vector<Effect>& against) {
        sums_.add(run, message != nullptr);
        if (!other_) return;
        other_sums_.add(against, message != nullptr);
        comparison_.add(message, ts, run, against);
    }

    Result<> check_sound() const {
        if (sandbox_->broken()) return *sandbox_->broken();
        if (other_ && other_->broken()) return *other_->broken();
        return {};
    }

    const SandboxGround& ground_;
    const core::Caller& caller_;
    const core::ReplayRequest& request_;
    ReplayProgress& progress_;
    std::optional<Devices> devices_;  ///< Whose messages are run; none: all.
    std::unique_ptr<Sandbox> sandbox_;
    std::unique_ptr<Sandbox> other_;  ///< Null: nothing is compared.
    ReplaySumsMaker sums_, other_sums_;
    ReplayComparison comparison_;
    core::ReplayReport report_;
    Pace pace_;
};

}  // namespace

Result<core::ReplayReport> run_replay(const SandboxGround& ground, const core::Caller& caller,
                                      const core::ReplayRequest& request,
                                      ReplayProgress& progress) {
    return Run(ground, caller, request, progress).report();
}

}  // namespace thingstead::rule
