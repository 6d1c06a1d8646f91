// Lists of resources, and of the LwM2M objects that some of them define.
#include "api/rest/json_text.h"
#include "api/rest/tb_resource/handlers.h"
#include "core/entity/read.h"
#include "core/resource/lwm2m_objects.h"
#include "core/resource/resource_key.h"

namespace thingstead::api::tb_resource {
namespace {

Result<core::ResourceListFilter> resource_filter(const Call& call) {
    core::ResourceListFilter filter;
    if (const std::optional<std::string> text = call.parameter("resourceType")) {
        const Result<model::ResourceType> type = resource_type_of(*text);
        if (!type) return type.error();
        filter.type = *type;
    }
    if (const std::optional<std::string> text = call.parameter("resourceSubType")) {
        const Result<model::ResourceSubType> type = sub_type_of(*text);
        if (!type) return type.error();
        filter.sub_type = *type;
    }
    return filter;
}

Task<Result<net::Reply>> answer_page(Call call, core::ResourceListFilter filter) {
    Result<store::PageLink> link = call.page_link();
    if (!link) co_return link.error();
    const Result<store::Page<model::TbResource>> page = co_await core::list_resources(
        call.services.platform, call.caller, std::move(filter), *std::move(link));
    if (!page) co_return page.error();
    co_return json_reply(page_text(*page));
}

/// sortProperty "id" or "name", sortOrder.
Result<core::Lwm2mOrder> lwm2m_order(const Call& call) {
    core::Lwm2mOrder order;
    const std::string property = call.parameter("sortProperty").value_or("id");
    if (property != "id" && property != "name")
        return core::invalid("Unsupported sort property '" + property +
                             "'. Only 'id', 'name' are allowed.");
    order.by_name = property == "name";
    const std::string direction = call.parameter("sortOrder").value_or("ASC");
    order.descending = direction == "DESC" || direction == "desc";
    return order;
}

}  // namespace

Task<Result<net::Reply>> list_resources(Call call) {
    Result<core::ResourceListFilter> filter = resource_filter(call);
    if (!filter) co_return filter.error();
    co_return co_await answer_page(std::move(call), *std::move(filter));
}

Task<Result<net::Reply>> list_tenant_resources(Call call) {
    core::ResourceListFilter filter;
    filter.with_system = false;
    return answer_page(std::move(call), std::move(filter));
}

Task<Result<net::Reply>> get_resources(Call call) {
    const Result<std::vector<Uuid>> uuids = call.uuids("resourceIds");
    if (!uuids) co_return uuids.error();
    std::vector<model::TbResourceId> ids;
    for (const Uuid& id : *uuids) ids.push_back({id});
    Result<std::vector<model::TbResource>> found = co_await core::get_many<model::TbResource>(
        call.services.platform, call.caller, std::move(ids));
    if (!found) co_return found.error();
    for (model::TbResource& each : *found) core::show_links(each);
    co_return json_reply_of(*found);
}

Task<Result<net::Reply>> list_lwm2m_objects(Call call) {
    const Result<core::Lwm2mOrder> order = lwm2m_order(call);
    if (!order) co_return order.error();
    if (const Result<std::string> given = call.required("objectIds"); !given)
        co_return given.error();
    std::vector<std::string> keys = call.list("objectIds");
    const auto objects =
        co_await core::lwm2m_objects(call.services.platform, call.caller, std::move(keys), *order);
    if (!objects) co_return objects.error();
    co_return json_reply_of(*objects);
}

Task<Result<net::Reply>> page_lwm2m_objects(Call call) {
    const Result<core::Lwm2mOrder> order = lwm2m_order(call);
    if (!order) co_return order.error();
    Result<store::PageLink> link = call.page_link();
    if (!link) co_return link.error();
    link->sort_property = order->by_name ? "title" : "resourceKey";
    const auto objects = co_await core::lwm2m_object_page(call.services.platform, call.caller,
                                                          *std::move(link), *order);
    if (!objects) co_return objects.error();
    co_return json_reply_of(*objects);
}

}  // namespace thingstead::api::tb_resource
