#include "core/rule_chain/transfer.h"

#include <functional>
#include <map>

#include "core/rule_chain/metadata.h"

namespace thingstead::core {
namespace {

using model::RuleChain;
using model::RuleChainId;
using model::RuleChainMetaData;

/// What the ids of the document stand for.
using NewIds = std::map<Uuid, Uuid>;

void replace_id(std::optional<RuleChainId>& id, const NewIds& ids) {
    if (!id) return;
    if (const auto it = ids.find(id->uuid); it != ids.end()) id->uuid = it->second;
}

void replace_called_chain(model::RuleNode& node, const NewIds& ids) {
    const std::optional<RuleChainId> called = model::called_chain(node);
    if (!called) return;
    if (const auto it = ids.find(called->uuid); it != ids.end())
        node.configuration.as_object()["ruleChainId"] = it->second.to_string();
}

void replace_ids(RuleChainMetaData& metadata, const NewIds& ids) {
    replace_id(metadata.rule_chain_id, ids);
    for (model::RuleNode& each : metadata.nodes) replace_called_chain(each, ids);
    if (metadata.rule_chain_connections)
        for (model::RuleChainConnectionInfo& each : *metadata.rule_chain_connections)
            replace_id(each.target, ids);
}

/// Ids of tenants become those of the importing one. The depth is parse_json()'s.
void replace_tenants(json::value& value, const std::string& tenant) {
    if (json::array* items = value.if_array()) {
        for (json::value& each : *items) replace_tenants(each, tenant);
        return;
    }
    json::object* members = value.if_object();
    if (!members) return;
    const json::value* type = members->if_contains("entityType");
    if (type && type->is_string() && type->get_string() == "TENANT") (*members)["id"] = tenant;
    for (auto& each : *members) replace_tenants(each.value(), tenant);
}

Result<std::optional<RuleChain>> namesake(store::Reader& reader, const RuleChain& chain,
                                          model::TenantId tenant) {
    return reader.find<RuleChain>({
        {"tenantId", tenant.uuid                       },
        {"type",     std::string(enum_name(chain.type))},
        {"name",     chain.name                        }
    });
}

Task<Imported> import_chain(const Platform& platform, Caller caller, RuleChain chain,
                            bool overwrite) {
    EntityChange change{ChangeKind::created, caller.tenant, RuleChainId()};
    const std::function<Result<Saved<RuleChain>>(store::Transaction&)> work =
        [&](store::Transaction& transaction) -> Result<Saved<RuleChain>> {
        RuleChain fresh = chain;
        fresh.id = {};
        fresh.root = false;
        fresh.version.reset();
        fresh.external_id.reset();
        if (overwrite) {
            const auto old = namesake(transaction, chain, caller.tenant);
            if (!old) return old.error();
            if (*old) {
                fresh.id = (*old)->id;
                fresh.root = (*old)->root;
                fresh.external_id = (*old)->external_id;
            }
        }
        return save_in(transaction, caller, platform.clock.now_ms(), std::move(fresh), change);
    };
    Result<Saved<RuleChain>> saved = co_await write<Saved<RuleChain>>(platform, work);
    Imported out;
    out.result.rule_chain_name = chain.name;
    if (!saved) {
        out.result.error = saved.error().message;
        co_return out;
    }
    platform.events.publish(change);
    out.result.rule_chain_id = saved->entity.id;
    out.result.updated = !saved->created;
    out.saved = *std::move(saved);
    co_return out;
}

/// The documents of `data`, ready to be saved with the chains that `imported` has.
std::vector<RuleChainMetaData> ready_metadata(RuleChainData data,
                                              const std::vector<Imported>& imported,
                                              const Caller& caller) {
    NewIds ids;
    for (std::size_t i = 0; i < imported.size(); ++i)
        if (imported[i].result.rule_chain_id)
            ids.emplace(data.rule_chains[i].id.uuid, imported[i].result.rule_chain_id->uuid);
    std::vector<RuleChainMetaData> ready;
    for (RuleChainMetaData& each : data.metadata) {
        if (!each.rule_chain_id || !ids.contains(each.rule_chain_id->uuid)) continue;
        replace_ids(each, ids);
        each.version.reset();
        for (model::RuleNode& node : each.nodes) {
            node.id.reset();
            replace_tenants(node.configuration, caller.tenant.to_string());
        }
        ready.push_back(std::move(each));
    }
    return ready;
}

}  // namespace

Task<Result<RuleChainData>> export_chains(const Platform& platform, Caller caller,
                                          std::int64_t limit) {
    if (limit < 1 || limit > static_cast<std::int64_t>(transferred_chains_max))
        co_return invalid("Incorrect limit '" + std::to_string(limit) +
                          "'. Limit must be greater than zero and at most " +
                          std::to_string(transferred_chains_max) + ".");
    store::PageLink link;
    link.page_size = static_cast<std::int32_t>(limit);
    OwnerFields owned;
    owned.owner = {};
    const auto page =
        co_await core::page<RuleChain>(platform, caller, store::Filter(), link, owned);
    if (!page) co_return page.error();
    NewIds ids;
    for (const RuleChain& each : page->data) ids.emplace(each.id.uuid, new_random_uuid());
    RuleChainData data;
    for (const RuleChain& each : page->data) {
        // A chain whose document is damaged is exported without nodes.
        RuleChainMetaData metadata;
        if (Result<RuleChainMetaData> stored = model::metadata_of(each); stored)
            metadata = *std::move(stored);
        metadata.rule_chain_id = each.id;
        replace_ids(metadata, ids);
        for (model::RuleNode& node : metadata.nodes) {
            node.id.reset();
            node.rule_chain_id.reset();
        }
        data.metadata.push_back(std::move(metadata));
        RuleChain chain = each;
        chain.id.uuid = ids.at(each.id.uuid);
        chain.first_rule_node_id.reset();
        data.rule_chains.push_back(std::move(chain));
    }
    co_return data;
}

Task<Result<std::vector<Imported>>> import_chains(const Platform& platform,
                                                  const ComponentCatalogue& components,
                                                  Caller caller, RuleChainData data,
                                                  bool overwrite) {
    if (data.rule_chains.size() > transferred_chains_max)
        co_return invalid("Too many rule chains to import!");
    std::vector<Imported> imported;
    for (const RuleChain& each : data.rule_chains)
        imported.push_back(co_await import_chain(platform, caller, each, overwrite));
    for (RuleChainMetaData& each : ready_metadata(std::move(data), imported, caller)) {
        const RuleChainId id = *each.rule_chain_id;
        Result<SavedMetadata> saved =
            co_await save_metadata(platform, components, caller, std::move(each), false);
        for (Imported& one : imported) {
            if (one.result.rule_chain_id != id) continue;
            if (!saved)
                one.result.error = saved.error().message;
            else
                one.saved->entity = saved->chain;
        }
    }
    co_return imported;
}

}  // namespace thingstead::core
