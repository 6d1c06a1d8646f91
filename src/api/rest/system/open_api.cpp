#include "api/rest/system/open_api.h"

#include <algorithm>
#include <map>
#include <type_traits>
#include <vector>

#include "api/rest/json_text.h"
#include "model/entities.h"

namespace thingstead::api::system {
namespace {

/// What fields with these types look like.
template <class T>
json::object type_schema() {
    if constexpr (std::is_same_v<T, bool>)
        return {
            {"type", "boolean"}
        };
    else if constexpr (std::is_same_v<T, std::string>)
        return {
            {"type", "string"}
        };
    else if constexpr (std::is_integral_v<T>)
        return {
            {"type",   "integer"},
            {"format", "int64"  }
        };
    else if constexpr (std::is_same_v<T, double>)
        return {
            {"type", "number"}
        };
    else if constexpr (std::is_same_v<T, Uuid>)
        return {
            {"type",   "string"},
            {"format", "uuid"  }
        };
    else if constexpr (std::is_same_v<T, json::value>)
        return {};
    else if constexpr (NamedEnum<T>) {
        json::array names;
        for (const auto& [value, name] : enum_names(T{})) names.emplace_back(name);
        return {
            {"type", "string"},
            {"enum", names   }
        };
    } else if constexpr (requires { typename T::value_type; })
        return type_schema<typename T::value_type>();
    else
        return {
            {"$ref", "#/components/schemas/EntityId"}
        };
}

template <Described T>
json::object entity_schema() {
    json::object properties;
    for_each_field<T>([&](const auto& field) {
        using Member = typename std::decay_t<decltype(field)>::member_type;
        json::object schema = type_schema<Member>();
        if (!field.text.empty()) schema["description"] = field.text;
        if (field.facts.server_owned) schema["readOnly"] = true;
        properties[field.name] = std::move(schema);
    });
    return {
        {"type",       "object"  },
        {"properties", properties}
    };
}

json::object schemas() {
    json::object out;
    out["EntityId"] = json::object{
        {"type",       "object"                                                               },
        {"properties",
         json::object{{"entityType", type_schema<std::string>()}, {"id", type_schema<Uuid>()}}},
    };
    out["Device"] = entity_schema<model::Device>();
    out["DeviceCredentials"] = entity_schema<model::DeviceCredentials>();
    out["DeviceProfile"] = entity_schema<model::DeviceProfile>();
    out["User"] = entity_schema<model::User>();
    return out;
}

json::object parameter(std::string_view name, std::string_view in, bool required) {
    return {
        {"name",     name                      },
        {"in",       in                        },
        {"required", required                  },
        {"schema",   type_schema<std::string>()}
    };
}

json::array parameters(const Route& route) {
    json::array out;
    std::string_view rest = route.pattern;
    for (std::size_t at = rest.find('{'); at != std::string_view::npos; at = rest.find('{')) {
        rest.remove_prefix(at + 1);
        out.push_back(parameter(rest.substr(0, rest.find('}')), "path", true));
    }
    for_each_part(route.selected_by,
                  [&](std::string_view name) { out.push_back(parameter(name, "query", true)); });
    for_each_part(route.parameters, [&](std::string_view name) {
        const bool required = name.ends_with('!');
        if (required) name.remove_suffix(1);
        bool known = false;
        for_each_part(route.selected_by,
                      [&](std::string_view other) { known = known || other == name; });
        if (!known) out.push_back(parameter(name, "query", required));
    });
    return out;
}

json::array authorities(Allowed allowed) {
    json::array out;
    for (const auto& [authority, name] : enum_names(model::Authority{}))
        if (allowed.contains(authority)) out.emplace_back(name);
    return out;
}

json::object answer(const Route& route, const json::object& known) {
    json::object ok{
        {"description", "OK"}
    };
    if (route.answer.empty()) return ok;
    json::object schema;
    if (known.contains(route.answer))
        schema["$ref"] = "#/components/schemas/" + std::string(route.answer);
    else
        schema["description"] = route.answer;
    json::object media;
    media["schema"] = std::move(schema);
    ok["content"] = json::object{
        {"application/json", media}
    };
    return ok;
}

json::object operation(const Resource& resource, const Route& route, const json::object& known) {
    json::object out{
        {"tags",       json::array{resource.name}                 },
        {"summary",    route.summary                              },
        {"parameters", parameters(route)                          },
        {"responses",  json::object{{"200", answer(route, known)}}},
    };
    if (route.body != BodyKind::none)
        out["requestBody"] = json::object{
            {"content", json::object{{"application/json", json::object{}}}}
        };
    if (!route.allowed.open()) {
        out["security"] = json::array{json::object{{"bearer", json::array{}}}};
        out["x-authorities"] = authorities(route.allowed);
    }
    return out;
}

std::string method_name(net::Method method) {
    std::string name(to_string(method));
    std::transform(name.begin(), name.end(), name.begin(),
                   [](char c) { return static_cast<char>(c - 'A' + 'a'); });
    return name;
}

}  // namespace

std::string open_api_text(const Router& router) {
    const json::object known = schemas();
    json::object paths;
    for (const Resource* resource : router.resources())
        for (const Route& route : resource->routes) {
            json::value& path = paths[route.pattern];
            if (!path.is_object()) path.emplace_object();
            // A path has one operation per method: the one that every call can reach.
            const std::string method = method_name(route.method);
            if (path.get_object().contains(method) && !route.selected_by.empty()) continue;
            path.get_object()[method] = operation(*resource, route, known);
        }
    const json::object bearer{
        {"type",   "http"  },
        {"scheme", "bearer"}
    };
    const json::object document{
        {"openapi",    "3.1.0"                                                                  },
        {"info",       json::object{{"title", "Thingstead"}, {"version", "1"}}                  },
        {"paths",      std::move(paths)                                                         },
        {"components",
         json::object{{"schemas", known}, {"securitySchemes", json::object{{"bearer", bearer}}}}},
    };
    return text_of(json::value(document));
}

}  // namespace thingstead::api::system
