// Where a message begins in the rule engine by its originator's profile: chain and queue.
// Source: the interface's rule engine, queue and chain choice.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "model/ids.h"
#include "net/task.h"
#include "store/entity_store.h"

namespace thingstead::core {

struct RuleRoute {
    std::optional<model::RuleChainId> chain{};  ///< Nullopt: the tenant's root.
    std::string queue{};                        ///< Empty: Main.
};

/// Of devices, assets and their profiles; others, and what is not there, begin at the root.
Result<RuleRoute> read_rule_route(store::Reader& reader, model::EntityId originator);

/// The same; one that is deleted already is told by `data`, its JSON. Reads nothing for kinds that
/// have no profile. Errors: unavailable.
Task<Result<RuleRoute>> rule_route_of(store::EntityStore& store, model::EntityId originator,
                                      std::string_view type, std::string_view data);

}  // namespace thingstead::core
