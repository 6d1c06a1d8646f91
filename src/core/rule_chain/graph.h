// The nodes and connections of a rule chain, without a store: what people may draw, and what a
// drawing becomes when it replaces the one before.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "core/component_catalogue.h"
#include "model/rule_chain.h"

namespace thingstead::core {

/// Errors: invalid_argument - indexes of nodes that are not there; "Can't create the relation to
/// yourself."; "Can't create circling relations in rule chain."; texts that are too long.
Result<> check_graph(const model::RuleChainMetaData& metadata);

struct ReplaceContext {
    model::RuleChainId chain;
    EpochMs now_ms = 0;
    EpochMs debug_until_max = 0;  ///< Debugging of all messages ends then at the latest.
    const ComponentCatalogue& components;
    /// Of the tenant: what nodes that call a chain are named after.
    std::map<model::RuleChainId, std::string> chain_names{};
};

/// `asked` in the form that is stored: nodes of `before` keep their id and time, others get both;
/// older forms are brought to the present one; sorted by time and id of the nodes. Errors: as
/// check_graph().
Result<model::RuleChainMetaData> replaced(const model::RuleChainMetaData& before,
                                          model::RuleChainMetaData asked,
                                          const ReplaceContext& context);

/// Names of the ways out of the chain, sorted.
std::vector<std::string> output_labels(const model::RuleChainMetaData& metadata);

/// Labels of output nodes that have another name now: {before, after}. Left out: labels that are
/// still there, and those that became several.
std::map<std::string, std::string> renamed_labels(const model::RuleChainMetaData& before,
                                                  const model::RuleChainMetaData& after);

/// Gives connections behind nodes that call `called` the labels that these have now. False: there
/// were none.
bool rename_connections(model::RuleChainMetaData& metadata, model::RuleChainId called,
                        const std::map<std::string, std::string>& renamed);

}  // namespace thingstead::core
