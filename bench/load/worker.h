// A thread with its share of the connections: every `threads`-th one.
#pragma once
#include <atomic>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <memory>
#include <vector>

#include "load/connection.h"

namespace thingstead::bench {

class Worker {
  public:
    /// `run` outlives the worker.
    Worker(Run& run, std::uint32_t number);

    /// Body of the thread; returns after Phase::stopped.
    void run();

    /// Every connection is up or down for good. Any thread.
    bool settled() const { return settled_.load(std::memory_order_acquire); }
    /// Connections that were up when this settled. Any thread.
    std::size_t up() const { return up_.load(std::memory_order_relaxed); }
    /// While draining: no answer is due any more. Any thread.
    bool drained() const { return drained_.load(std::memory_order_acquire); }
    /// After run() has returned.
    const Totals& totals() const { return context_.totals; }

  private:
    void arm(std::int64_t now);
    void on_timer();
    void open_some(std::int64_t now);
    void housekeep(std::int64_t now);
    void send_due(std::int64_t now);
    std::int64_t next_wake_ns(std::int64_t now) const;

    WorkerContext context_;
    const std::uint32_t number_;
    std::vector<std::unique_ptr<Connection>> connections_;
    boost::asio::steady_timer timer_;
    std::size_t opened_ = 0;            ///< Connections whose first open() was called.
    bool started_ = false;              ///< start_ns has passed.
    std::uint64_t dealt_ = 0;           ///< Messages of the schedule that were given out.
    std::int64_t housekeeping_ns_ = 0;  ///< When housekeep() is next due.
    std::atomic<std::size_t> up_{0};
    std::atomic<bool> settled_{false};
    std::atomic<bool> drained_{false};
};

}  // namespace thingstead::bench
