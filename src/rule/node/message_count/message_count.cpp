#include "rule/enqueue.h"
#include "rule/node.h"

namespace thingstead::rule::message_count {
namespace {

struct Config {
    std::int32_t interval_s = 1;
    std::string prefix = "messageCount";
};
constexpr auto describe(const Config*) {
    return fields(
        field("interval", &Config::interval_s, "Seconds between two counts.",
              between(1, 2'147'483)),
        field("telemetryPrefix", &Config::prefix, "The key's beginning; the server's id follows."));
}

class MessageCountNode final : public Node {
  public:
    MessageCountNode(Config config, const NodeInfo& info, NodeServices& services)
        : config_(std::move(config)),
          info_(info),
          services_(services),
          count_(services.counts.of(info.rule_node, services.clock.steady_now())) {
        schedule();
    }

    Step on_message(Visit&) override {
        count_->add(1);
        return Outcome(Consumed{});
    }

  private:
    std::chrono::seconds interval() const { return std::chrono::seconds(config_.interval_s); }

    void schedule() {
        tick_ = services_.timers.after(interval(), [this] { tick(); });
    }

    /// Of the nodes that count together, in all workers, one tells.
    void tick() {
        schedule();
        const auto taken = count_->take(services_.clock.steady_now(), interval());
        if (!taken) return;
        model::Msg told;
        told.ts = services_.clock.now_ms();
        told.type = model::msg_type::post_telemetry;
        told.originator = info_.tenant;
        told.metadata.put("delta", std::to_string(taken->elapsed.count()));
        set_body(told, json::object{
                           {config_.prefix + "_" + services_.service_id, taken->count}
        });
        const bool started = services_.spawn(
            info_.name,
            tell(services_, behind(info_, std::move(told), "Success"), count_, taken->count));
        if (!started) count_->add(taken->count);
    }

    static Task<> tell(NodeServices& services, model::QueuedMsg told,
                       std::shared_ptr<SharedCount> counted_in, std::int64_t count) {
        std::vector<model::QueuedMsg> messages;
        messages.push_back(std::move(told));
        const Result<> pushed = co_await services.ingress.push(std::move(messages));
        if (!pushed) counted_in->add(count);  // Told with the next.
    }

    Config config_;
    NodeInfo info_;
    NodeServices& services_;
    std::shared_ptr<SharedCount> count_;
    Timer tick_;
};

}  // namespace

extern const NodeDescriptor descriptor{
    .type = "org.thingsboard.rule.engine.action.TbMsgCountNode",
    .name = "message count",
    .kind = NodeKind::action,
    .summary = "Counts messages, and tells how many there were in each interval.",
    .form = "tbActionNodeMsgCountConfig",
    .icon = "functions",
    .default_configuration = &default_configuration<Config>,
    .make = &make_node<MessageCountNode, Config>,
};

}  // namespace thingstead::rule::message_count
