#include "core/alarm/alarm_lists.h"

#include <algorithm>
#include <utility>

#include "core/alarm/alarm_rows.h"
#include "core/entity/named_row.h"
#include "core/entity/read.h"
#include "model/entities.h"
#include "model/entity_group.h"

namespace thingstead::core {
namespace {

using model::Alarm;
using model::AlarmSearchStatus;
using store::Compare;

/// Exactly one of the two: the flag it stands for.
std::optional<bool> flag_of(const std::vector<AlarmSearchStatus>& statuses, AlarmSearchStatus set,
                            AlarmSearchStatus unset) {
    const auto has = [&](AlarmSearchStatus one) {
        return std::find(statuses.begin(), statuses.end(), one) != statuses.end();
    };
    if (has(set) == has(unset)) return std::nullopt;
    return has(set);
}

void add_times(const AlarmQuery& query, store::Filter& filter) {
    if (query.created_from)
        filter.emplace_back("createdTime", Compare::at_least, *query.created_from);
    if (query.created_to) filter.emplace_back("createdTime", Compare::at_most, *query.created_to);
}

/// The rows of the entity say which alarms; their times keep the list of them short.
store::Condition shown_on_entity(const AlarmQuery& query) {
    store::Filter rows{
        {"entityId", store::ColumnCodec<model::EntityId>::write(*query.entity)}
    };
    add_times(query, rows);
    return store::chosen_from<model::EntityAlarm>("id", "alarmId", std::move(rows));
}

/// Of whom `query` asks, and what the caller may read of it.
Result<store::Filter> readable_alarms(store::Reader& reader, const Caller& caller,
                                      const AlarmQuery& query) {
    if (query.entity)
        if (const auto entity = load_summary(reader, caller, Operation::read, *query.entity);
            !entity)
            return entity.error();
    if (query.assignee)
        if (const auto user =
                load_summary(reader, caller, Operation::read, model::EntityId(*query.assignee));
            !user)
            return user.error();
    store::Filter filter = alarm_filter(query);
    if (caller.is(model::Authority::sys_admin)) {
        // The installation has no alarms.
        filter.emplace_back("tenantId", model::system_tenant.uuid);
        return filter;
    }
    const auto own = readable(caller, Resource::alarm, model::EntityType::alarm);
    if (!own) return own.error();
    filter.insert(filter.end(), own->begin(), own->end());
    return filter;
}

}  // namespace

void add_search_statuses(AlarmQuery& query, const std::vector<AlarmSearchStatus>& statuses) {
    query.cleared = flag_of(statuses, AlarmSearchStatus::cleared, AlarmSearchStatus::active);
    query.acknowledged = flag_of(statuses, AlarmSearchStatus::ack, AlarmSearchStatus::unack);
}

store::Filter alarm_filter(const AlarmQuery& query) {
    store::Filter filter;
    if (query.entity) filter.push_back(shown_on_entity(query));
    if (query.cleared) filter.emplace_back("cleared", *query.cleared);
    if (query.acknowledged) filter.emplace_back("acknowledged", *query.acknowledged);
    if (!query.statuses.empty()) filter.push_back(store::one_of("status", query.statuses));
    if (!query.severities.empty()) filter.push_back(store::one_of("severity", query.severities));
    if (!query.types.empty()) filter.push_back(store::one_of("type", query.types));
    if (query.assignee) filter.emplace_back("assigneeId", query.assignee->uuid);
    add_times(query, filter);
    return filter;
}

Task<Result<store::Page<model::AlarmInfo>>> page_of_alarms(const Platform& platform, Caller caller,
                                                           AlarmQuery query, store::PageLink link) {
    using Infos = store::Page<model::AlarmInfo>;
    const std::function<Result<Infos>(store::Reader&)> work =
        [&](store::Reader& reader) -> Result<Infos> {
        const auto filter = readable_alarms(reader, caller, query);
        if (!filter) return filter.error();
        auto page = reader.page<Alarm>(*filter, link);
        if (!page) return page.error();
        auto named = with_names(reader, std::move(page->data));
        if (!named) return named.error();
        Infos infos;
        infos.data = *std::move(named);
        infos.total_elements = page->total_elements;
        infos.total_pages = page->total_pages;
        infos.has_next = page->has_next;
        return infos;
    };
    co_return co_await read<Infos>(platform, work);
}

Task<Result<std::optional<model::AlarmSeverity>>> highest_severity(const Platform& platform,
                                                                   Caller caller,
                                                                   AlarmQuery query) {
    using Found = std::optional<model::AlarmSeverity>;
    const std::function<Result<Found>(store::Reader&)> work =
        [&](store::Reader& reader) -> Result<Found> {
        const auto filter = readable_alarms(reader, caller, query);
        if (!filter) return filter.error();
        const auto cells = reader.distinct<Alarm>("severity", *filter);
        if (!cells) return cells.error();
        Found worst;
        for (const store::Cell& each : *cells) {
            const auto severity = store::ColumnCodec<model::AlarmSeverity>::read(each);
            if (!severity) return severity.error();
            if (!worst || *severity < *worst) worst = *severity;
        }
        return worst;
    };
    co_return co_await read<Found>(platform, work);
}

Task<Result<store::Page<model::AlarmType>>> alarm_types(const Platform& platform, Caller caller,
                                                        store::PageLink link) {
    using Types = store::Page<model::AlarmType>;
    if (Result<> may = check(caller, Operation::read, Resource::alarm); !may) co_return may.error();
    link.sort_property = "type";
    const std::function<Result<Types>(store::Reader&)> work = [&](store::Reader& reader) {
        return reader.page<model::AlarmType>(
            {
                {"tenantId", caller.tenant.uuid}
        },
            link);
    };
    co_return co_await read<Types>(platform, work);
}

Task<Result<store::Page<model::User>>> users_to_assign(const Platform& platform, Caller caller,
                                                       model::AlarmId alarm, store::PageLink link) {
    using Users = store::Page<model::User>;
    const auto own = readable(caller, Resource::user, model::EntityType::user);
    if (!own) co_return own.error();
    const std::function<Result<Users>(store::Reader&)> work =
        [&](store::Reader& reader) -> Result<Users> {
        const Result<Alarm> of = load<Alarm>(reader, caller, Operation::read, alarm);
        if (!of) return of.error();
        std::vector<store::Filter> ways{{{"customerId", model::no_customer.uuid}}};
        if (of->customer_id) {
            ways.push_back({
                {"customerId", of->customer_id->uuid}
            });
            ways.push_back({
                store::chosen_from<model::CustomerBranch>(
                    "customerId", "ancestorId", {{"descendantId", of->customer_id->uuid}}
                      )
            });
        }
        store::Filter filter = *own;
        filter.push_back(store::either(std::move(ways)));
        return reader.page<model::User>(filter, link);
    };
    co_return co_await read<Users>(platform, work);
}

Result<std::int64_t> count_alarms(store::Reader& reader, model::TenantId tenant,
                                  const AlarmQuery& query) {
    store::Filter filter = alarm_filter(query);
    filter.emplace_back("tenantId", tenant.uuid);
    return reader.count<Alarm>(filter);
}

}  // namespace thingstead::core
