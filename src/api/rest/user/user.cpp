// One user: read, save, delete. And the table of the routes of users; what has to do with their
// log-in is elsewhere.
#include "api/rest/entity_calls.h"
#include "api/rest/origin.h"
#include "api/rest/route.h"
#include "api/rest/user/handlers.h"
#include "core/identity/auth.h"
#include "core/identity/credentials.h"
#include "core/identity/settings.h"
#include "core/user/user_rules.h"
#include "core/user/users.h"
#include "core/user/visited_dashboards.h"

namespace thingstead::api::user {
namespace {

using model::User;

Task<Result<net::Reply>> get_user(Call call) {
    const auto id = call.id<model::UserId>("userId");
    if (!id) co_return id.error();
    const Result<User> found =
        co_await core::user_details(call.services.platform, call.caller, *id);
    if (!found) co_return found.error();
    co_return json_reply_of(*found);
}

/// An authority that is not said would be the highest one: it must be said.
Result<User> user_of(const Call& call) {
    const Result<json::value> body = call.body();
    if (!body) return body.error();
    const json::object* const members = body->if_object();
    const json::value* const authority = members ? members->if_contains("authority") : nullptr;
    if (members && (!authority || !authority->is_string()))
        return core::invalid("User authority isn't defined!");
    return from_json<User>(*body);
}

/// A user who cannot be told of its account shall not have one: it is removed again.
Task<Result<>> send_mail_or_remove(const Call& call, User user) {
    Result<std::string> base =
        co_await core::base_url(call.services.platform, origin_of(call.request).url());
    Result<> sent;
    if (base)
        sent = co_await core::send_activation_mail(call.services.platform, call.services.mailer,
                                                   call.caller, user.id, *std::move(base));
    else
        sent = base.error();
    if (sent) co_return sent;
    const Result<> gone = co_await core::remove_new_user(call.services.platform, user);
    if (!gone) call.services.log.warn("api.user.not_removed", gone.error());
    co_return sent;
}

Task<Result<net::Reply>> save_user(Call call) {
    Result<User> user = user_of(call);
    if (!user) co_return user.error();
    const Result<bool> with_mail = call.flag("sendActivationMail", true);
    if (!with_mail) co_return with_mail.error();
    user->email = call.services.auth.login_name(std::move(user->email));
    Result<core::Saved<User>> saved =
        co_await core::save(call.services.platform, call.caller, *user);
    if (saved && saved->created && *with_mail) {
        const Result<> sent = co_await send_mail_or_remove(call, saved->entity);
        if (!sent) saved = sent.error();
    }
    co_await tell_saved(call.services, call.caller, *std::move(user), saved);
    if (!saved) co_return saved.error();
    co_return json_reply_of(saved->entity);
}

Task<Result<net::Reply>> delete_user(Call call) { return delete_entity<User>(std::move(call)); }

json::object email_info_schema() {
    return {
        {"type",       "object"                                                         },
        {"properties", json::object{{"id", schema_ref("UserId")},
                                    {"email", string_schema()},
                                    {"firstName", string_schema()},
                                    {"lastName", string_schema()}}}
    };
}

using enum net::Method;

constexpr std::string_view page_parameters = "pageSize!,page!,textSearch,sortProperty,sortOrder";

constexpr Route routes[] = {
    {.method = get,
     .pattern = "/api/user/{userId}",
     .allowed = allow::users,
     .handler = &get_user,
     .summary = "One user by its id",
     .answer = "User"},
    {.method = post,
     .pattern = "/api/user",
     .allowed = allow::users,
     .handler = &save_user,
     .summary = "Creates or updates a user",
     .body = BodyKind::json,
     .parameters = "sendActivationMail",
     .answer = "User",
     .takes = "User"},
    {.method = del,
     .pattern = "/api/user/{userId}",
     .allowed = allow::administrators,
     .handler = &delete_user,
     .summary = "Deletes a user"},
    {.method = get,
     .pattern = "/api/users",
     .allowed = allow::tenant_or_customer,
     .handler = &list_users,
     .summary = "A page of the users that the caller may see",
     .parameters = page_parameters,
     .answer = "PageData<User>"},
    {.method = get,
     .pattern = "/api/users",
     .allowed = allow::tenant_or_customer,
     .handler = &get_users_by_ids,
     .summary = "Users by their ids",
     .selected_by = "userIds",
     .answer = "User[]",
     .hidden = true},
    {.method = get,
     .pattern = "/api/users/list",
     .allowed = allow::tenant_or_customer,
     .handler = &get_users_by_ids,
     .summary = "Users by their ids",
     .parameters = "userIds!",
     .answer = "User[]"},
    {.method = get,
     .pattern = "/api/users/info",
     .allowed = allow::tenant_or_customer,
     .handler = &find_users,
     .summary = "A page of names and addresses of users",
     .parameters = page_parameters,
     .answer = "PageData<UserEmailInfo>"},
    {.method = get,
     .pattern = "/api/users/assign/{alarmId}",
     .allowed = allow::tenant_or_customer,
     .handler = &list_users_to_assign,
     .summary = "A page of users that an alarm may be assigned to",
     .parameters = page_parameters,
     .answer = "PageData<UserEmailInfo>"},
    {.method = get,
     .pattern = "/api/tenant/{tenantId}/users",
     .allowed = allow::system,
     .handler = &list_tenant_administrators,
     .summary = "A page of the administrators of a tenant",
     .parameters = page_parameters,
     .answer = "PageData<User>"},
    {.method = get,
     .pattern = "/api/customer/{customerId}/users",
     .allowed = allow::tenant,
     .handler = &list_customer_users,
     .summary = "A page of the users of a customer",
     .parameters = page_parameters,
     .answer = "PageData<User>"},
    {.method = get,
     .pattern = "/api/user/settings",
     .allowed = allow::users,
     .handler = &get_general_settings,
     .summary = "General settings of the caller",
     .answer = "JsonNode",
     .hidden = true},
    {.method = post,
     .pattern = "/api/user/settings",
     .allowed = allow::users,
     .handler = &replace_general_settings,
     .summary = "Replaces the general settings of the caller",
     .body = BodyKind::json,
     .answer = "JsonNode",
     .takes = "JsonNode"},
    {.method = put,
     .pattern = "/api/user/settings",
     .allowed = allow::users,
     .handler = &merge_general_settings,
     .summary = "Changes members of the general settings of the caller",
     .body = BodyKind::json,
     .takes = "JsonNode",
     .hidden = true},
    {.method = get,
     .pattern = "/api/user/settings/general",
     .allowed = allow::users,
     .handler = &get_general_settings,
     .summary = "General settings of the caller",
     .answer = "JsonNode"},
    {.method = put,
     .pattern = "/api/user/settings/general",
     .allowed = allow::users,
     .handler = &merge_general_settings,
     .summary = "Changes members of the general settings of the caller",
     .body = BodyKind::json,
     .takes = "JsonNode"},
    {.method = del,
     .pattern = "/api/user/settings/{paths}",
     .allowed = allow::users,
     .handler = &remove_general_settings,
     .summary = "Removes paths from the general settings of the caller"},
    {.method = get,
     .pattern = "/api/user/settings/{type}",
     .allowed = allow::users,
     .handler = &get_settings,
     .summary = "Settings of the caller of one type",
     .answer = "JsonNode"},
    {.method = put,
     .pattern = "/api/user/settings/{type}",
     .allowed = allow::users,
     .handler = &merge_settings,
     .summary = "Changes members of the settings of the caller of one type",
     .body = BodyKind::json,
     .takes = "JsonNode"},
    {.method = del,
     .pattern = "/api/user/settings/{type}/{paths}",
     .allowed = allow::users,
     .handler = &remove_settings,
     .summary = "Removes paths from the settings of the caller of one type"},
    {.method = get,
     .pattern = "/api/user/dashboards",
     .allowed = allow::tenant_or_customer,
     .handler = &get_visited_dashboards,
     .summary = "Dashboards that the caller saw last or marked",
     .answer = "UserDashboardsInfo",
     .hidden = true},
    {.method = get,
     .pattern = "/api/user/lastVisitedDashboards",
     .allowed = allow::tenant_or_customer,
     .handler = &get_visited_dashboards,
     .summary = "Dashboards that the caller saw last or marked",
     .answer = "UserDashboardsInfo"},
    {.method = get,
     .pattern = "/api/user/dashboards/{dashboardId}/{action}",
     .allowed = allow::tenant_or_customer,
     .handler = &note_dashboard_action,
     .summary = "Notes that the caller visits a dashboard, or marks it (visit, star, unstar)",
     .answer = "UserDashboardsInfo"},
    {.method = get,
     .pattern = "/api/user/mobile/session",
     .allowed = allow::users,
     .handler = &get_mobile_session,
     .summary = "The caller's session on a phone",
     .answer = "MobileSessionInfo"},
    {.method = post,
     .pattern = "/api/user/mobile/session",
     .allowed = allow::users,
     .handler = &save_mobile_session,
     .summary = "Begins or refreshes the caller's session on a phone",
     .body = BodyKind::json,
     .takes = "MobileSessionInfo"},
    {.method = del,
     .pattern = "/api/user/mobile/session",
     .allowed = allow::users,
     .handler = &remove_mobile_session,
     .summary = "Ends the caller's session on a phone"},
};

constexpr SchemaEntry schemas[] = {
    {"LastVisitedDashboardInfo", &struct_schema<core::LastVisited>},
    {"StarredDashboardInfo",     &struct_schema<core::Starred>    },
    {"User",                     &struct_schema<User>             },
    {"UserEmailInfo",            &email_info_schema               },
};

}  // namespace

extern const Resource descriptor{"user", "Users and what the application keeps of them.", routes,
                                 schemas};

}  // namespace thingstead::api::user
