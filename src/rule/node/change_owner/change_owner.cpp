#include <array>

#include "core/group/owner.h"
#include "rule/group_reads.h"
#include "rule/named_entity.h"
#include "rule/node.h"
#include "rule/pattern.h"

namespace thingstead::rule::change_owner {
namespace {

enum class OwnerType : std::uint8_t { tenant, customer };
constexpr auto enum_names(OwnerType) {
    using namespace std::literals;
    return std::array{
        std::pair{OwnerType::tenant,   "TENANT"sv  },
        std::pair{OwnerType::customer, "CUSTOMER"sv}
    };
}

struct Config {
    OwnerType owner_type = OwnerType::tenant;
    std::string owner_pattern;
    bool create = false;
    std::int64_t cache_s = 300;
};
constexpr auto describe(const Config*) {
    return fields(
        field("ownerType", &Config::owner_type, "TENANT or CUSTOMER."),
        field("ownerNamePattern", &Config::owner_pattern, "Title of the customer."),
        field("createOwnerIfNotExists", &Config::create, "Make the customer if it is missing."),
        field("ownerCacheExpiration", &Config::cache_s, "Not used: owners are not cached."));
}

class ChangeOwnerNode final : public Node {
  public:
    ChangeOwnerNode(Config config, const NodeInfo& info, NodeServices& services)
        : config_(std::move(config)),
          owner_(config_.owner_pattern),
          info_(info),
          services_(services) {}

    Step on_message(Visit& visit) override {
        std::string title;
        if (config_.owner_type == OwnerType::customer) {
            Result<std::string> filled = owner_.fill(visit.msg);
            if (!filled) return filled.error();
            title = *std::move(filled);
        }
        return give(visit.tenant, visit.msg.originator, std::move(title));
    }

  private:
    Task<Outcome> give(model::TenantId tenant, model::EntityId entity, std::string title) {
        // First: a customer is not made for what nobody can own.
        const auto before = co_await group_owner_of(services_, tenant, entity);
        if (!before) co_return Outcome(before.error());
        model::EntityId owner = tenant;
        if (config_.owner_type == OwnerType::customer) {
            NamedEntity named{model::EntityType::customer, std::move(title), config_.create};
            const auto customer = co_await find_named(services_, info_, std::move(named));
            if (!customer) co_return Outcome(customer.error());
            owner = *customer;
        }
        const core::Platform platform = services_.platform();
        std::vector<model::EntityGroupId> groups;
        const auto done = co_await core::change_owner(platform, tenant_caller(tenant), owner,
                                                      entity, std::move(groups));
        if (!done) co_return Outcome(within_tenant(done.error()));
        co_return Outcome(Relation("Success"));
    }

    Config config_;
    Pattern owner_;
    NodeInfo info_;
    NodeServices& services_;
};

}  // namespace

extern const NodeDescriptor descriptor{
    .type = "org.thingsboard.rule.engine.action.TbChangeOwnerNode",
    .name = "change owner",
    .kind = NodeKind::action,
    .summary = "Gives the originator to its tenant or to a customer.",
    .form = "tbActionNodeChangeOwnerConfig",
    .icon = "assignment_ind",
    .default_configuration = &default_configuration<Config>,
    .make = &make_node<ChangeOwnerNode, Config>,
};

}  // namespace thingstead::rule::change_owner
