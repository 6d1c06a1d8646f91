#include "rule/replay/sandbox.h"

#include <algorithm>
#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <utility>

#include "core/access.h"
#include "core/rule_chain/metadata.h"
#include "model/alarm.h"
#include "net/task_group.h"
#include "queue/msg_codec.h"
#include "rule/calculated/calculated_fields.h"
#include "rule/chain_cache.h"
#include "rule/replay/sandbox_entities.h"
#include "rule/replay/sandbox_nodes.h"
#include "rule/replay/sandbox_queue.h"
#include "rule/walker.h"

namespace thingstead::rule {
namespace {

using Steady = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr EpochMs finish_time_max = 24 * 3'600'000;
constexpr std::size_t made_messages_max = 1000;  ///< Of one message, those of these included.

/// Shows the time of the message that runs.
class SandboxClock final : public Clock {
  public:
    EpochMs now_ms() const override { return now_ms_.load(); }
    Steady::time_point steady_now() const override {
        return Steady::time_point(std::chrono::milliseconds(now_ms_.load()));
    }
    void set(EpochMs now_ms) { now_ms_ = std::max(now_ms, now_ms_.load()); }

  private:
    std::atomic<EpochMs> now_ms_{0};
};

class NoDevices final : public core::DevicePush {
  public:
    void push_shared_attributes(model::DeviceId, const std::vector<model::KeyValue>&) override {}
    void push_shared_attributes_removed(model::DeviceId, const std::vector<std::string>&) override {
    }
};

class WayNotes final : public VisitObserver {
  public:
    explicit WayNotes(Effects& effects) : effects_(effects) {}

    void visited(const NodeInfo& node, const Outcome& outcome) override {
        std::string way = node.chain_name + " / " + node.name + " -> ";
        if (const auto* relation = std::get_if<Relation>(&outcome))
            way += relation->name();
        else if (const auto* relations = std::get_if<std::vector<Relation>>(&outcome))
            for (const Relation& each : *relations)
                way += (&each == relations->data() ? "" : ", ") + std::string(each.name());
        else if (std::holds_alternative<Error>(outcome))
            way += "Failure";
        else if (std::holds_alternative<EnterChain>(outcome))
            way += "(another chain)";
        else if (std::holds_alternative<LeaveChain>(outcome))
            way += "(back)";
        else
            way += "(kept)";
        effects_.add(EffectKind::way, made_.empty() ? way : way + " (of " + made_ + ")", way);
    }
    /// The type of a message that nodes made, which runs now; empty: a stored one does.
    void runs_made(std::string type) { made_ = std::move(type); }

  private:
    Effects& effects_;
    std::string made_;
};

class CallNotes final : public OutsideCalls {
  public:
    CallNotes(Effects& effects, bool fails) : effects_(effects), fails_(fails) {}

    bool note(const NodeInfo& node, const model::Msg& msg) override {
        const std::string name = node.chain_name + " / " + node.name;
        effects_.add(EffectKind::outside, name + " for " + msg.type + " " + msg.data, name);
        return !fails_;
    }

  private:
    Effects& effects_;
    const bool fails_;
};

bool has_node(const model::RuleChainMetaData& metadata, model::RuleNodeId id) {
    return std::any_of(metadata.nodes.begin(), metadata.nodes.end(),
                       [&](const model::RuleNode& each) { return each.id == id; });
}

std::string sandbox_text_of(const model::QueuedMsg& queued) {
    const model::Msg& msg = queued.msg;
    std::string text = msg.type + " of " + std::string(model::wire_name(msg.originator.type)) +
                       ":" + msg.originator.uuid.to_string() + " " + msg.data;
    // A draft may have the same node under another id.
    for (const auto& [key, value] : msg.metadata)
        if (key != "ruleNodeId") text += ", " + key + "=" + value;
    for (const std::string& each : queued.relations) text += " -> " + each;
    return text;
}

}  // namespace

struct Sandbox::Impl {
    Impl(const SandboxGround& on, SandboxView seen)
        : ground(on),
          settings(on.settings),
          view(std::move(seen)),
          nodes(on.nodes),
          registry(nodes.kinds()),
          memory(settings.replay.memory_bytes_max),
          entities(on.live.entities, effects, memory),
          timeseries(on.live.timeseries, view.past, clock, effects, memory),
          access(entities),
          subscriptions(metrics),
          telemetry(timeseries, access, subscriptions, clock),
          attributes(entities, subscriptions, devices, clock),
          ingress_metrics(metrics),
          event_keeper(nullptr, settings, clock, on.live.service_id, metrics),
          flights(2),
          node_counts(metrics),
          rule_metrics(metrics),
          work(context->get_executor()),
          parser(on.live.payload),
          tasks("replay", log),
          background("replay.background", log),
          timers(clock, log),
          held(settings.held_messages_max, settings.held_bytes_max, rule_metrics.held),
          scripts(on.live.scripts, {settings.script_errors_max, settings.script_block_time}),
          notes({event_keeper, flights, node_counts}, clock),
          walker(settings, rule_metrics, notes, log, tasks, context->get_executor()),
          ways(effects),
          calls(effects, view.outside_fails) {
        background.set_limit(settings.background_tasks_max);
        clock.set(view.past.window_start_ms);
    }
    ~Impl() { end(); }

