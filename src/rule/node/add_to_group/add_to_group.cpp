#include "core/group/members.h"
#include "rule/group_reads.h"
#include "rule/node.h"
#include "rule/pattern.h"

namespace thingstead::rule::add_to_group {
namespace {

struct Config {
    std::string group_pattern;
    bool create = false;
    bool leave_others = false;
    std::int64_t cache_s = 300;
};
constexpr auto describe(const Config*) {
    return fields(
        field("groupNamePattern", &Config::group_pattern, "Name of a group of the owner."),
        field("createGroupIfNotExists", &Config::create, "Make it if it is missing."),
        field("removeFromCurrentGroups", &Config::leave_others, "Leave all other groups."),
        field("groupCacheExpiration", &Config::cache_s, "Not used: groups are not cached."));
}

class AddToGroupNode final : public Node {
  public:
    AddToGroupNode(Config config, const NodeInfo&, NodeServices& services)
        : config_(std::move(config)), group_(config_.group_pattern), services_(services) {}

    Step on_message(Visit& visit) override {
        Result<std::string> name = group_.fill(visit.msg);
        if (!name) return name.error();
        return add(visit.tenant, visit.msg.originator, *std::move(name));
    }

  private:
    Task<Outcome> add(model::TenantId tenant, model::EntityId entity, std::string name) {
        const auto owner = co_await group_owner_of(services_, tenant, entity);
        if (!owner) co_return Outcome(owner.error());
        const auto group = co_await group_of(tenant, *owner, entity.type, std::move(name));
        if (!group) co_return Outcome(group.error());
        const Result<> done = co_await move_to(tenant, entity, *group);
        if (!done) co_return Outcome(within_tenant(done.error()));
        co_return Outcome(Relation("Success"));
    }

    Task<Result<model::EntityGroup>> group_of(model::TenantId tenant, model::EntityId owner,
                                              model::EntityType type, std::string name) {
        const auto found = co_await find_group(services_, tenant, owner, type, name);
        if (!found) co_return found.error();
        if (*found) co_return **found;
        if (!config_.create) co_return no_such_group(type, name);
        model::EntityGroup fresh;
        fresh.type = type;
        fresh.name = name;
        fresh.owner_id = owner;
        const core::Platform platform = services_.platform();
        const auto made =
            co_await core::save_group(platform, tenant_caller(tenant), std::move(fresh));
        if (made) co_return made->entity;
        // Another message may have made it meanwhile.
        const auto again = co_await find_group(services_, tenant, owner, type, name);
        if (again && *again) co_return **again;
        co_return within_tenant(made.error());
    }

    /// What the owner has is in its group All, whatever is done.
    Task<Result<>> move_to(model::TenantId tenant, model::EntityId entity,
                           const model::EntityGroup& group) {
        const core::Platform platform = services_.platform();
        if (!group.group_all) {
            std::vector<Uuid> one{entity.uuid};
            const auto added = co_await core::add_to_group(platform, tenant_caller(tenant),
                                                           group.id, std::move(one));
            if (!added) co_return added.error();
        }
        if (!config_.leave_others) co_return Result<>();
        const auto groups =
            co_await core::groups_of_entity(platform, tenant_caller(tenant), entity);
        if (!groups) co_return groups.error();
        for (std::size_t i = 1; i < groups->size(); ++i) {  // The first one is All.
            if ((*groups)[i] == group.id) continue;
            std::vector<Uuid> one{entity.uuid};
            const auto left = co_await core::remove_from_group(platform, tenant_caller(tenant),
                                                               (*groups)[i], std::move(one));
            if (!left) co_return left.error();
        }
        co_return Result<>();
    }

    Config config_;
    Pattern group_;
    NodeServices& services_;
};

}  // namespace

extern const NodeDescriptor descriptor{
    .type = "org.thingsboard.rule.engine.action.TbAddToGroupNode",
    .name = "add to group",
    .kind = NodeKind::action,
    .summary = "Adds the originator to a group of its owner.",
    .form = "tbActionNodeAddToGroupConfig",
    .icon = "add_circle",
    .default_configuration = &default_configuration<Config>,
    .make = &make_node<AddToGroupNode, Config>,
};

}  // namespace thingstead::rule::add_to_group
