// Helpers of tests that use a TimeseriesStore.
#pragma once
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "store/timeseries_store.h"

namespace thingstead::store {

/// Outlives the stores of a test: a store's thread may still be inside its last post() when the
/// task has ended.
inline boost::asio::io_context& task_context() {
    static thread_local boost::asio::io_context context;
    context.restart();
    return context;
}

/// Runs a task to its end on this thread.
template <class T>
T run_task(Task<T> task) {
    boost::asio::io_context& context = task_context();
    std::optional<T> result;
    std::exception_ptr failed;
    boost::asio::co_spawn(context, std::move(task), [&](std::exception_ptr error, T value) {
        failed = error;
        result.emplace(std::move(value));
    });
    context.run();
    if (failed) std::rethrow_exception(failed);
    return std::move(*result);
}
inline void run_task(Task<> task) {
    boost::asio::io_context& context = task_context();
    std::exception_ptr failed;
    boost::asio::co_spawn(context, std::move(task),
                          [&](std::exception_ptr error) { failed = error; });
    context.run();
    if (failed) std::rethrow_exception(failed);
}

using model::JsonText;
using model::KeyValue;
using model::TimedValue;
using model::Value;

inline model::EntityId some_device() { return model::DeviceId::make(); }
inline constexpr EpochMs ts_min = std::numeric_limits<EpochMs>::min();
inline constexpr EpochMs ts_max = std::numeric_limits<EpochMs>::max();

/// A store with calls that wait; a failed call is a failed test.
class BlockingStore {
  public:
    explicit BlockingStore(std::unique_ptr<TimeseriesStore> store) : store_(std::move(store)) {}
    BlockingStore(const BlockingStore&) = delete;
    BlockingStore& operator=(const BlockingStore&) = delete;
    ~BlockingStore() { close(); }
    explicit operator bool() const { return store_ != nullptr; }
    TimeseriesStore& operator*() { return *store_; }
    TimeseriesStore* operator->() { return store_.get(); }

    void open(std::unique_ptr<TimeseriesStore> store) {
        close();
        store_ = std::move(store);
    }
    void close() {
        if (store_) store_->stop();
        store_.reset();
    }
    void put(model::EntityId entity, EpochMs ts, std::vector<KeyValue> values,
             PointsWrite how = {}) {
        how.entity = entity;
        how.ts = ts;
        how.values = values;
        while (!store_->write(how, std::nullopt)) run_task(store_->room());
    }
    void flush() { ASSERT_TRUE(run_task(store_->flush())); }
    std::vector<TimedValue> range(model::EntityId entity, const std::string& key,
                                  EpochMs start = ts_min, EpochMs end = ts_max,
                                  std::size_t limit = 1'000'000, Order order = Order::ascending) {
        auto points = run_task(store_->range({entity, key, start, end, limit, order}));
        EXPECT_TRUE(points) << (points ? "" : points.error().message + points.error().detail);
        return points ? *points : std::vector<TimedValue>();
    }
    std::vector<LatestValue> latest(model::EntityId entity, std::vector<std::string> keys = {}) {
        auto values = run_task(store_->latest(entity, std::move(keys)));
        EXPECT_TRUE(values) << (values ? "" : values.error().message + values.error().detail);
        return values ? *values : std::vector<LatestValue>();
    }
    std::optional<TimedValue> latest_of(model::EntityId entity, const std::string& key) {
        const auto values = latest(entity, {key});
        if (values.empty()) return std::nullopt;
        return TimedValue{values[0].ts, values[0].value};
    }
    DeleteOutcome remove(DeleteRange range) {
        auto outcome = run_task(store_->remove(std::move(range)));
        EXPECT_TRUE(outcome) << (outcome ? "" : outcome.error().message + outcome.error().detail);
        return outcome ? *outcome : DeleteOutcome();
    }

  private:
    std::unique_ptr<TimeseriesStore> store_;
};

}  // namespace thingstead::store
