// Records on their way to the writer of the event store: two bounded queues, those who wait for
// room in the first, those who wait for everything to be stored, and other works of the writer.
// Thread-safe. Answers are given without the lock.
#pragma once
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <vector>

#include "base/error.h"
#include "store/event_store.h"
#include "store/sql/event_metrics.h"
#include "store/sql/event_session.h"
#include "store/sql/work_queue.h"

namespace thingstead::store::sql {

/// The answer to what finds no room.
inline Error overloaded() { return {ErrorCode::unavailable, "server is overloaded"}; }

using EventWork = WaitingWork<EventSession>;

class EventQueue {
  public:
    using Answer = std::function<void(Result<>)>;
    using Records = std::vector<Record>;

    /// Both outlive it.
    EventQueue(const EventLimits& limits, EventMetrics& metrics)
        : limits_(limits), metrics_(metrics) {}

    /// `answer` is called when the entries were taken, or no room came in time.
    void push_audit(Records records, Answer answer);
    /// False: dropped.
    bool push_events(Records records);
    /// `answer` is called when all that was pushed before is stored, or cannot be now.
    void flush(Answer answer);
    /// Does not call the answer if it returns false: closed, or too many.
    bool push_work(EventWork work);

    /// What the writer is to do next.
    struct Turn {
        Records records;                ///< At most batch_records_max.
        std::size_t audit_records = 0;  ///< So many of them, in front, are audit entries.
        std::optional<EventWork> work;
        bool ended = false;  ///< Closed, and nothing is left.
    };
    /// Waits for something to do, and with records for company.
    Turn next();
    /// The records of the turn are stored, or lost.
    void settle(const Turn& turn);
    /// The database is away: answers what waits for it.
    void answer_waiting(const Error& error);
    /// False: closed.
    bool pause(std::chrono::milliseconds time);
    /// Takes no more; what waits is still handed out.
    void close();

  private:
    using Clock = std::chrono::steady_clock;
    struct Lane {
        std::deque<Record> records;
        std::size_t bytes = 0;     ///< With those that are being written.
        std::uint64_t pushed = 0;  ///< Records, ever.
        std::uint64_t settled = 0;
    };
    struct ForRoom {
        Records records;
        std::size_t bytes;
        Clock::time_point until;
        Answer answer;
    };
    struct Flush {
        std::uint64_t audit, events;  ///< Numbers of records to be settled.
        Answer answer;
    };
    using Answers = std::vector<std::pair<Answer, Result<>>>;

    void put(Lane& lane, Records records, std::size_t bytes);
    void take(Lane& lane, Turn& turn);
    bool has_room(std::size_t bytes) const;
    void admit(Answers& answers);
    void finish_flushes(Answers& answers);
    std::size_t waiting() const { return audit_.records.size() + events_.records.size(); }

    const EventLimits& limits_;
    EventMetrics& metrics_;
    std::mutex mutex_;
    std::condition_variable changed_;
    Lane audit_, events_;
    Clock::time_point first_at_{};  ///< When the eldest waiting record came.
    std::deque<ForRoom> for_room_;
    std::deque<Flush> flushes_;
    std::deque<EventWork> works_;
    bool closed_ = false;
};

}  // namespace thingstead::store::sql
