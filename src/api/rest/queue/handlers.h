// Handlers of the statistics of queues.
#pragma once
#include "api/rest/call.h"

namespace thingstead::api::queue {

Task<Result<net::Reply>> list_queue_stats(Call call);
Task<Result<net::Reply>> list_queue_stats_by_id(Call call);
Task<Result<net::Reply>> get_queue_stats(Call call);

}  // namespace thingstead::api::queue
