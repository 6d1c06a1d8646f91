// Rule chains beside their save: the root of a tenant, the usual chain, what edges get by
// themselves.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "core/platform.h"
#include "core/rule_chain/rule_chain_rules.h"
#include "net/task.h"

namespace thingstead::core {

struct RootChange {
    model::RuleChain chain;
    bool changed = false;  ///< False: it was root before.
    std::optional<model::RuleChain> previous{};
};

/// Makes the chain the root of its type, in place of the one before. Errors: not_found, forbidden;
/// invalid_argument - a chain of another type.
Task<Result<RootChange>> set_root(const Platform& platform, Caller caller, model::RuleChainId id,
                                  model::RuleChainType type);

/// A chain that does the usual, which is not the root. Errors: as a save.
Task<Result<Saved<model::RuleChain>>> create_default_chain(const Platform& platform, Caller caller,
                                                           std::string name);

/// Whether new edges get the chain. Errors: not_found, forbidden; invalid_argument - it is none of
/// edges.
Task<Result<model::RuleChain>> set_auto_assigned(const Platform& platform, Caller caller,
                                                 model::RuleChainId id, bool assigned);
Task<Result<std::vector<model::RuleChain>>> auto_assigned(const Platform& platform, Caller caller);

}  // namespace thingstead::core
