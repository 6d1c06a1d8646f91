// What becomes of the results of calculated fields.
#include <utility>

#include "core/rule_route.h"
#include "rule/calculated/field.h"
#include "rule/enqueue.h"
#include "rule/message_body.h"

namespace thingstead::rule {

Task<Result<>> CalculatedFields::emit(const Field& field, Target target, const FieldInput& input,
                                      json::value result, std::vector<FieldInput>& further) {
    if (!result.is_object() && !result.is_array()) {
        if (result.is_null()) co_return Result<>();
        co_return Error{ErrorCode::invalid_argument,
                        "The result of a calculated field should be an object or a list!"};
    }
    const bool empty =
        result.is_object() ? result.get_object().empty() : result.get_array().empty();
    if (empty) co_return Result<>();
    std::string data = json_text(result);
    if (field.configuration.output.immediate)
        co_return co_await save_at_once(field, target, input, std::move(data), further);
    co_return co_await send_to_chain(field, target, input, std::move(data));
}

Task<Result<>> CalculatedFields::send_to_chain(const Field& field, Target target,
                                               const FieldInput& input, std::string data) {
    const core::FieldOutput& output = field.configuration.output;
    const auto route = co_await core::rule_route_of(services_.entities, target.id, {}, {});
    if (!route) co_return route.error();
    model::QueuedMsg queued;
    queued.tenant = input.tenant;
    queued.msg.id = new_random_uuid();
    queued.msg.ts = services_.clock.now_ms();
    queued.msg.type =
        output.attributes ? model::msg_type::post_attributes : model::msg_type::post_telemetry;
    queued.msg.originator = target.id;
    queued.msg.customer = target.customer;
    queued.msg.metadata.put("calculatedFieldName", field.stored.name);
    if (output.attributes) queued.msg.metadata.put("scope", core::scope_name(output.scope));
    queued.msg.data = std::move(data);
    queued.msg.rule_chain = route->chain;
    queued.msg.calculated_by = input.calculated_by;
    queued.msg.calculated_by.push_back(field.stored.id);
    std::vector<model::QueuedMsg> messages;
    messages.push_back(std::move(queued));
    core::RuleIngress& way = services_.ingress.way_to(input.tenant, route->queue);
    co_return co_await way.push(std::move(messages));
}

Task<Result<>> CalculatedFields::save_at_once(const Field& field, Target target,
                                              const FieldInput& input, std::string data,
                                              std::vector<FieldInput>& further) {
    const core::FieldOutput& output = field.configuration.output;
    const EpochMs now = services_.clock.now_ms();
    FieldInput next = input.without_values(target.id);
    next.calculated_by.push_back(field.stored.id);
    if (output.attributes) {
        auto values = services_.parser.attributes(data, model::NullValue::refuse);
        if (!values) co_return values.error();
        add_attributes(next, output.scope, now, *values);
        core::Attributes::RuleSave save;
        save.entity = target.id;
        save.scope = output.scope;
        save.values = *std::move(values);
        save.only_on_change = output.only_on_change;
        save.notify_device = output.scope == model::AttributeScope::shared;
        save.persist = output.history;
        save.subscribers = output.subscribers;
        const auto saved = co_await services_.attributes.save(std::move(save));
        if (!saved) co_return saved.error();
        if (output.tell_chain && output.scope != model::AttributeScope::client && !saved->empty()) {
            Notice notice;
            notice.tenant = input.tenant;
            notice.originator = target.id;
            notice.customer = target.customer;
            notice.type = model::msg_type::attributes_updated;
            notice.data = model::to_json_object(*saved);
            notice.metadata.put("scope", core::scope_name(output.scope));
            notice.metadata.put("calculatedFieldName", field.stored.name);
            if (Result<> told = co_await notify(services_, {}, std::move(notice)); !told)
                co_return told;
        }
    } else {
        const auto entries = services_.parser.telemetry(data, now, model::NullValue::refuse);
        if (!entries) co_return entries.error();
        for (const model::TelemetryEntry& each : *entries) {
            add_values(next, each.ts, each.values);
            core::RuleSave save{target.id,      each.ts,       each.values,       output.ttl,
                                output.history, output.latest, output.subscribers};
            co_await services_.telemetry.save(std::move(save));
        }
    }
    if (!output.calculates) co_return Result<>();
    if (target.id == input.entity) {
        further.push_back(std::move(next));
        co_return Result<>();
    }
    // Another entity's fields run where its messages go.
    std::vector<model::QueuedMsg> messages;
    messages.push_back(linked_message(next, target.id, now));
    co_return co_await way_of(input.tenant).push(std::move(messages));
}

}  // namespace thingstead::rule
