#include <charconv>
#include <list>
#include <optional>

#include "rule/enqueue.h"
#include "rule/node.h"
#include "rule/pattern.h"

namespace thingstead::rule::delay {
namespace {

struct Config {
    std::int32_t period_s = 60;
    std::int32_t pending_max = 1000;
    bool use_pattern = false;
    std::optional<std::string> period_pattern;
};
constexpr auto describe(const Config*) {
    return fields(field("periodInSeconds", &Config::period_s, "How long a message is held.",
                        between(0, 2'147'483'647)),
                  field("maxPendingMsgs", &Config::pending_max, "Messages held at a time.",
                        between(1, 1'000'000)),
                  field("useMetadataPeriodInSecondsPatterns", &Config::use_pattern,
                        "Take the period from the pattern."),
                  field("periodInSecondsPattern", &Config::period_pattern, "Seconds, a pattern."));
}

class DelayNode final : public Node {
  public:
    DelayNode(Config config, const NodeInfo& info, NodeServices& services)
        : config_(std::move(config)),
          period_(config_.period_pattern.value_or("")),
          info_(info),
          services_(services) {}

    Step on_message(Visit& visit) override {
        const Result<std::chrono::seconds> period = period_of(visit.msg);
        if (!period) return period.error();
        if (pending_.size() >= static_cast<std::size_t>(config_.pending_max))
            return Error{ErrorCode::unavailable, "Max limit of pending messages reached!"};
        std::optional<HeldMessages::Hold> hold = services_.held.keep(visit, info_);
        if (!hold) return too_much_held();
        const auto at = pending_.insert(pending_.end(), Pending{*std::move(hold), {}});
        at->due = services_.timers.after(*period, [this, at] { go_on(at); });
        return Outcome(Consumed{});
    }

  private:
    struct Pending {
        HeldMessages::Hold hold;
        Timer due;
    };

    Result<std::chrono::seconds> period_of(const model::Msg& msg) const {
        if (!config_.use_pattern) return std::chrono::seconds(config_.period_s);
        const Result<std::string> text = period_.fill(msg);
        if (!text) return text.error();
        std::int32_t seconds = 0;
        const auto [end, failed] =
            std::from_chars(text->data(), text->data() + text->size(), seconds);
        if (failed != std::errc() || end != text->data() + text->size())
            return Error{
                ErrorCode::invalid_argument,
                "Can't parse period in seconds from metadata using pattern: " + period_.text()};
        return std::chrono::seconds(std::max(seconds, 0));
    }

    void go_on(std::list<Pending>::iterator at) {
        std::vector<model::QueuedMsg> next;
        next.push_back(behind(info_, at->hold.msg(), "Success"));
        std::vector<HeldMessages::Hold> holds;
        holds.push_back(std::move(at->hold));
        pending_.erase(at);
        enqueue_later(services_, info_, services_.ingress,
                      HeldResult(std::move(next), std::move(holds)), 0);
    }

    Config config_;
    Pattern period_;
    NodeInfo info_;
    NodeServices& services_;
    std::list<Pending> pending_;
};

}  // namespace

extern const NodeDescriptor descriptor{
    .type = "org.thingsboard.rule.engine.delay.TbMsgDelayNode",
    .name = "delay (deprecated)",
    .kind = NodeKind::action,
    .summary = "Holds a message for a while.",
    .form = "tbActionNodeMsgDelayConfig",
    .icon = "pause",
    .default_configuration = &default_configuration<Config>,
    .make = &make_node<DelayNode, Config>,
};

}  // namespace thingstead::rule::delay
