// `processingSettings` of the save nodes: what is done with which message.
#pragma once
#include <cstdint>
#include <map>
#include <span>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/json.h"
#include "base/uuid.h"

namespace thingstead::rule {

/// One action of a save node: always, never, or for the first message of an originator in each
/// interval.
class SavePolicy {
  public:
    enum class Kind : std::uint8_t { always, never, deduplicate };

    explicit SavePolicy(Kind kind = Kind::always, std::int64_t interval_s = 1);

    /// `ts` of the message, `now_ms` of the clock.
    bool applies(EpochMs ts, const Uuid& originator, EpochMs now_ms);

  private:
    struct Bucket {
        std::unordered_set<Uuid> originators;
        EpochMs last_used_ms = 0;
    };
    bool first_in_bucket(EpochMs ts, const Uuid& originator, EpochMs now_ms);

    Kind kind_;
    std::int64_t interval_s_;
    std::size_t buckets_max_;
    EpochMs unused_max_ms_;
    EpochMs next_sweep_ms_ = 0;
    std::map<std::int64_t, Bucket> buckets_;
};

/// What a save node does with a message.
class SavePolicies {
  public:
    /// Of a node's actions, named as in ADVANCED settings. Errors: invalid_argument.
    static Result<SavePolicies> read(const json::value& settings,
                                     std::span<const std::string_view> actions);

    /// Bit i: actions[i] applies to the message.
    std::uint32_t applying(EpochMs ts, const Uuid& originator, EpochMs now_ms);

  private:
    std::size_t actions_ = 0;
    std::vector<SavePolicy> policies_;  ///< One for all actions, or one each.
};

/// `{"type":"ON_EVERY_MESSAGE"}`
json::value save_on_every_message();

}  // namespace thingstead::rule
