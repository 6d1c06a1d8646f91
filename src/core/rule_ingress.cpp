#include "core/rule_ingress.h"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/execution/context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/query.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <functional>
#include <mutex>
#include <utility>

#include "queue/msg_codec.h"

namespace thingstead::core {
namespace {

namespace asio = boost::asio;

/// Resumes one coroutine; lives until it was told.
class PushWaiter final : public IngressWaiter {
  public:
    using Handler = std::function<void(std::optional<Error>)>;

    void await(Handler handler) { handler_ = std::move(handler); }
    void on_durable(std::uint64_t, const std::optional<Error>& error) override { finish(error); }
    void on_round_end() override {}
    void on_room() override { finish(std::nullopt); }
    /// The coroutine is cancelled; what was appended stays.
    void give_up() { finish(Error{ErrorCode::unavailable, "the rule engine's queue is full"}); }

  private:
    void finish(std::optional<Error> error) {
        if (handler_) std::exchange(handler_, nullptr)(std::move(error));
    }
    Handler handler_;
};

Task<std::optional<Error>> told(std::shared_ptr<PushWaiter> waiter) {
    // Named: g++ 12 destroys a capturing temporary of a co_await expression twice.
    const auto start = [waiter](auto handler) {
        asio::cancellation_slot slot = asio::get_associated_cancellation_slot(handler);
        if (slot.is_connected())
            slot.assign([waiter, executor = asio::get_associated_executor(handler)](
                            asio::cancellation_type) {
                asio::post(executor, [waiter] { waiter->give_up(); });
            });
        waiter->await([moved = std::make_shared<decltype(handler)>(std::move(handler))](
                          std::optional<Error> error) { std::move (*moved)(std::move(error)); });
    };
    co_return co_await asio::async_initiate<const asio::use_awaitable_t<>,
                                            void(std::optional<Error>)>(start, asio::use_awaitable);
}

}  // namespace

IngressMetrics::IngressMetrics(MetricsRegistry& registry)
    : messages(registry, "thingstead_rule_ingress_messages_total",
               "Messages handed to the rule engine's queue."),
      refused(registry, "thingstead_rule_ingress_refused_total",
              "Times a sender was told to wait because the rule engine's queue was full.") {}

/// What the queue's threads touch; outlives the ingress while they may call.
struct RuleIngress::Shared {
    std::mutex mutex;
    RuleIngress* owner = nullptr;  ///< Null once the ingress is gone.
    asio::io_context* context = nullptr;
    queue::Producer::Ticket durable_up_to = 0;
    std::vector<std::pair<queue::Producer::Ticket, Error>> failed;
    bool round_posted = false;
    bool room_posted = false;

    static void post_round(const std::shared_ptr<Shared>& shared, queue::Producer::Ticket up_to,
                           std::optional<Error> error) {
        const std::lock_guard lock(shared->mutex);
        if (!shared->owner) return;
        if (error)
            shared->failed.emplace_back(up_to, *std::move(error));
        else
            shared->durable_up_to = up_to;
        if (std::exchange(shared->round_posted, true)) return;
        asio::post(*shared->context, [shared] { run_round(shared); });
    }

    static void run_round(const std::shared_ptr<Shared>& shared) {
        queue::Producer::Ticket durable = 0;
        std::vector<std::pair<queue::Producer::Ticket, Error>> failed;
        RuleIngress* owner = nullptr;
        {
            const std::lock_guard lock(shared->mutex);
            shared->round_posted = false;
            durable = shared->durable_up_to;
            failed.swap(shared->failed);
            owner = shared->owner;
        }
        if (!owner) return;
        // Rounds come in ticket order: what failed before the newest durable ticket is told first.
        for (const auto& [up_to, error] : failed)
            if (up_to < durable) owner->complete(up_to, error);
        if (durable != 0) owner->complete(durable, std::nullopt);
        for (const auto& [up_to, error] : failed)
            if (up_to > durable) owner->complete(up_to, error);
    }

