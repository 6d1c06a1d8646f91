// Devices and their credentials.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "core/caller.h"
#include "core/entity_events.h"
#include "core/telemetry.h"
#include "model/entities.h"
#include "net/task.h"
#include "store/entity_store.h"

namespace thingstead::core {

/// A device with the names that lists show.
struct DeviceInfo {
    model::Device device;
    std::optional<std::string> customer_title;
    bool customer_is_public = false;
    std::string device_profile_name;
    bool active = false;
};

struct DeviceListFilter {
    std::optional<model::CustomerId> customer{};
    std::optional<std::string> type{};  ///< Profile name; empty text: every type.
    std::optional<model::DeviceProfileId> profile{};
};

/// What a save did: the door emits ENTITY_CREATED or ENTITY_UPDATED.
struct SavedDevice {
    model::Device device;
    bool created = false;
};

class Devices {
  public:
    Devices(store::EntityStore& store, Telemetry& telemetry, EntityEvents& events,
            const Clock& clock);

    /// Creates (null id) or updates. Fills type, device data, tenant, times; makes credentials for
    /// a new device: `credentials`, else ACCESS_TOKEN with `access_token`, else with 20 random
    /// characters. Errors: forbidden, not_found, conflict - version ("Device was already changed by
    /// someone else"), invalid_argument - with the interface's texts ("Device with such name
    /// already exists!", …).
    Task<Result<SavedDevice>> save(
        Caller caller, model::Device device, std::optional<std::string> access_token,
        std::optional<model::DeviceCredentials> credentials = std::nullopt);
    /// Errors: not_found - "Device with id [<uuid>] is not found"; forbidden.
    Task<Result<model::Device>> get(Caller caller, model::DeviceId id);
    Task<Result<DeviceInfo>> get_info(Caller caller, model::DeviceId id);
    /// Errors: not_found - "Requested item wasn't found!".
    Task<Result<model::Device>> get_by_name(Caller caller, std::string name);
    /// Those of `ids` that the caller may read, in that order.
    Task<Result<std::vector<model::Device>>> get_many(Caller caller,
                                                      std::vector<model::DeviceId> ids);
    Task<Result<store::Page<model::Device>>> list(Caller caller, DeviceListFilter filter,
                                                  store::PageLink link);
    Task<Result<store::Page<DeviceInfo>>> list_infos(Caller caller, DeviceListFilter filter,
                                                     store::PageLink link);
    /// Removes the device, its credentials, attributes and telemetry; returns what it was.
    Task<Result<model::Device>> remove(Caller caller, model::DeviceId id);

    Task<Result<model::DeviceCredentials>> credentials(Caller caller, model::DeviceId id);
    /// Replaces the credentials and ends the device's sessions. Computes the credentials id except
    /// for ACCESS_TOKEN. Errors: as save(), and the texts of credential rules.
    Task<Result<model::DeviceCredentials>> save_credentials(Caller caller,
                                                            model::DeviceCredentials credentials);

    /// Profiles, as far as devices need them.
    Task<Result<model::DeviceProfile>> profile(Caller caller, model::DeviceProfileId id);
    Task<Result<model::DeviceProfile>> default_profile(Caller caller);
    Task<Result<store::Page<model::DeviceProfile>>> profiles(Caller caller, store::PageLink link);

  private:
    store::EntityStore& store_;
    Telemetry& telemetry_;
    EntityEvents& events_;
    const Clock& clock_;
};

}  // namespace thingstead::core
