#include "core/asset/asset_rules.h"
#include "core/dashboard/dashboards.h"
#include "core/device/device_rules.h"
#include "core/entity/assign.h"
#include "core/entity_view/entity_view_rules.h"
#include "rule/customer_config.h"
#include "rule/named_entity.h"
#include "rule/node.h"
#include "rule/pattern.h"
#include "rule/tenant_caller.h"

namespace thingstead::rule::unassign_from_customer {
namespace {

struct Config {
    std::string customer_pattern;
};
constexpr auto describe(const Config*) {
    return fields(field("customerNamePattern", &Config::customer_pattern,
                        "Title of the customer; of dashboards, which may have several."));
}

class UnassignFromCustomerNode final : public Node {
  public:
    UnassignFromCustomerNode(Config config, const NodeInfo& info, NodeServices& services)
        : customer_(std::move(config.customer_pattern)), info_(info), services_(services) {}

    Step on_message(Visit& visit) override {
        const model::EntityType type = visit.msg.originator.type;
        if (Result<> valid = check_assignable(type); !valid) return valid.error();
        if (type == model::EntityType::device) return unassign<model::Device>(visit);
        if (type == model::EntityType::asset) return unassign<model::Asset>(visit);
        if (type == model::EntityType::entity_view) return unassign<model::EntityView>(visit);
        if (type != model::EntityType::dashboard)
            return Error{ErrorCode::not_found, "Requested item wasn't found!"};
        Result<std::string> title = customer_.fill(visit.msg);
        if (!title) return title.error();
        return unassign_dashboard(visit, {model::EntityType::customer, *std::move(title)});
    }

  private:
    template <class T>
    Task<Outcome> unassign(Visit& visit) {
        const core::Platform platform = services_.platform();
        const auto done = co_await core::unassign_from_customer<T>(
            platform, tenant_caller(visit.tenant), core::IdOf<T>{visit.msg.originator.uuid});
        // It belongs to none: that is what was wanted.
        if (!done && done.error().code != ErrorCode::invalid_argument)
            co_return Outcome(within_tenant(done.error()));
        co_return Outcome(Relation("Success"));
    }

    Task<Outcome> unassign_dashboard(Visit& visit, NamedEntity named) {
        const auto customer = co_await find_named(services_, info_, std::move(named));
        if (!customer) co_return Outcome(customer.error());
        const core::Platform platform = services_.platform();
        std::vector<model::CustomerId> customers{model::CustomerId{customer->uuid}};
        const auto done = co_await core::change_customers(
            platform, tenant_caller(visit.tenant), model::DashboardId{visit.msg.originator.uuid},
            core::CustomersChange::remove, std::move(customers));
        if (!done) co_return Outcome(within_tenant(done.error()));
        co_return Outcome(Relation("Success"));
    }

    Pattern customer_;
    NodeInfo info_;
    NodeServices& services_;
};

}  // namespace

extern const NodeDescriptor descriptor{
    .type = "org.thingsboard.rule.engine.action.TbUnassignFromCustomerNode",
    .name = "unassign from customer",
    .kind = NodeKind::action,
    .summary = "Takes the originator back from its customer.",
    .configuration_version = 1,
    .form = "tbActionNodeUnAssignToCustomerConfig",
    .icon = "remove_circle",
    .default_configuration = &default_configuration<Config>,
    .make = &make_node<UnassignFromCustomerNode, Config>,
    .upgrade = &upgrade_customer_config,
};

}  // namespace thingstead::rule::unassign_from_customer
