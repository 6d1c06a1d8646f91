// Who may touch the attributes and telemetry of an entity: the checks that the telemetry services
// share.
#pragma once
#include "base/error.h"
#include "core/caller.h"
#include "core/permission/check.h"
#include "model/ids.h"
#include "net/task.h"
#include "store/entity_store.h"

namespace thingstead::core {

class EntityAccess {
  public:
    explicit EntityAccess(store::EntityStore& store) : store_(store) {}

    /// Errors: not_found - "Device with requested id wasn't found!" (also an entity of another
    /// tenant); forbidden - the texts of the interface; invalid_argument - a kind that has no
    /// attributes.
    Task<Result<>> check(Caller caller, Operation operation, model::EntityId entity);
    /// The same inside a transaction or read.
    static Result<> check(store::Reader& reader, const Caller& caller, Operation operation,
                          model::EntityId entity);

  private:
    store::EntityStore& store_;
};

}  // namespace thingstead::core
