#include "core/rule_chain/rule_chain_rules.h"

#include "model/asset.h"
#include "model/rule_chain.h"

namespace thingstead::core {
namespace {

Result<> check_no_other_root(store::Reader& reader, const model::RuleChain& chain) {
    const auto root = root_chain(reader, chain.tenant_id, chain.type);
    if (!root) return root.error();
    if (!*root || (*root)->id == chain.id) return {};
    return invalid(chain.type == model::RuleChainType::core
                       ? "Another root rule chain is present in scope of current tenant!"
                       : "Another edge template root rule chain is present in scope of current "
                         "tenant!");
}

/// Whether a profile of that kind sends messages to the chain.
template <class Profile>
Result<bool> is_named_by(store::Reader& reader, const model::RuleChain& chain) {
    const std::vector<store::Filter> ways{{{"defaultRuleChainId", chain.id.uuid}},
                                          {{"defaultEdgeRuleChainId", chain.id.uuid}}};
    const auto found = reader.find<Profile>({
        {"tenantId", chain.tenant_id.uuid},
        store::either(ways)
    });
    if (!found) return found.error();
    return found->has_value();
}

Result<> check_unused(store::Reader& reader, const model::RuleChain& chain) {
    const Result<bool> of_devices = is_named_by<model::DeviceProfile>(reader, chain);
    if (!of_devices) return of_devices.error();
    if (*of_devices)
        return invalid("The rule chain referenced by the device profiles cannot be deleted!");
    const Result<bool> of_assets = is_named_by<model::AssetProfile>(reader, chain);
    if (!of_assets) return of_assets.error();
    if (*of_assets)
        return invalid("The rule chain referenced by the asset profiles cannot be deleted!");
    return {};
}

}  // namespace

Result<> EntityRules<model::RuleChain>::prepare(Save<model::RuleChain>& save) {
    model::RuleChain& chain = save.entity;
    if (save.creates()) {
        chain.first_rule_node_id.reset();
        chain.metadata = nullptr;
    } else {
        chain.type = save.before->type;
        chain.first_rule_node_id = save.before->first_rule_node_id;
        chain.metadata = save.before->metadata;
        chain.root = chain.root || save.before->root;
    }
    return chain.root ? check_no_other_root(save.transaction, chain) : Result<>();
}

Result<> EntityRules<model::RuleChain>::removing(Removal<model::RuleChain>& removal) {
    const model::RuleChain& chain = removal.entity;
    if (chain.root) return invalid("Deletion of Root Tenant Rule Chain is prohibited!");
    if (Result<> unused = check_unused(removal.transaction, chain); !unused) return unused;
    // A document that cannot be read has no nodes that anybody could have asked for.
    const Result<model::RuleChainMetaData> metadata = model::metadata_of(chain);
    if (!metadata) return {};
    for (const model::RuleNode& each : metadata->nodes)
        if (Result<> gone =
                forget_entity(removal.transaction, chain.tenant_id, *each.id, removal.now_ms);
            !gone)
            return gone;
    return {};
}

Result<std::optional<model::RuleChain>> root_chain(store::Reader& reader, model::TenantId tenant,
                                                   model::RuleChainType type) {
    return reader.find<model::RuleChain>({
        {"tenantId", tenant.uuid                 },
        {"type",     std::string(enum_name(type))},
        {"root",     true                        }
    });
}

}  // namespace thingstead::core
