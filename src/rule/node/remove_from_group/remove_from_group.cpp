#include "core/group/members.h"
#include "rule/group_reads.h"
#include "rule/node.h"
#include "rule/pattern.h"

namespace thingstead::rule::remove_from_group {
namespace {

struct Config {
    std::string group_pattern;
    std::int64_t cache_s = 300;
};
constexpr auto describe(const Config*) {
    return fields(
        field("groupNamePattern", &Config::group_pattern, "Name of a group of the owner."),
        field("groupCacheExpiration", &Config::cache_s, "Not used: groups are not cached."));
}

class RemoveFromGroupNode final : public Node {
  public:
    RemoveFromGroupNode(Config config, const NodeInfo&, NodeServices& services)
        : group_(std::move(config.group_pattern)), services_(services) {}

    Step on_message(Visit& visit) override {
        Result<std::string> name = group_.fill(visit.msg);
        if (!name) return name.error();
        return remove(visit.tenant, visit.msg.originator, *std::move(name));
    }

  private:
    Task<Outcome> remove(model::TenantId tenant, model::EntityId entity, std::string name) {
        const auto owner = co_await group_owner_of(services_, tenant, entity);
        if (!owner) co_return Outcome(owner.error());
        const auto group = co_await find_group(services_, tenant, *owner, entity.type, name);
        if (!group) co_return Outcome(group.error());
        if (!*group) co_return Outcome(no_such_group(entity.type, name));
        const core::Platform platform = services_.platform();
        std::vector<Uuid> one{entity.uuid};
        const auto done = co_await core::remove_from_group(platform, tenant_caller(tenant),
                                                           (*group)->id, std::move(one));
        if (!done) co_return Outcome(within_tenant(done.error()));
        co_return Outcome(Relation("Success"));
    }

    Pattern group_;
    NodeServices& services_;
};

}  // namespace

extern const NodeDescriptor descriptor{
    .type = "org.thingsboard.rule.engine.action.TbRemoveFromGroupNode",
    .name = "remove from group",
    .kind = NodeKind::action,
    .summary = "Removes the originator from a group of its owner.",
    .form = "tbActionNodeRemoveFromGroupConfig",
    .icon = "remove_circle",
    .default_configuration = &default_configuration<Config>,
    .make = &make_node<RemoveFromGroupNode, Config>,
};

}  // namespace thingstead::rule::remove_from_group
