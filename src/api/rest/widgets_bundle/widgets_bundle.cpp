// Bundles of widget types.
#include "api/rest/entity_calls.h"
#include "core/image/embedded.h"
#include "core/widget/widget_lists.h"

namespace thingstead::api::widgets_bundle {
namespace {

using model::WidgetsBundle;
using model::WidgetsBundleId;

Task<Result<net::Reply>> get_bundle(Call call) {
    const auto id = call.id<WidgetsBundleId>("widgetsBundleId");
    if (!id) co_return id.error();
    const Result<bool> inline_images = call.flag("inlineImages", false);
    if (!inline_images) co_return inline_images.error();
    Result<WidgetsBundle> bundle =
        co_await core::get<WidgetsBundle>(call.services.platform, call.caller, *id);
    if (!bundle) co_return bundle.error();
    if (*inline_images) {
        Result<std::optional<std::string>> image =
            co_await core::inline_image(call.services.platform, call.caller, bundle->image);
        if (!image) co_return image.error();
        bundle->image = *std::move(image);
    }
    co_return json_reply_of(*bundle);
}

Task<Result<net::Reply>> save_bundle(Call call) {
    Result<WidgetsBundle> asked = call.body_as<WidgetsBundle>();
    if (!asked) co_return asked.error();
    const Result<core::Saved<WidgetsBundle>> saved =
        co_await core::save_widgets_bundle(call.services.platform, call.caller, *asked);
    co_await tell_saved(call.services, call.caller, *std::move(asked), saved);
    if (!saved) co_return saved.error();
    co_return json_reply_of(saved->entity);
}

/// A change of members is an update of the bundle.
Task<Result<net::Reply>> answer_members_set(Call call, WidgetsBundleId id,
                                            Result<WidgetsBundle> bundle) {
    core::AuditNote note = bundle ? entity_note(model::ActionType::updated, *bundle)
                                  : note_of(model::ActionType::updated, model::EntityId(id));
    co_await audit(call.services, call.caller, std::move(note), bundle);
    if (!bundle) co_return bundle.error();
    RuleEvent event = entity_event(model::msg_type::entity_updated, *bundle);
    co_await tell_rules(call.services, call.caller, std::move(event));
    co_return net::Reply{};
}

Task<Result<net::Reply>> set_types(Call call) {
    const auto id = call.id<WidgetsBundleId>("widgetsBundleId");
    if (!id) co_return id.error();
    const auto texts = call.body_as<std::vector<std::string>>();
    if (!texts) co_return texts.error();
    std::vector<model::WidgetTypeId> types;
    for (const std::string& text : *texts) {
        const Result<Uuid> type = parse_uuid(text);
        if (!type) co_return type.error();
        types.push_back({*type});
    }
    Result<WidgetsBundle> bundle =
        co_await core::set_bundle_types(call.services.platform, call.caller, *id, std::move(types));
    co_return co_await answer_members_set(std::move(call), *id, std::move(bundle));
}

Task<Result<net::Reply>> set_types_by_fqn(Call call) {
    const auto id = call.id<WidgetsBundleId>("widgetsBundleId");
    if (!id) co_return id.error();
    auto fqns = call.body_as<std::vector<std::string>>();
    if (!fqns) co_return fqns.error();
    Result<WidgetsBundle> bundle = co_await core::set_bundle_types_by_fqn(
        call.services.platform, call.caller, *id, *std::move(fqns));
    co_return co_await answer_members_set(std::move(call), *id, std::move(bundle));
}

Result<core::BundleFilter> bundle_filter(const Call& call) {
    core::BundleFilter filter;
    const std::pair<const char*, bool*> flags[] = {
        {"tenantOnly", &filter.tenant_only},
        {"fullSearch", &filter.full_search},
        {"scadaFirst", &filter.scada_first}
    };
    for (const auto& [name, target] : flags) {
        const Result<bool> flag = call.flag(name, false);
        if (!flag) return flag.error();
        *target = *flag;
    }
    return filter;
}

Task<Result<net::Reply>> list_bundles(Call call) {
    Result<core::BundleFilter> filter = bundle_filter(call);
    if (!filter) co_return filter.error();
    Result<store::PageLink> link = call.page_link();
    if (!link) co_return link.error();
    const Result<store::Page<WidgetsBundle>> page = co_await core::list_bundles(
        call.services.platform, call.caller, *std::move(filter), *std::move(link));
    if (!page) co_return page.error();
    co_return json_reply(page_text(*page));
}

Task<Result<net::Reply>> list_all_bundles(Call call) {
    store::PageLink link;
    link.page_size = core::sorted_rows_max;
    link.sort_property = "title";
    const Result<store::Page<WidgetsBundle>> page = co_await core::list_bundles(
        call.services.platform, call.caller, core::BundleFilter(), std::move(link));
    if (!page) co_return page.error();
    co_return json_reply_of(page->data);
}

Task<Result<net::Reply>> get_bundles(Call call) {
    const Result<std::vector<Uuid>> uuids = call.uuids("widgetsBundleIds");
    if (!uuids) co_return uuids.error();
    std::vector<WidgetsBundleId> ids;
    for (const Uuid& id : *uuids) ids.push_back({id});
    const Result<std::vector<WidgetsBundle>> found =
        co_await core::get_many<WidgetsBundle>(call.services.platform, call.caller, std::move(ids));
    if (!found) co_return found.error();
    co_return json_reply_of(*found);
}

using enum net::Method;

constexpr Route routes[] = {
    {.method = post,
     .pattern = "/api/widgetsBundle",
     .allowed = allow::administrators,
     .handler = &save_bundle,
     .summary = "Creates or updates a bundle",
     .body = BodyKind::json,
     .answer = "WidgetsBundle",
     .takes = "WidgetsBundle"},
    {.method = get,
     .pattern = "/api/widgetsBundle/{widgetsBundleId}",
     .allowed = allow::users,
     .handler = &get_bundle,
     .summary = "A bundle by its id",
     .parameters = "inlineImages",
     .answer = "WidgetsBundle"},
    {.method = del,
     .pattern = "/api/widgetsBundle/{widgetsBundleId}",
     .allowed = allow::administrators,
     .handler = &delete_entity<WidgetsBundle>,
     .summary = "Deletes a bundle; its types stay"},
    {.method = post,
     .pattern = "/api/widgetsBundle/{widgetsBundleId}/widgetTypes",
     .allowed = allow::administrators,
     .handler = &set_types,
     .summary = "Replaces the types of a bundle, in that order",
     .body = BodyKind::json,
     .takes = "[string]"},
    {.method = post,
     .pattern = "/api/widgetsBundle/{widgetsBundleId}/widgetTypeFqns",
     .allowed = allow::administrators,
     .handler = &set_types_by_fqn,
     .summary = "Replaces the types of a bundle by their names, in that order",
     .body = BodyKind::json,
     .takes = "[string]"},
    {.method = get,
     .pattern = "/api/widgetsBundles",
     .allowed = allow::users,
     .handler = &list_all_bundles,
     .summary = "All bundles",
     .answer = "WidgetsBundle[]",
     .hidden = true},
    {.method = get,
     .pattern = "/api/widgetsBundles",
     .allowed = allow::users,
     .handler = &get_bundles,
     .summary = "Bundles by their ids",
     .selected_by = "widgetsBundleIds",
     .answer = "WidgetsBundle[]",
     .hidden = true},
    {.method = get,
     .pattern = "/api/widgetsBundles",
     .allowed = allow::users,
     .handler = &list_bundles,
     .summary = "A page of bundles",
     .selected_by = "pageSize,page",
     .parameters = "pageSize!,page!,textSearch,sortProperty,sortOrder,tenantOnly,fullSearch,"
                   "scadaFirst", .answer = "PageData<WidgetsBundle>"},
    {.method = get,
     .pattern = "/api/widgetsBundles/all",
     .allowed = allow::users,
     .handler = &list_all_bundles,
     .summary = "All bundles",
     .answer = "WidgetsBundle[]"},
    {.method = get,
     .pattern = "/api/widgetsBundles/list",
     .allowed = allow::users,
     .handler = &get_bundles,
     .summary = "Bundles by their ids",
     .parameters = "widgetsBundleIds!",
     .answer = "WidgetsBundle[]"},
};

constexpr SchemaEntry schemas[] = {
    {"WidgetsBundle", &struct_schema<WidgetsBundle>},
};

}  // namespace

extern const Resource descriptor{"widgets-bundle", "Bundles of widget types.", routes, schemas};

}  // namespace thingstead::api::widgets_bundle