    static void post_room(const std::shared_ptr<Shared>& shared) {
        const std::lock_guard lock(shared->mutex);
        if (!shared->owner || std::exchange(shared->room_posted, true)) return;
        asio::post(*shared->context, [shared] {
            RuleIngress* owner = nullptr;
            {
                const std::lock_guard again(shared->mutex);
                shared->room_posted = false;
                owner = shared->owner;
            }
            if (owner) owner->tell_room();
        });
    }
};

RuleIngress::RuleIngress(asio::io_context& context, queue::Queue& queue, std::string_view topic,
                         IngressMetrics& metrics, const RuleQueues* queues)
    : context_(context),
      queue_(queue),
      topic_(topic),
      metrics_(metrics),
      queues_(queues),
      shared_(std::make_shared<Shared>()) {
    shared_->owner = this;
    shared_->context = &context;
}

Result<std::unique_ptr<RuleIngress>> RuleIngress::open(asio::io_context& context,
                                                       queue::Queue& queue, std::string_view topic,
                                                       IngressMetrics& metrics,
                                                       const RuleQueues* queues) {
    std::unique_ptr<RuleIngress> ingress(new RuleIngress(context, queue, topic, metrics, queues));
    queue::ProducerEvents events;
    events.on_durable = [shared = ingress->shared_](queue::Producer::Ticket up_to,
                                                    std::optional<Error> error) {
        Shared::post_round(shared, up_to, std::move(error));
    };
    events.on_room = [shared = ingress->shared_] { Shared::post_room(shared); };
    Result<std::unique_ptr<queue::Producer>> producer =
        queue.open_producer(topic, std::move(events));
    if (!producer) return producer.error();
    ingress->producer_ = *std::move(producer);
    return ingress;
}

RuleIngress::~RuleIngress() {
    const std::lock_guard lock(shared_->mutex);
    shared_->owner = nullptr;
}

RuleIngress& RuleIngress::opened(model::TenantId tenant, std::string_view name) {
    std::string topic = queues_->topic_of(tenant, name);
    if (topic == topic_) return *this;
    auto& other = others_[topic];
    if (!other) {
        auto fresh = open(context_, queue_, topic, metrics_);
        if (!fresh) return *this;
        other = *std::move(fresh);
    }
    return *other;
}

bool RuleIngress::submit(const std::vector<model::QueuedMsg>& messages,
                         const std::shared_ptr<IngressWaiter>& waiter, std::uint64_t cookie) {
    return append(messages, nullptr, waiter, cookie);
}

bool RuleIngress::append(const std::vector<model::QueuedMsg>& messages, const Uuid* by,
                         const std::shared_ptr<IngressWaiter>& waiter, std::uint64_t cookie) {
    TS_ASSERT(!messages.empty());
    std::optional<queue::Producer::Ticket> ticket;
    for (const model::QueuedMsg& queued : messages) {
        const Uuid& originator = queued.msg.originator.uuid;
        const Uuid& place = by ? *by : originator;
        scratch_.clear();
        queue::encode(queued, scratch_);
        const auto key = originator.bytes();
        ticket =
            producer_->append(queue::partition_of(place.msb, place.lsb, producer_->partitions()),
                              key, as_bytes(scratch_));
        if (!ticket) {
            metrics_.refused.add();
            waiting_for_room_.push_back(waiter);
            return false;
        }
    }
    metrics_.messages.add(messages.size());
    pending_.push_back({*ticket, waiter, cookie});
    return true;
}

Task<Result<>> RuleIngress::push(std::vector<model::QueuedMsg> messages) {
    return push_by(std::nullopt, std::move(messages));
}

Task<Result<>> RuleIngress::push_to(Uuid key, std::vector<model::QueuedMsg> messages) {
    return push_by(key, std::move(messages));
}

Task<Result<>> RuleIngress::push_by(std::optional<Uuid> key,
                                    std::vector<model::QueuedMsg> messages) {
    if (messages.empty()) co_return Result<>();
    const auto waiter = std::make_shared<PushWaiter>();
    while (!append(messages, key ? &*key : nullptr, waiter, 0))
        if (std::optional<Error> gone = co_await told(waiter)) co_return *std::move(gone);
    if (std::optional<Error> error = co_await told(waiter)) co_return *std::move(error);
    co_return Result<>();
}

void RuleIngress::complete(queue::Producer::Ticket up_to, const std::optional<Error>& error) {
    std::vector<std::shared_ptr<IngressWaiter>> told;
    while (!pending_.empty() && pending_.front().ticket <= up_to) {
        const Pending next = std::move(pending_.front());
        pending_.pop_front();
        next.waiter->on_durable(next.cookie, error);
        if (told.empty() || told.back() != next.waiter) told.push_back(next.waiter);
    }
    for (const auto& waiter : told) waiter->on_round_end();
}

void RuleIngress::tell_room() {
    std::vector<std::weak_ptr<IngressWaiter>> waiting;
    waiting.swap(waiting_for_room_);
    for (const auto& each : waiting)
        if (const std::shared_ptr<IngressWaiter> waiter = each.lock()) waiter->on_room();
}

IngressPool::IngressPool(std::vector<std::unique_ptr<RuleIngress>> ingresses)
    : ingresses_(std::move(ingresses)) {}

RuleIngress& IngressPool::of(const asio::any_io_executor& executor) const {
    const asio::execution_context& context = asio::query(executor, asio::execution::context);
    for (const std::unique_ptr<RuleIngress>& each : ingresses_)
        if (static_cast<const asio::execution_context*>(&each->context()) == &context) return *each;
    assertion_failed("the executor's thread has an ingress", __FILE__, __LINE__);
}

}  // namespace thingstead::core
