// How described structs look in the interface's description (OpenAPI): each resource lists those
// that it takes and answers; documents have their shapes in model/document.h.
#pragma once
#include <string>
#include <string_view>
#include <type_traits>

#include "base/describe.h"
#include "base/json.h"
#include "model/ids.h"

namespace thingstead::api {

/// A schema of a resource: its name, and how it is made when it is asked for.
struct SchemaEntry {
    std::string_view name;
    json::object (*make)();
};

json::object schema_ref(std::string_view name);
/// "DeviceProfileId"
std::string id_schema_name(model::EntityType type);

template <class T>
struct is_entity_id : std::false_type {};
template <model::EntityType Kind>
struct is_entity_id<model::Id<Kind>> : std::true_type {};
template <class T>
struct is_list : std::false_type {};
template <class T>
struct is_list<std::vector<T>> : std::true_type {};

/// What a member of type T looks like; `facts.schema` names documents, enumerations and structs.
template <class T>
json::object member_schema(const FieldFacts& facts) {
    if constexpr (requires { typename T::value_type; } && !std::is_same_v<T, std::string> &&
                  !is_list<T>::value)
        return member_schema<typename T::value_type>(facts);  // optional
    else if constexpr (is_list<T>::value)
        return {
            {"type",  "array"                                     },
            {"items", member_schema<typename T::value_type>(facts)}
        };
    else if constexpr (is_entity_id<T>::value)
        return schema_ref(id_schema_name(T::kind));
    else if constexpr (std::is_same_v<T, model::EntityId>)
        return schema_ref(facts.schema.empty() ? "EntityId" : facts.schema);
    else if constexpr (std::is_same_v<T, json::value>)
        return schema_ref(facts.schema.empty() ? "JsonNode" : facts.schema);
    else if constexpr (!NamedEnum<T> && !Described<T> && !std::is_same_v<T, model::EntityType>) {
        if constexpr (std::is_same_v<T, bool>)
            return {
                {"type", "boolean"}
            };
        else if constexpr (std::is_integral_v<T>)
            return {
                {"type",   "integer"                        },
                {"format", sizeof(T) > 4 ? "int64" : "int32"}
            };
        else if constexpr (std::is_same_v<T, double>)
            return {
                {"type",   "number"},
                {"format", "double"}
            };
        else if constexpr (std::is_same_v<T, Uuid>)
            return {
                {"type",   "string"},
                {"format", "uuid"  }
            };
        else
            return {
                {"type", "string"}
            };
    } else if (!facts.schema.empty())
        return schema_ref(facts.schema);
    else if constexpr (NamedEnum<T>) {
        json::array names;
        for (const auto& [value, name] : enum_names(T{})) names.emplace_back(name);
        return {
            {"type", "string"},
            {"enum", names   }
        };
    } else if constexpr (std::is_same_v<T, model::EntityType>)
        return schema_ref("EntityType");
    else
        return {
            {"type", "object"}
        };
}

/// The schema of a described struct. Hidden and stored-only fields are left out.
template <Described T>
json::object struct_schema() {
    json::object properties;
    json::array required;
    for_each_field<T>([&](const auto& field) {
        using MemberType = typename std::decay_t<decltype(field)>::member_type;
        if (field.facts.hidden || field.facts.stored_only) return;
        json::object schema = member_schema<MemberType>(field.facts);
        if (!field.text.empty()) schema["description"] = field.text;
        if (field.facts.server_owned) schema["readOnly"] = true;
        if (field.facts.length_max != 0) schema["maxLength"] = field.facts.length_max;
        if (!field.facts.required.empty()) required.emplace_back(field.name);
        properties[field.name] = std::move(schema);
    });
    json::object out{
        {"type",       "object"  },
        {"properties", properties}
    };
    if (!required.empty()) out["required"] = std::move(required);
    return out;
}

/// The schema of an enumeration.
template <NamedEnum E>
json::object enum_schema() {
    json::array names;
    for (const auto& [value, name] : enum_names(E{})) names.emplace_back(name);
    return {
        {"type", "string"},
        {"enum", names   }
    };
}

/// A struct with more members than T: infos. `more` adds to its properties.
template <Described T>
json::object struct_schema_with(
    std::initializer_list<std::pair<std::string_view, json::object>> more) {
    json::object out = struct_schema<T>();
    for (const auto& [name, schema] : more) {
        json::object member = schema;
        member["readOnly"] = true;
        out["properties"].as_object()[name] = std::move(member);
    }
    return out;
}

inline json::object string_schema() {
    return {
        {"type", "string"}
    };
}
inline json::object boolean_schema() {
    return {
        {"type", "boolean"}
    };
}

}  // namespace thingstead::api
