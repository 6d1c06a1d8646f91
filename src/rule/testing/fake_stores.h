// Stores in memory that a test can fill up, hold and look into.
#pragma once
#include <atomic>
#include <map>
#include <mutex>
#include <string>
#include <tuple>
#include <vector>

#include "rule/testing/board.h"
#include "store/entity_store.h"
#include "store/timeseries_store.h"

namespace thingstead::rule::testing {

struct SavedPoint {
    model::EntityId entity;
    EpochMs ts;
    model::KeyValue value;
    std::chrono::seconds ttl;
    bool history;
    bool latest;
    std::int64_t offset;  ///< -1: no source.
    std::int32_t partition;
};

/// Thread-safe.
class FakeTimeseries final : public store::TimeseriesStore {
  public:
    explicit FakeTimeseries(Board& board) : board_(board) {}

    bool write(const store::PointsWrite& points,
               std::optional<store::SourceOffset> source) override;
    Task<> room() override;
    Task<Result<>> flush() override;
    void forget(std::int32_t partition) override;
    void processed(std::int32_t partition, std::int64_t next) override;
    std::int64_t checkpointed(std::int32_t partition) const override;
    Task<Result<std::vector<model::TimedValue>>> range(store::RangeQuery query) override;
    Task<Result<std::vector<store::LatestValue>>> latest(model::EntityId entity,
                                                         std::vector<std::string> keys) override;
    Task<Result<store::DeleteOutcome>> remove(store::DeleteRange) override;
    Task<Result<>> remove_entity(model::EntityId) override { co_return Result<>(); }
    void stop() override {}

    std::vector<SavedPoint> points() const;
    std::size_t size() const { return count_; }
    std::int64_t processed_up_to(std::int32_t partition = 0) const;
    void fill_up(bool full) { full_ = full; }
    /// range() and latest() fail while set.
    void fail_reads(bool fail) { reads_fail_ = fail; }
    std::size_t refused() const { return refused_; }
    /// Every processed record is in a checkpoint at once; else none is until checkpoint().
    void checkpoint_at_once(bool at_once) { at_once_ = at_once; }
    void checkpoint(std::int32_t partition, std::int64_t next);
    /// Whether flush() puts what is processed into a checkpoint; it answers with the error if one
    /// is set, and waits while held.
    void checkpoint_by_flush(bool by_flush) { by_flush_ = by_flush; }
    void fail_flushes(bool fail) { flush_fails_ = fail; }
    void hold_flushes(bool held) { flush_held_ = held; }
    std::size_t flushes() const { return flushes_; }
    /// Others write to the database too: it forgets partitions, as drivers of shared ones do.
    void share(bool shared) { shared_ = shared; }
    /// Forgets the points, as a benchmark must.
    void keep_points(bool keep) { keep_ = keep; }

  private:
    Board& board_;
    mutable std::mutex mutex_;
    std::vector<SavedPoint> points_;
    std::map<std::int32_t, std::int64_t> processed_;
    std::map<std::int32_t, std::int64_t> checkpointed_;
    std::atomic<bool> full_{false}, at_once_{true}, keep_{true}, by_flush_{false};
    std::atomic<bool> flush_fails_{false}, flush_held_{false}, shared_{false}, reads_fail_{false};
    std::atomic<std::size_t> count_{0}, refused_{0}, flushes_{0};
};

/// Thread-safe; work runs one after the other on the caller's thread, and is not undone on errors.
class FakeEntities final : public store::EntityStore {
  public:
    explicit FakeEntities(Board& board) : board_(board) {}

    Task<Result<>> read(std::function<Result<>(store::Reader&)> work) override;
    Task<Result<>> write(std::function<Result<>(store::Transaction&)> work) override;
    Result<> write_now(std::function<Result<>(store::Transaction&)> work) override;
    void stop() override {}

    template <class T>
    void put(const T& entity) {
        const Result<> put = write_now([&](store::Transaction& transaction) -> Result<> {
            const Result<> updated = transaction.update(entity);
            return updated ? updated : transaction.insert(entity);
        });
        TS_ASSERT(put.has_value());
    }
    /// Writes wait while held.
    void hold_writes(bool held) { held_ = held; }
    std::size_t writes_waiting() const { return waiting_; }
    /// Writes that wait do not hear that they are cancelled.
    void be_deaf(bool deaf) { deaf_ = deaf; }
    /// Reads fail with this code while set.
    void fail_reads(std::optional<ErrorCode> code);
    std::size_t reads() const { return reads_; }
    std::vector<model::Attribute> attributes(model::EntityId entity, model::AttributeScope scope);

  private:
    friend class FakeTransaction;
    Board& board_;
    std::mutex mutex_;
    std::map<std::string, std::vector<store::Row>> tables_;
    std::map<std::string, const store::Table*> layouts_;  ///< Of the rows of a table.
    std::map<std::tuple<Uuid, model::AttributeScope, std::string>, model::Attribute> attributes_;
    std::optional<ErrorCode> read_error_;
    std::atomic<bool> held_{false}, deaf_{false};
    std::atomic<std::size_t> waiting_{0}, reads_{0};
};

}  // namespace thingstead::rule::testing
