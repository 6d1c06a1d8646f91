// The port to replays of the rule engine: stored messages are run again through a version of a rule
// chain, in a sandbox without effects, and their effects reported.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/describe.h"
#include "base/error.h"
#include "core/caller.h"
#include "model/ids.h"
#include "model/rule_chain.h"
#include "net/task.h"

namespace thingstead::core {

struct ReplayRequest {
    std::optional<model::RuleChainId> rule_chain_id{};
    /// The version that is run; none: as it is stored.
    std::optional<model::RuleChainMetaData> metadata{};
    /// The version that it is compared with; none: as it is stored.
    std::optional<model::RuleChainMetaData> compare_metadata{};
    bool compare = false;
    std::optional<Uuid> device_id{};          ///< Messages of this device alone.
    std::optional<Uuid> device_profile_id{};  ///< Of devices that have this profile now.
    EpochMs start_ts = 0;                     ///< Of the append to the queue; inclusive.
    EpochMs end_ts = 0;                       ///< Exclusive.
    std::int64_t messages_max = 1'000'000;
    std::int32_t differences_max = 100;  ///< That are shown in full.
    bool outside_fails = false;          ///< What systems outside answer: success, or failure.
};
constexpr auto describe(const ReplayRequest*) {
    using R = ReplayRequest;
    return fields(
        field("ruleChainId", &R::rule_chain_id, "",
              required_as("Rule chain id should be specified!")),
        field("metadata", &R::metadata, "", of_schema("RuleChainMetaData")),
        field("compareMetadata", &R::compare_metadata, "", of_schema("RuleChainMetaData")),
        field("compare", &R::compare), field("deviceId", &R::device_id),
        field("deviceProfileId", &R::device_profile_id), field("startTs", &R::start_ts),
        field("endTs", &R::end_ts), field("messagesMax", &R::messages_max),
        field("differencesMax", &R::differences_max), field("outsideFails", &R::outside_fails));
}

enum class ReplayStatus : std::uint8_t { running, done, cancelled, failed };
constexpr auto enum_names(ReplayStatus) {
    using namespace std::literals;
    return std::array{
        std::pair{ReplayStatus::running,   "RUNNING"sv  },
        std::pair{ReplayStatus::done,      "DONE"sv     },
        std::pair{ReplayStatus::cancelled, "CANCELLED"sv},
        std::pair{ReplayStatus::failed,    "FAILED"sv   }
    };
}

/// How often something happened.
struct ReplayCount {
    std::string name;
    std::int64_t count = 0;
    friend bool operator==(const ReplayCount&, const ReplayCount&) = default;
};
constexpr auto describe(const ReplayCount*) {
    return fields(field("name", &ReplayCount::name), field("count", &ReplayCount::count));
}

/// What one version did, all in all.
struct ReplaySums {
    std::int64_t messages = 0;  ///< That were read and run.
    std::int64_t failures = 0;
    std::int64_t points = 0;
    std::int64_t attributes = 0;
    std::int64_t outside_calls = 0;
    std::int64_t enqueued = 0;
    std::vector<ReplayCount> ways;      ///< "chain / node -> relation".
    std::vector<ReplayCount> alarms;    ///< By type, what happened, and status.
    std::vector<ReplayCount> entities;  ///< By table, and what happened.
    std::vector<ReplayCount> outside;   ///< By "chain / node".
    std::string digest;                 ///< Of all effects in order: equal runs have equal ones.
    friend bool operator==(const ReplaySums&, const ReplaySums&) = default;
};
constexpr auto describe(const ReplaySums*) {
    using S = ReplaySums;
    return fields(field("messages", &S::messages), field("failures", &S::failures),
                  field("points", &S::points), field("attributes", &S::attributes),
                  field("outsideCalls", &S::outside_calls), field("enqueued", &S::enqueued),
                  field("ways", &S::ways, "", of_schema("ReplayCount")),
                  field("alarms", &S::alarms, "", of_schema("ReplayCount")),
                  field("entities", &S::entities, "", of_schema("ReplayCount")),
                  field("outside", &S::outside, "", of_schema("ReplayCount")),
                  field("digest", &S::digest));
}

/// A message whose effects differ. Effects that both have are left out.
struct ReplayDifference {
    EpochMs ts = 0;
    std::string message_id;  ///< Empty: what nodes did before, as time passed.
    std::string type;
    std::string originator;  ///< "DEVICE:id"
    std::string data;
    std::vector<std::string> run;      ///< Effects of the version that is run alone.
    std::vector<std::string> against;  ///< Of the one that it is compared with alone.
    friend bool operator==(const ReplayDifference&, const ReplayDifference&) = default;
};
constexpr auto describe(const ReplayDifference*) {
    using D = ReplayDifference;
    return fields(field("ts", &D::ts), field("messageId", &D::message_id), field("type", &D::type),
                  field("originator", &D::originator), field("data", &D::data),
                  field("run", &D::run), field("against", &D::against));
}

struct ReplayReport {
    ReplaySums run;
    std::optional<ReplaySums> against{};  ///< If two versions are compared.
    std::int64_t different = 0;           ///< Messages that went another way, or did another thing.
    std::int64_t different_effects = 0;   ///< Of these, those that did another thing.
    std::vector<ReplayDifference> differences{};  ///< The first of them.
    std::int64_t passed_over = 0;  ///< Messages of the window that the engine itself had made.
    std::int64_t unreadable = 0;   ///< Records that are no messages.
    bool all = true;               ///< False: messagesMax was reached before the end.
    friend bool operator==(const ReplayReport&, const ReplayReport&) = default;
};
constexpr auto describe(const ReplayReport*) {
    using R = ReplayReport;
    return fields(field("run", &R::run, "", of_schema("ReplaySums")),
                  field("against", &R::against, "", of_schema("ReplaySums")),
                  field("different", &R::different),
                  field("differentEffects", &R::different_effects),
                  field("differences", &R::differences, "", of_schema("ReplayDifference")),
                  field("passedOver", &R::passed_over), field("unreadable", &R::unreadable),
                  field("all", &R::all));
}

struct ReplayState {
    Uuid id{};
    ReplayStatus status = ReplayStatus::running;
    std::optional<model::RuleChainId> rule_chain_id{};
    EpochMs created_time = 0;
    EpochMs start_ts = 0;
    EpochMs end_ts = 0;
    std::int64_t records_read = 0;
    std::int64_t messages_run = 0;
    EpochMs position_ts = 0;               ///< Of the last record that was read; 0: none was.
    std::string error;                     ///< Why it failed.
    std::optional<ReplayReport> report{};  ///< Once it is done.
};
constexpr auto describe(const ReplayState*) {
    using S = ReplayState;
    return fields(field("id", &S::id), field("status", &S::status, "", of_schema("ReplayStatus")),
                  field("ruleChainId", &S::rule_chain_id), field("createdTime", &S::created_time),
                  field("startTs", &S::start_ts), field("endTs", &S::end_ts),
                  field("recordsRead", &S::records_read), field("messagesRun", &S::messages_run),
                  field("positionTs", &S::position_ts), field("error", &S::error),
                  field("report", &S::report, "", of_schema("ReplayReport")));
}

/// Thread-safe; callers see what their tenant started.
class RuleReplays {
  public:
    virtual ~RuleReplays() = default;
    /// Checks and starts it; returns its id. Errors: invalid_argument - names the field, or as a
    /// save of the chain; not_found, forbidden - chain, device or profile; rate_limited - so many
    /// run already.
    virtual Task<Result<Uuid>> start(Caller caller, ReplayRequest request) = 0;
    /// Errors: not_found.
    virtual Result<ReplayState> find(const Caller& caller, const Uuid& id) const = 0;
    /// Without reports; the newest first.
    virtual std::vector<ReplayState> list(const Caller& caller) const = 0;
    /// Ends it if it runs, else forgets it. Errors: not_found.
    virtual Result<> remove(const Caller& caller, const Uuid& id) = 0;

    /// Makes each node as it is configured, in a sandbox, and drops it: why it would not start, by
    /// its place; empty: it would, or its class is unknown. Nothing runs, and nothing is read,
    /// written or called. Compiles scripts, so it takes its time.
    virtual Result<std::vector<std::string>> try_nodes(
        model::TenantId tenant, const model::RuleChainMetaData& metadata) const = 0;
};

}  // namespace thingstead::core
