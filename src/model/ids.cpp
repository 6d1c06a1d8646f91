#include "model/ids.h"

namespace thingstead {

json::value JsonCodec<model::EntityId>::write(const model::EntityId& id) {
    return json::object{
        {"entityType", wire_name(id.type) },
        {"id",         id.uuid.to_string()}
    };
}

Result<model::EntityId> JsonCodec<model::EntityId>::read(const json::value& value,
                                                         Binding binding) {
    const json::object* members = value.if_object();
    const json::value* type = members ? members->if_contains("entityType") : nullptr;
    const json::value* id = members ? members->if_contains("id") : nullptr;
    if (!type || !id) return json_expected("an id with entityType and id");
    const json::string* type_name = type->if_string();
    const std::optional<model::EntityType> kind =
        type_name ? model::entity_type_of(*type_name) : std::nullopt;
    if (!kind) return json_member_error("entityType", json_expected("the name of an entity type"));
    Result<Uuid> uuid = from_json<Uuid>(*id, binding);
    if (!uuid) return json_member_error("id", uuid.error());
    return model::EntityId(*kind, *uuid);
}

json::value JsonCodec<model::EntityType>::write(model::EntityType type) {
    return json::value(wire_name(type));
}

Result<model::EntityType> JsonCodec<model::EntityType>::read(const json::value& value, Binding) {
    if (const json::string* name = value.if_string())
        if (const auto type = model::entity_type_of(*name)) return *type;
    return json_expected("an entity type");
}

}  // namespace thingstead
