#include "api/rest/system/open_api_schemas.h"

#include <algorithm>
#include <string>

#include "api/rest/schema.h"
#include "model/document.h"
#include "model/entities.h"
#include "model/entity_type.h"

namespace thingstead::api::system {
namespace {

constexpr std::string_view page_prefix = "PageData<";

/// Kinds that the published interface names; those that came with groups and roles are ours.
constexpr auto last_published = model::EntityType::api_key;

json::object plain(std::string_view type, std::string_view format = {}) {
    json::object out{
        {"type", type}
    };
    if (!format.empty()) out["format"] = format;
    return out;
}

json::object kind_schema(const model::Member& member) {
    using model::Kind;
    switch (member.kind) {
        case Kind::any:          return member.shape.empty() ? json::object() : schema_ref(member.shape);
        case Kind::text:         return member.shape.empty() ? plain("string") : schema_ref(member.shape);
        case Kind::uuid:         return plain("string", "uuid");
        case Kind::integer:      return plain("integer", "int32");
        case Kind::long_integer: return plain("integer", "int64");
        case Kind::number:       return plain("number", "double");
        case Kind::boolean:      return plain("boolean");
        case Kind::object:
        case Kind::id:           return member.shape.empty() ? plain("object") : schema_ref(member.shape);
    }
    return {};
}

json::object member_of_shape(const model::Member& member) {
    json::object out = kind_schema(member);
    if (member.list)
        out = {
            {"type",  "array"       },
            {"items", std::move(out)}
        };
    if (member.map)
        out = {
            {"type",                 "object"      },
            {"additionalProperties", std::move(out)}
        };
    if (member.read_only) out["readOnly"] = true;
    return out;
}

json::object members_of_shape(const model::Shape& shape) {
    json::object properties;
    json::array required;
    for (const model::Member& member : shape.members) {
        properties[member.name] = member_of_shape(member);
        if (member.required) required.emplace_back(member.name);
    }
    json::object out{
        {"type",       "object"             },
        {"properties", std::move(properties)}
    };
    if (!required.empty()) out["required"] = std::move(required);
    return out;
}

json::object shape_schema(const model::Shape& shape) {
    if (!shape.names.empty())
        return {
            {"type", "string"},
            {"enum", json::array(shape.names.begin(), shape.names.end())}
        };
    json::object out = members_of_shape(shape);
    if (!shape.extends.empty())
        out = {
            {"allOf", json::array{schema_ref(shape.extends), std::move(out)}}
        };
    if (shape.discriminator.empty()) return out;
    json::object mapping;
    for (const model::Variant& variant : shape.variants)
        mapping[variant.value] = "#/components/schemas/" + std::string(variant.shape);
    out["discriminator"] = json::object{
        {"propertyName", shape.discriminator},
        {"mapping",      std::move(mapping) }
    };
    return out;
}

json::object plain_id() {
    return {
        {"type",       "object"                                     },
        {"properties", json::object{{"id", plain("string", "uuid")}}},
        {"required",   json::array{"id"}                            }
    };
}

void add_ids(json::object& schemas) {
    json::array names;
    for (int i = 0; i <= static_cast<int>(last_published); ++i) {
        const auto type = static_cast<model::EntityType>(i);
        names.emplace_back(wire_name(type));
        schemas[id_schema_name(type)] = json::object{
            {"type",  "object"                           },
            {"allOf", json::array{schema_ref("EntityId")}}
        };
    }
    schemas["EntityType"] = json::object{
        {"type", "string"        },
        {"enum", std::move(names)}
    };
    schemas["EntityId"] = json::object{
        {"type",       "object"                                                                 },
        {"properties",
         json::object{{"entityType", schema_ref("EntityType")}, {"id", plain("string", "uuid")}}},
        {"required",   json::array{"entityType", "id"}                                          }
    };
    for (const char* name : {"EventId", "DeviceCredentialsId", "AuditLogId",
                             "ComponentDescriptorId", "OAuth2ClientRegistrationTemplateId"})
        schemas[name] = plain_id();
}

/// PageDataDevice and the like, of the pages that some route answers.
void add_pages(std::span<const Resource* const> resources, json::object& schemas) {
    for (const Resource* resource : resources)
        for (const Route& route : resource->routes) {
            if (!route.answer.starts_with(page_prefix)) continue;
            std::string_view item = route.answer.substr(page_prefix.size());
            item.remove_suffix(1);
            const auto read_only = [](json::object schema) {
                schema["readOnly"] = true;
                return schema;
            };
            json::object list{
                {"type",  "array"         },
                {"items", schema_ref(item)}
            };
            schemas["PageData" + std::string(item)] = json::object{
                {"type",       "object"                                                                            },
                {"properties", json::object{{"data", read_only(std::move(list))},
                                            {"totalPages", read_only(plain("integer", "int32"))},
                                            {"totalElements", read_only(plain("integer", "int64"))},
                                            {"hasNext", read_only(plain("boolean"))}}}
            };
        }
}

/// Tokens that are good for one thing name it where others name who calls.
json::object authority_schema() {
    json::object schema = enum_schema<model::Authority>();
    for (const char* name : {"REFRESH_TOKEN", "PRE_VERIFICATION_TOKEN", "MFA_CONFIGURATION_TOKEN"})
        schema["enum"].as_array().emplace_back(name);
    return schema;
}

}  // namespace

json::object open_api_schemas(std::span<const Resource* const> resources) {
    json::object found;
    found["JsonNode"] = json::object();
    found["Authority"] = authority_schema();
    found["DeviceCredentialsType"] = enum_schema<model::CredentialsType>();
    found["DeviceTransportType"] = enum_schema<model::TransportType>();
    add_ids(found);
    for (const model::Shape* shape : model::all_shapes()) found[shape->name] = shape_schema(*shape);
    for (const Resource* resource : resources)
        for (const SchemaEntry& entry : resource->schemas) found[entry.name] = entry.make();
    add_pages(resources, found);

    std::vector<std::string> names;
    for (const auto& each : found) names.emplace_back(each.key());
    std::sort(names.begin(), names.end());
    json::object sorted;
    for (const std::string& name : names) sorted[name] = std::move(found[name]);
    return sorted;
}

json::object type_named(std::string_view words, const json::object& schemas) {
    if (words.starts_with(page_prefix)) {
        std::string_view item = words.substr(page_prefix.size());
        item.remove_suffix(1);
        return schema_ref("PageData" + std::string(item));
    }
    const bool brackets = words.starts_with('[') && words.ends_with(']');
    const bool suffix = !brackets && words.ends_with("[]");
    if (brackets || suffix) {
        const std::string_view item =
            brackets ? words.substr(1, words.size() - 2) : words.substr(0, words.size() - 2);
        return {
            {"type", "array"},
            {"items", type_named(item, schemas)}
        };
    }
    if (words == "string" || words == "boolean" || words == "object" || words == "integer")
        return plain(words);
    if (schemas.contains(words)) return schema_ref(words);
    return {
        {"description", words}
    };
}

}  // namespace thingstead::api::system
