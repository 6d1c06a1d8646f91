// Entity views.
#include "api/rest/owned_calls.h"
#include "api/rest/related/related_calls.h"
#include "core/entity_view/entity_view_rules.h"

namespace thingstead::api {

template <>
struct OwnedLists<model::EntityView> {
    static Result<store::Filter> filter(const Call& call, bool) {
        store::Filter filter;
        add_type_filter(call, filter);
        return filter;
    }
    static std::vector<store::Lookup> lookups(bool infos) { return {customer_title_lookup(infos)}; }
    static void append_more(std::string&, const core::Shown<model::EntityView>&) {}
};

}  // namespace thingstead::api

namespace thingstead::api::entity_view {
namespace {

using model::EntityView;

Task<Result<net::Reply>> save_entity_view(Call call) {
    Result<core::SaveOptions> options = save_options(call);
    if (!options) co_return options.error();
    Result<EntityView> view = call.body_as<EntityView>();
    if (!view) co_return view.error();
    Result<core::Saved<EntityView>> saved = co_await core::save_entity_view(
        call.services.platform, call.caller, *view, *std::move(options));
    co_await tell_saved(call.services, call.caller, *std::move(view), saved);
    if (!saved) co_return saved.error();
    const Result<> joined = co_await join_asked_groups(call.services, call.caller,
                                                       asked_groups(call), saved->entity.id);
    if (!joined) co_return joined.error();
    co_return json_reply_of(saved->entity);
}

Task<Result<net::Reply>> get_entity_view_by_name(Call call) {
    return named_entity<EntityView>(std::move(call), "entityViewName");
}

Task<Result<net::Reply>> get_entity_views_by_ids(Call call) {
    return entities_by_ids<EntityView>(std::move(call), "entityViewIds");
}

Task<Result<net::Reply>> find_related_entity_views(Call call) {
    return related_entities_reply<EntityView>(std::move(call), "entityViewTypes");
}

json::object entity_view_info_schema() {
    return struct_schema_with<EntityView>({
        {"customerTitle",    string_schema() },
        {"customerIsPublic", boolean_schema()}
    });
}

using enum net::Method;

constexpr std::string_view page_parameters =
    "pageSize!,page!,type,textSearch,sortProperty,sortOrder";

constexpr Route routes[] = {
    {.method = post,
     .pattern = "/api/entityViews",
     .allowed = allow::tenant_or_customer,
     .handler = &find_related_entity_views,
     .summary = "Entity views that relations lead to",
     .body = BodyKind::json,
     .answer = "EntityView[]",
     .takes = "EntityViewSearchQuery"},
    {.method = post,
     .pattern = "/api/entityView",
     .allowed = allow::tenant_or_customer,
     .handler = &save_entity_view,
     .summary = "Creates or updates an entity view",
     .body = BodyKind::json,
     .parameters = name_policy_parameters,
     .answer = "EntityView",
     .takes = "EntityView"},
    {.method = get,
     .pattern = "/api/entityView/{entityViewId}",
     .allowed = allow::tenant_or_customer,
     .handler = &get_entity<EntityView>,
     .summary = "One entity view by its id",
     .answer = "EntityView"},
    {.method = del,
     .pattern = "/api/entityView/{entityViewId}",
     .allowed = allow::tenant,
     .handler = &delete_entity<EntityView>,
     .summary = "Deletes an entity view with the copies that it has"},
    {.method = get,
     .pattern = "/api/entityView/info/{entityViewId}",
     .allowed = allow::tenant_or_customer,
     .handler = &get_owned_info<EntityView>,
     .summary = "One entity view with the name of its customer",
     .answer = "EntityViewInfo"},
    {.method = get,
     .pattern = "/api/entityView/types",
     .allowed = allow::tenant_or_customer,
     .handler = &owned_types<EntityView>,
     .summary = "The types of the entity views there are",
     .answer = "EntitySubtype[]"},
    {.method = get,
     .pattern = "/api/tenant/entityViews",
     .allowed = allow::tenant,
     .handler = &list_of_tenant<EntityView>,
     .summary = "A page of the tenant's entity views",
     .parameters = page_parameters,
     .answer = "PageData<EntityView>"},
    {.method = get,
     .pattern = "/api/tenant/entityViews",
     .allowed = allow::tenant,
     .handler = &get_entity_view_by_name,
     .summary = "One entity view by its name",
     .selected_by = "entityViewName",
     .answer = "EntityView",
     .hidden = true},
    {.method = get,
     .pattern = "/api/tenant/entityView",
     .allowed = allow::tenant,
     .handler = &get_entity_view_by_name,
     .summary = "One entity view by its name",
     .parameters = "entityViewName!",
     .answer = "EntityView"},
    {.method = get,
     .pattern = "/api/tenant/entityViewInfos",
     .allowed = allow::tenant,
     .handler = &infos_of_tenant<EntityView>,
     .summary = "A page of the tenant's entity views with names",
     .parameters = page_parameters,
     .answer = "PageData<EntityViewInfo>"},
    {.method = get,
     .pattern = "/api/customer/{customerId}/entityViews",
     .allowed = allow::tenant_or_customer,
     .handler = &list_of_customer<EntityView>,
     .summary = "A page of the entity views of a customer",
     .parameters = page_parameters,
     .answer = "PageData<EntityView>"},
    {.method = get,
     .pattern = "/api/customer/{customerId}/entityViewInfos",
     .allowed = allow::tenant_or_customer,
     .handler = &infos_of_customer<EntityView>,
     .summary = "A page of the entity views of a customer with names",
     .parameters = page_parameters,
     .answer = "PageData<EntityViewInfo>"},
    {.method = get,
     .pattern = "/api/entityViews",
     .allowed = allow::tenant_or_customer,
     .handler = &get_entity_views_by_ids,
     .summary = "Entity views by their ids",
     .selected_by = "entityViewIds",
     .answer = "EntityView[]",
     .hidden = true},
    {.method = get,
     .pattern = "/api/entityViews/list",
     .allowed = allow::tenant_or_customer,
     .handler = &get_entity_views_by_ids,
     .summary = "Entity views by their ids",
     .parameters = "entityViewIds!",
     .answer = "EntityView[]"},
    {.method = post,
     .pattern = "/api/customer/{customerId}/entityView/{entityViewId}",
     .allowed = allow::tenant,
     .handler = &assign_owned<EntityView>,
     .summary = "Assigns an entity view to a customer",
     .answer = "EntityView"},
    {.method = post,
     .pattern = "/api/customer/public/entityView/{entityViewId}",
     .allowed = allow::tenant,
     .handler = &assign_owned_to_public<EntityView>,
     .summary = "Makes an entity view visible without a log-in",
     .answer = "EntityView"},
    {.method = del,
     .pattern = "/api/customer/entityView/{entityViewId}",
     .allowed = allow::tenant,
     .handler = &unassign_owned<EntityView>,
     .summary = "Takes an entity view back from its customer",
     .answer = "EntityView"},
    {.method = post,
     .pattern = "/api/edge/{edgeId}/entityView/{entityViewId}",
     .allowed = allow::tenant,
     .handler = &edges_unsupported,
     .summary = "Assigns an entity view to an edge: edges are not supported",
     .answer = "EntityView"},
    {.method = del,
     .pattern = "/api/edge/{edgeId}/entityView/{entityViewId}",
     .allowed = allow::tenant,
     .handler = &edges_unsupported,
     .summary = "Takes an entity view from an edge: edges are not supported",
     .answer = "EntityView"},
    {.method = get,
     .pattern = "/api/edge/{edgeId}/entityViews",
     .allowed = allow::tenant_or_customer,
     .handler = &edges_unsupported,
     .summary = "The entity views of an edge: edges are not supported",
     .parameters = "pageSize!,page!,type,textSearch,sortProperty,sortOrder,startTime,endTime",
     .answer = "PageData<EntityView>"},
};

constexpr SchemaEntry schemas[] = {
    {"EntityView",     &struct_schema<EntityView>},
    {"EntityViewInfo", &entity_view_info_schema  },
};

}  // namespace

extern const Resource descriptor{
    "entity_view", "Entity views: a part of the data of a device or asset.", routes, schemas};

}  // namespace thingstead::api::entity_view
