#include "core/attributes.h"

#include <algorithm>

#include "core/access.h"
#include "core/keys.h"

namespace thingstead::core {
namespace {

using model::AttributeScope;

/// Values that differ from `stored` in type or value.
std::vector<model::KeyValue> changed(std::vector<model::KeyValue> values,
                                     const std::vector<model::Attribute>& stored) {
    std::erase_if(values, [&](const model::KeyValue& each) {
        return std::any_of(stored.begin(), stored.end(), [&](const model::Attribute& old) {
            return old.key == each.key && old.value == each.value;
        });
    });
    return values;
}

std::vector<std::string> keys_of(const std::vector<model::KeyValue>& values) {
    std::vector<std::string> keys;
    keys.reserve(values.size());
    for (const model::KeyValue& each : values) keys.push_back(each.key);
    return keys;
}

}  // namespace

Attributes::Attributes(store::EntityStore& store, Subscriptions& subscriptions, DevicePush& devices,
                       const Clock& clock)
    : store_(store), subscriptions_(subscriptions), devices_(devices), clock_(clock) {}

Task<Result<std::vector<model::Attribute>>> Attributes::read(Caller caller, model::EntityId entity,
                                                             std::optional<AttributeScope> scope,
                                                             std::vector<std::string> keys) {
    std::vector<model::Attribute> found;
    const auto work = [&](store::Reader& reader) -> Result<> {
        found.clear();
        if (Result<> allowed =
                EntityAccess::check(reader, caller, Operation::read_attributes, entity);
            !allowed)
            return allowed;
        for (const AttributeScope each :
             {AttributeScope::client, AttributeScope::server, AttributeScope::shared}) {
            if (scope && *scope != each) continue;
            auto attributes = reader.attributes(entity, each, keys);
            if (!attributes) return attributes.error();
            found.insert(found.end(), std::make_move_iterator(attributes->begin()),
                         std::make_move_iterator(attributes->end()));
        }
        return {};
    };
    if (Result<> read = co_await store_.read(work); !read) co_return read.error();
    std::stable_sort(found.begin(), found.end(),
                     [](const auto& a, const auto& b) { return a.key < b.key; });
    co_return found;
}

Result<> Attributes::check_keys(const std::vector<model::KeyValue>& values) const {
    if (values.empty())
        return Error{ErrorCode::invalid_argument, "No attributes data found in request body!"};
    return core::check_keys(values, "attribute key");
}

Task<Result<>> Attributes::save(Caller caller, model::EntityId entity, AttributeScope scope,
                                std::vector<model::KeyValue> values) {
    if (Result<> valid = check_keys(values); !valid) co_return valid;
    const EpochMs now = clock_.now_ms();
    const auto work = [&](store::Transaction& transaction) -> Result<> {
        Result<> allowed =
            EntityAccess::check(transaction, caller, Operation::write_attributes, entity);
        if (!allowed) return allowed;
        return transaction.save_attributes({entity, scope, values, now});
    };
    if (Result<> saved = co_await store_.write(work); !saved) co_return saved;
    subscriptions_.on_attributes(entity, scope, now, values);
    tell_device(entity, scope, values);
    co_return Result<>();
}

Task<Result<std::vector<std::string>>> Attributes::remove(Caller caller, model::EntityId entity,
                                                          AttributeScope scope,
                                                          std::vector<std::string> keys) {
    std::vector<std::string> removed;
    const auto work = [&](store::Transaction& transaction) -> Result<> {
        Result<> allowed =
            EntityAccess::check(transaction, caller, Operation::write_attributes, entity);
        if (!allowed) return allowed;
        auto were = transaction.remove_attributes(entity, scope, keys);
        if (!were) return were.error();
        removed = *std::move(were);
        return {};
    };
    if (Result<> done = co_await store_.write(work); !done) co_return done.error();
    subscriptions_.on_attributes_removed(entity, scope, removed);
    tell_device_removed(entity, scope, removed);
    co_return removed;
}

Task<Result<std::vector<std::string>>> Attributes::remove(RuleRemoval removal) {
    std::vector<std::string> removed;
    const auto work = [&](store::Transaction& transaction) -> Result<> {
        auto were = transaction.remove_attributes(removal.entity, removal.scope, removal.keys);
        if (!were) return were.error();
        removed = *std::move(were);
        return {};
    };
    if (Result<> done = co_await store_.write(work); !done) co_return done.error();
    subscriptions_.on_attributes_removed(removal.entity, removal.scope, removed);
    if (removal.notify_device) tell_device_removed(removal.entity, removal.scope, removed);
    co_return removed;
}

Task<Result<DeviceView>> Attributes::read_for_device(
    model::DeviceId device, std::optional<std::vector<std::string>> client_keys,
    std::optional<std::vector<std::string>> shared_keys) {
    DeviceView view;
    const auto work = [&](store::Reader& reader) -> Result<> {
        if (client_keys) {
            auto client = reader.attributes(device, AttributeScope::client, *client_keys);
            if (!client) return client.error();
            view.client = *std::move(client);
        }
        if (shared_keys) {
            auto shared = reader.attributes(device, AttributeScope::shared, *shared_keys);
            if (!shared) return shared.error();
            view.shared = *std::move(shared);
        }
        return {};
    };
    if (Result<> read = co_await store_.read(work); !read) co_return read.error();
    co_return view;
}

Task<Result<std::vector<model::KeyValue>>> Attributes::save(RuleSave save) {
    if (Result<> valid = check_keys(save.values); !valid) co_return valid.error();
    const EpochMs now = clock_.now_ms();
    std::vector<model::KeyValue> values = save.values;
    const auto work = [&](store::Transaction& transaction) -> Result<> {
        if (save.only_on_change) {
            const auto stored =
                transaction.attributes(save.entity, save.scope, keys_of(save.values));
            if (!stored) return stored.error();
            values = changed(save.values, *stored);
        }
        if (values.empty()) return {};
        return transaction.save_attributes({save.entity, save.scope, values, now});
    };
    if (save.persist)
        if (Result<> saved = co_await store_.write(work); !saved) co_return saved.error();
    if (save.subscribers && !values.empty())
        subscriptions_.on_attributes(save.entity, save.scope, now, values);
    if (save.notify_device && !values.empty()) tell_device(save.entity, save.scope, values);
    co_return values;
}

Task<Result<>> Attributes::save_many(std::vector<RuleSave> saves) {
    const EpochMs now = clock_.now_ms();
    const auto work = [&](store::Transaction& transaction) -> Result<> {
        for (const RuleSave& each : saves)
            if (Result<> saved =
                    transaction.save_attributes({each.entity, each.scope, each.values, now});
                !saved)
                return saved;
        return {};
    };
    if (Result<> saved = co_await store_.write(work); !saved) co_return saved;
    for (const RuleSave& each : saves)
        subscriptions_.on_attributes(each.entity, each.scope, now, each.values);
    co_return Result<>();
}

void Attributes::tell_device(model::EntityId entity, AttributeScope scope,
                             const std::vector<model::KeyValue>& values) {
    if (scope == AttributeScope::shared && entity.type == model::EntityType::device)
        devices_.push_shared_attributes(model::DeviceId{entity.uuid}, values);
}

void Attributes::tell_device_removed(model::EntityId entity, AttributeScope scope,
                                     const std::vector<std::string>& keys) {
    if (scope == AttributeScope::shared && entity.type == model::EntityType::device &&
        !keys.empty())
        devices_.push_shared_attributes_removed(model::DeviceId{entity.uuid}, keys);
}

}  // namespace thingstead::core
