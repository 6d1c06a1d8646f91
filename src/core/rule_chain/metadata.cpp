#include "core/rule_chain/metadata.h"

#include <algorithm>
#include <functional>
#include <set>

#include "core/rule_chain/graph.h"
#include "model/relation.h"

namespace thingstead::core {
namespace {

using model::RuleChain;
using model::RuleChainMetaData;

constexpr std::int64_t debug_minutes_default = 15;
constexpr std::string_view uses_type = "Uses";

Result<std::vector<RuleChain>> chains_of(store::Reader& reader, model::TenantId tenant) {
    return reader.all<RuleChain>({
        {"tenantId", tenant.uuid}
    });
}

Result<EpochMs> debug_until_max(store::Reader& reader, model::TenantId tenant, EpochMs now_ms) {
    const Result<std::int64_t> minutes =
        profile_limit(reader, tenant, "maxDebugModeDurationMinutes");
    if (!minutes) return minutes.error();
    // A year is as good as more, and does not overflow.
    constexpr std::int64_t minutes_max = 366 * 24 * 60;
    return now_ms + std::min(*minutes > 0 ? *minutes : debug_minutes_default, minutes_max) * 60'000;
}

/// One that cannot be read is replaced like one without nodes.
RuleChainMetaData readable_metadata(const RuleChain& chain) {
    Result<RuleChainMetaData> metadata = model::metadata_of(chain);
    return metadata ? *std::move(metadata) : RuleChainMetaData();
}

Result<> forget_removed(store::Transaction& transaction, const RuleChain& chain,
                        const RuleChainMetaData& before, const RuleChainMetaData& after,
                        EpochMs now_ms) {
    std::set<Uuid> kept;
    for (const model::RuleNode& each : after.nodes) kept.insert(each.id->uuid);
    for (const model::RuleNode& each : before.nodes) {
        if (kept.contains(each.id->uuid)) continue;
        if (Result<> gone = forget_entity(transaction, chain.tenant_id, *each.id, now_ms); !gone)
            return gone;
    }
    return {};
}

/// Relations to the chains that this one calls.
Result<> relate_called(store::Transaction& transaction, const RuleChain& chain,
                       const RuleChainMetaData& metadata, const std::vector<RuleChain>& chains) {
    model::Relation relation;
    relation.from_id = chain.id.uuid;
    relation.from_type = model::EntityType::rule_chain;
    relation.to_type = model::EntityType::rule_chain;
    relation.type = uses_type;
    const auto gone = transaction.remove<model::Relation>({
        {"fromId",            relation.from_id                           },
        {"fromType",          std::string(wire_name(relation.from_type)) },
        {"relationTypeGroup", std::string(enum_name(relation.type_group))},
        {"relationType",      relation.type                              }
    });
    if (!gone) return gone.error();
    for (const model::RuleNode& each : metadata.nodes) {
        const auto called = model::called_chain(each);
        const bool is_there =
            called && std::any_of(chains.begin(), chains.end(),
                                  [&](const RuleChain& other) { return other.id == *called; });
        if (!is_there) continue;
        relation.to_id = called->uuid;
        if (Result<> put = transaction.put(relation); !put) return put;
    }
    return {};
}

Result<> store_metadata(store::Transaction& transaction, RuleChain& chain,
                        RuleChainMetaData& metadata) {
    chain.version = chain.version.value_or(0) + 1;
    chain.first_rule_node_id.reset();
    if (metadata.first_node_index)
        chain.first_rule_node_id =
            metadata.nodes[static_cast<std::size_t>(*metadata.first_node_index)].id;
    metadata.version = chain.version;
    chain.metadata = to_json(metadata);
    return transaction.update(chain);
}

Result<> update_related(store::Transaction& transaction, const RuleChainMetaData& before,
                        SavedMetadata& saved, std::vector<RuleChain>& chains) {
    const auto renamed = renamed_labels(before, saved.metadata);
    if (renamed.empty()) return {};
    for (RuleChain& each : chains) {
        if (each.id == saved.chain.id) continue;
        Result<RuleChainMetaData> metadata = model::metadata_of(each);
        if (!metadata || !rename_connections(*metadata, saved.chain.id, renamed)) continue;
        if (Result<> stored = store_metadata(transaction, each, *metadata); !stored) return stored;
        saved.related.push_back(each);
    }
    return {};
}

}  // namespace

Result<SavedMetadata> save_metadata_in(store::Transaction& transaction, const MetadataSave& save,
                                       RuleChainMetaData asked) {
    if (!asked.rule_chain_id) return invalid("Rule chain id should be specified!");
    Result<RuleChain> chain =
        load<RuleChain>(transaction, save.caller, Operation::write, *asked.rule_chain_id);
    if (!chain) return chain.error();
    if (asked.version && asked.version != chain->version) return changed_by_another("Rule chain");
    Result<std::vector<RuleChain>> chains = chains_of(transaction, chain->tenant_id);
    if (!chains) return chains.error();
    const Result<EpochMs> until = debug_until_max(transaction, chain->tenant_id, save.now_ms);
    if (!until) return until.error();

    ReplaceContext context{chain->id, save.now_ms, *until, save.components};
    for (const RuleChain& each : *chains) context.chain_names.emplace(each.id, each.name);
    const RuleChainMetaData before = readable_metadata(*chain);
    Result<RuleChainMetaData> metadata = replaced(before, std::move(asked), context);
    if (!metadata) return metadata.error();

    SavedMetadata saved{*std::move(chain), *std::move(metadata)};
    if (Result<> done =
            forget_removed(transaction, saved.chain, before, saved.metadata, save.now_ms);
        !done)
        return done.error();
    if (Result<> done = relate_called(transaction, saved.chain, saved.metadata, *chains); !done)
        return done.error();
    if (Result<> done = store_metadata(transaction, saved.chain, saved.metadata); !done)
        return done.error();
    if (save.update_related)
        if (Result<> done = update_related(transaction, before, saved, *chains); !done)
            return done.error();
    return saved;
}

Task<Result<SavedMetadata>> save_metadata(const Platform& platform,
                                          const ComponentCatalogue& components, Caller caller,
                                          RuleChainMetaData asked, bool update_related) {
    const std::function<Result<SavedMetadata>(store::Transaction&)> work =
        [&](store::Transaction& transaction) {
            const MetadataSave save{caller, components, platform.clock.now_ms(), update_related};
            return save_metadata_in(transaction, save, asked);
        };
    Result<SavedMetadata> saved = co_await write<SavedMetadata>(platform, work);
    if (!saved) co_return saved.error();
    platform.events.publish(
        EntityChange{ChangeKind::updated, saved->chain.tenant_id, saved->chain.id});
    for (const RuleChain& each : saved->related)
        platform.events.publish(EntityChange{ChangeKind::updated, each.tenant_id, each.id});
    co_return saved;
}

Task<Result<RuleChainMetaData>> get_metadata(const Platform& platform, Caller caller,
                                             model::RuleChainId id) {
    const Result<RuleChain> chain = co_await get<RuleChain>(platform, std::move(caller), id);
    if (!chain) co_return chain.error();
    Result<RuleChainMetaData> metadata = model::metadata_of(*chain);
    if (!metadata)
        co_return Error{ErrorCode::internal, "Rule chain metadata can't be read!",
                        metadata.error().message};
    co_return metadata;
}

Task<Result<std::vector<LabelsUsage>>> labels_usage(const Platform& platform, Caller caller,
                                                    model::RuleChainId id) {
    const std::function<Result<std::vector<LabelsUsage>>(store::Reader&)> work =
        [&](store::Reader& reader) -> Result<std::vector<LabelsUsage>> {
        const Result<RuleChain> called = load<RuleChain>(reader, caller, Operation::read, id);
        if (!called) return called.error();
        const auto chains = chains_of(reader, called->tenant_id);
        if (!chains) return chains.error();
        std::vector<LabelsUsage> found;
        for (const RuleChain& chain : *chains) {
            const RuleChainMetaData metadata = readable_metadata(chain);
            for (std::size_t i = 0; i < metadata.nodes.size(); ++i) {
                const model::RuleNode& node = metadata.nodes[i];
                if (model::called_chain(node) != id) continue;
                std::set<std::string> labels;
                for (const model::NodeConnectionInfo& each : metadata.connections)
                    if (static_cast<std::size_t>(each.from_index) == i) labels.insert(each.type);
                found.push_back({
                    chain.id, chain.name, *node.id, node.name, {labels.begin(), labels.end()}
                });
            }
        }
        return found;
    };
    co_return co_await read<std::vector<LabelsUsage>>(platform, work);
}

Task<Result<model::RuleNode>> get_node(const Platform& platform, Caller caller,
                                       model::RuleNodeId id) {
    const std::function<Result<model::RuleNode>(store::Reader&)> work =
        [&](store::Reader& reader) -> Result<model::RuleNode> {
        const auto chains = chains_of(reader, caller.tenant);
        if (!chains) return chains.error();
        for (const RuleChain& chain : *chains) {
            const RuleChainMetaData metadata = readable_metadata(chain);
            for (const model::RuleNode& node : metadata.nodes) {
                if (*node.id != id) continue;
                if (Result<> allowed = check(reader, caller, Operation::read, subject_of(chain));
                    !allowed)
                    return allowed.error();
                return node;
            }
        }
        return not_found("Rule node", id.uuid);
    };
    co_return co_await read<model::RuleNode>(platform, work);
}

}  // namespace thingstead::core
