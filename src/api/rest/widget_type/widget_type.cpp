// One widget type: read, found by its name, saved, deleted. And the table of all routes.
#include "api/rest/entity_calls.h"
#include "api/rest/widget_type/handlers.h"
#include "core/resource/resource_export.h"
#include "core/widget/fqn.h"
#include "core/widget/widget_lists.h"

namespace thingstead::api::widget_type {
namespace {

using Details = model::WidgetTypeDetails;

Task<Result<net::Reply>> get_details(Call call) {
    const auto id = call.id<model::WidgetTypeId>("widgetTypeId");
    if (!id) co_return id.error();
    const Result<bool> with_resources = call.flag("includeResources", false);
    if (!with_resources) co_return with_resources.error();
    const std::function<Result<DetailsWithResources>(store::Reader&)> work =
        [&](store::Reader& reader) -> Result<DetailsWithResources> {
        Result<Details> type = core::load<Details>(reader, call.caller, core::Operation::read, *id);
        if (!type) return type.error();
        DetailsWithResources out{*std::move(type), {}};
        if (!*with_resources) return out;
        auto linked = core::export_linked(
            reader, call.caller,
            json::serialize(out.type.descriptor) + " \"" + out.type.image.value_or("") + "\"");
        if (!linked) return linked.error();
        out.resources = *std::move(linked);
        return out;
    };
    const Result<DetailsWithResources> found =
        co_await core::read<DetailsWithResources>(call.services.platform, work);
    if (!found) co_return found.error();
    std::string body = "{";
    append_members(body, found->type);
    body += ",\"resources\":";
    if (*with_resources)
        append_text(body, found->resources);
    else
        body += "null";
    body += '}';
    co_return json_reply(std::move(body));
}

Task<Result<net::Reply>> get_info(Call call) {
    const auto id = call.id<model::WidgetTypeId>("widgetTypeId");
    if (!id) co_return id.error();
    const std::function<Result<core::WidgetTypeRow>(store::Reader&)> work =
        [&](store::Reader& reader) -> Result<core::WidgetTypeRow> {
        auto type =
            core::load<model::WidgetTypeInfo>(reader, call.caller, core::Operation::read, *id);
        if (!type) return type.error();
        return core::with_bundles(reader, *std::move(type));
    };
    const Result<core::WidgetTypeRow> row =
        co_await core::read<core::WidgetTypeRow>(call.services.platform, work);
    if (!row) co_return row.error();
    std::string body = "{";
    append_members(body, row->type);
    body += ",\"bundles\":";
    append_text(body, row->bundles);
    body += '}';
    co_return json_reply(std::move(body));
}

Task<Result<net::Reply>> answer_by_fqn(Call call, bool system, std::string fqn) {
    const std::function<Result<model::WidgetType>(store::Reader&)> work =
        [&](store::Reader& reader) {
            return core::type_by_fqn<model::WidgetType>(reader, call.caller, system, fqn);
        };
    const Result<model::WidgetType> type =
        co_await core::read<model::WidgetType>(call.services.platform, work);
    if (!type) co_return type.error();
    co_return json_reply_of(*type);
}

Task<Result<net::Reply>> get_by_fqn(Call call) {
    const Result<std::string> text = call.required("fqn");
    if (!text) co_return text.error();
    core::ScopedFqn name = core::parse_fqn(*text);
    if (!name.system) co_return core::invalid("Invalid widget type fqn: " + *text);
    co_return co_await answer_by_fqn(std::move(call), *name.system, std::move(name.fqn));
}

Task<Result<net::Reply>> get_by_aliases(Call call) {
    const Result<bool> system = call.flag("isSystem", false);
    if (!system) co_return system.error();
    std::string fqn =
        call.parameter("bundleAlias").value_or("") + "." + call.parameter("alias").value_or("");
    co_return co_await answer_by_fqn(std::move(call), *system, std::move(fqn));
}

Result<core::WidgetTypeSave> wanted_save(const Call& call) {
    const Result<json::value> body = call.body();
    if (!body) return body.error();
    Result<Details> type = from_json<Details>(*body);
    if (!type) return type.error();
    const Result<bool> by_fqn = call.flag("updateExistingByFqn", false);
    if (!by_fqn) return by_fqn.error();
    core::WidgetTypeSave wanted{*std::move(type), {}, *by_fqn};
    const json::value* resources = body->as_object().if_contains("resources");
    if (!resources || resources->is_null()) return wanted;
    auto brought = from_json<std::vector<model::ResourceExportData>>(*resources);
    if (!brought) return json_member_error("resources", brought.error());
    wanted.resources = *std::move(brought);
    return wanted;
}

Task<Result<net::Reply>> save_type(Call call) {
    Result<core::WidgetTypeSave> wanted = wanted_save(call);
    if (!wanted) co_return wanted.error();
    Details asked = wanted->type;
    const Result<core::Saved<Details>> saved =
        co_await core::save_widget_type(call.services.platform, call.caller, *std::move(wanted));
    co_await tell_saved(call.services, call.caller, std::move(asked), saved);
    if (!saved) co_return saved.error();
    std::string body = "{";
    append_members(body, saved->entity);
    body += ",\"resources\":null}";
    co_return json_reply(std::move(body));
}

json::object details_schema() {
    json::object out = struct_schema<Details>();
    out["properties"].as_object()["resources"] = {
        {"type",  "array"                         },
        {"items", schema_ref("ResourceExportData")}
    };
    return out;
}

json::object info_schema() {
    return struct_schema_with<model::WidgetTypeInfo>({
        {"bundles", {{"type", "array"}, {"items", schema_ref("WidgetBundleInfo")}}}
    });
}

using enum net::Method;

constexpr std::string_view by_alias = "isSystem,bundleAlias";

constexpr Route routes[] = {
    {.method = get,
     .pattern = "/api/widgetType",
     .allowed = allow::users,
     .handler = &get_by_fqn,
     .summary = "A widget type by its name",
     .selected_by = "fqn",
     .parameters = "fqn!",
     .answer = "WidgetType"},
    {.method = get,
     .pattern = "/api/widgetType",
     .allowed = allow::users,
     .handler = &get_by_aliases,
     .summary = "A widget type by its older name",
     .selected_by = "isSystem,bundleAlias,alias",
     .answer = "WidgetType",
     .hidden = true},
    {.method = post,
     .pattern = "/api/widgetType",
     .allowed = allow::administrators,
     .handler = &save_type,
     .summary = "Creates or updates a widget type",
     .body = BodyKind::json,
     .parameters = "updateExistingByFqn",
     .answer = "WidgetTypeDetails",
     .takes = "WidgetTypeDetails"},
    {.method = get,
     .pattern = "/api/widgetType/{widgetTypeId}",
     .allowed = allow::administrators,
     .handler = &get_details,
     .summary = "A widget type by its id",
     .parameters = "includeResources",
     .answer = "WidgetTypeDetails"},
    {.method = del,
     .pattern = "/api/widgetType/{widgetTypeId}",
     .allowed = allow::administrators,
     .handler = &delete_entity<Details>,
     .summary = "Deletes a widget type"},
    {.method = get,
     .pattern = "/api/widgetTypeInfo/{widgetTypeId}",
     .allowed = allow::administrators,
     .handler = &get_info,
     .summary = "A widget type with the names of its bundles",
     .answer = "WidgetTypeInfo"},
    {.method = get,
     .pattern = "/api/widgetTypeFqns",
     .allowed = allow::administrators,
     .handler = &fqns_of_bundle,
     .summary = "The names of the types of a bundle",
     .parameters = "widgetsBundleId!",
     .answer = "string[]"},
    {.method = get,
     .pattern = "/api/widgetTypes",
     .allowed = allow::users,
     .handler = &list_types,
     .summary = "A page of widget types",
     .selected_by = "pageSize,page",
     .parameters = "pageSize!,page!,textSearch,sortProperty,sortOrder,tenantOnly,fullSearch,"
                   "deprecatedFilter,widgetTypeList,scadaFirst", .answer = "PageData<WidgetTypeInfo>"},
    {.method = get,
     .pattern = "/api/widgetTypes",
     .allowed = allow::administrators,
     .handler = &types_of_alias,
     .summary = "The types of a bundle by its alias",
     .selected_by = by_alias,
     .answer = "WidgetType[]",
     .hidden = true},
    {.method = get,
     .pattern = "/api/widgetTypes",
     .allowed = allow::users,
     .handler = &types_of_bundle,
     .summary = "The types of a bundle",
     .selected_by = "widgetsBundleId",
     .answer = "WidgetType[]",
     .hidden = true},
    {.method = get,
     .pattern = "/api/widgetTypesDetails",
     .allowed = allow::users,
     .handler = &details_of_bundle,
     .summary = "The types of a bundle with all that is known of them",
     .selected_by = "widgetsBundleId",
     .parameters = "widgetsBundleId!,includeResources",
     .answer = "WidgetTypeDetails[]"},
    {.method = get,
     .pattern = "/api/widgetTypesDetails",
     .allowed = allow::administrators,
     .handler = &details_of_alias,
     .summary = "The types of a bundle by its alias with all that is known of them",
     .selected_by = by_alias,
     .answer = "WidgetTypeDetails[]",
     .hidden = true},
    {.method = get,
     .pattern = "/api/widgetTypesInfos",
     .allowed = allow::users,
     .handler = &list_bundle_infos,
     .summary = "A page of the types of a bundle",
     .selected_by = "widgetsBundleId,pageSize,page",
     .parameters = "widgetsBundleId!,pageSize!,page!,textSearch,sortProperty,sortOrder,fullSearch,"
                   "deprecatedFilter,widgetTypeList", .answer = "PageData<WidgetTypeInfo>"},
    {.method = get,
     .pattern = "/api/widgetTypesInfos",
     .allowed = allow::users,
     .handler = &infos_of_alias,
     .summary = "The types of a bundle by its alias",
     .selected_by = by_alias,
     .answer = "WidgetTypeInfo[]",
     .hidden = true},
    {.method = get,
     .pattern = "/api/widgetsBundle/{widgetsBundleId}/widgetTypes",
     .allowed = allow::users,
     .handler = &types_of_path,
     .summary = "The types of a bundle",
     .answer = "WidgetType[]"},
};

constexpr SchemaEntry schemas[] = {
    {"WidgetType",        &struct_schema<model::WidgetType>},
    {"WidgetTypeDetails", &details_schema                  },
    {"WidgetTypeInfo",    &info_schema                     },
};

}  // namespace

extern const Resource descriptor{"widget-type", "Widget types, of which dashboards are made.",
                                 routes, schemas};

}  // namespace thingstead::api::widget_type
