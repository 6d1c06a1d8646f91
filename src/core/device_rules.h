// The rules of saving a device and its credentials, as plain functions inside a transaction.
#pragma once
#include "base/clock.h"
#include "core/caller.h"
#include "model/entities.h"
#include "store/entity_store.h"

namespace thingstead::core {

/// The device as it is to be inserted: id, times, tenant, profile and type filled in; finds or
/// creates the profile that `type` names. Errors: forbidden, invalid_argument.
Result<model::Device> prepare_new_device(store::Transaction& transaction, const Caller& caller,
                                         model::Device device, EpochMs now_ms);
/// The same for an update of a stored device. Errors: also not_found, conflict - the version.
Result<model::Device> prepare_device_update(store::Transaction& transaction, const Caller& caller,
                                            model::Device device, EpochMs now_ms);

/// Checks credentials and computes their id (except of access tokens). Errors: invalid_argument.
Result<> complete_credentials(model::DeviceCredentials& credentials);

}  // namespace thingstead::core
