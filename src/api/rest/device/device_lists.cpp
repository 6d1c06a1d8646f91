// Lists of devices.
#include "api/rest/device/handlers.h"
#include "api/rest/json_text.h"

namespace thingstead::api::device {
namespace {

struct ListRequest {
    core::DeviceListFilter filter;
    store::PageLink link;
};

/// `of_customer`: the path has {customerId}.
Result<ListRequest> list_request(const Call& call, bool of_customer) {
    ListRequest request;
    if (of_customer) {
        const auto customer = call.id<model::CustomerId>("customerId");
        if (!customer) return customer.error();
        request.filter.customer = *customer;
    }
    Result<store::PageLink> link = call.page_link();
    if (!link) return link.error();
    request.link = *std::move(link);
    request.filter.type = call.parameter("type");
    return request;
}

/// Lists with names know two filters more.
Result<ListRequest> info_request(const Call& call, bool of_customer) {
    Result<ListRequest> request = list_request(call, of_customer);
    if (!request) return request;
    if (const std::optional<std::string> text = call.parameter("deviceProfileId")) {
        const Result<Uuid> profile = parse_uuid(*text);
        if (!profile) return profile.error();
        request->filter.profile = model::DeviceProfileId{*profile};
    }
    if (call.parameter("active"))
        return Error{ErrorCode::invalid_argument, "Parameter 'active' is not supported!"};
    return request;
}

Task<Result<net::Reply>> list(Call call, bool of_customer) {
    Result<ListRequest> request = list_request(call, of_customer);
    if (!request) co_return request.error();
    const Result<store::Page<model::Device>> page =
        co_await call.services.devices.list(call.caller, request->filter, request->link);
    if (!page) co_return page.error();
    co_return json_reply(page_text(*page));
}

Task<Result<net::Reply>> list_infos(Call call, bool of_customer) {
    Result<ListRequest> request = info_request(call, of_customer);
    if (!request) co_return request.error();
    const Result<store::Page<core::DeviceInfo>> page =
        co_await call.services.devices.list_infos(call.caller, request->filter, request->link);
    if (!page) co_return page.error();
    co_return json_reply(page_text(*page, append_info));
}

}  // namespace

Task<Result<net::Reply>> list_tenant_devices(Call call) { return list(std::move(call), false); }
Task<Result<net::Reply>> list_tenant_infos(Call call) { return list_infos(std::move(call), false); }
Task<Result<net::Reply>> list_customer_devices(Call call) { return list(std::move(call), true); }
Task<Result<net::Reply>> list_customer_infos(Call call) {
    return list_infos(std::move(call), true);
}

Task<Result<net::Reply>> get_devices(Call call) {
    const Result<std::vector<Uuid>> uuids = call.uuids("deviceIds");
    if (!uuids) co_return uuids.error();
    std::vector<model::DeviceId> ids;
    for (const Uuid& id : *uuids) ids.push_back({id});
    const Result<std::vector<model::Device>> devices =
        co_await call.services.devices.get_many(call.caller, std::move(ids));
    if (!devices) co_return devices.error();
    co_return json_reply_of(*devices);
}

}  // namespace thingstead::api::device
