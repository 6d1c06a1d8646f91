#include "core/entity_view/entity_view_rules.h"

#include <functional>
#include <map>
#include <utility>

#include "core/telemetry.h"
#include "model/asset.h"

namespace thingstead::core {
namespace {

using model::AttributeScope;
using model::EntityType;
using model::EntityView;

KeyList list_in(const json::value* document, std::string_view name) {
    const json::object* object = document ? document->if_object() : nullptr;
    const json::value* value = object ? object->if_contains(name) : nullptr;
    const json::array* list = value ? value->if_array() : nullptr;
    if (!list) return std::nullopt;
    std::vector<std::string> keys;
    for (const json::value& each : *list)
        if (const json::string* key = each.if_string()) keys.emplace_back(*key);
    return keys;
}

std::string_view list_name(AttributeScope scope) {
    switch (scope) {
        case AttributeScope::client: return "cs";
        case AttributeScope::server: return "ss";
        case AttributeScope::shared: return "sh";
    }
    return {};
}

Result<> check_target(Save<EntityView>& save) {
    const model::EntityId target = save.entity.entity_id;
    const auto readable_by_caller = [&]<class T>(const T*) -> Result<> {
        const Result<T> found =
            load<T>(save.transaction, save.caller, Operation::read, IdOf<T>{target.uuid});
        if (!found) return found.error();
        if (found->tenant_id != save.entity.tenant_id) return permission_denied();
        return {};
    };
    switch (target.type) {
        case EntityType::device:
            return readable_by_caller(static_cast<const model::Device*>(nullptr));
        case EntityType::asset:
            return readable_by_caller(static_cast<const model::Asset*>(nullptr));
        default: return invalid("Entity view can be created for a device or an asset only!");
    }
}

bool shows_more(const Save<EntityView>& save) {
    const EntityView& after = save.entity;
    return !save.before || save.before->entity_id != after.entity_id ||
           save.before->keys != after.keys || save.before->start_time_ms != after.start_time_ms ||
           save.before->end_time_ms != after.end_time_ms;
}

Result<> check_customer(store::Reader& reader, const EntityView& view) {
    if (view.customer_id == model::no_customer) return {};
    const auto customer = reader.find<model::Customer>({
        {"id", view.customer_id.uuid}
    });
    if (!customer) return customer.error();
    if (!*customer) return invalid("Can't assign entity view to non-existent customer!");
    if ((*customer)->tenant_id != view.tenant_id)
        return invalid("Can't assign entity view to customer from different tenant!");
    return {};
}

/// Values keep the time at which they were updated.
Result<> copy_attributes(store::Transaction& transaction, const EntityView& view,
                         AttributeScope scope) {
    const KeyList keys = attribute_keys(view, scope);
    if (keys && keys->empty()) return {};
    const auto found =
        transaction.attributes(view.entity_id, scope, keys.value_or(std::vector<std::string>()));
    if (!found) return found.error();
    std::map<EpochMs, std::vector<model::KeyValue>> by_time;
    for (const model::Attribute& each : *found)
        if (is_within(view, each.last_update_ms))
            by_time[each.last_update_ms].push_back({each.key, each.value});
    for (auto& [ts, values] : by_time)
        if (Result<> done = transaction.save_attributes({view.id, scope, std::move(values), ts});
            !done)
            return done;
    return {};
}

}  // namespace

KeyList telemetry_keys(const EntityView& view) { return list_in(&view.keys, "timeseries"); }

KeyList attribute_keys(const EntityView& view, AttributeScope scope) {
    const json::object* keys = view.keys.if_object();
    return list_in(keys ? keys->if_contains("attributes") : nullptr, list_name(scope));
}

bool is_within(const EntityView& view, EpochMs ts) {
    return (view.start_time_ms == 0 || ts >= view.start_time_ms) &&
           (view.end_time_ms == 0 || ts <= view.end_time_ms);
}

Result<> EntityRules<EntityView>::prepare(Save<EntityView>& save) {
    EntityView& view = save.entity;
    // Assignment has its own operations; a save keeps it.
    if (save.before) view.customer_id = save.before->customer_id;
    if (Result<> valid = check_customer(save.transaction, view); !valid) return valid;
    if (view.start_time_ms < 0 || view.end_time_ms < 0)
        return invalid("Entity view start and end time must not be negative!");
    // What the view shows already, the caller may have without the entity behind it.
    return shows_more(save) ? check_target(save) : Result<>();
}

Result<> EntityRules<EntityView>::written(Save<EntityView>& save) {
    if (save.before)
        if (Result<> done = save.transaction.remove_entity_attributes(save.entity.id); !done)
            return done;
    for (const AttributeScope scope :
         {AttributeScope::client, AttributeScope::server, AttributeScope::shared})
        if (Result<> done = copy_attributes(save.transaction, save.entity, scope); !done)
            return done;
    return {};
}

Task<Result<Saved<EntityView>>> save_entity_view(const Platform& platform, Caller caller,
                                                 EntityView view, SaveOptions options) {
    Result<Saved<EntityView>> saved =
        co_await save(platform, std::move(caller), std::move(view), std::move(options));
    if (!saved) co_return saved;
    const EntityView& stored = saved->entity;
    const Result<> copied =
        co_await platform.telemetry.copy_latest(stored.entity_id, stored.id, telemetry_keys(stored),
                                                stored.start_time_ms, stored.end_time_ms);
    if (!copied) co_return copied.error();
    co_return saved;
}

}  // namespace thingstead::core
