#include "rule/testing/node_bench.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <chrono>
#include <exception>

#include "rule/node_registry.h"

namespace thingstead::rule::testing {
namespace {

using namespace std::chrono_literals;

const NodeDescriptor& descriptor_of(std::string_view type) {
    static const NodeRegistry registry(all_nodes());
    const NodeDescriptor* found = registry.find("org.thingsboard.rule.engine." + std::string(type));
    TS_ASSERT(found);
    return *found;
}

void tell(NodeAnswer& answer, const Outcome& outcome) {
    answer.outcome = outcome;
    if (const Relation* one = std::get_if<Relation>(&outcome))
        answer.relations.emplace_back(one->name());
    if (const auto* several = std::get_if<std::vector<Relation>>(&outcome))
        for (const Relation& each : *several) answer.relations.emplace_back(each.name());
    if (const Error* error = std::get_if<Error>(&outcome)) {
        answer.relations.emplace_back("Failure");
        answer.error = error->message;
    }
    answer.consumed = std::holds_alternative<Consumed>(outcome);
}

/// `into` outlives the task.
Task<> keep(Task<Outcome> task, std::optional<Outcome>& into) { into = co_await std::move(task); }

}  // namespace

std::string NodeAnswer::way() const {
    if (consumed) return "consumed";
    std::string out;
    for (const std::string& each : relations) out += (out.empty() ? "" : "+") + each;
    return out;
}

NodeBench::NodeBench() : NodeBench(house.entities) {}

NodeBench::NodeBench(store::EntityStore& entities)
    : entities_(entities),
      attributes_(entities, house.subscriptions, house.sessions, house.clock),
      work_(context.get_executor()),
      background_("bench", house.log.log) {
    auto ingress =
        core::RuleIngress::open(context, house.queue, core::main_topic, house.ingress_metrics);
    TS_ASSERT(ingress.has_value());
    ingress_ = *std::move(ingress);
    const auto spawn = [this](std::string name, Task<> task) {
        return background_.spawn(context.get_executor(), std::move(name), std::move(task));
    };
    services_.emplace(NodeServices{house.telemetry,
                                   attributes_,
                                   entities_,
                                   *ingress_,
                                   parser_,
                                   house.rpc,
                                   house.clock,
                                   house.log.log,
                                   spawn,
                                   house.events,
                                   timers,
                                   held,
                                   "bench",
                                   counts,
                                   nullptr,
                                   scripts,
                                   house.settings.external,
                                   external_metrics,
                                   {}});
    forget_states();
}

void NodeBench::forget_states() {
    states.emplace(entities_, timers, services_->spawn, house.log.log);
}

NodeBench::~NodeBench() {
    background_.cancel();
    context.poll();
}

Result<> NodeBench::make(std::string_view type, std::string_view configuration) {
    const Result<json::value> document = parse_json(configuration);
    TS_ASSERT(document.has_value());
    services_->rpc = house.rpc;
    services_->device_states = device_states;
    services_->outside = outside;
    services_->replies = replies;
    Result<std::unique_ptr<Node>> made = descriptor_of(type).make(*document, info(), *services_);
    if (!made) return made.error();
    node_ = *std::move(made);
    return {};
}

NodeInfo NodeBench::info() const {
    return {house.tenant, house.root.id, node_id_, "it", "chain", queue_name};
}

Result<> NodeBench::make(std::string_view type) { return make(type, default_of(type)); }

model::Msg NodeBench::message(std::string_view data, const model::Metadata& metadata) const {
    model::Msg msg = house.message(model::msg_type::post_telemetry, data).msg;
    msg.metadata = metadata;
    return msg;
}

NodeAnswer NodeBench::send(model::Msg msg) {
    std::vector<model::Msg> msgs;
    msgs.push_back(std::move(msg));
    return send_together(std::move(msgs)).front();
}

std::vector<NodeAnswer> NodeBench::send_together(std::vector<model::Msg> msgs) {
    TS_ASSERT(node_ != nullptr);
    const std::size_t before = house.queue.records().size();
    std::vector<std::optional<Outcome>> told(msgs.size());
    visits_.clear();
    for (std::size_t i = 0; i < msgs.size(); ++i) {
        Visit& visit = *visits_.emplace_back(std::make_unique<Visit>());
        visit.msg = std::move(msgs[i]);
        visit.tenant = house.tenant;
        Step step = node_->on_message(visit);
        if (Outcome* at_once = step.outcome())
            told[i] = *at_once;
        else
            boost::asio::co_spawn(context, keep(std::move(step.task()), told[i]),
                                  [](const std::exception_ptr& thrown) {
                                      if (thrown) std::rethrow_exception(thrown);
                                  });
    }
    run_until([&] {
        return std::all_of(told.begin(), told.end(), [](const auto& each) { return each; });
    });
    std::vector<NodeAnswer> answers(told.size());
    for (std::size_t i = 0; i < told.size(); ++i) {
        tell(answers[i], *told[i]);
        answers[i].msg = visits_[i]->msg;
        answers[i].acknowledged = visits_[i]->acknowledged;
    }
    answers.back().queued = house.messages_from(before);
    return answers;
}

void NodeBench::run_until(const std::function<bool()>& done) {
    const auto until = std::chrono::steady_clock::now() + 10s;
    context.restart();
    while (!done() && std::chrono::steady_clock::now() < until) context.run_one_until(until);
    TS_ASSERT(done());
    run_ready();
}

void NodeBench::run_ready() {
    context.restart();
    context.poll();
}

std::vector<model::QueuedMsg> NodeBench::turn(std::chrono::milliseconds by) {
    const std::size_t before = house.queue.records().size();
    house.clock.advance(by);
    timers.run_due();
    run_ready();
    return house.messages_from(before);
}

std::vector<model::QueuedMsg> NodeBench::turn_and_wait(std::chrono::milliseconds by) {
    std::vector<model::QueuedMsg> made = turn(by);
    const std::size_t before = house.queue.records().size();
    run_until([&] { return background_.size() == 0; });
    for (model::QueuedMsg& each : house.messages_from(before)) made.push_back(std::move(each));
    return made;
}

Result<> NodeBench::run(Task<Result<>> task) {
    std::optional<Result<>> done;
    boost::asio::co_spawn(context, std::move(task),
                          [&](const std::exception_ptr& thrown, Result<> result) {
                              if (thrown) std::rethrow_exception(thrown);
                              done = std::move(result);
                          });
    run_until([&] { return done.has_value(); });
    return *done;
}

model::Metadata metadata_of(
    std::initializer_list<std::pair<std::string_view, std::string_view>> entries) {
    model::Metadata metadata;
    for (const auto& [key, value] : entries) metadata.put(key, value);
    return metadata;
}

std::string upgraded(std::string_view type, std::int32_t from, std::string_view configuration) {
    json::value document = parse_json(configuration).value();
    const NodeDescriptor& descriptor = descriptor_of(type);
    TS_ASSERT(descriptor.upgrade && from < descriptor.configuration_version);
    const Result<> done = descriptor.upgrade(from, document.as_object());
    return done ? json::serialize(document) : done.error().message;
}

std::string default_of(std::string_view type) {
    return json::serialize(descriptor_of(type).default_configuration());
}

}  // namespace thingstead::rule::testing
