// Diagnostic events under entities: pages of them, and their removal.
#include "api/rest/call.h"
#include "api/rest/event/event_filter.h"
#include "api/rest/json_text.h"
#include "api/rest/route.h"
#include "core/event_log.h"

namespace thingstead::api::event {
namespace {

void append_value(std::string& out, model::EntityType value) {
    append_text(out, model::wire_name(value));
}
template <class T>
void append_value(std::string& out, const T& value) {
    append_text(out, value);
}

/// `,"name":value`; what is not there is left out.
template <class T>
void append_member(std::string& out, std::string_view name, const T& value) {
    out += ",\"";
    out += name;
    out += "\":";
    append_value(out, value);
}
template <class T>
void append_member(std::string& out, std::string_view name, const std::optional<T>& value) {
    if (value) append_member(out, name, *value);
}

void append_event(std::string& out, const model::Event& event, model::EntityType entity_type) {
    out += "{\"id\":{\"id\":";
    append_text(out, event.id);
    out += '}';
    append_member(out, "createdTime", event.created_time);
    append_member(out, "tenantId", event.tenant_id);
    append_member(out, "type", event.kind());
    append_member(out, "uid", event.id);
    append_member(out, "entityId", model::EntityId(entity_type, event.entity_id));
    out += ",\"body\":{\"server\":";
    append_text(out, event.service_id);
    std::visit(
        [&out](const auto& body) {
            using Body = std::decay_t<decltype(body)>;
            for_each_field<Body>(
                [&](const auto& field) { append_member(out, field.name, body.*field.member); });
        },
        event.body);
    out += "}}";
}

/// The tenant whose events are asked for has to be the caller's, if it has one.
Result<> check_tenant(const Call& call) {
    const Result<std::string> text = call.required("tenantId");
    if (!text) return text.error();
    const Result<Uuid> tenant = parse_uuid(*text);
    if (!tenant) return tenant.error();
    if (call.caller.is(model::Authority::sys_admin) || *tenant == call.caller.tenant.uuid)
        return {};
    return core::permission_denied();
}

Result<store::EventQuery> page_query(const Call& call, EventFilter filter) {
    if (Result<> allowed = check_tenant(call); !allowed) return allowed.error();
    store::EventQuery query;
    query.kind = filter.kind;
    query.conditions = std::move(filter.conditions);
    const Result<store::PageLink> link = call.page_link();
    if (!link) return link.error();
    query.link = *link;
    const Result<store::TimeWindow> window = call.time_window();
    if (!window) return window.error();
    query.window = *window;
    return query;
}

Task<Result<net::Reply>> page(Call call, EventFilter filter) {
    const Result<model::EntityId> entity = call.entity();
    if (!entity) co_return entity.error();
    Result<store::EventQuery> query = page_query(call, std::move(filter));
    if (!query) co_return query.error();
    const auto found = co_await call.services.events.find(call.caller, *entity, *std::move(query));
    if (!found) co_return found.error();
    const model::EntityType type = entity->type;
    co_return json_reply(page_text(*found, [type](std::string& out, const model::Event& event) {
        append_event(out, event, type);
    }));
}

Task<Result<net::Reply>> list(Call call) {
    EventFilter filter;
    filter.kind = model::EventKind::lifecycle;
    co_return co_await page(std::move(call), std::move(filter));
}

Task<Result<net::Reply>> list_of_type(Call call) {
    const Result<model::EventKind> kind = kind_of(call.variable("eventType"));
    if (!kind) co_return kind.error();
    EventFilter filter;
    filter.kind = *kind;
    co_return co_await page(std::move(call), std::move(filter));
}

Result<EventFilter> filter_of_body(const Call& call) {
    const Result<json::value> body = call.body();
    if (!body) return body.error();
    return filter_of(*body);
}

Task<Result<net::Reply>> list_filtered(Call call) {
    Result<EventFilter> filter = filter_of_body(call);
    if (!filter) co_return filter.error();
    co_return co_await page(std::move(call), *std::move(filter));
}

Task<Result<net::Reply>> clear(Call call) {
    const Result<model::EntityId> entity = call.entity();
    if (!entity) co_return entity.error();
    Result<EventFilter> filter = filter_of_body(call);
    if (!filter) co_return filter.error();
    const Result<store::TimeWindow> window = call.time_window();
    if (!window) co_return window.error();
    store::EventQuery query;
    query.kind = filter->kind;
    query.conditions = std::move(filter->conditions);
    query.window = *window;
    const Result<> cleared =
        co_await call.services.events.clear(call.caller, *entity, std::move(query));
    if (!cleared) co_return cleared.error();
    co_return net::Reply{};
}

using enum net::Method;

constexpr std::string_view page_parameters =
    "tenantId!,pageSize!,page!,textSearch,sortProperty,sortOrder,startTime,endTime";
constexpr std::string_view page_answer = "PageData<EventInfo>";

constexpr Route routes[] = {
    {.method = get,
     .pattern = "/api/events/{entityType}/{entityId}",
     .allowed = allow::users,
     .handler = &list,
     .summary = "A page of the life cycle of an entity",
     .parameters = page_parameters,
     .answer = page_answer},
    {.method = get,
     .pattern = "/api/events/{entityType}/{entityId}/{eventType}",
     .allowed = allow::users,
     .handler = &list_of_type,
     .summary = "A page of the events of one type",
     .parameters = page_parameters,
     .answer = page_answer},
    {.method = post,
     .pattern = "/api/events/{entityType}/{entityId}",
     .allowed = allow::users,
     .handler = &list_filtered,
     .summary = "A page of the events that a filter finds",
     .body = BodyKind::json,
     .parameters = page_parameters,
     .answer = page_answer},
    {.method = post,
     .pattern = "/api/events/{entityType}/{entityId}/clear",
     .allowed = allow::users,
     .handler = &clear,
     .summary = "Removes the events that a filter finds",
     .body = BodyKind::json,
     .parameters = "startTime,endTime"},
};

}  // namespace

extern const Resource descriptor{"event", "Diagnostic events of entities.", routes};

}  // namespace thingstead::api::event
