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

namespace thingstead::rule::assign_to_customer {
namespace {

struct Config {
    std::string customer_pattern;
    bool create = false;
};
constexpr auto describe(const Config*) {
    return fields(field("customerNamePattern", &Config::customer_pattern, "Title of the customer."),
                  field("createCustomerIfNotExists", &Config::create, "Make it if it is missing."));
}

template <class T>
Task<Result<>> assign(NodeServices& services, model::TenantId tenant, Uuid id,
                      model::CustomerId customer) {
    const core::Platform platform = services.platform();
    const auto done = co_await core::assign_to_customer<T>(platform, tenant_caller(tenant),
                                                           customer, core::IdOf<T>{id});
    co_return done ? Result<>() : Result<>(within_tenant(done.error()));
}

Task<Result<>> assign_dashboard(NodeServices& services, model::TenantId tenant, Uuid id,
                                model::CustomerId customer) {
    const core::Platform platform = services.platform();
    std::vector<model::CustomerId> customers{customer};
    const auto done =
        co_await core::change_customers(platform, tenant_caller(tenant), model::DashboardId{id},
                                        core::CustomersChange::add, std::move(customers));
    co_return done ? Result<>() : Result<>(within_tenant(done.error()));
}

Task<Result<>> no_edges() { co_return Error{ErrorCode::not_found, "Requested item wasn't found!"}; }

class AssignToCustomerNode final : public Node {
  public:
    AssignToCustomerNode(Config config, const NodeInfo& info, NodeServices& services)
        : create_(config.create),
          customer_(std::move(config.customer_pattern)),
          info_(info),
          services_(services) {}

    Step on_message(Visit& visit) override {
        if (Result<> valid = check_assignable(visit.msg.originator.type); !valid)
            return valid.error();
        Result<std::string> title = customer_.fill(visit.msg);
        if (!title) return title.error();
        return assign_to(visit, {model::EntityType::customer, *std::move(title), create_});
    }

  private:
    Task<Outcome> assign_to(Visit& visit, NamedEntity named) {
        const auto customer = co_await find_named(services_, info_, std::move(named));
        if (!customer) co_return Outcome(customer.error());
        const Result<> done = co_await assign_kind(visit, model::CustomerId{customer->uuid});
        if (!done) co_return Outcome(done.error());
        co_return Outcome(Relation("Success"));
    }

    Task<Result<>> assign_kind(const Visit& visit, model::CustomerId customer) {
        const Uuid id = visit.msg.originator.uuid;
        switch (visit.msg.originator.type) {
            case model::EntityType::device:
                return assign<model::Device>(services_, visit.tenant, id, customer);
            case model::EntityType::asset:
                return assign<model::Asset>(services_, visit.tenant, id, customer);
            case model::EntityType::entity_view:
                return assign<model::EntityView>(services_, visit.tenant, id, customer);
            case model::EntityType::dashboard:
                return assign_dashboard(services_, visit.tenant, id, customer);
            default: return no_edges();
        }
    }

    bool create_;
    Pattern customer_;
    NodeInfo info_;
    NodeServices& services_;
};

}  // namespace

extern const NodeDescriptor descriptor{
    .type = "org.thingsboard.rule.engine.action.TbAssignToCustomerNode",
    .name = "assign to customer",
    .kind = NodeKind::action,
    .summary = "Assigns the originator to the customer of a given title.",
    .configuration_version = 1,
    .form = "tbActionNodeAssignToCustomerConfig",
    .icon = "add_circle",
    .default_configuration = &default_configuration<Config>,
    .make = &make_node<AssignToCustomerNode, Config>,
    .upgrade = &upgrade_customer_config,
};

}  // namespace thingstead::rule::assign_to_customer
