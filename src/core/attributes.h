// Attributes of entities in three scopes; told to subscribers and, for shared ones, to the device.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "core/caller.h"
#include "core/device_services.h"
#include "core/subscriptions.h"
#include "net/task.h"
#include "store/entity_store.h"

namespace thingstead::core {

class Attributes final : public DeviceAttributeReader {
  public:
    Attributes(store::EntityStore& store, Subscriptions& subscriptions, DevicePush& devices,
               const Clock& clock);

    /// Attributes of `scope`, or of every scope; sorted by key. Errors: not_found, forbidden,
    /// unavailable.
    Task<Result<std::vector<model::Attribute>>> read(Caller caller, model::EntityId entity,
                                                     std::optional<model::AttributeScope> scope,
                                                     std::vector<std::string> keys);
    /// Durable on return. Errors: not_found, forbidden, invalid_argument - no values, a blank or
    /// too long key.
    Task<Result<>> save(Caller caller, model::EntityId entity, model::AttributeScope scope,
                        std::vector<model::KeyValue> values);
    /// Keys that were there.
    Task<Result<std::vector<std::string>>> remove(Caller caller, model::EntityId entity,
                                                  model::AttributeScope scope,
                                                  std::vector<std::string> keys);

    /// Without a caller: for the device's own transport and the rule engine.
    Task<Result<DeviceView>> read_for_device(
        model::DeviceId device, std::optional<std::vector<std::string>> client_keys,
        std::optional<std::vector<std::string>> shared_keys) override;
    struct RuleSave {
        model::EntityId entity;
        model::AttributeScope scope = model::AttributeScope::server;
        std::vector<model::KeyValue> values;
        bool only_on_change =
            false;  ///< Leave out values equal in type and value to the stored ones.
        bool notify_device = false;  ///< Push shared attributes to the device's sessions.
        bool persist = true;
        bool subscribers = true;
    };
    /// Values that were written. Errors: unavailable, invalid_argument.
    Task<Result<std::vector<model::KeyValue>>> save(RuleSave save);
    struct RuleRemoval {
        model::EntityId entity;
        model::AttributeScope scope = model::AttributeScope::server;
        std::vector<std::string> keys;
        bool notify_device = false;  ///< Tell the device's sessions of shared attributes.
    };
    /// Keys that were there. Errors: unavailable.
    Task<Result<std::vector<std::string>>> remove(RuleRemoval removal);
    /// Many entities in one transaction: for the server's own bookkeeping.
    Task<Result<>> save_many(std::vector<RuleSave> saves);

  private:
    Result<> check_keys(const std::vector<model::KeyValue>& values) const;
    void tell_device(model::EntityId entity, model::AttributeScope scope,
                     const std::vector<model::KeyValue>& values);
    void tell_device_removed(model::EntityId entity, model::AttributeScope scope,
                             const std::vector<std::string>& keys);

    store::EntityStore& store_;
    Subscriptions& subscriptions_;
    DevicePush& devices_;
    const Clock& clock_;
};

}  // namespace thingstead::core
