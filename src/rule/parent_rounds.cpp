#include "rule/parent_rounds.h"

#include <utility>

#include "rule/enqueue.h"
#include "rule/message_body.h"

namespace thingstead::rule {
namespace {

/// Messages that wait in memory for the rest of a page.
constexpr std::size_t told_at_once_max = 500;

using std::chrono::milliseconds;

model::QueuedMsg message_of(const NodeInfo& info, EpochMs now, const Told& told) {
    model::Msg msg;
    msg.ts = now;
    msg.type = model::msg_type::post_telemetry;
    msg.originator = told.entity;
    msg.metadata.put("ts", std::to_string(now));
    set_body(msg, told.values ? json::value(*told.values) : json::value(json::object()));
    model::QueuedMsg queued = behind(info, std::move(msg), told.values ? "Success" : "Failure");
    if (!told.values) queued.failure = told.values.error().message;
    return queued;
}

}  // namespace

/// What the node and its round share.
struct ParentRounds::Round {
    Round(const RoundsConfig& config, NodeInfo node, NodeServices& with,
          std::shared_ptr<ParentWork> what)
        : parents(std::make_shared<const ParentsConfig>(config.parents)),
          info(std::move(node)),
          services(with),
          queue(with.ingress.way_to(info.tenant, info.queue_name.empty()
                                                     ? config.queue_name.value_or("")
                                                     : info.queue_name)),
          work(std::move(what)) {}

    /// Puts them into the queue; false: they are lost, and so is the rest of the round.
    Task<bool> tell(std::vector<model::QueuedMsg> messages) {
        for (const model::QueuedMsg& each : messages) note_made(services, info, each);
        if (messages.empty()) co_return true;
        const Result<> pushed = co_await queue.push(std::move(messages));
        if (!pushed)
            services.log.warn("rule.round.messages_lost", pushed.error(),
                              {
                                  {"tenant", info.tenant.to_string()},
                                  {"chain",  info.chain_name        },
                                  {"node",   info.name              }
            });
        co_return pushed.has_value();
    }

    Task<bool> tell_page(std::vector<model::EntityId> page) {
        std::vector<model::QueuedMsg> messages;
        for (const model::EntityId parent : page) {
            if (ended) co_return false;
            const std::vector<Told> told = co_await work->told_of(parent);
            for (const Told& each : told)
                messages.push_back(message_of(info, services.clock.now_ms(), each));
            if (messages.size() < told_at_once_max) continue;
            const bool kept = co_await tell(std::exchange(messages, {}));
            if (!kept) co_return false;
        }
        co_return co_await tell(std::move(messages));
    }

    const std::shared_ptr<const ParentsConfig> parents;
    const NodeInfo info;
    NodeServices& services;
    core::RuleIngress& queue;
    const std::shared_ptr<ParentWork> work;
    bool under_way = false;
    bool ended = false;  ///< The node is gone.
};

ParentRounds::ParentRounds(const RoundsConfig& config, const NodeInfo& info, NodeServices& services,
                           std::shared_ptr<ParentWork> work)
    : info_(info),
      services_(services),
      period_(duration_of(config.period, config.period_unit)),
      due_(services.clock.steady_now()),
      round_(std::make_shared<Round>(config, info, services, std::move(work))) {
    schedule();
}

ParentRounds::~ParentRounds() { round_->ended = true; }

/// At a fixed rate; periods that are over already are left out.
void ParentRounds::schedule() {
    const auto now = services_.clock.steady_now();
    due_ += period_;
    if (due_ <= now) due_ += period_ * ((now - due_) / period_ + 1);
    tick_ = services_.timers.after(std::chrono::ceil<milliseconds>(due_ - now), [this] { tick(); });
}

void ParentRounds::tick() {
    schedule();
    if (round_->under_way) return;
    round_->under_way = true;
    // Too much is done in the background already: the next period may have more room.
    if (!services_.spawn(info_.name, go(round_))) round_->under_way = false;
}

/// Not of the node: its chain may change meanwhile.
Task<> ParentRounds::go(std::shared_ptr<Round> round) {
    /// Whichever way the task ends.
    struct Over {
        explicit Over(std::shared_ptr<Round> of) : round(std::move(of)) {}
        ~Over() { round->under_way = false; }
        Over(const Over&) = delete;
        Over& operator=(const Over&) = delete;
        std::shared_ptr<Round> round;
    };
    const Over over(round);
    for (std::int32_t number = 0; !round->ended; ++number) {
        Result<ParentsPage> page =
            co_await parents_page(round->services, round->info.tenant, round->parents, number);
        if (!page) {
            // The parents are not known: the node tells of itself.
            std::vector<model::QueuedMsg> failed;
            const Told told(model::EntityId(round->info.rule_node), page.error());
            failed.push_back(message_of(round->info, round->services.clock.now_ms(), told));
            co_await round->tell(std::move(failed));
            co_return;
        }
        const bool has_next = page->has_next;
        const bool told = co_await round->tell_page(std::move(page->parents));
        if (!told || !has_next) co_return;
    }
}

}  // namespace thingstead::rule
