#include "api/rest/audit_note.h"

#include <utility>
#include <variant>

namespace thingstead::api {
namespace {

std::string text_of_value(const model::Value& value) {
    if (const auto* text = std::get_if<std::string>(&value)) return *text;
    std::string text;
    model::append_json(text, value);
    return text;
}

}  // namespace

core::Client client_of(const net::Request& request) {
    return {request.peer_address, std::string(request.header("User-Agent").value_or(""))};
}

core::AuditNote note_of(model::ActionType action, model::EntityId entity) {
    core::AuditNote note;
    note.action = action;
    note.entity = entity;
    note.data = json::object{
        {"entityId", entity.uuid.to_string()}
    };
    return note;
}

json::object texts_of(const std::vector<model::KeyValue>& values) {
    json::object texts;
    for (const model::KeyValue& each : values) texts[each.key] = text_of_value(each.value);
    return texts;
}

json::array texts_of(const std::vector<model::TelemetryEntry>& entries) {
    json::array texts;
    for (const model::TelemetryEntry& entry : entries)
        texts.push_back(json::object{
            {"ts",     entry.ts              },
            {"values", texts_of(entry.values)}
        });
    return texts;
}

json::array array_of(const std::vector<std::string>& texts) {
    return json::array(texts.begin(), texts.end());
}

void add_data(core::AuditNote& note, std::string_view name, json::value value) {
    note.data.as_object()[name] = std::move(value);
}

}  // namespace thingstead::api
