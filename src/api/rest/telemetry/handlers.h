// The handlers of attributes and time series; their table is in telemetry.cpp.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "api/rest/call.h"
#include "core/telemetry.h"
#include "model/kv.h"

namespace thingstead::api::telemetry {

Task<Result<net::Reply>> get_attribute_keys(Call call);
Task<Result<net::Reply>> get_attributes(Call call);
Task<Result<net::Reply>> save_attributes(Call call);
Task<Result<net::Reply>> delete_attributes(Call call);

Task<Result<net::Reply>> get_series_keys(Call call);
Task<Result<net::Reply>> get_latest(Call call);
Task<Result<net::Reply>> get_history(Call call);
Task<Result<net::Reply>> save_series(Call call);
Task<Result<net::Reply>> delete_series(Call call);

/// The entity of the path: {entityType}/{entityId}, or {deviceId}.
Result<model::EntityId> entity_of(const Call& call);

/// The queries that the parameters of a history request ask for: one for each key, or with a
/// calendar interval one for each key and interval. Errors: malformed, invalid_argument.
Result<std::vector<core::HistoryQuery>> history_queries(const Call& call);

}  // namespace thingstead::api::telemetry
