// For tests of queues and of what uses them: hearing a producer's events, storage to open queues
// on.
#pragma once
#include <chrono>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>

#include "queue/queue.h"

namespace thingstead::queue {

/// Storage of one test; outlives its queues and removes itself.
class ConformanceStorage {
  public:
    virtual ~ConformanceStorage() = default;
    /// Opens a queue on the storage; called again after the one before was destroyed (restart).
    virtual std::unique_ptr<Queue> open() = 0;
    /// Time stamps of appends follow this clock: moves it on. False: the driver has real time only.
    virtual bool advance(std::chrono::milliseconds by) = 0;
    virtual std::size_t record_bytes_max() const = 0;
    /// Whether appends wait for the slowest group (TopicSettings::lag_bytes_max).
    virtual bool holds_back() const { return true; }
    /// Whether a group may have several members; else one holds everything.
    virtual bool shares_groups() const { return false; }
};

/// Hears a producer's events and lets a test wait for them. Outlives the producer.
class Ear {
  public:
    ProducerEvents events() {
        return {[this](Producer::Ticket up_to, std::optional<Error> error) {
                    const std::lock_guard lock(mutex_);
                    in_order_ = in_order_ && up_to > reported_;
                    for (Producer::Ticket t = reported_ + 1; error && t <= up_to; ++t)
                        failed_.emplace(t, error->code);
                    reported_ = up_to;
                    heard_.notify_all();
                },
                [this] {
                    const std::lock_guard lock(mutex_);
                    ++rooms_;
                    heard_.notify_all();
                }};
    }
    /// False: nothing was heard in half a minute.
    bool wait_for(Producer::Ticket ticket) {
        std::unique_lock lock(mutex_);
        return heard_.wait_for(lock, patience, [&] { return reported_ >= ticket; });
    }
    /// Waits for an on_room after the first `rooms` ones.
    bool wait_for_room(int rooms) {
        std::unique_lock lock(mutex_);
        return heard_.wait_for(lock, patience, [&] { return rooms_ > rooms; });
    }
    Producer::Ticket reported() const {
        const std::lock_guard lock(mutex_);
        return reported_;
    }
    std::map<Producer::Ticket, ErrorCode> failed() const {
        const std::lock_guard lock(mutex_);
        return failed_;
    }
    int rooms() const {
        const std::lock_guard lock(mutex_);
        return rooms_;
    }
    /// Every report was above the one before.
    bool in_order() const {
        const std::lock_guard lock(mutex_);
        return in_order_;
    }

    static constexpr std::chrono::seconds patience{30};

  private:
    mutable std::mutex mutex_;
    std::condition_variable heard_;
    Producer::Ticket reported_ = 0;
    std::map<Producer::Ticket, ErrorCode> failed_;
    int rooms_ = 0;
    bool in_order_ = true;
};

}  // namespace thingstead::queue
