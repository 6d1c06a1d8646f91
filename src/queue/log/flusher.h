// Group commit: one thread that makes whatever was appended durable in rounds, and tells producers.
//
// A round is everything appended before it began: the flusher notes the last ticket of every
// producer, then takes what is pending in every partition, writes and syncs each once, shows the
// records to consumers and reports the noted tickets. While it syncs, the next round gathers.
#pragma once
#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "queue/log/context.h"
#include "queue/log/partition.h"
#include "queue/log/sync_pool.h"
#include "queue/queue.h"

namespace thingstead::queue::log {

/// What the flusher knows of a producer; shared with the producer's handle.
struct ProducerState {
    explicit ProducerState(ProducerEvents e) : events(std::move(e)) {}

    const ProducerEvents events;
    std::atomic<Producer::Ticket> last{0};  ///< Newest ticket whose append is complete.

    std::mutex events_mutex;  ///< Held while an event runs; guards gone and reported.
    bool gone = false;        ///< The producer's handle was destroyed: no more events.
    Producer::Ticket reported = 0;

    std::mutex mutex;  ///< Short; guards the rest.
    bool stopped = false;
    std::vector<std::pair<Producer::Ticket, Error>> failed;  ///< Records refused for themselves.
    std::vector<const Partition*> starved;                   ///< Partitions that had no room.
};

class Flusher {
  public:
    explicit Flusher(Context& context);
    ~Flusher();
    Flusher(const Flusher&) = delete;
    Flusher& operator=(const Flusher&) = delete;

    void add(Partition& partition);
    void add(std::shared_ptr<ProducerState> producer);
    /// No event of the producer runs after the return; waits for one that runs.
    void remove(const std::shared_ptr<ProducerState>& producer);

    /// After an append: there is something to commit. Cheap unless the flusher sleeps.
    void signal();
    /// After a commit of a consumer: refused appends may have room now.
    void signal_room();
    /// Takes `bytes` of the room for pending records. False: there is none.
    bool reserve(std::size_t bytes);
    void release(std::size_t bytes) { context_.pending_bytes.fetch_sub(bytes); }
    /// Notes that `producer` waits for room in `partition`. False: there is room after all.
    bool starve(ProducerState& producer, const Partition& partition, std::size_t bytes);

    /// Commits what is pending if the disk takes it, fails the rest, ends the thread.
    void stop();

  private:
    using Clock = std::chrono::steady_clock;
    static constexpr std::chrono::microseconds wait_max{25'000};
    struct Noted {
        std::shared_ptr<ProducerState> producer;
        Producer::Ticket up_to;
    };

    void run();
    void wait_for_work();
    void pause(Clock::time_point until, std::chrono::microseconds quiet);
    std::chrono::microseconds wait_after(std::size_t records, std::size_t files) const;
    void round();
    bool persist_all();
    void publish_all(Clock::time_point begin);
    void remember(Partition& partition, const Partition::Published& published);
    void note_tickets();
    void report(const Noted& noted, const std::optional<Error>& error);
    void feed_starved();
    bool has_room(const ProducerState& producer) const;

    Context& context_;
    LogThrottle error_lines_{std::chrono::seconds(10)};
    SyncPool sync_pool_;

    std::mutex mutex_;  ///< Of the flusher's sleep.
    std::condition_variable work_came_;
    std::atomic<bool> signalled_{false};
    std::atomic<bool> filling_{false};  ///< The flusher waits for more records.
    std::atomic<int> starved_{0};       ///< Producers that wait for room.

    std::mutex list_mutex_;  ///< Guards the two lists.
    std::vector<Partition*> partitions_;
    std::vector<std::shared_ptr<ProducerState>> producers_;

    // The flusher thread's own.
    std::vector<Partition*> dirty_;
    std::vector<Noted> noted_;
    std::deque<Partition*> memory_;  ///< Partition of every frame in memory, oldest first.
    std::size_t memory_bytes_ = 0;
    Clock::time_point next_round_{};
    bool dropped_ =
        false;  ///< A round was given up: the queue was stopped while it could not write.

    std::thread thread_;
};

}  // namespace thingstead::queue::log
