// The way into the rule engine: messages are appended to its queue, and whoever sent them is told
// when they are durable. One RuleIngress per thread that sends; it owns that thread's queue
// producer.
#pragma once
#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/log.h"
#include "base/metrics.h"
#include "core/rule_queues.h"
#include "model/msg.h"
#include "net/task.h"
#include "queue/queue.h"

namespace thingstead::core {

/// Who waits for a message to be durable. Called on the ingress's thread.
class IngressWaiter {
  public:
    virtual ~IngressWaiter() = default;
    /// The submission marked with `cookie` is durable, or failed.
    virtual void on_durable(std::uint64_t cookie, const std::optional<Error>& error) = 0;
    /// After a round of on_durable() calls: the time to write what was gathered.
    virtual void on_round_end() = 0;
    /// There is room again after submit() said no.
    virtual void on_room() = 0;
};

struct IngressMetrics {
    explicit IngressMetrics(MetricsRegistry& registry);
    Counter messages;
    Counter refused;
};

/// All methods on the thread of `context`.
class RuleIngress {
  public:
    /// `queues` outlives it; null: there is Main alone. Errors: not_found - the topic is not open.
    static Result<std::unique_ptr<RuleIngress>> open(boost::asio::io_context& context,
                                                     queue::Queue& queue, std::string_view topic,
                                                     IngressMetrics& metrics,
                                                     const RuleQueues* queues = nullptr);
    /// Waiters are forgotten untold.
    ~RuleIngress();

    /// Appends all of `messages` (at least one) to the partition of their originator, in order.
    /// True: `waiter` hears on_durable(cookie) once, when the last of them is durable. False: no
    /// room, nothing of it counts; `waiter` hears on_room() later. Messages of one submission that
    /// were appended before the queue was full are appended again by the retry: a replay that the
    /// stores make harmless.
    bool submit(const std::vector<model::QueuedMsg>& messages,
                const std::shared_ptr<IngressWaiter>& waiter, std::uint64_t cookie);

    /// The same for a coroutine on this thread; waits for room.
    /// Errors: unavailable - the queue cannot take it.
    Task<Result<>> push(std::vector<model::QueuedMsg> messages);

    /// The same, to the partition of `key` in place of the originators'.
    Task<Result<>> push_to(Uuid key, std::vector<model::QueuedMsg> messages);

    /// The way into the queue that has `name` (empty: Main) for the tenant; this one if it cannot
    /// be opened. It lives as long as this one.
    RuleIngress& way_to(model::TenantId tenant, std::string_view name) {
        return !queues_ || queues_->is_main(name) ? *this : opened(tenant, name);
    }
    const std::string& topic() const { return topic_; }
    queue::PartitionIndex partitions() const { return producer_->partitions(); }

    boost::asio::io_context& context() { return context_; }

  private:
    struct Shared;
    struct Pending {
        queue::Producer::Ticket ticket;
        std::shared_ptr<IngressWaiter> waiter;
        std::uint64_t cookie;
    };

    RuleIngress(boost::asio::io_context& context, queue::Queue& queue, std::string_view topic,
                IngressMetrics& metrics, const RuleQueues* queues);
    RuleIngress& opened(model::TenantId tenant, std::string_view name);
    bool append(const std::vector<model::QueuedMsg>& messages, const Uuid* key,
                const std::shared_ptr<IngressWaiter>& waiter, std::uint64_t cookie);
    Task<Result<>> push_by(std::optional<Uuid> key, std::vector<model::QueuedMsg> messages);
    void complete(queue::Producer::Ticket up_to, const std::optional<Error>& error);
    void tell_room();

    boost::asio::io_context& context_;
    queue::Queue& queue_;
    const std::string topic_;
    IngressMetrics& metrics_;
    const RuleQueues* queues_;
    std::shared_ptr<Shared> shared_;
    std::unique_ptr<queue::Producer> producer_;
    std::deque<Pending> pending_;
    std::vector<std::weak_ptr<IngressWaiter>> waiting_for_room_;
    std::string scratch_;
    std::map<std::string, std::unique_ptr<RuleIngress>> others_;  ///< By topic.
};

/// The ingresses of the I/O threads.
class IngressPool {
  public:
    explicit IngressPool(std::vector<std::unique_ptr<RuleIngress>> ingresses);
    /// The ingress of the thread that runs `executor`. TS_ASSERT: it is one of the pool's.
    RuleIngress& of(const boost::asio::any_io_executor& executor) const;

  private:
    std::vector<std::unique_ptr<RuleIngress>> ingresses_;
};

}  // namespace thingstead::core
