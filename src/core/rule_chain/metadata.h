// The nodes of rule chains in the store: read, replaced as a whole, looked through.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "core/component_catalogue.h"
#include "core/platform.h"
#include "core/rule_chain/rule_chain_rules.h"
#include "model/rule_chain.h"
#include "net/task.h"

namespace thingstead::core {

struct MetadataSave {
    const Caller& caller;
    const ComponentCatalogue& components;
    EpochMs now_ms = 0;
    /// Chains that call this one follow when its ways out get other names.
    bool update_related = false;
};

struct SavedMetadata {
    model::RuleChain chain;
    model::RuleChainMetaData metadata;
    std::vector<model::RuleChain> related{};  ///< Others that changed with it.
};

/// Within a transaction of the caller's. Errors: not_found, forbidden; conflict - the version;
/// invalid_argument - as check_graph().
Result<SavedMetadata> save_metadata_in(store::Transaction& transaction, const MetadataSave& save,
                                       model::RuleChainMetaData asked);

/// `platform` and `components` outlive the task. Tells of the changes. Errors: as above.
Task<Result<SavedMetadata>> save_metadata(const Platform& platform,
                                          const ComponentCatalogue& components, Caller caller,
                                          model::RuleChainMetaData asked, bool update_related);

/// Errors: not_found, forbidden; internal - the stored document is damaged.
Task<Result<model::RuleChainMetaData>> get_metadata(const Platform& platform, Caller caller,
                                                    model::RuleChainId id);

/// A node that calls a chain, with the ways out of it.
struct LabelsUsage {
    model::RuleChainId rule_chain_id;
    std::string rule_chain_name;
    model::RuleNodeId rule_node_id;
    std::string rule_node_name;
    std::vector<std::string> labels;
};
constexpr auto describe(const LabelsUsage*) {
    return fields(field("ruleChainId", &LabelsUsage::rule_chain_id, "", server_owned),
                  field("ruleNodeId", &LabelsUsage::rule_node_id, "", server_owned),
                  field("ruleChainName", &LabelsUsage::rule_chain_name, "", server_owned),
                  field("ruleNodeName", &LabelsUsage::rule_node_name, "", server_owned),
                  field("labels", &LabelsUsage::labels, "", server_owned));
}
Task<Result<std::vector<LabelsUsage>>> labels_usage(const Platform& platform, Caller caller,
                                                    model::RuleChainId id);

/// The node, if its chain is one that the caller may read. Errors: not_found.
Task<Result<model::RuleNode>> get_node(const Platform& platform, Caller caller,
                                       model::RuleNodeId id);

}  // namespace thingstead::core
