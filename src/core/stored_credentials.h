// Credentials of devices as the entity store has them.
#pragma once
#include <memory>

#include "core/device_services.h"
#include "core/entity_events.h"
#include "store/entity_store.h"

namespace thingstead::core {

class StoredCredentials final : public CredentialsSource {
  public:
    StoredCredentials(store::EntityStore& store, EntityEvents& events);
    ~StoredCredentials() override;

    /// Errors of both: unavailable - the store does not answer.
    Task<Result<CredentialsEntryPtr>> find(std::string credentials_id) override;
    Task<Result<DeviceIdentityPtr>> identity(model::DeviceId device) override;

  private:
    struct Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace thingstead::core
