// What users did, in pages.
#include "api/rest/call.h"
#include "api/rest/json_text.h"
#include "api/rest/route.h"
#include "core/audit.h"

namespace thingstead::api::audit_log {
namespace {

/// Entries are no entities: their id is {"id":"…"}.
void append_entry(std::string& out, const model::AuditLog& entry) {
    const auto member = [&out](std::string_view name, const auto& value) {
        out += ",\"";
        out += name;
        out += "\":";
        append_text(out, value);
    };
    out += "{\"id\":{\"id\":";
    append_text(out, entry.id);
    out += '}';
    member("createdTime", entry.created_time);
    member("tenantId", entry.tenant_id);
    member("customerId", entry.customer_id);
    member("entityId", model::EntityId(entry.entity_type, entry.entity_id));
    member("entityName", entry.entity_name);
    member("userId", entry.user_id);
    member("userName", entry.user_name);
    member("actionType", entry.action_type);
    member("actionData", entry.action_data);
    member("actionStatus", entry.action_status);
    member("actionFailureDetails", entry.action_failure_details);
    out += '}';
}

/// What every list asks for. Errors: malformed, invalid_argument.
Result<store::AuditQuery> query_of(const Call& call) {
    store::AuditQuery query;
    const Result<store::PageLink> link = call.page_link();
    if (!link) return link.error();
    query.link = *link;
    const Result<store::TimeWindow> window = call.time_window();
    if (!window) return window.error();
    query.window = *window;
    for (const std::string& name : call.list("actionTypes")) {
        const auto action = enum_value<model::ActionType>(name);
        if (!action)
            return Error{ErrorCode::invalid_argument,
                         "Action type: '" + name + "' is not supported!"};
        query.actions.push_back(*action);
    }
    return query;
}

Task<Result<net::Reply>> page(Call call, store::AuditQuery query) {
    const auto found = co_await call.services.audit.find(call.caller, std::move(query));
    if (!found) co_return found.error();
    co_return json_reply(page_text(*found, append_entry));
}

Task<Result<net::Reply>> list(Call call) {
    Result<store::AuditQuery> query = query_of(call);
    if (!query) co_return query.error();
    co_return co_await page(std::move(call), *std::move(query));
}

Task<Result<net::Reply>> list_of_customer(Call call) {
    const auto customer = call.id<model::CustomerId>("customerId");
    if (!customer) co_return customer.error();
    Result<store::AuditQuery> query = query_of(call);
    if (!query) co_return query.error();
    query->customer = *customer;
    co_return co_await page(std::move(call), *std::move(query));
}

Task<Result<net::Reply>> list_of_user(Call call) {
    const auto user = call.id<model::UserId>("userId");
    if (!user) co_return user.error();
    Result<store::AuditQuery> query = query_of(call);
    if (!query) co_return query.error();
    query->user = *user;
    co_return co_await page(std::move(call), *std::move(query));
}

Task<Result<net::Reply>> list_of_entity(Call call) {
    const Result<model::EntityId> entity = call.entity();
    if (!entity) co_return entity.error();
    Result<store::AuditQuery> query = query_of(call);
    if (!query) co_return query.error();
    query->entity = *entity;
    co_return co_await page(std::move(call), *std::move(query));
}

using enum net::Method;

constexpr std::string_view page_parameters =
    "pageSize!,page!,textSearch,sortProperty,sortOrder,startTime,endTime,actionTypes";
constexpr std::string_view page_answer = "PageData<AuditLog>";

constexpr Route routes[] = {
    {.method = get,
     .pattern = "/api/audit/logs",
     .allowed = allow::administrators,
     .handler = &list,
     .summary = "A page of what users of the tenant did",
     .parameters = page_parameters,
     .answer = page_answer},
    {.method = get,
     .pattern = "/api/audit/logs/customer/{customerId}",
     .allowed = allow::tenant,
     .handler = &list_of_customer,
     .summary = "A page of what was done by or to what belongs to a customer",
     .parameters = page_parameters,
     .answer = page_answer},
    {.method = get,
     .pattern = "/api/audit/logs/user/{userId}",
     .allowed = allow::tenant,
     .handler = &list_of_user,
     .summary = "A page of what one user did",
     .parameters = page_parameters,
     .answer = page_answer},
    {.method = get,
     .pattern = "/api/audit/logs/entity/{entityType}/{entityId}",
     .allowed = allow::administrators,
     .handler = &list_of_entity,
     .summary = "A page of what was done to one entity",
     .parameters = page_parameters,
     .answer = page_answer},
};

}  // namespace

extern const Resource descriptor{"audit_log", "The audit log: what users did.", routes};

}  // namespace thingstead::api::audit_log
