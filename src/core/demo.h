// The demo tenant: well-known log-ins, devices and dashboards to try things with.
#pragma once
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "model/dashboard.h"
#include "store/entity_store.h"

namespace thingstead::core {

/// Whether it was made before.
Result<bool> has_demo(store::Reader& reader);
/// Once.
Result<> create_demo(store::Transaction& transaction, EpochMs now_ms);

/// The dashboards of the demo: titles and configurations.
std::vector<model::Dashboard> demo_dashboards(model::TenantId tenant, EpochMs now_ms);

}  // namespace thingstead::core
