// Rule chains of a tenant as one document, and back.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/component_catalogue.h"
#include "core/platform.h"
#include "core/rule_chain/rule_chain_rules.h"
#include "model/rule_chain.h"
#include "net/task.h"

namespace thingstead::core {

/// Most chains of one document.
inline constexpr std::size_t transferred_chains_max = 10'000;

struct RuleChainData {
    std::vector<model::RuleChain> rule_chains;
    std::vector<model::RuleChainMetaData> metadata;
};
constexpr auto describe(const RuleChainData*) {
    return fields(field("ruleChains", &RuleChainData::rule_chains, "", of_schema("RuleChain")),
                  field("metadata", &RuleChainData::metadata, "", of_schema("RuleChainMetaData")));
}

struct ImportResult {
    std::optional<model::RuleChainId> rule_chain_id;
    std::string rule_chain_name;
    std::optional<bool> updated;
    std::optional<std::string> error;
};
constexpr auto describe(const ImportResult*) {
    return fields(field("ruleChainId", &ImportResult::rule_chain_id, "", omit_null),
                  field("ruleChainName", &ImportResult::rule_chain_name),
                  field("updated", &ImportResult::updated, "", omit_null),
                  field("error", &ImportResult::error, "", omit_null));
}

struct Imported {
    ImportResult result;
    std::optional<Saved<model::RuleChain>> saved{};
};

/// Up to `limit` chains, by id, with ids of chains that nobody has and nodes without any. Errors:
/// forbidden; invalid_argument - the limit.
Task<Result<RuleChainData>> export_chains(const Platform& platform, Caller caller,
                                          std::int64_t limit);

/// Each chain is saved on its own: what is wrong with one stands in its result. `overwrite`: in
/// place of the chain with the same type and name. Errors: invalid_argument - too many.
Task<Result<std::vector<Imported>>> import_chains(const Platform& platform,
                                                  const ComponentCatalogue& components,
                                                  Caller caller, RuleChainData data,
                                                  bool overwrite);

}  // namespace thingstead::core
