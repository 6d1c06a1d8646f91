// The kinds of entities that belong to a customer, by a member `customerId`.
#pragma once
#include <tuple>

#include "model/asset.h"
#include "model/dashboard.h"
#include "model/entities.h"
#include "model/entity_view.h"

namespace thingstead::core {

/// Each once; users are not among them, for they go with their customer.
using AssignedKinds =
    std::tuple<model::Device, model::Asset, model::EntityView, model::DashboardInfo>;

}  // namespace thingstead::core
