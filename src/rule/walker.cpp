#include "rule/walker.h"

#include <algorithm>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>
#include <utility>

#include "base/uuid.h"
#include "rule/calculated/calculated_fields.h"

namespace thingstead::rule {
namespace {

constexpr const char* node_not_active = "Rule Node is not active! Failed to initialize.";
constexpr const char* chain_not_active = "Rule Chain is not active!  Failed to initialize.";

Error failed(std::string text) { return {ErrorCode::unavailable, std::move(text)}; }

Outcome thrown(const std::exception& why) {
    return Error{ErrorCode::internal, "The node failed.", why.what()};
}

}  // namespace

Walker::Walker(const Settings& settings, Metrics& metrics, NodeEvents& notes, Log log,
               net::TaskGroup& tasks, boost::asio::any_io_executor executor)
    : settings_(settings),
      metrics_(metrics),
      notes_(notes),
      log_(std::move(log)),
      tasks_(tasks),
      executor_(std::move(executor)) {}

void Walker::start(const std::shared_ptr<Pack>& pack, Delivery& delivery) {
    delivery.state = DeliveryState::running;
    delivery.open_branches = 1;
    delivery.first.delivery = &delivery;
    if (is_for_fields(delivery)) {
        tasks_.spawn(executor_, "calculated fields", calculate(pack, delivery));
        return;
    }
    enter_from_queue(delivery);
    run(pack);
}

bool Walker::is_for_fields(const Delivery& delivery) const {
    const Visit& visit = delivery.first.visit;
    return calculated_ && !visit.msg.rule_node && calculated_->takes(visit.tenant, visit.msg);
}

/// What fails of it keeps no message from its chain, but a store that is away does.
Task<> Walker::calculate(std::shared_ptr<Pack> pack, Delivery& delivery) {
    Branch& branch = delivery.first;
    model::QueuedMsg queued{branch.visit.tenant, branch.visit.msg, {}, {}};
    const bool enters = !is_for_fields_alone(branch.visit.msg);
    Result<> done;
    try {
        done = co_await calculated_->take(std::move(queued));
    } catch (const boost::system::system_error& why) {
        if (stopping_ && why.code() == boost::asio::error::operation_aborted) throw;
        done = Error{ErrorCode::internal, "Calculated fields failed.", why.what()};
    } catch (const std::exception& why) {
        done = Error{ErrorCode::internal, "Calculated fields failed.", why.what()};
    }
    if (silent_ || !pack->valid) co_return;
    if (!done && done.error().code == ErrorCode::unavailable) {
        end(branch, done.error());
        co_return;
    }
    if (!done) tell_failure(branch, done.error());
    if (enters)
        enter_from_queue(delivery);
    else
        end(branch);
    run(pack);
}

void Walker::enter_from_queue(Delivery& delivery) {
    Branch& branch = delivery.first;
    const model::Msg& msg = branch.visit.msg;
    if (!delivery.chains) {
        end(branch, failed(chain_not_active));
        return;
    }
    branch.visit.limits = delivery.chains->limits;
    branch.chain = msg.rule_chain ? delivery.chains->find(*msg.rule_chain) : delivery.chains->root;
    if (!branch.chain) {
        if (msg.rule_chain)
            end(branch);
        else
            end(branch, failed("No Root Rule Chain available!"));
        return;
    }
    if (!branch.chain->active) {
        end(branch, failed(chain_not_active));
        return;
    }
    if (msg.rule_node)
        branch.node = branch.chain->find(*msg.rule_node);
    else if (branch.chain->first)
        branch.node = &branch.chain->nodes[*branch.chain->first];
    if (!branch.node) {
        end(branch);
        return;
    }
    if (!delivery.relations.empty()) {
        const std::vector<Relation> relations(delivery.relations.begin(), delivery.relations.end());
        if (!follow(branch, relations.data(), relations.size(), delivery.failure_text)) return;
    }
    ready_.push_back(&branch);
}

void Walker::run(const std::shared_ptr<Pack>& pack) {
    while (!ready_.empty()) {
        Branch* branch = ready_.back();
        ready_.pop_back();
        walk(pack, *branch);
    }
}

void Walker::walk(const std::shared_ptr<Pack>& pack, Branch& branch) {
    Time began = std::chrono::steady_clock::now();
    for (;;) {
        if (!may_visit(branch)) return;
        const ChainNode& node = *branch.node;
        if (notes_.keeps_all(node.debug)) notes_.in(node.info, branch.visit.msg, branch.came_by);
        Step step = visit(branch);
        if (Outcome* outcome = step.outcome()) {
            if (!proceed(branch, *outcome, began)) return;
            continue;
        }
        branch.waits_since = began;
        tasks_.spawn(executor_, branch.node->info.name, wait(pack, branch, std::move(step.task())));
        return;
    }
}

bool Walker::may_visit(Branch& branch) {
    const std::int32_t executions = ++branch.visit.msg.node_executions;
    const std::int32_t granted = branch.visit.limits.node_executions_max;
    const std::int32_t most = granted > 0 ? std::min(granted, settings_.node_executions_max)
                                          : settings_.node_executions_max;
    if (executions > most)
        return end(branch, failed("Message is processed by more than " + std::to_string(most) +
                                  " rule nodes!"));
    if (!branch.node->node) return end(branch, failed(node_not_active));
    return true;
}

Step Walker::visit(Branch& branch) {
    try {
        return branch.node->node->on_message(branch.visit);
    } catch (const std::exception& why) {
        return thrown(why);
    }
}

Task<> Walker::wait(std::shared_ptr<Pack> pack, Branch& branch, Task<Outcome> task) {
    Outcome outcome = Consumed{};
    try {
        outcome = co_await std::move(task);
    } catch (const boost::system::system_error& why) {
        if (stopping_ && why.code() == boost::asio::error::operation_aborted) throw;
        outcome = thrown(why);
    } catch (const std::exception& why) {
        outcome = thrown(why);
    }
    Time began = std::exchange(branch.waits_since, {});
    branch.visit.waits_for_storage = false;
    if (silent_ || !pack->valid) co_return;
    if (proceed(branch, outcome, began)) ready_.push_back(&branch);
    run(pack);
}

bool Walker::proceed(Branch& branch, Outcome& outcome, Time& began) {
    const auto* relation = std::get_if<Relation>(&outcome);
    const Way* const way = relation ? branch.node->way(relation->name()) : nullptr;
    note(branch, outcome, way, began);
    if (branch.visit.acknowledged && !branch.settled) settle(branch, std::nullopt);
    if (relation) return follow_way(branch, way, relation->name());
    if (const auto* relations = std::get_if<std::vector<Relation>>(&outcome))
        return follow(branch, relations->data(), relations->size(), {});
    if (const auto* enter = std::get_if<EnterChain>(&outcome))
        return enter_chain(branch, enter->chain);
    if (std::holds_alternative<LeaveChain>(outcome)) return leave_chain(branch);
    if (const auto* error = std::get_if<Error>(&outcome)) {
        if (branch.node->targets("Failure").empty()) {
            metrics_.node_errors.add();
            return end(branch, *error);
        }
        metrics_.node_errors.add();
        const Relation failure("Failure");
        return follow(branch, &failure, 1, error->message);
    }
    return end(branch);
}

void Walker::note(const Branch& branch, const Outcome& outcome, const Way* way, Time& began) {
    using core::HopOutcome;
    const ChainNode& node = *branch.node;
    if (observer_) observer_->visited(node.info, outcome);
    if (node.debug.any()) tell_debug(branch, outcome);
    if (!node.tally) return;
    HopOutcome how = HopOutcome::ended;
    if (way) how = HopOutcome::went_on;
    if (const auto* relations = std::get_if<std::vector<Relation>>(&outcome))
        how = relations->empty() ? HopOutcome::ended : HopOutcome::went_on;
    if (std::holds_alternative<Error>(outcome)) how = HopOutcome::failed;
    if (std::holds_alternative<Consumed>(outcome)) how = HopOutcome::consumed;
    if (std::holds_alternative<EnterChain>(outcome)) how = HopOutcome::entered_chain;
    if (std::holds_alternative<LeaveChain>(outcome)) how = HopOutcome::left_chain;
    const std::uint16_t relation = way ? way->number : std::uint16_t{0};
    began = notes_.visited(node.tally, branch.visit.msg, began, how, relation);
}

void Walker::tell_debug(const Branch& branch, const Outcome& outcome) {
    const ChainNode& node = *branch.node;
    const bool all = notes_.keeps_all(node.debug);
    const auto tell = [&](std::string_view relation, std::string_view error = {}) {
        if (all || (node.debug.failures && equal_ignoring_case(relation, "Failure")))
            notes_.out(node.info, branch.visit.msg, relation, error);
    };
    const bool acknowledges = branch.visit.acknowledged && !branch.settled;
    if (acknowledges) tell("ACK");
    if (const auto* relation = std::get_if<Relation>(&outcome)) tell(relation->name());
    if (const auto* relations = std::get_if<std::vector<Relation>>(&outcome))
        for (const Relation& each : *relations) tell(each.name());
    if (const auto* error = std::get_if<Error>(&outcome)) tell("Failure", error->message);
    if (std::holds_alternative<Consumed>(outcome) && !branch.visit.acknowledged) tell("ACK");
    if (std::holds_alternative<LeaveChain>(outcome)) tell(node.info.name);
}

bool Walker::follow_way(Branch& branch, const Way* way, std::string_view name) {
    if (way && way->targets.size() == 1) {
        branch.node = &branch.chain->nodes[way->targets.front()];
        branch.came_by = way->relation;
        return true;
    }
    const Relation relation(name);
    return follow(branch, &relation, 1, {});
}

bool Walker::follow(Branch& branch, const Relation* relations, std::size_t count,
                    std::string_view failure_text) {
    std::vector<Target> targets;
    for (const Way& way : branch.node->ways)
        if (std::any_of(relations, relations + count, [&](const Relation& each) {
                return equal_ignoring_case(each.name(), way.relation);
            }))
            for (const NodeIndex each : way.targets) targets.push_back({each, way.relation});
    if (targets.size() > 1) return fork(branch, targets);
    if (targets.size() == 1) {
        branch.node = &branch.chain->nodes[targets.front().node];
        branch.came_by = targets.front().relation;
        return true;
    }
    const bool failure = std::any_of(relations, relations + count,
                                     [](const Relation& each) { return each.name() == "Failure"; });
    if (!failure) return end(branch);
    return end(branch, failed(std::string(failure_text)));
}

bool Walker::fork(Branch& branch, const std::vector<Target>& targets) {
    Delivery& delivery = *branch.delivery;
    if (delivery.copies_made + targets.size() > settings_.copies_max)
        return end(branch, failed("Message is copied more than " +
                                  std::to_string(settings_.copies_max) + " times!"));
    delivery.copies_made += static_cast<std::uint32_t>(targets.size());
    if (!branch.settled) delivery.open_branches += static_cast<std::uint32_t>(targets.size());
    metrics_.copies.add(targets.size());
    for (const Target& target : targets) {
        auto copy = std::make_unique<Branch>(branch);
        copy->visit.msg.id = new_random_uuid();
        copy->node = &branch.chain->nodes[target.node];
        copy->came_by = target.relation;
        delivery.copies.push_back(std::move(copy));
    }
    // The last one pushed runs first: connections run in the order of the document.
    const auto made = delivery.copies.end() - static_cast<std::ptrdiff_t>(targets.size());
    for (auto copy = delivery.copies.end(); copy != made;) ready_.push_back((--copy)->get());
    return end(branch);
}

bool Walker::enter_chain(Branch& branch, model::RuleChainId id) {
    const model::ChainReturn here{branch.chain->id, branch.node->info.rule_node};
    std::vector<model::ChainReturn>& stack = branch.visit.msg.stack;
    if (std::find(stack.begin(), stack.end(), here) != stack.end())
        return end(branch, failed("Message is in a loop of rule chains!"));
    const Chain* chain = branch.delivery->chains->find(id);
    if (!chain) return end(branch);
    if (!chain->active) return end(branch, failed(chain_not_active));
    if (!chain->first) return end(branch);
    stack.push_back(here);
    branch.chain = chain;
    branch.node = &chain->nodes[*chain->first];
    branch.came_by = {};
    return true;
}

bool Walker::leave_chain(Branch& branch) {
    std::vector<model::ChainReturn>& stack = branch.visit.msg.stack;
    if (stack.empty()) return end(branch);
    const model::ChainReturn back = stack.back();
    stack.pop_back();
    const Chain* chain = branch.delivery->chains->find(back.rule_chain);
    const ChainNode* caller = chain ? chain->find(back.rule_node) : nullptr;
    if (!caller) return end(branch);
    const std::string_view relation = branch.node->info.name;
    branch.chain = chain;
    branch.node = caller;
    return follow_way(branch, caller->way(relation), relation);
}

/// Always false. The branch's memory stays with its delivery.
bool Walker::end(Branch& branch, std::optional<Error> failure) {
    // Over a limit of its tenant: to try again would not help, and the sender was let in.
    if (failure && failure->code == ErrorCode::rate_limited) failure.reset();
    if (failure) tell_failure(branch, *failure);
    if (!branch.settled) settle(branch, std::move(failure));
    return false;
}

/// Accounts for the end of the branch, once; one that was acknowledged may still go on.
void Walker::settle(Branch& branch, std::optional<Error> failure) {
    branch.settled = true;
    Delivery& delivery = *branch.delivery;
    if (failure && !delivery.failure) {
        delivery.failure = std::move(failure);
        delivery.failed_at = branch.node;
    }
    if (--delivery.open_branches != 0) return;
    Pack& pack = *delivery.pack;
    --pack.open;
    if (delivery.failure) {
        delivery.state = DeliveryState::failed;
        metrics_.failed.add();
        return;
    }
    delivery.state = DeliveryState::succeeded;
    metrics_.processed.add();
    pack.newly_succeeded.push_back(static_cast<std::size_t>(&delivery - pack.deliveries.data()));
}

void Walker::tell_failure(const Branch& branch, const Error& failure) {
    const std::int64_t swallowed = failures_.take();
    if (swallowed < 0) return;
    log_.warn("rule.message.failed", failure,
              {
                  {"tenant",     branch.visit.tenant.to_string()                            },
                  {"chain",      branch.chain ? std::string_view(branch.chain->name) : ""   },
                  {"node",       branch.node ? std::string_view(branch.node->info.name) : ""},
                  {"originator", branch.visit.msg.originator.uuid.to_string()               },
                  {"type",       branch.visit.msg.type                                      },
                  {"swallowed",  swallowed                                                  }
    });
}

}  // namespace thingstead::rule
