// The kinds of rule nodes.
#include "api/rest/call.h"
#include "api/rest/json_text.h"
#include "api/rest/route.h"
#include "core/component_catalogue.h"
#include "core/entity/kind.h"

namespace thingstead::api::component_descriptor {
namespace {

Result<core::ComponentType> component_type_of(const std::string& name) {
    if (const auto type = enum_value<core::ComponentType>(name)) return *type;
    return core::invalid("ComponentType \"" + name + "\" is not supported!");
}

Result<net::Reply> list_reply(const Call& call, const std::vector<core::ComponentType>& types) {
    const std::string name = call.parameter("ruleChainType").value_or("CORE");
    const auto chain_type = enum_value<model::RuleChainType>(name);
    if (!chain_type) return core::invalid("RuleChainType \"" + name + "\" is not supported!");
    return json_reply_of(call.services.components.list(types, *chain_type));
}

Task<Result<net::Reply>> list_by_types(Call call) {
    if (const auto given = call.required("componentTypes"); !given) co_return given.error();
    std::vector<core::ComponentType> types;
    for (const std::string& name : call.list("componentTypes")) {
        const auto type = component_type_of(name);
        if (!type) co_return type.error();
        types.push_back(*type);
    }
    co_return list_reply(call, types);
}

Task<Result<net::Reply>> list_by_type(Call call) {
    const auto type = component_type_of(call.variable("componentType"));
    if (!type) co_return type.error();
    std::vector<core::ComponentType> types;
    types.push_back(*type);
    co_return list_reply(call, types);
}

Task<Result<net::Reply>> get_component(Call call) {
    const core::Component* component =
        call.services.components.find(call.variable("componentDescriptorClazz"));
    if (!component) co_return core::item_not_found();
    co_return json_reply_of(*component);
}

using enum net::Method;

constexpr Route routes[] = {
    {.method = get,
     .pattern = "/api/component/{componentDescriptorClazz}",
     .allowed = allow::administrators,
     .handler = &get_component,
     .summary = "One kind of rule node by its class",
     .answer = "ComponentDescriptor"},
    {.method = get,
     .pattern = "/api/components/{componentType}",
     .allowed = allow::administrators,
     .handler = &list_by_type,
     .summary = "The kinds of rule nodes of one type",
     .parameters = "ruleChainType",
     .answer = "[ComponentDescriptor]"},
    {.method = get,
     .pattern = "/api/components",
     .allowed = allow::administrators,
     .handler = &list_by_types,
     .summary = "The kinds of rule nodes of several types",
     .parameters = "componentTypes!,ruleChainType",
     .answer = "[ComponentDescriptor]"},
};

constexpr SchemaEntry schemas[] = {
    {"ComponentDescriptor",   &struct_schema<core::Component>},
    {"ComponentDescriptorId", &struct_schema<model::PlainId> },
};

}  // namespace

extern const Resource descriptor{"component_descriptor", "The kinds of rule nodes.", routes,
                                 schemas};

}  // namespace thingstead::api::component_descriptor
