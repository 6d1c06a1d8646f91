#include "rule/sources.h"

#include <iterator>

#include "model/rule_chain.h"

namespace thingstead::rule {

std::vector<Source> sources_of(const model::RuleChain& chain, const NodeRegistry& registry) {
    std::vector<Source> found;
    if (chain.type != model::RuleChainType::core) return found;
    const Result<model::RuleChainMetaData> metadata = model::metadata_of(chain);
    if (!metadata) return found;
    for (const model::RuleNode& each : metadata->nodes) {
        const NodeDescriptor* descriptor = registry.find(each.type);
        if (!descriptor || descriptor->has_input) continue;
        NodeInfo info{chain.tenant_id, chain.id,   *each.id,
                      each.name,       chain.name, each.queue_name.value_or(std::string())};
        Result<Uuid> key = info.rule_node.uuid;
        if (descriptor->place) key = descriptor->place(each.configuration, info);
        if (key) found.push_back({std::move(info), *key});
    }
    return found;
}

void Sources::set(model::TenantId tenant, std::vector<Source> sources) {
    const std::lock_guard lock(mutex_);
    const bool none = sources.empty();
    if (none && !by_tenant_.contains(tenant)) return;
    if (none)
        by_tenant_.erase(tenant);
    else
        by_tenant_[tenant] = std::move(sources);
    ++version_;
}

std::vector<Source> Sources::all() const {
    std::vector<Source> all;
    const std::lock_guard lock(mutex_);
    for (const auto& [tenant, sources] : by_tenant_)
        std::copy(sources.begin(), sources.end(), std::back_inserter(all));
    return all;
}

}  // namespace thingstead::rule
