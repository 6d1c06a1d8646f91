#include "api/rest/system/open_api.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "api/rest/json_text.h"
#include "api/rest/system/open_api_schemas.h"
#include "model/entities.h"

namespace thingstead::api::system {
namespace {

constexpr std::array integer_parameters = {
    "pageSize", "page",     "startTime", "endTime", "startTs",           "endTs",   "limit",
    "interval", "maxLevel", "ttl",       "version", "sendingDelayInSec", "timeout", "size"};
constexpr std::array boolean_parameters = {"active",
                                           "mobile",
                                           "includeResources",
                                           "inlineImages",
                                           "fullSearch",
                                           "scadaFirst",
                                           "force",
                                           "activeOnly",
                                           "lastLevelOnly",
                                           "fetchLastLevelOnly",
                                           "sendActivationMail",
                                           "userCredentialsEnabled",
                                           "deleteAllDataForKeys",
                                           "deleteLatest",
                                           "rewriteLatestIfDeleted",
                                           "useStrictDataTypes",
                                           "systemByDefault",
                                           "tenantOnly",
                                           "includeSystemImages",
                                           "preview",
                                           "updateExistingByFqn",
                                           "rollback",
                                           "default",
                                           "onlyActive",
                                           "includeCustomers"};

template <class List>
bool is_among(std::string_view name, const List& list) {
    return std::find(list.begin(), list.end(), name) != list.end();
}

json::object parameter(std::string_view name, std::string_view in, bool required) {
    json::object schema{
        {"type", is_among(name, integer_parameters)   ? "integer"
                 : is_among(name, boolean_parameters) ? "boolean"
                                                      : "string"}
    };
    return {
        {"name",     name             },
        {"in",       in               },
        {"required", required         },
        {"schema",   std::move(schema)}
    };
}

bool has_parameter(const json::array& parameters, std::string_view name) {
    return std::any_of(parameters.begin(), parameters.end(), [&](const json::value& each) {
        return each.at("name").as_string() == name && each.at("in").as_string() == "query";
    });
}

void add_query(json::array& out, std::string_view name, bool required) {
    if (!has_parameter(out, name)) out.push_back(parameter(name, "query", required));
}

json::array parameters_of(const Route& route) {
    json::array out;
    std::string_view rest = route.pattern;
    for (std::size_t at = rest.find('{'); at != std::string_view::npos; at = rest.find('{')) {
        rest.remove_prefix(at + 1);
        out.push_back(parameter(rest.substr(0, rest.find('}')), "path", true));
    }
    for_each_part(route.selected_by, [&](std::string_view name) { add_query(out, name, true); });
    for_each_part(route.parameters, [&](std::string_view name) {
        const bool required = name.ends_with('!');
        if (required) name.remove_suffix(1);
        add_query(out, name, required);
    });
    return out;
}

json::array authorities(Allowed allowed) {
    json::array out;
    for (const auto& [authority, name] : enum_names(model::Authority{}))
        if (allowed.contains(authority)) out.emplace_back(name);
    return out;
}

json::object media_of(std::string_view media, std::string_view words, const json::object& schemas) {
    json::object content;
    content[media] = words.empty() ? json::object()
                                   : json::object{
                                         {"schema", type_named(words, schemas)}
    };
    return content;
}

json::object answer(const Route& route, const json::object& schemas) {
    json::object ok{
        {"description", "OK"}
    };
    if (!route.answer.empty()) ok["content"] = media_of("application/json", route.answer, schemas);
    return ok;
}

json::object operation(const Resource& resource, const Route& route, const json::object& schemas) {
    json::object out{
        {"tags",       json::array{resource.name}                   },
        {"summary",    route.summary                                },
        {"parameters", parameters_of(route)                         },
        {"responses",  json::object{{"200", answer(route, schemas)}}},
    };
    if (route.body != BodyKind::none)
        out["requestBody"] = json::object{
            {"content", media_of(route.body == BodyKind::multipart ? "multipart/form-data"
                                                                   : "application/json",
             route.takes, schemas)}
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

/// Rows of one method and path are one operation; what selects among them is optional there.
void merge(json::object& operation, const Route& route) {
    json::array& parameters = operation["parameters"].as_array();
    const auto add = [&](std::string_view name) {
        if (name.ends_with('!')) name.remove_suffix(1);
        add_query(parameters, name, false);
    };
    for_each_part(route.selected_by, add);
    for_each_part(route.parameters, add);
}

}  // namespace

std::string open_api_text(const Router& router) {
    const json::object schemas = open_api_schemas(router.resources());
    json::object paths;
    json::array tags;
    for (const Resource* resource : router.resources()) {
        tags.push_back(json::object{
            {"name",        resource->name},
            {"description", resource->text}
        });
        for (const Route& route : resource->routes) {
            if (route.hidden) continue;
            json::value& path = paths[route.pattern];
            if (!path.is_object()) path.emplace_object();
            json::value& slot = path.get_object()[method_name(route.method)];
            if (slot.is_object())
                merge(slot.get_object(), route);
            else
                slot = operation(*resource, route, schemas);
        }
    }
    const json::object bearer{
        {"type",   "http"  },
        {"scheme", "bearer"}
    };
    const json::object document{
        {"openapi",    "3.1.0"                                                                    },
        {"info",       json::object{{"title", "Thingstead"}, {"version", "1"}}                    },
        {"tags",       std::move(tags)                                                            },
        {"paths",      std::move(paths)                                                           },
        {"components",
         json::object{{"schemas", schemas}, {"securitySchemes", json::object{{"bearer", bearer}}}}},
    };
    return text_of(json::value(document));
}

}  // namespace thingstead::api::system
