// The tickets of one producer in flight: partitions complete out of order, reports go in order.
#pragma once
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>

#include "queue/queue.h"

namespace thingstead::queue::kafka {

/// Belongs to a producer; lives on until its last slot is settled and reported.
class Tickets : public std::enable_shared_from_this<Tickets> {
  public:
    /// One record in flight; its address stays until it is reported.
    struct Slot {
        Tickets* owner;
        std::uint32_t bytes;
        bool settled = false;
        std::optional<Error> error{};
    };

    explicit Tickets(ProducerEvents events) : events_(std::move(events)) {}

    /// The next ticket. Producer's thread.
    Producer::Ticket take(std::uint32_t bytes, Slot*& slot);
    /// Gives the newest ticket back: nothing was taken. Producer's thread.
    void take_back();
    /// Any thread.
    void settle(Slot& slot, std::optional<Error> error);
    /// Tells the producer what settled, as far as it is in order. Any thread; may end this object.
    void report();
    void tell_room();
    /// The producer goes: nothing is told any more once this returned.
    void close();

  private:
    struct Run {
        Producer::Ticket up_to;
        std::optional<Error> error;
    };
    std::optional<Run> next_run();

    std::mutex events_mutex_;  ///< One event at a time; taken before mutex_.
    ProducerEvents events_;
    std::mutex mutex_;
    std::deque<Slot> slots_;  ///< From the oldest ticket that was not reported.
    Producer::Ticket last_ = 0;
    std::shared_ptr<Tickets> alive_;  ///< Itself, while closed with slots in flight.
};

}  // namespace thingstead::queue::kafka
