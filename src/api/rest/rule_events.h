// What a write tells the rule engine of the caller's tenant.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/services.h"
#include "core/caller.h"
#include "model/entities.h"
#include "model/msg.h"
#include "net/task.h"

namespace thingstead::api {

/// A write that has happened.
struct RuleEvent {
    std::string_view type;  ///< One of model::msg_type.
    model::EntityId originator;
    std::string data;  ///< JSON.
    /// Of the entity; none: the caller's.
    std::optional<model::CustomerId> customer{};
    std::vector<std::pair<std::string, std::string>> metadata{};
};

/// The message of `event`: with the caller's id and names in its metadata.
model::QueuedMsg rule_message(const core::Caller& caller, RuleEvent event, EpochMs now_ms);

/// Returns when the message is durable, or cannot be: that is logged, for the write itself has
/// succeeded. A message of a system administrator's write on its own (no tenant) is sent to the
/// system tenant.
Task<> tell_rules(const Services& services, core::Caller caller, RuleEvent event);

}  // namespace thingstead::api
