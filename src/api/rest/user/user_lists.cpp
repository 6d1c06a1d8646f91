// Lists of users.
#include "api/rest/entity_calls.h"
#include "api/rest/user/handlers.h"
#include "core/alarm/alarm_lists.h"
#include "core/user/users.h"

namespace thingstead::api::user {
namespace {

void append_email_info(std::string& out, const model::User& user) {
    out += "{\"id\":";
    append_text(out, user.id);
    out += ",\"email\":";
    append_text(out, user.email);
    out += ",\"firstName\":";
    append_text(out, user.first_name);
    out += ",\"lastName\":";
    append_text(out, user.last_name);
    out += '}';
}

Result<net::Reply> page_reply(const Result<store::Page<model::User>>& page) {
    if (!page) return page.error();
    return json_reply(page_text(*page));
}

}  // namespace

Task<Result<net::Reply>> list_users(Call call) {
    Result<store::PageLink> link = call.page_link();
    if (!link) co_return link.error();
    store::Filter all;
    co_return co_await page_of<model::User>(std::move(call), std::move(all), *std::move(link));
}

Task<Result<net::Reply>> get_users_by_ids(Call call) {
    return entities_by_ids<model::User>(std::move(call), "userIds");
}

Task<Result<net::Reply>> list_tenant_administrators(Call call) {
    const auto tenant = call.id<model::TenantId>("tenantId");
    if (!tenant) co_return tenant.error();
    Result<store::PageLink> link = call.page_link();
    if (!link) co_return link.error();
    const auto page = co_await core::tenant_administrators(call.services.platform, call.caller,
                                                           *tenant, *std::move(link));
    co_return page_reply(page);
}

Task<Result<net::Reply>> list_customer_users(Call call) {
    const auto customer = call.id<model::CustomerId>("customerId");
    if (!customer) co_return customer.error();
    Result<store::PageLink> link = call.page_link();
    if (!link) co_return link.error();
    const auto page = co_await core::customer_users(call.services.platform, call.caller, *customer,
                                                    *std::move(link));
    co_return page_reply(page);
}

Task<Result<net::Reply>> find_users(Call call) {
    Result<store::PageLink> link = call.page_link();
    if (!link) co_return link.error();
    store::Filter all;
    const auto page = co_await core::page<model::User>(call.services.platform, call.caller,
                                                       std::move(all), *std::move(link));
    if (!page) co_return page.error();
    co_return json_reply(page_text(*page, append_email_info));
}

Task<Result<net::Reply>> list_users_to_assign(Call call) {
    const auto alarm = call.id<model::AlarmId>("alarmId");
    if (!alarm) co_return alarm.error();
    Result<store::PageLink> link = call.page_link();
    if (!link) co_return link.error();
    const auto page = co_await core::users_to_assign(call.services.platform, call.caller, *alarm,
                                                     *std::move(link));
    if (!page) co_return page.error();
    co_return json_reply(page_text(*page, append_email_info));
}

}  // namespace thingstead::api::user