    Result<> open();
    Result<> stand();
    Result<> lay_draft();
    Result<> hide_later_alarms();
    template <class T>
    Result<T> await(Task<Result<T>> question);
    Result<> await_done(Task<Result<>> question);
    std::shared_ptr<Pack> pack_of(const model::QueuedMsg& queued);
    void walk(const model::QueuedMsg& queued);
    void settle(const std::shared_ptr<Pack>& pack);
    void run_made();
    bool cancelled() const { return broken || (view.cancelled && view.cancelled()); }
    std::vector<Effect> taken();
    void end();

    const SandboxGround ground;
    const Settings settings;
    const SandboxView view;
    const SandboxNodes nodes;
    const NodeRegistry registry;
    MetricsRegistry metrics;
    const Log log;  ///< Tells nobody: what fails here is in the report.
    SandboxClock clock;
    Effects effects;
    Memory memory;
    SandboxEntities entities;
    SandboxTimeseries timeseries;
    core::EntityAccess access;
    core::Subscriptions subscriptions;
    NoDevices devices;
    core::Telemetry telemetry;
    core::Attributes attributes;
    core::EntityEvents events;
    core::IngressMetrics ingress_metrics;
    SandboxQueue queue;
    EventKeeper event_keeper;
    FlightRecorder flights;
    NodeCounts node_counts;
    Metrics rule_metrics;
    SharedCounts counts;
    const std::unique_ptr<boost::asio::io_context> context =
        std::make_unique<boost::asio::io_context>(1);
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work;
    model::PayloadParser parser;
    std::unique_ptr<core::RuleIngress> ingress;
    net::TaskGroup tasks;
    net::TaskGroup background;
    Timers timers;
    HeldMessages held;
    Scripts scripts;
    NodeEvents notes;
    std::optional<NodeServices> node_services;
    std::optional<CalculatedFields> calculated;
    std::optional<ChainCache> chains;
    Walker walker;
    WayNotes ways;
    CallNotes calls;
    std::optional<Error> broken;
    queue::Offset next_offset = 0;
};

Sandbox::Sandbox(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Sandbox::~Sandbox() = default;

Result<std::unique_ptr<Sandbox>> Sandbox::open(const SandboxGround& ground, SandboxView view) {
    auto impl = std::make_unique<Impl>(ground, std::move(view));
    if (Result<> opened = impl->open(); !opened) return opened.error();
    return std::unique_ptr<Sandbox>(new Sandbox(std::move(impl)));
}

namespace {

/// What a node of this kind that has nothing to configure has, or less.
bool is_bare(const json::value& configuration) {
    const json::object* members = configuration.if_object();
    return !members || members->empty() || (members->size() == 1 && members->contains("version"));
}

/// Why a node would not start as it is configured; empty: it would. What this process cannot reach
/// is no fault of the configuration.
std::string why_not(const NodeDescriptor& kind, const model::RuleNode& node, const NodeInfo& info,
                    NodeServices& services) {
    if (node.configuration.is_null())
        return is_bare(kind.default_configuration())
                   ? ""
                   : "There is no configuration: that of a new node is used.";
    json::value configuration = node.configuration;
    if (node.configuration_version < kind.configuration_version && kind.upgrade &&
        configuration.is_object() &&
        !kind.upgrade(node.configuration_version, configuration.as_object()))
        configuration = node.configuration;
    if (kind.place && !kind.has_input)
        if (const Result<Uuid> place = kind.place(configuration, info); !place)
            return place.error().message;
    const Result<std::unique_ptr<Node>> made = kind.make(configuration, info, services);
    const bool may_start = made || made.error().code == ErrorCode::unsupported ||
                           made.error().code == ErrorCode::unavailable;
    return may_start ? "" : made.error().message;
}

}  // namespace

Result<std::vector<std::string>> Sandbox::try_nodes(const SandboxGround& ground,
                                                    model::TenantId tenant,
                                                    const model::RuleChainMetaData& metadata) {
    SandboxView view;
    view.tenant = tenant;
    Impl impl(ground, std::move(view));
    if (Result<> stood = impl.stand(); !stood) return stood.error();
    // Nodes that reach outside are real here: none of them runs, and there is nobody to reach.
    const NodeRegistry kinds(ground.nodes);
    std::vector<std::string> faults;
    for (const model::RuleNode& each : metadata.nodes) {
        const NodeDescriptor* const kind = kinds.find(each.type);
        const NodeInfo info{tenant,
                            metadata.rule_chain_id.value_or(model::RuleChainId()),
                            each.id.value_or(model::RuleNodeId()),
                            each.name,
                            "",
                            each.queue_name.value_or("")};
        faults.push_back(kind ? why_not(*kind, each, info, *impl.node_services) : "");
    }
    return faults;
}

Result<> Sandbox::Impl::open() {
    if (Result<> stood = stand(); !stood) return stood;
    entities.set_quiet(true);
    if (Result<> laid = lay_draft(); !laid) return laid;
    if (Result<> hidden = hide_later_alarms(); !hidden) return hidden;
    entities.set_quiet(false);
    chains.emplace(1, registry, *node_services, std::make_shared<ChainChanges>());
    const auto loaded = await(chains->load(view.tenant));
    if (!loaded) return loaded.error();
    return {};
}

/// What nodes work with.
Result<> Sandbox::Impl::stand() {
    auto way = core::RuleIngress::open(*context, queue, core::main_topic, ingress_metrics);
    if (!way) return way.error();
    ingress = *std::move(way);
    const auto spawn = [this](std::string name, Task<> task) {
        return background.spawn(context->get_executor(), std::move(name), std::move(task));
    };
    Outside outside;
    outside.instead = &calls;
    node_services.emplace(NodeServices{telemetry,
                                       attributes,
                                       entities,
                                       *ingress,
                                       parser,
                                       nullptr,
                                       clock,
                                       log,
                                       spawn,
                                       events,
                                       timers,
                                       held,
                                       ground.live.service_id,
                                       counts,
                                       nullptr,
                                       scripts,
                                       settings.external,
                                       rule_metrics.external,
                                       outside,
                                       &notes});
    calculated.emplace(*node_services);
    node_services->calculated = &*calculated;
    walker.set_calculated(&*calculated);
    walker.observe(&ways);
    return {};
}

/// The draft is saved as a save would, in the sandbox.
Result<> Sandbox::Impl::lay_draft() {
    if (!view.draft) return {};
    const auto save = [this](store::Transaction& transaction) -> Result<> {
        const core::MetadataSave how{view.caller, ground.components, clock.now_ms(), false};
        const auto saved = core::save_metadata_in(transaction, how, *view.draft);
        if (!saved) return saved.error();
        for (const model::RuleNode& each : saved->metadata.nodes)
            if (each.id && !has_node(*view.draft, *each.id)) effects.made_up(each.id->uuid);
        return {};
    };
    return await_done(entities.write(save));
}

/// Alarms of the originators whose messages are run again, as they were before the window.
Result<> Sandbox::Impl::hide_later_alarms() {
    const auto hide = [this](store::Transaction& transaction) -> Result<> {
        const EpochMs start = view.past.window_start_ms;
        const std::int64_t bound = start;
        auto later = transaction.all<model::Alarm>({
            {"tenantId",                                         view.tenant.uuid},
            store::either({{{"createdTime", store::Compare::at_least, bound}},
             {{"clearTs", store::Compare::at_least, bound}}                      }
            )
        });
        if (!later) return later.error();
        for (model::Alarm& each : *later) {
            if (!view.past.is_replayed(each.originator)) continue;
            Result<> done;
            if (each.created_time >= start) {
                const auto removed = transaction.remove<model::Alarm>({
                    {"id", each.id.uuid}
                });
                if (!removed) done = removed.error();
            } else {
                each.cleared = false;
                each.clear_ts = 0;
                each.status = each.acknowledged ? model::AlarmStatus::active_ack
                                                : model::AlarmStatus::active_unack;
                done = transaction.update(each);
                // Another one of the type was active by then: the elder one stays cleared.
                if (!done && done.error().code == ErrorCode::conflict) done = {};
            }
            if (!done) return done;
        }
        return {};
    };
    return await_done(entities.write(hide));
}

template <class T>
Result<T> Sandbox::Impl::await(Task<Result<T>> question) {
    const auto answer = std::make_shared<std::optional<Result<T>>>();
    boost::asio::co_spawn(
        *context, std::move(question), [answer](std::exception_ptr thrown, Result<T> got) {
            *answer = thrown ? Result<T>(Error{ErrorCode::internal, "an exception in a replay"})
                             : std::move(got);
        });
    // Stores always answer, if with an error; what waits for one may use what ends with the
    // sandbox.
    while (!*answer) context->run_one();
    return **std::move(answer);
}

Result<> Sandbox::Impl::await_done(Task<Result<>> question) {
    // A coroutine of a lambda would outlive it: the function is a plain one.
    struct Asked {
        static Task<Result<bool>> run(Task<Result<>> task) {
            const Result<> done = co_await std::move(task);
            if (!done) co_return done.error();
            co_return true;
        }
    };
    const Result<bool> done = await(Asked::run(std::move(question)));
    if (!done) return done.error();
    return {};
}

// --- messages ---

std::shared_ptr<Pack> Sandbox::Impl::pack_of(const model::QueuedMsg& queued) {
    auto pack = std::make_shared<Pack>();
    Delivery& delivery = pack->deliveries.emplace_back();
    delivery.pack = pack.get();
    delivery.offset = next_offset++;
    delivery.relations = queued.relations;
    delivery.failure_text = queued.failure;
    delivery.first.visit.msg = queued.msg;
    delivery.first.visit.tenant = queued.tenant;
    delivery.first.visit.source = store::SourceOffset{0, delivery.offset};
    pack->open = 1;
    pack->started = Steady::now();
    return pack;
}

void Sandbox::Impl::walk(const model::QueuedMsg& queued) {
    const std::shared_ptr<Pack> pack = pack_of(queued);
    Delivery& delivery = pack->deliveries.front();
    delivery.chains = chains->find(view.tenant);
    walker.start(pack, delivery);
    settle(pack);
    if (pack->open != 0) {
        pack->valid = false;
        effects.add(EffectKind::failure, "The message did not end in time.", "not in time");
    } else if (delivery.failure) {
        const std::string at = delivery.failed_at ? delivery.failed_at->info.chain_name + " / " +
                                                        delivery.failed_at->info.name + ": "
                                                  : std::string();
        effects.add(EffectKind::failure, at + delivery.failure->message, at);
    }
}

/// Until the message, null: nothing, and whatever goes on beside it have ended.
void Sandbox::Impl::settle(const std::shared_ptr<Pack>& pack) {
    context->poll();
    const Steady::time_point until = Steady::now() + settings.replay.message_timeout;
    const auto open = [&] {
        return (pack && pack->open != 0) || tasks.size() + background.size() != 0;
    };
    while (open() && !cancelled() && Steady::now() < until)
        context->run_one_until(std::min(until, Steady::now() + 100ms));
    context->poll();
}

/// Messages that nodes put into the queue, and what these make.
void Sandbox::Impl::run_made() {
    for (std::size_t count = 0; !queue.records.empty() && !cancelled(); ++count) {
        const std::string record = std::move(queue.records.front());
        queue.records.pop_front();
        const Result<model::QueuedMsg> made = queue::decode_queued_msg(as_bytes(record));
        if (!made || count >= made_messages_max) {
            effects.add(EffectKind::failure, "More messages are made than a replay runs.",
                        "too many messages");
            queue.records.clear();
            break;
        }
        effects.add(EffectKind::enqueued, sandbox_text_of(*made), made->msg.type);
        ways.runs_made(made->msg.type);
        walk(*made);
    }
    ways.runs_made({});
}

std::vector<Effect> Sandbox::Impl::taken() {
    notes.flush();
    if (memory.over() && !broken)
        broken = Error{ErrorCode::too_large,
                       "The replay writes more than rule.replay.memory_bytes_max allows!"};
    return effects.take();
}

void Sandbox::Impl::end() {
    walker.stop();
    walker.silence();
    tasks.cancel();
    background.cancel();
    while (tasks.size() + background.size() != 0) context->run_one();
}

std::vector<Effect> Sandbox::pass_time(EpochMs until_ms) {
    Impl& it = *impl_;
    while (!it.cancelled()) {
        const auto left = it.timers.until_next();
        if (!left || it.clock.now_ms() + left->count() > until_ms) break;
        it.clock.set(it.clock.now_ms() + left->count());
        it.timers.run_due();
        it.settle(nullptr);
        it.run_made();
    }
    it.clock.set(until_ms);
    return it.taken();
}

std::vector<Effect> Sandbox::run(const model::QueuedMsg& message) {
    impl_->walk(message);
    impl_->run_made();
    return impl_->taken();
}

std::vector<Effect> Sandbox::finish() {
    Impl& it = *impl_;
    const EpochMs last = it.clock.now_ms() + finish_time_max;
    std::vector<Effect> all;
    while (it.held.size() != 0 && !it.cancelled()) {
        const auto left = it.timers.until_next();
        if (!left || it.clock.now_ms() + left->count() > last) break;
        std::vector<Effect> some = pass_time(it.clock.now_ms() + left->count());
        std::move(some.begin(), some.end(), std::back_inserter(all));
    }
    return all;
}

const std::optional<Error>& Sandbox::broken() const { return impl_->broken; }

}  // namespace thingstead::rule
