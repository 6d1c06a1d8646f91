#include "rule/sources.h"

#include <algorithm>
#include <iterator>
#include <string_view>

#include "base/json.h"
#include "model/rule_chain.h"

namespace thingstead::rule {
namespace {

/// Null: not a class of nodes without input.
const NodeDescriptor* source_class(const NodeRegistry& registry, std::string_view type) {
    const NodeDescriptor* descriptor = registry.find(type);
    return descriptor && !descriptor->has_input ? descriptor : nullptr;
}

/// Few chains have such nodes: to read a whole document for them costs more than to look first.
bool names_source(const json::value& document, const NodeRegistry& registry) {
    const json::object* members = document.if_object();
    const json::value* listed = members ? members->if_contains("nodes") : nullptr;
    const json::array* nodes = listed ? listed->if_array() : nullptr;
    return nodes && std::any_of(nodes->begin(), nodes->end(), [&](const json::value& each) {
               const json::object* node = each.if_object();
               const json::value* type = node ? node->if_contains("type") : nullptr;
               return type && type->is_string() &&
                      source_class(registry, std::string_view(type->get_string()));
           });
}

}  // namespace

std::vector<Source> sources_of(const model::RuleChain& chain, const NodeRegistry& registry) {
    std::vector<Source> found;
    if (chain.type != model::RuleChainType::core) return found;
    if (!names_source(chain.metadata, registry)) return found;
    const Result<model::RuleChainMetaData> metadata = model::metadata_of(chain);
    if (!metadata) return found;
    for (const model::RuleNode& each : metadata->nodes) {
        const NodeDescriptor* descriptor = source_class(registry, each.type);
        if (!descriptor) continue;
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
