#include "rule/save_policy.h"

#include <algorithm>
#include <optional>

namespace thingstead::rule {
namespace {

constexpr std::int64_t interval_s_max = 86'400;
constexpr std::int64_t kept_s_max = 172'800;
constexpr std::int64_t unused_s_min = 600;
constexpr EpochMs sweep_interval_ms = 60'000;
constexpr std::size_t originators_max = 1'000'000;  ///< In one bucket; more are not deduplicated.

Error invalid(std::string message) { return {ErrorCode::invalid_argument, std::move(message)}; }

struct PolicyDocument {
    std::string type;
    std::int64_t interval_s = 0;
};
constexpr auto describe(const PolicyDocument*) {
    return fields(field("type", &PolicyDocument::type),
                  field("deduplicationIntervalSecs", &PolicyDocument::interval_s));
}

Result<SavePolicy> policy_of(const PolicyDocument& document) {
    if (document.type == "ON_EVERY_MESSAGE") return SavePolicy(SavePolicy::Kind::always);
    if (document.type == "SKIP") return SavePolicy(SavePolicy::Kind::never);
    if (document.type != "DEDUPLICATE")
        return invalid("Unknown processing strategy: " + document.type);
    if (document.interval_s < 1 || document.interval_s > interval_s_max)
        return invalid("Deduplication interval must be between 1 and 86400 seconds");
    return SavePolicy(SavePolicy::Kind::deduplicate, document.interval_s);
}

std::int64_t floor_div(std::int64_t a, std::int64_t b) {
    return a / b - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0);
}

}  // namespace

SavePolicy::SavePolicy(Kind kind, std::int64_t interval_s)
    : kind_(kind),
      interval_s_(interval_s),
      buckets_max_(static_cast<std::size_t>(
          std::max<std::int64_t>(std::min<std::int64_t>(100, kept_s_max / interval_s), 1))),
      unused_max_ms_(std::clamp(10 * interval_s, unused_s_min, kept_s_max) * 1000) {}

bool SavePolicy::applies(EpochMs ts, const Uuid& originator, EpochMs now_ms) {
    switch (kind_) {
        case Kind::always:      return true;
        case Kind::never:       return false;
        case Kind::deduplicate: return first_in_bucket(ts, originator, now_ms);
    }
    return true;
}

bool SavePolicy::first_in_bucket(EpochMs ts, const Uuid& originator, EpochMs now_ms) {
    if (now_ms >= next_sweep_ms_) {
        std::erase_if(buckets_, [&](const auto& each) {
            return now_ms - each.second.last_used_ms > unused_max_ms_;
        });
        next_sweep_ms_ = now_ms + sweep_interval_ms;
    }
    const std::int64_t number = floor_div(ts, interval_s_ * 1000);
    Bucket& bucket = buckets_[number];
    bucket.last_used_ms = now_ms;
    const bool first = bucket.originators.size() >= originators_max
                           ? !bucket.originators.contains(originator)
                           : bucket.originators.insert(originator).second;
    if (buckets_.size() > buckets_max_) {
        const auto idlest =
            std::min_element(buckets_.begin(), buckets_.end(), [&](const auto& a, const auto& b) {
                if (a.first == number) return false;
                return b.first == number || a.second.last_used_ms < b.second.last_used_ms;
            });
        buckets_.erase(idlest);
    }
    return first;
}

Result<SavePolicies> SavePolicies::read(const json::value& settings,
                                        std::span<const std::string_view> actions) {
    SavePolicies read;
    read.actions_ = actions.size();
    const Result<PolicyDocument> document = from_json<PolicyDocument>(settings, Binding::stored);
    if (!document) return json_member_error("processingSettings", document.error());
    const auto add = [&read](const Result<SavePolicy>& policy) {
        if (policy) read.policies_.push_back(*policy);
        return policy.has_value();
    };
    if (document->type == "WEBSOCKETS_ONLY") {
        for (const std::string_view action : actions)
            read.policies_.emplace_back(action == "webSockets" ? SavePolicy::Kind::always
                                                               : SavePolicy::Kind::never);
        return read;
    }
    if (document->type != "ADVANCED") {
        if (document->type == "SKIP") return invalid("Unknown processing settings: SKIP");
        const Result<SavePolicy> policy = policy_of(*document);
        if (!add(policy)) return policy.error();
        return read;
    }
    for (const std::string_view action : actions) {
        const json::value* member = settings.as_object().if_contains(action);
        if (!member) return invalid("processingSettings." + std::string(action) + " is missing");
        const Result<PolicyDocument> part = from_json<PolicyDocument>(*member, Binding::stored);
        if (!part)
            return json_member_error("processingSettings." + std::string(action), part.error());
        const Result<SavePolicy> policy = policy_of(*part);
        if (!add(policy)) return policy.error();
    }
    return read;
}

std::uint32_t SavePolicies::applying(EpochMs ts, const Uuid& originator, EpochMs now_ms) {
    const std::uint32_t all = (1u << actions_) - 1;
    if (policies_.size() == 1) return policies_[0].applies(ts, originator, now_ms) ? all : 0;
    std::uint32_t applying = 0;
    for (std::size_t i = 0; i < policies_.size(); ++i)
        if (policies_[i].applies(ts, originator, now_ms)) applying |= 1u << i;
    return applying;
}

json::value save_on_every_message() {
    json::object settings;
    settings["type"] = "ON_EVERY_MESSAGE";
    return settings;
}

}  // namespace thingstead::rule
