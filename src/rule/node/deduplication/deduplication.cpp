// Many messages of an originator become one per interval.
//
// What is held is counted as processed, but its records of the queue are kept until the result is
// in the queue: see rule/held_messages.h.
#include <algorithm>
#include <array>
#include <optional>
#include <unordered_map>

#include "rule/enqueue.h"
#include "rule/node.h"

namespace thingstead::rule::deduplication {
namespace {

enum class Strategy : std::uint8_t { first, last, all };
constexpr auto enum_names(Strategy) {
    using namespace std::literals;
    return std::array{
        std::pair{Strategy::first, "FIRST"sv},
        std::pair{Strategy::last,  "LAST"sv },
        std::pair{Strategy::all,   "ALL"sv  }
    };
}

struct Config {
    std::int32_t interval_s = 60;
    Strategy strategy = Strategy::first;
    std::optional<std::string> out_type;
    std::int32_t pending_max = 100;
    std::int32_t retries_max = 3;
};
constexpr auto describe(const Config*) {
    return fields(
        field("interval", &Config::interval_s, "Seconds that one message is made of.",
              between(1, 2'147'483)),
        field("strategy", &Config::strategy, "Which message it is: FIRST, LAST, or ALL in one."),
        field("outMsgType", &Config::out_type, "Type of the message that has all."),
        field("maxPendingMsgs", &Config::pending_max, "Messages held of one originator.",
              between(1, 1'000'000)),
        field("maxRetries", &Config::retries_max,
              "Attempts to put the result into the queue again.", between(0, 1'000)));
}

using Hold = HeldMessages::Hold;

/// {"msg":…,"metadata":{…}}
json::value as_member(const model::Msg& msg) {
    json::object metadata;
    for (const auto& [key, value] : msg.metadata) metadata[key] = value;
    Result<json::value> data = body(msg);
    json::object member;
    member["msg"] = data ? *std::move(data) : json::value(msg.data);
    member["metadata"] = std::move(metadata);
    return member;
}

class DeduplicationNode final : public Node {
  public:
    DeduplicationNode(Config config, const NodeInfo& info, NodeServices& services)
        : config_(std::move(config)),
          interval_(config_.interval_s * 1000),
          info_(info),
          services_(services) {}

    static Result<std::unique_ptr<Node>> make(Config config, const NodeInfo& info,
                                              NodeServices& services) {
        if (config.strategy == Strategy::all && config.out_type.value_or("").empty())
            return Error{ErrorCode::invalid_argument, "Output message type should be specified!"};
        return std::unique_ptr<Node>(
            std::make_unique<DeduplicationNode>(std::move(config), info, services));
    }

    Step on_message(Visit& visit) override {
        const model::EntityId originator = visit.msg.originator;
        const auto known = pending_.find(originator);
        if (known != pending_.end() &&
            known->second.holds.size() >= static_cast<std::size_t>(config_.pending_max))
            return Error{ErrorCode::unavailable,
                         "[" + visit.tenant.to_string() +
                             "] Max limit of pending messages reached for deduplication id: [" +
                             originator.uuid.to_string() + "]"};
        std::optional<Hold> hold = services_.held.keep(visit, info_);
        if (!hold) return too_much_held();
        Pending& pending = pending_[originator];
        pending.holds.push_back(*std::move(hold));
        if (!pending.tick) schedule(originator, pending);
        return Outcome(Consumed{});
    }

  private:
    struct Pending {
        std::vector<Hold> holds;  ///< In order of arrival.
        Timer tick;
    };

    void schedule(model::EntityId originator, Pending& pending) {
        pending.tick = services_.timers.after(interval_ + std::chrono::milliseconds(1),
                                              [this, originator] { tick(originator); });
    }

    void tick(model::EntityId originator) {
        const auto at = pending_.find(originator);
        if (at == pending_.end()) return;
        Pending& pending = at->second;
        pending.tick.reset();
        HeldResult result({}, {});
        const EpochMs now = services_.clock.now_ms();
        while (std::optional<std::vector<Hold>> pack = take_pack(pending, now)) {
            result.messages.push_back(made_of(*pack, now));
            std::move(pack->begin(), pack->end(), std::back_inserter(result.holds));
        }
        if (pending.holds.empty())
            pending_.erase(at);
        else
            schedule(originator, pending);
        if (!result.messages.empty())
            enqueue_later(services_, info_, services_.queue_of(info_), std::move(result),
                          config_.retries_max);
    }

    /// Those of the interval that began with the eldest message, if it is over.
    std::optional<std::vector<Hold>> take_pack(Pending& pending, EpochMs now) const {
        if (pending.holds.empty()) return std::nullopt;
        const auto ts = [](const Hold& hold) { return hold.msg().metadata_ts(); };
        EpochMs start = ts(pending.holds.front());
        for (const Hold& each : pending.holds) start = std::min(start, ts(each));
        const EpochMs end = start + interval_.count();
        if (end > now) return std::nullopt;
        const auto rest = std::stable_partition(pending.holds.begin(), pending.holds.end(),
                                                [&](const Hold& each) { return ts(each) >= end; });
        std::vector<Hold> pack(std::make_move_iterator(rest),
                               std::make_move_iterator(pending.holds.end()));
        pending.holds.erase(rest, pending.holds.end());
        return pack;
    }

    model::QueuedMsg made_of(const std::vector<Hold>& pack, EpochMs now) const {
        const auto earlier = [](const Hold& a, const Hold& b) {
            return a.msg().metadata_ts() < b.msg().metadata_ts();
        };
        if (config_.strategy == Strategy::first)
            return behind(info_, std::min_element(pack.begin(), pack.end(), earlier)->msg(),
                          "Success");
        if (config_.strategy == Strategy::last)
            return behind(info_, std::max_element(pack.begin(), pack.end(), earlier)->msg(),
                          "Success");
        json::array all;
        for (const Hold& each : pack) all.push_back(as_member(each.msg()));
        model::Msg merged;
        merged.ts = now;
        merged.type = *config_.out_type;
        merged.originator = pack.front().msg().originator;
        merged.customer = pack.front().msg().customer;
        merged.metadata.put("ts", std::to_string(now));
        set_body(merged, all);
        return behind(info_, std::move(merged), "Success");
    }

    Config config_;
    std::chrono::milliseconds interval_;
    NodeInfo info_;
    NodeServices& services_;
    std::unordered_map<model::EntityId, Pending> pending_;
};

/// 0 → 1: the queue became a property of the node.
Result<> upgrade(std::int32_t from, json::object& configuration) {
    if (from < 1) configuration.erase("queueName");
    return {};
}

}  // namespace

extern const NodeDescriptor descriptor{
    .type = "org.thingsboard.rule.engine.deduplication.TbMsgDeduplicationNode",
    .name = "deduplication",
    .kind = NodeKind::transformation,
    .summary = "Makes one message of those of an originator within an interval.",
    .configuration_version = 1,
    .has_queue_name = true,
    .form = "tbActionNodeMsgDeduplicationConfig",
    .icon = "content_copy",
    .default_configuration = &default_configuration<Config>,
    .make = &make_node<DeduplicationNode, Config>,
    .upgrade = &upgrade,
};

}  // namespace thingstead::rule::deduplication
