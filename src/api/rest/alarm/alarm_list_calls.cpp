// Lists of alarms as users ask for them.
#include <algorithm>

#include "api/rest/alarm/handlers.h"
#include "api/rest/json_text.h"
#include "core/alarm/alarm_lists.h"
#include "core/entity/kind.h"

namespace thingstead::api::alarm {
namespace {

using core::AlarmQuery;
using model::AlarmSearchStatus;

/// What every list may name. Errors: invalid_argument.
Result<AlarmQuery> common_query(const Call& call) {
    AlarmQuery query;
    if (call.route.pattern.find("{entityId}") != std::string_view::npos) {
        const Result<model::EntityId> entity = call.entity();
        if (!entity) return entity.error();
        query.entity = *entity;
    }
    if (const auto assignee = call.parameter("assigneeId")) {
        const Result<Uuid> id = parse_uuid(*assignee);
        if (!id) return id.error();
        query.assignee = model::UserId{*id};
    }
    const Result<store::TimeWindow> window = call.time_window();
    if (!window) return window.error();
    query.created_from = window->start_ms;
    query.created_to = window->end_ms;
    return query;
}

template <NamedEnum E>
Result<E> named(std::string_view parameter, const std::string& name) {
    if (const auto value = enum_value<E>(name)) return *value;
    return core::invalid("Parameter '" + std::string(parameter) + "' has an unknown value: \"" +
                         name + "\"");
}

/// Of each element of a comma-separated parameter.
template <NamedEnum E>
Result<std::vector<E>> named_list(const Call& call, std::string_view parameter) {
    std::vector<E> out;
    for (const std::string& each : call.list(parameter)) {
        const Result<E> value = named<E>(parameter, each);
        if (!value) return value.error();
        out.push_back(*value);
    }
    return out;
}

/// `searchStatus` or `status`, not both.
Result<> add_status(const Call& call, AlarmQuery& query) {
    const auto search = call.parameter("searchStatus"), status = call.parameter("status");
    if (search && status)
        return core::invalid(
            "Invalid alarms search query: Both parameters 'searchStatus' and 'status' can't be "
            "specified at the same time!");
    if (search) {
        const auto value = named<AlarmSearchStatus>("searchStatus", *search);
        if (!value) return value.error();
        core::add_search_statuses(query, {*value});
    }
    if (status) {
        const auto value = named<model::AlarmStatus>("status", *status);
        if (!value) return value.error();
        using enum model::AlarmStatus;
        query.cleared = *value == cleared_ack || *value == cleared_unack;
        query.acknowledged = *value == active_ack || *value == cleared_ack;
    }
    return {};
}

Result<AlarmQuery> query_v1(const Call& call) {
    Result<AlarmQuery> query = common_query(call);
    if (!query) return query;
    if (Result<> done = add_status(call, *query); !done) return done.error();
    return query;
}

Result<AlarmQuery> query_v2(const Call& call) {
    Result<AlarmQuery> query = common_query(call);
    if (!query) return query;
    const auto statuses = named_list<AlarmSearchStatus>(call, "statusList");
    if (!statuses) return statuses.error();
    core::add_search_statuses(*query, *statuses);
    auto severities = named_list<model::AlarmSeverity>(call, "severityList");
    if (!severities) return severities.error();
    query->severities = *std::move(severities);
    query->types = call.list("typeList");
    return query;
}

/// Names that older clients use.
void translate_sort(store::PageLink& link) {
    if (link.sort_property == "startTime") link.sort_property = "startTs";
    if (link.sort_property == "endTime") link.sort_property = "endTs";
    if (link.sort_property == "ackTime") link.sort_property = "ackTs";
    if (link.sort_property == "clearTime") link.sort_property = "clearTs";
}

Task<Result<net::Reply>> answer_page(Call call, AlarmQuery query) {
    Result<store::PageLink> link = call.page_link();
    if (!link) co_return link.error();
    translate_sort(*link);
    const auto page = co_await core::page_of_alarms(call.services.platform, call.caller,
                                                    std::move(query), *std::move(link));
    if (!page) co_return page.error();
    co_return json_reply(page_text(*page));
}

void append_subtype(std::string& out, const model::AlarmType& type) {
    out += "{\"tenantId\":";
    append_text(out, type.tenant_id);
    out += ",\"entityType\":\"ALARM\",\"type\":";
    append_text(out, type.type);
    out += '}';
}

}  // namespace

Task<Result<net::Reply>> list_alarms(Call call) {
    Result<AlarmQuery> query = query_v1(call);
    if (!query) co_return query.error();
    co_return co_await answer_page(std::move(call), *std::move(query));
}

Task<Result<net::Reply>> list_alarms_v2(Call call) {
    Result<AlarmQuery> query = query_v2(call);
    if (!query) co_return query.error();
    co_return co_await answer_page(std::move(call), *std::move(query));
}

Task<Result<net::Reply>> get_highest_severity(Call call) {
    Result<AlarmQuery> query = query_v1(call);
    if (!query) co_return query.error();
    const auto worst =
        co_await core::highest_severity(call.services.platform, call.caller, *std::move(query));
    if (!worst) co_return worst.error();
    if (!*worst) co_return net::Reply{};
    co_return json_reply_of(**worst);
}

Task<Result<net::Reply>> list_alarm_types(Call call) {
    Result<store::PageLink> link = call.page_link();
    if (!link) co_return link.error();
    const auto page =
        co_await core::alarm_types(call.services.platform, call.caller, *std::move(link));
    if (!page) co_return page.error();
    co_return json_reply(page_text(*page, append_subtype));
}

}  // namespace thingstead::api::alarm
