#include "core/rule_chain/rule_chains.h"

#include <functional>

#include "core/installation.h"
#include "model/relation.h"

namespace thingstead::core {
namespace {

using model::RuleChain;

model::Relation auto_assignment(model::TenantId tenant, Uuid chain) {
    model::Relation relation;
    relation.from_id = tenant.uuid;
    relation.from_type = model::EntityType::tenant;
    relation.type_group = model::RelationTypeGroup::edge_auto_assign_rule_chain;
    relation.type = model::contains_type;
    relation.to_id = chain;
    relation.to_type = model::EntityType::rule_chain;
    return relation;
}

store::Filter assignments_of(model::TenantId tenant) {
    const model::Relation like = auto_assignment(tenant, {});
    return {
        {"fromId",            like.from_id                           },
        {"fromType",          std::string(wire_name(like.from_type)) },
        {"relationTypeGroup", std::string(enum_name(like.type_group))},
        {"toType",            std::string(wire_name(like.to_type))   }
    };
}

Result<RootChange> set_root_in(store::Transaction& transaction, const Caller& caller,
                               model::RuleChainId id, model::RuleChainType type) {
    Result<RuleChain> chain = load<RuleChain>(transaction, caller, Operation::write, id);
    if (!chain) return chain.error();
    if (chain->type != type)
        return invalid(type == model::RuleChainType::core
                           ? "Can't set non CORE rule chain as root!"
                           : "Can't set non EDGE rule chain as edge template root!");
    if (chain->root) return RootChange{*std::move(chain)};
    Result<std::optional<RuleChain>> previous =
        root_chain(transaction, chain->tenant_id, chain->type);
    if (!previous) return previous.error();
    if (*previous) {
        (*previous)->root = false;
        (*previous)->version = (*previous)->version.value_or(0) + 1;
        if (Result<> done = transaction.update(**previous); !done) return done.error();
    }
    chain->root = true;
    chain->version = chain->version.value_or(0) + 1;
    if (Result<> done = transaction.update(*chain); !done) return done.error();
    return RootChange{*std::move(chain), true, *std::move(previous)};
}

}  // namespace

Task<Result<RootChange>> set_root(const Platform& platform, Caller caller, model::RuleChainId id,
                                  model::RuleChainType type) {
    const std::function<Result<RootChange>(store::Transaction&)> work =
        [&](store::Transaction& transaction) { return set_root_in(transaction, caller, id, type); };
    Result<RootChange> done = co_await write<RootChange>(platform, work);
    if (!done || !done->changed) co_return done;
    platform.events.publish(
        EntityChange{ChangeKind::updated, done->chain.tenant_id, done->chain.id});
    if (done->previous)
        platform.events.publish(
            EntityChange{ChangeKind::updated, done->previous->tenant_id, done->previous->id});
    co_return done;
}

Task<Result<Saved<RuleChain>>> create_default_chain(const Platform& platform, Caller caller,
                                                    std::string name) {
    EntityChange change{ChangeKind::created, caller.tenant, model::RuleChainId()};
    const std::function<Result<Saved<RuleChain>>(store::Transaction&)> work =
        [&](store::Transaction& transaction) -> Result<Saved<RuleChain>> {
        const EpochMs now_ms = platform.clock.now_ms();
        RuleChain chain;
        chain.name = name;
        Result<Saved<RuleChain>> saved =
            save_in(transaction, caller, now_ms, std::move(chain), change);
        if (!saved) return saved;
        const model::RuleChainMetaData metadata = default_metadata(saved->entity.id, now_ms);
        saved->entity.metadata = to_json(metadata);
        saved->entity.first_rule_node_id =
            metadata.nodes[static_cast<std::size_t>(*metadata.first_node_index)].id;
        if (Result<> done = transaction.update(saved->entity); !done) return done.error();
        return saved;
    };
    Result<Saved<RuleChain>> saved = co_await write<Saved<RuleChain>>(platform, work);
    if (saved) platform.events.publish(change);
    co_return saved;
}

Task<Result<RuleChain>> set_auto_assigned(const Platform& platform, Caller caller,
                                          model::RuleChainId id, bool assigned) {
    const std::function<Result<RuleChain>(store::Transaction&)> work =
        [&](store::Transaction& transaction) -> Result<RuleChain> {
        Result<RuleChain> chain = load<RuleChain>(transaction, caller, Operation::write, id);
        if (!chain) return chain;
        if (chain->type != model::RuleChainType::edge)
            return invalid("Can't assign non EDGE ruleChain to edge!");
        if (assigned) {
            if (Result<> done = transaction.put(auto_assignment(chain->tenant_id, id.uuid)); !done)
                return done.error();
            return chain;
        }
        store::Filter filter = assignments_of(chain->tenant_id);
        filter.emplace_back("toId", id.uuid);
        if (auto gone = transaction.remove<model::Relation>(filter); !gone) return gone.error();
        return chain;
    };
    co_return co_await write<RuleChain>(platform, work);
}

Task<Result<std::vector<RuleChain>>> auto_assigned(const Platform& platform, Caller caller) {
    if (Result<> allowed = check(caller, Operation::read, Resource::rule_chain); !allowed)
        co_return allowed.error();
    const std::function<Result<std::vector<RuleChain>>(store::Reader&)> work =
        [&](store::Reader& reader) {
            store::Filter filter;
            filter.emplace_back("tenantId", caller.tenant.uuid);
            filter.push_back(
                store::chosen_from<model::Relation>("id", "toId", assignments_of(caller.tenant)));
            return reader.all<RuleChain>(filter);
        };
    co_return co_await read<std::vector<RuleChain>>(platform, work);
}

}  // namespace thingstead::core
