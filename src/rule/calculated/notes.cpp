// What is told of runs of calculated fields: debug events where they are asked for, and the log.
#include <string>
#include <utility>

#include "rule/calculated/field.h"
#include "rule/message_body.h"
#include "rule/node_events.h"

namespace thingstead::rule {
namespace {

json::value shown_value(const ArgumentValue& value) {
    if (value.points.empty() && !value.value) return nullptr;
    if (value.points.empty())
        return json::object{
            {"ts",    value.ts             },
            {"value", json_of(*value.value)}
        };
    json::array points;
    for (const auto& [ts, number] : value.points)
        points.push_back(json::object{
            {"ts",    ts    },
            {"value", number}
        });
    return points;
}

std::string shown_arguments(const core::FieldConfiguration& configuration,
                            const FieldValues& values) {
    json::object shown;
    for (std::size_t i = 0; i < configuration.arguments.size(); ++i) {
        const core::FieldArgument& argument = configuration.arguments[i];
        if (argument.many) {
            json::object each;
            for (const RelatedValue& one : values.related(i))
                each[one.entity.uuid.to_string()] = shown_value(one.value);
            shown[argument.name] = std::move(each);
        } else if (const auto value = values.value(i); value && !values.at(i).value) {
            shown[argument.name] = json::object{
                {"value", json_of(*value)}
            };
        } else {
            shown[argument.name] = shown_value(values.at(i));
        }
    }
    return json_text(shown);
}

}  // namespace

void CalculatedFields::note(const Field& field, const Entity& entity, const FieldInput& input,
                            const json::value& result) {
    const auto tenant = tenants_.find(field.stored.tenant_id);
    if (!services_.node_events || tenant == tenants_.end()) return;
    const auto mode = tenant->second->debug.find(field.stored.id);
    if (mode == tenant->second->debug.end() || !services_.node_events->keeps_all(mode->second))
        return;
    add_note(field, entity, input, json_text(result), std::nullopt);
}

void CalculatedFields::note_failure(const Field& field, const Entity& entity,
                                    const FieldInput& input, const Error& error) {
    tell_failure(field, entity.id, error);
    const auto tenant = tenants_.find(field.stored.tenant_id);
    if (!services_.node_events || tenant == tenants_.end()) return;
    const auto mode = tenant->second->debug.find(field.stored.id);
    if (mode == tenant->second->debug.end()) return;
    if (mode->second.failures || services_.node_events->keeps_all(mode->second))
        add_note(field, entity, input, std::nullopt, error.message);
}

void CalculatedFields::add_note(const Field& field, const Entity& entity, const FieldInput& input,
                                std::optional<std::string> result,
                                std::optional<std::string> error) {
    model::CalculatedFieldDebugEvent body;
    body.calculated_field_id = field.stored.id.uuid;
    body.entity_id = entity.id.uuid;
    body.entity_type = entity.id.type;
    body.msg_id = input.msg_id;
    if (!input.msg_type.empty()) body.msg_type = input.msg_type;
    if (const auto known = entity.known.find(field.stored.id.uuid); known != entity.known.end())
        body.arguments = shown_arguments(field.configuration, known->second.values);
    body.result = std::move(result);
    body.error = std::move(error);
    services_.node_events->calculated(field.stored.tenant_id, std::move(body));
}

Error CalculatedFields::took_too_long() const {
    return {ErrorCode::timeout, "The calculation took longer than " +
                                    std::to_string(calculation_timeout_.count()) + " ms!"};
}

void CalculatedFields::tell_failure(const Field& field, model::EntityId entity,
                                    const Error& error) {
    const std::int64_t swallowed = failures_.take();
    if (swallowed < 0) return;
    services_.log.warn("rule.calculated_field.failed", error,
                       {
                           {"tenant",    field.stored.tenant_id.to_string()},
                           {"field",     field.stored.id.to_string()       },
                           {"name",      field.stored.name                 },
                           {"entity",    entity.uuid.to_string()           },
                           {"swallowed", swallowed                         }
    });
}

}  // namespace thingstead::rule
