// Where alarms show, and which types a tenant has.
#include <algorithm>
#include <utility>

#include "core/alarm/alarm_rows.h"
#include "core/entity/named_row.h"
#include "core/relation/relation.h"

namespace thingstead::core {
namespace {

using model::EntityAlarm;
using model::EntityId;

void add_once(std::vector<EntityId>& entities, EntityId one) {
    if (std::find(entities.begin(), entities.end(), one) == entities.end()) entities.push_back(one);
}

/// Everything that leads to the originator, however far.
Result<> add_ancestors(store::Reader& reader, const model::Alarm& alarm, const Clock& clock,
                       std::vector<EntityId>& entities) {
    model::RelationsSearch search;
    search.root_id = alarm.originator.uuid;
    search.root_type = alarm.originator.type;
    search.direction = model::SearchDirection::to;
    search.level_max = 0;
    std::vector<model::RelationFilter> filters;
    for (const std::string& type : alarm.propagate_relation_types)
        filters.push_back({type, {}, false});
    const auto relations = related_relations(reader, search, filters, clock);
    if (!relations) return relations.error();
    std::vector<EntityId> ancestors;
    ancestors.reserve(relations->size());
    for (const model::EntityRelation& each : *relations) ancestors.push_back(each.from);
    const auto by_id = [](const EntityId& a, const EntityId& b) {
        return std::pair(a.type, a.uuid) < std::pair(b.type, b.uuid);
    };
    std::sort(ancestors.begin(), ancestors.end(), by_id);
    ancestors.erase(std::unique(ancestors.begin(), ancestors.end()), ancestors.end());
    std::erase(ancestors, alarm.originator);
    entities.insert(entities.end(), ancestors.begin(), ancestors.end());
    return {};
}

Result<std::vector<EntityId>> places_of(store::Reader& reader, const model::Alarm& alarm,
                                        const Clock& clock) {
    std::vector<EntityId> entities{alarm.originator};
    if (alarm.propagate)
        if (Result<> done = add_ancestors(reader, alarm, clock, entities); !done)
            return done.error();
    if (alarm.propagate_to_owner)
        add_once(entities,
                 alarm.customer_id ? EntityId(*alarm.customer_id) : EntityId(alarm.tenant_id));
    if (alarm.propagate_to_tenant) add_once(entities, EntityId(alarm.tenant_id));
    return entities;
}

store::Filter places_filter(model::AlarmId alarm) {
    return {
        {"alarmId", alarm.uuid}
    };
}

}  // namespace

Result<AlarmOrigin> origin_of(store::Reader& reader, const Caller& caller, EntityId entity) {
    const auto found = load_summary(reader, caller, Operation::read, entity);
    if (!found) return found.error();
    AlarmOrigin origin{found->subject.tenant};
    if (found->subject.owner != model::no_customer) origin.customer = found->subject.owner;
    return origin;
}

Result<std::vector<EntityId>> spread_alarm(store::Transaction& transaction,
                                           const model::Alarm& alarm, const Clock& clock) {
    Result<std::vector<EntityId>> places = places_of(transaction, alarm, clock);
    if (!places) return places;
    if (const auto gone = transaction.remove<EntityAlarm>(places_filter(alarm.id)); !gone)
        return gone.error();
    for (const EntityId& each : *places) {
        const EntityAlarm row{each, alarm.id, alarm.tenant_id, alarm.created_time, alarm.type};
        if (Result<> written = transaction.insert(row); !written) return written.error();
    }
    return places;
}

Result<std::vector<EntityId>> shown_on(store::Reader& reader, model::AlarmId alarm) {
    const auto rows = reader.all<EntityAlarm>(places_filter(alarm));
    if (!rows) return rows.error();
    std::vector<EntityId> entities;
    for (const EntityAlarm& each : *rows) entities.push_back(each.entity_id);
    return entities;
}

Result<> note_alarm_type(store::Transaction& transaction, const model::Alarm& alarm) {
    const auto known = transaction.find<model::AlarmType>({
        {"tenantId", alarm.tenant_id.uuid},
        {"type",     alarm.type          }
    });
    if (!known) return known.error();
    if (*known) return {};
    return transaction.put(model::AlarmType{alarm.tenant_id, alarm.type});
}

}  // namespace thingstead::core
