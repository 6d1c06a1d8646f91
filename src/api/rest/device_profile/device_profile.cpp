// Device profiles, read only.
#include "api/rest/call.h"
#include "api/rest/json_text.h"
#include "api/rest/route.h"
#include "core/devices.h"

namespace thingstead::api::device_profile {
namespace {

/// The short form of a profile, as lists to choose from show it.
void append_info(std::string& out, const model::DeviceProfile& profile) {
    out += "{\"id\":";
    append_text(out, profile.id);
    out += ",\"name\":";
    append_text(out, profile.name);
    out += ",\"image\":";
    append_text(out, profile.image);
    out += ",\"defaultDashboardId\":";
    append_text(out, profile.default_dashboard_id);
    out += ",\"type\":";
    append_text(out, profile.type);
    out += ",\"transportType\":";
    append_text(out, profile.transport_type);
    out += ",\"tenantId\":";
    append_text(out, profile.tenant_id);
    out += '}';
}

Result<net::Reply> info_reply(const Result<model::DeviceProfile>& profile) {
    if (!profile) return profile.error();
    std::string body;
    append_info(body, *profile);
    return json_reply(std::move(body));
}

Task<Result<net::Reply>> get_profile(Call call) {
    const auto id = call.id<model::DeviceProfileId>("deviceProfileId");
    if (!id) co_return id.error();
    const auto profile = co_await call.services.devices.profile(call.caller, *id);
    if (!profile) co_return profile.error();
    co_return json_reply_of(*profile);
}

Task<Result<net::Reply>> get_info(Call call) {
    const auto id = call.id<model::DeviceProfileId>("deviceProfileId");
    if (!id) co_return id.error();
    const auto profile = co_await call.services.devices.profile(call.caller, *id);
    co_return info_reply(profile);
}

Task<Result<net::Reply>> get_default_info(Call call) {
    const auto profile = co_await call.services.devices.default_profile(call.caller);
    co_return info_reply(profile);
}

Task<Result<net::Reply>> list(Call call) {
    const Result<store::PageLink> link = call.page_link();
    if (!link) co_return link.error();
    const auto page = co_await call.services.devices.profiles(call.caller, *link);
    if (!page) co_return page.error();
    co_return json_reply(page_text(*page));
}

Task<Result<net::Reply>> list_infos(Call call) {
    if (call.parameter("transportType"))
        co_return Error{ErrorCode::invalid_argument, "Parameter 'transportType' is not supported!"};
    const Result<store::PageLink> link = call.page_link();
    if (!link) co_return link.error();
    const auto page = co_await call.services.devices.profiles(call.caller, *link);
    if (!page) co_return page.error();
    co_return json_reply(page_text(*page, append_info));
}

using enum net::Method;

constexpr std::string_view page_parameters = "pageSize!,page!,textSearch,sortProperty,sortOrder";

constexpr Route routes[] = {
    {.method = get,
     .pattern = "/api/deviceProfile/{deviceProfileId}",
     .allowed = allow::tenant,
     .handler = &get_profile,
     .summary = "One device profile by its id",
     .answer = "DeviceProfile"},
    {.method = get,
     .pattern = "/api/deviceProfileInfo/default",
     .allowed = allow::tenant_or_customer,
     .handler = &get_default_info,
     .summary = "The tenant's default device profile in short",
     .answer = "DeviceProfileInfo"},
    {.method = get,
     .pattern = "/api/deviceProfileInfo/{deviceProfileId}",
     .allowed = allow::tenant_or_customer,
     .handler = &get_info,
     .summary = "One device profile in short",
     .answer = "DeviceProfileInfo"},
    {.method = get,
     .pattern = "/api/deviceProfiles",
     .allowed = allow::tenant,
     .handler = &list,
     .summary = "A page of device profiles",
     .parameters = page_parameters,
     .answer = "PageData<DeviceProfile>"},
    {.method = get,
     .pattern = "/api/deviceProfileInfos",
     .allowed = allow::tenant_or_customer,
     .handler = &list_infos,
     .summary = "A page of device profiles in short",
     .parameters = page_parameters,
     .answer = "PageData<DeviceProfileInfo>"},
};

}  // namespace

extern const Resource descriptor{"device_profile", "Device profiles.", routes};

}  // namespace thingstead::api::device_profile
