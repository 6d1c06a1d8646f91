// What is known of one resource. And the table of all routes of resources.
#include <algorithm>

#include "api/rest/json_text.h"
#include "api/rest/tb_resource/handlers.h"
#include "core/resource/lwm2m_objects.h"
#include "core/resource/resource_key.h"

namespace thingstead::api::tb_resource {
namespace {

Task<Result<net::Reply>> answer_info(Call call, core::ResourceName name) {
    const Result<model::TbResource> found =
        co_await core::find_resource(call.services.platform, call.caller, std::move(name));
    if (!found) co_return found.error();
    co_return json_reply_of(*found);
}

Task<Result<net::Reply>> get_info(Call call) {
    const auto id = call.id<model::TbResourceId>("resourceId");
    if (!id) co_return id.error();
    core::ResourceName name;
    name.id = *id;
    co_return co_await answer_info(std::move(call), std::move(name));
}

Task<Result<net::Reply>> get_info_by_key(Call call) {
    Result<core::ResourceName> name = resource_name(call);
    if (!name) co_return name.error();
    co_return co_await answer_info(std::move(call), *std::move(name));
}

template <NamedEnum E>
std::optional<E> value_in_any_case(std::string_view name) {
    std::string upper(name);
    std::transform(upper.begin(), upper.end(), upper.begin(),
                   [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
    return enum_value<E>(upper);
}

json::object with_data() {
    json::object out = struct_schema<model::TbResource>();
    out["properties"].as_object()["data"] = string_schema();
    out["properties"].as_object()["preview"] = string_schema();
    return out;
}

using enum net::Method;

constexpr std::string_view page_parameters = "pageSize!,page!,textSearch,sortProperty,sortOrder";
constexpr std::string_view list_parameters =
    "pageSize!,page!,resourceType,resourceSubType,textSearch,sortProperty,sortOrder";

constexpr Route routes[] = {
    {.method = get,
     .pattern = "/api/resource",
     .allowed = allow::administrators,
     .handler = &get_resources,
     .summary = "Resources by their ids",
     .selected_by = "resourceIds",
     .answer = "TbResourceInfo[]",
     .hidden = true},
    {.method = get,
     .pattern = "/api/resource",
     .allowed = allow::administrators,
     .handler = &list_resources,
     .summary = "A page of resources, without images and modules unless they are asked for",
     .parameters = list_parameters,
     .answer = "PageData<TbResourceInfo>"},
    {.method = post,
     .pattern = "/api/resource",
     .allowed = allow::administrators,
     .handler = &save_resource,
     .summary = "Creates or updates a resource whose bytes are in base64",
     .body = BodyKind::json,
     .answer = "TbResourceInfo",
     .takes = "TbResource"},
    {.method = get,
     .pattern = "/api/resource/info/{resourceId}",
     .allowed = allow::administrators,
     .handler = &get_info,
     .summary = "What is known of a resource",
     .answer = "TbResourceInfo"},
    {.method = get,
     .pattern = "/api/resource/list",
     .allowed = allow::administrators,
     .handler = &get_resources,
     .summary = "Resources by their ids",
     .parameters = "resourceIds!",
     .answer = "TbResourceInfo[]"},
    {.method = get,
     .pattern = "/api/resource/lwm2m",
     .allowed = allow::tenant,
     .handler = &list_lwm2m_objects,
     .summary = "LwM2M objects by their ids and versions",
     .parameters = "sortOrder!,sortProperty!,objectIds!",
     .answer = "LwM2mObject[]"},
    {.method = get,
     .pattern = "/api/resource/lwm2m/page",
     .allowed = allow::tenant,
     .handler = &page_lwm2m_objects,
     .summary = "A page of LwM2M objects",
     .parameters = page_parameters,
     .answer = "LwM2mObject[]"},
    {.method = get,
     .pattern = "/api/resource/tenant",
     .allowed = allow::tenant,
     .handler = &list_tenant_resources,
     .summary = "A page of the tenant's own resources",
     .parameters = page_parameters,
     .answer = "PageData<TbResourceInfo>"},
    {.method = post,
     .pattern = "/api/resource/upload",
     .allowed = allow::administrators,
     .handler = &upload_resource,
     .summary = "Stores a resource",
     .body = BodyKind::multipart,
     .answer = "TbResourceInfo"},
    {.method = put,
     .pattern = "/api/resource/{id}/data",
     .allowed = allow::administrators,
     .handler = &replace_data,
     .summary = "Replaces the bytes of a resource",
     .body = BodyKind::multipart,
     .answer = "TbResourceInfo"},
    {.method = put,
     .pattern = "/api/resource/{id}/info",
     .allowed = allow::administrators,
     .handler = &save_info,
     .summary = "Changes the title of a resource",
     .body = BodyKind::json,
     .answer = "TbResourceInfo",
     .takes = "TbResourceInfo"},
    {.method = get,
     .pattern = "/api/resource/{resourceId}",
     .allowed = allow::administrators,
     .handler = &get_resource,
     .summary = "A resource with its bytes in base64",
     .answer = "TbResource"},
    {.method = del,
     .pattern = "/api/resource/{resourceId}",
     .allowed = allow::administrators,
     .handler = &remove_resource,
     .summary = "Deletes a resource unless something refers to it",
     .parameters = "force",
     .answer = "TbResourceDeleteResult"},
    {.method = get,
     .pattern = "/api/resource/{resourceId}/download",
     .allowed = allow::administrators,
     .handler = &download_resource,
     .summary = "The bytes of a resource"},
    {.method = get,
     .pattern = "/api/resource/lwm2m/{resourceId}/download",
     .allowed = allow::administrators,
     .handler = &download_lwm2m,
     .summary = "The file of an LwM2M model"},
    {.method = get,
     .pattern = "/api/resource/jks/{resourceId}/download",
     .allowed = allow::administrators,
     .handler = &download_jks,
     .summary = "The file of a Java key store"},
    {.method = get,
     .pattern = "/api/resource/pkcs12/{resourceId}/download",
     .allowed = allow::administrators,
     .handler = &download_pkcs12,
     .summary = "The file of a PKCS #12 key store"},
    {.method = get,
     .pattern = "/api/resource/js/{resourceId}/download",
     .allowed = allow::users,
     .handler = &download_js,
     .summary = "A JavaScript module"},
    {.method = get,
     .pattern = "/api/resource/{resourceType}/{scope}/{key}",
     .allowed = allow::users,
     .handler = &download_by_key,
     .summary = "The bytes of a resource by its type, owner and key"},
    {.method = get,
     .pattern = "/api/resource/{resourceType}/{scope}/{key}/info",
     .allowed = allow::administrators,
     .handler = &get_info_by_key,
     .summary = "What is known of a resource by its type, owner and key",
     .answer = "TbResourceInfo"},
};

constexpr SchemaEntry schemas[] = {
    {"LwM2mInstance",        &struct_schema<core::Lwm2mInstance>       },
    {"LwM2mObject",          &struct_schema<core::Lwm2mObject>         },
    {"LwM2mResourceObserve", &struct_schema<core::Lwm2mResourceObserve>},
    {"TbResource",           &with_data                                },
    {"TbResourceInfo",       &struct_schema<model::TbResource>         },
};

}  // namespace

Result<model::ResourceType> resource_type_of(std::string_view name) {
    if (const auto type = value_in_any_case<model::ResourceType>(name)) return *type;
    return core::invalid("ResourceType \"" + std::string(name) + "\" is not supported!");
}

Result<model::ResourceSubType> sub_type_of(std::string_view name) {
    if (const auto type = value_in_any_case<model::ResourceSubType>(name)) return *type;
    return core::invalid("ResourceSubType \"" + std::string(name) + "\" is not supported!");
}

Result<core::ResourceName> resource_name(const Call& call) {
    const Result<model::ResourceType> type = resource_type_of(call.variable("resourceType"));
    if (!type) return type.error();
    const Result<bool> system = core::is_system_scope(call.variable("scope"));
    if (!system) return system.error();
    core::ResourceName name;
    name.type = *type;
    name.system = *system;
    name.key = call.variable("key");
    return name;
}

extern const Resource descriptor{"tb-resource", "Files of a tenant or of the installation.", routes,
                                 schemas};

}  // namespace thingstead::api::tb_resource
