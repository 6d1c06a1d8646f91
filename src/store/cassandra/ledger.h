// Which writes are not acknowledged yet: how much memory they take, whom they hold up, and up to
// where the queue may be committed. Thread-safe; knows nothing of Cassandra.
#pragma once
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "model/ids.h"
#include "net/task.h"
#include "store/cassandra/store_metrics.h"
#include "store/timeseries_store.h"

namespace thingstead::store::cassandra {

/// One accepted write; finished when all of its rows are acknowledged or rejected. The ledger's
/// own, and used again after its end.
struct Ticket {
    model::EntityId entity{};
    std::optional<SourceOffset> source{};
    std::size_t bytes = 0;
    std::uint64_t number = 0;   ///< Of all writes.
    std::size_t rows_left = 0;  ///< The writer's, on its thread.
};

class Ledger {
  public:
    /// `metrics` outlives it.
    Ledger(std::size_t bytes_max, StoreMetrics& metrics);

    /// Null: over the limit, or closed. One that is larger than the limit is taken when it is
    /// alone.
    Ticket* take(model::EntityId entity, std::size_t bytes, std::optional<SourceOffset> source);
    /// Each of them once.
    void finish(std::span<Ticket* const> tickets);
    void finish(Ticket* ticket) { finish({&ticket, 1}); }

    void processed(std::int32_t partition, std::int64_t next);
    std::int64_t checkpointed(std::int32_t partition) const;
    /// The partition begins anew, maybe at a lower offset. Writes that are not acknowledged still
    /// hold it back.
    void forget(std::int32_t partition);

    /// Returns when there is room again, or it is closed.
    Task<> room();
    /// Return when all that was taken before is finished, or it is closed; a cancelled caller
    /// returns too: ask is_finished().
    Task<> all_finished(std::uint64_t up_to);
    Task<> entity_finished(model::EntityId entity, std::uint64_t up_to);
    /// What those wait for: the number after the last one taken.
    std::uint64_t taken() const;
    std::uint64_t taken(model::EntityId entity) const;
    bool is_finished(std::uint64_t up_to) const;
    bool is_finished(model::EntityId entity, std::uint64_t up_to) const;
    /// The same, blocking; false: not in time.
    bool wait_all_finished(std::chrono::milliseconds deadline);

    /// Takes nothing more.
    void refuse();
    /// All who wait return; what comes later changes nothing.
    void close();

  private:
    using Resume = std::function<void()>;

    /// Numbers taken in turn and finished in any order.
    class Sequence {
      public:
        std::uint64_t take();
        void finish(std::uint64_t number);
        std::uint64_t next() const { return first_ + (done_.size() - head_); }
        std::uint64_t first_unfinished() const { return first_; }
        bool idle() const { return head_ == done_.size(); }

        std::vector<std::pair<std::uint64_t, Resume>> waiting{};
        /// Moves out those whose numbers are all finished.
        void take_ready(std::vector<Resume>& out);

      private:
        std::vector<bool> done_{};  ///< From head_ on: of first_, first_ + 1, …
        std::size_t head_ = 0;
        std::uint64_t first_ = 1;
    };
    /// What of one partition of the queue is not finished: offsets come nearly in order, and go
    /// nearly so.
    class Offsets {
      public:
        void add(std::int64_t offset);
        void remove(std::int64_t offset);
        bool empty() const { return offsets_.empty(); }
        std::int64_t first() const { return offsets_.front().offset; }

      private:
        struct Offset {
            std::int64_t offset;
            std::size_t writes;
        };
        std::deque<Offset>::iterator find(std::int64_t offset);

        std::deque<Offset> offsets_;  ///< Rising; the first one has writes.
        std::size_t done_ = 0;        ///< Those without.
    };
    struct Source {
        Offsets unfinished{};
        std::int64_t processed = -1;
    };

    /// Unfinished writes of the entities whose hash leads here, as they were taken. They finish
    /// nearly so.
    class Bucket {
      public:
        void add(Ticket* ticket) { tickets_.push_back(ticket); }
        void remove(Ticket* ticket);
        bool has(const model::EntityId& entity, std::uint64_t before) const;

      private:
        std::vector<Ticket*> tickets_;  ///< From head_ on.
        std::size_t head_ = 0;
    };

    void finish_locked(Ticket& ticket, std::vector<Resume>& ready);
    Bucket& bucket_of(const model::EntityId& entity) {
        return buckets_[std::hash<model::EntityId>{}(entity) % buckets_.size()];
    }
    const Bucket& bucket_of(const model::EntityId& entity) const {
        return const_cast<Ledger&>(*this).bucket_of(entity);
    }
    void resume_readers(const model::EntityId& entity, std::vector<Resume>& ready);

    const std::size_t bytes_max_;
    StoreMetrics& metrics_;
    mutable std::mutex mutex_;
    std::condition_variable finished_;
    std::deque<Ticket> tickets_;
    std::vector<Ticket*> free_tickets_;
    std::size_t bytes_ = 0;
    Sequence all_;
    std::vector<Bucket> buckets_;
    std::unordered_map<model::EntityId, std::vector<std::pair<std::uint64_t, Resume>>>
        entities_waiting_;
    std::map<std::int32_t, Source> sources_;
    std::vector<Resume> room_waiting_;
    bool refusing_ = false, closed_ = false;
};

}  // namespace thingstead::store::cassandra
