// Whom a dashboard is assigned to.
#include "api/rest/dashboard/handlers.h"
#include "api/rest/entity_calls.h"
#include "core/dashboard/dashboards.h"

namespace thingstead::api::dashboard {
namespace {

using core::CustomersChange;
using model::ActionType;

/// Words for one direction.
struct Direction {
    ActionType action;
    std::string_view event;
    const char *id, *name;
};
constexpr Direction to_customer{ActionType::assigned_to_customer, model::msg_type::entity_assigned,
                                "assignedCustomerId", "assignedCustomerName"};
constexpr Direction from_customer{ActionType::unassigned_from_customer,
                                  model::msg_type::entity_unassigned, "unassignedCustomerId",
                                  "unassignedCustomerName"};

Task<> tell_one(const Services& services, core::Caller caller, model::Dashboard dashboard,
                model::Customer customer, Direction way) {
    core::AuditNote note = note_of(way.action, model::EntityId(dashboard.id));
    note.entity_name = dashboard.title;
    add_data(note, way.id, json::value(customer.id.to_string()));
    add_data(note, way.name, json::value(customer.title));
    const Result<> done;
    co_await audit(services, caller, std::move(note), done);
    RuleEvent event = entity_event(way.event, dashboard);
    event.customer = customer.id;
    event.metadata.emplace_back(way.id, customer.id.to_string());
    event.metadata.emplace_back(way.name, customer.title);
    co_await tell_rules(services, std::move(caller), std::move(event));
}

Task<Result<net::Reply>> answer(Call call, model::DashboardId id, ActionType asked,
                                Result<core::Reassigned> done) {
    if (!done) {
        core::AuditNote note = note_of(asked, model::EntityId(id));
        co_await audit(call.services, call.caller, std::move(note), done);
        co_return done.error();
    }
    const model::Dashboard blank = without_configuration(done->dashboard);
    for (const model::Customer& each : done->added)
        co_await tell_one(call.services, call.caller, blank, each, to_customer);
    for (const model::Customer& each : done->removed)
        co_await tell_one(call.services, call.caller, blank, each, from_customer);
    co_return json_reply_of(done->dashboard);
}

ActionType action_of(CustomersChange change) {
    return change == CustomersChange::remove ? ActionType::unassigned_from_customer
                                             : ActionType::assigned_to_customer;
}

Task<Result<net::Reply>> change(Call call, CustomersChange how,
                                std::vector<model::CustomerId> customers) {
    const auto id = call.id<model::DashboardId>("dashboardId");
    if (!id) co_return id.error();
    Result<core::Reassigned> done = co_await core::change_customers(
        call.services.platform, call.caller, *id, how, std::move(customers));
    co_return co_await answer(std::move(call), *id, action_of(how), std::move(done));
}

/// The body: ids as texts; nothing is none.
Result<std::vector<model::CustomerId>> customers_of(const Call& call) {
    std::vector<model::CustomerId> customers;
    if (call.request.body.empty()) return customers;
    const Result<std::vector<std::string>> texts = call.body_as<std::vector<std::string>>();
    if (!texts) return texts.error();
    for (const std::string& text : *texts) {
        const Result<Uuid> id = parse_uuid(text);
        if (!id) return id.error();
        customers.push_back({*id});
    }
    return customers;
}

Task<Result<net::Reply>> change_by_body(Call call, CustomersChange how) {
    Result<std::vector<model::CustomerId>> customers = customers_of(call);
    if (!customers) co_return customers.error();
    co_return co_await change(std::move(call), how, *std::move(customers));
}

Task<Result<net::Reply>> change_by_path(Call call, CustomersChange how) {
    const auto customer = call.id<model::CustomerId>("customerId");
    if (!customer) co_return customer.error();
    std::vector<model::CustomerId> one;
    one.push_back(*customer);
    co_return co_await change(std::move(call), how, std::move(one));
}

Task<Result<net::Reply>> change_public(Call call, bool assigned) {
    const auto id = call.id<model::DashboardId>("dashboardId");
    if (!id) co_return id.error();
    Result<core::Reassigned> done =
        co_await core::change_public(call.services.platform, call.caller, *id, assigned);
    const ActionType asked =
        assigned ? ActionType::assigned_to_customer : ActionType::unassigned_from_customer;
    co_return co_await answer(std::move(call), *id, asked, std::move(done));
}

}  // namespace

Task<Result<net::Reply>> replace_customers(Call call) {
    return change_by_body(std::move(call), CustomersChange::replace);
}
Task<Result<net::Reply>> add_customers(Call call) {
    return change_by_body(std::move(call), CustomersChange::add);
}
Task<Result<net::Reply>> remove_customers(Call call) {
    return change_by_body(std::move(call), CustomersChange::remove);
}
Task<Result<net::Reply>> assign_to_customer(Call call) {
    return change_by_path(std::move(call), CustomersChange::add);
}
Task<Result<net::Reply>> unassign_from_customer(Call call) {
    return change_by_path(std::move(call), CustomersChange::remove);
}
Task<Result<net::Reply>> assign_to_public(Call call) {
    return change_public(std::move(call), true);
}
Task<Result<net::Reply>> unassign_from_public(Call call) {
    return change_public(std::move(call), false);
}

}  // namespace thingstead::api::dashboard
