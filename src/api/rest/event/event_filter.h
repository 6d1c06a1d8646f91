// The filters of events that bodies of requests carry.
#pragma once
#include <vector>

#include "base/error.h"
#include "base/json.h"
#include "model/events.h"
#include "store/event_store.h"

namespace thingstead::api::event {

/// Errors: invalid_argument - "Event type: 'X' is not supported!".
Result<model::EventKind> kind_of(const std::string& name);

struct EventFilter {
    model::EventKind kind = model::EventKind::error;
    std::vector<store::EventCondition> conditions;
};

/// {"eventType": …} and what to look for in events of that type; members that the type does not
/// know, null and empty ones look for nothing. Errors: malformed, invalid_argument.
Result<EventFilter> filter_of(const json::value& body);

}  // namespace thingstead::api::event
