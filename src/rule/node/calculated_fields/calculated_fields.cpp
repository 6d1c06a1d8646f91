// Hands the values of a message to calculated fields without saving them.
#include "rule/calculated/calculated_fields.h"

#include "model/msg.h"
#include "rule/node.h"

namespace thingstead::rule::calculated_fields {
namespace {

class CalculatedFieldsNode final : public Node {
  public:
    CalculatedFieldsNode(EmptyConfig, const NodeInfo&, NodeServices& services)
        : services_(services) {}

    Step on_message(Visit& visit) override {
        const model::Msg& msg = visit.msg;
        const EpochMs now = services_.clock.now_ms();
        FieldInput input = input_of(visit.tenant, msg);
        if (msg.type == model::msg_type::post_telemetry) {
            const auto entries =
                services_.parser.telemetry(msg.data, now, model::NullValue::refuse);
            if (!entries) return entries.error();
            for (const model::TelemetryEntry& each : *entries)
                add_values(input, each.ts, each.values);
        } else if (msg.type == model::msg_type::post_attributes) {
            const std::string scope(msg.metadata.get("scope"));
            const auto known = core::scope_named(scope);
            if (!known)
                return Error{ErrorCode::invalid_argument, "Unknown attribute scope: " + scope};
            const auto values = services_.parser.attributes(msg.data, model::NullValue::refuse);
            if (!values) return values.error();
            add_attributes(input, *known, now, *values);
        } else {
            return Error{ErrorCode::unsupported, "Unsupported msg type: " + msg.type};
        }
        if (!services_.calculated) return "Success";
        return run(std::move(input));
    }

  private:
    Task<Outcome> run(FieldInput input) {
        const Result<> done = co_await services_.calculated->run(std::move(input));
        if (!done) co_return Outcome(done.error());
        co_return Outcome(Relation("Success"));
    }

    NodeServices& services_;
};

}  // namespace

extern const NodeDescriptor descriptor{
    .type = "org.thingsboard.rule.engine.telemetry.TbCalculatedFieldsNode",
    .name = "calculated fields and alarm rules",
    .kind = NodeKind::action,
    .summary = "Hands the values of a message to calculated fields without saving them.",
    .form = "tbNodeEmptyConfig",
    .icon = "published_with_changes",
    .default_configuration = &default_configuration<EmptyConfig>,
    .make = &make_node<CalculatedFieldsNode, EmptyConfig>,
};

}  // namespace thingstead::rule::calculated_fields
