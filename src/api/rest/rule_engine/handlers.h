// Handlers of the rule engine, apart by subject.
#pragma once
#include "api/rest/call.h"

namespace thingstead::api::rule_engine {

Task<Result<net::Reply>> start_replay(Call call);
Task<Result<net::Reply>> get_replay(Call call);
Task<Result<net::Reply>> list_replays(Call call);
Task<Result<net::Reply>> remove_replay(Call call);

}  // namespace thingstead::api::rule_engine
