#include "rule/testing/fake_stores.h"

#include <algorithm>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>

#include "net/timer.h"

namespace thingstead::rule::testing {

using namespace std::chrono_literals;

bool FakeTimeseries::write(const store::PointsWrite& points,
                           std::optional<store::SourceOffset> source) {
    if (full_) {
        ++refused_;
        board_.changed();
        return false;
    }
    count_ += points.values.size();
    if (!keep_) return true;
    {
        const std::lock_guard lock(mutex_);
        for (const model::KeyValue& each : points.values)
            points_.push_back({points.entity, points.ts, each, points.ttl, points.save_history,
                               points.save_latest, source ? source->offset : -1,
                               source ? source->partition : -1});
    }
    board_.changed();
    return true;
}

Task<> FakeTimeseries::room() {
    while (full_) co_await net::sleep_for(1ms);
}

Task<Result<>> FakeTimeseries::flush() {
    ++flushes_;
    board_.changed();
    while (flush_held_) co_await net::sleep_for(1ms);
    if (flush_fails_) co_return Error{ErrorCode::unavailable, "the fake store fails"};
    const std::lock_guard lock(mutex_);
    if (by_flush_) checkpointed_ = processed_;
    co_return Result<>();
}

void FakeTimeseries::forget(std::int32_t partition) {
    if (!shared_) return;
    const std::lock_guard lock(mutex_);
    checkpointed_.erase(partition);
    processed_.erase(partition);
}

void FakeTimeseries::processed(std::int32_t partition, std::int64_t next) {
    {
        const std::lock_guard lock(mutex_);
        processed_[partition] = next;
        if (at_once_) checkpointed_[partition] = next;
    }
    board_.changed();
}

std::int64_t FakeTimeseries::checkpointed(std::int32_t partition) const {
    const std::lock_guard lock(mutex_);
    const auto it = checkpointed_.find(partition);
    return it == checkpointed_.end() ? -1 : it->second;
}

std::int64_t FakeTimeseries::processed_up_to(std::int32_t partition) const {
    const std::lock_guard lock(mutex_);
    const auto it = processed_.find(partition);
    return it == processed_.end() ? -1 : it->second;
}

void FakeTimeseries::checkpoint(std::int32_t partition, std::int64_t next) {
    const std::lock_guard lock(mutex_);
    checkpointed_[partition] = next;
}

std::vector<SavedPoint> FakeTimeseries::points() const {
    const std::lock_guard lock(mutex_);
    return points_;
}

Task<Result<std::vector<model::TimedValue>>> FakeTimeseries::range(store::RangeQuery) {
    co_return std::vector<model::TimedValue>();
}
Task<Result<std::vector<store::LatestValue>>> FakeTimeseries::latest(model::EntityId,
                                                                     std::vector<std::string>) {
    co_return std::vector<store::LatestValue>();
}
Task<Result<store::DeleteOutcome>> FakeTimeseries::remove(store::DeleteRange) {
    co_return store::DeleteOutcome();
}

/// Runs under the store's lock.
class FakeTransaction final : public store::Transaction {
  public:
    explicit FakeTransaction(FakeEntities& store) : store_(store) {}

    Result<std::vector<model::Attribute>> attributes(
        model::EntityId entity, model::AttributeScope scope,
        const std::vector<std::string>& keys) override {
        std::vector<model::Attribute> found;
        for (const auto& [key, attribute] : store_.attributes_) {
            if (std::get<0>(key) != entity.uuid || std::get<1>(key) != scope) continue;
            if (keys.empty() || std::find(keys.begin(), keys.end(), attribute.key) != keys.end())
                found.push_back(attribute);
        }
        return found;
    }
    Result<> save_attributes(const store::AttributesWrite& write) override {
        for (const model::KeyValue& each : write.values)
            store_.attributes_[{write.entity.uuid, write.scope, each.key}] = {each.key, each.value,
                                                                              write.last_update_ms};
        return {};
    }
    Result<std::vector<std::string>> remove_attributes(model::EntityId, model::AttributeScope,
                                                       const std::vector<std::string>&) override {
        return Error{ErrorCode::unsupported, "not in the fake"};
    }
    Result<> remove_entity_attributes(model::EntityId) override {
        return Error{ErrorCode::unsupported, "not in the fake"};
    }

  protected:
    Result<std::optional<store::Row>> find_row(const store::Table& table,
                                               const store::Filter& filter) override {
        const std::vector<store::Row> rows = matching(table, filter);
        return rows.empty() ? std::optional<store::Row>() : rows.front();
    }
    Result<store::RowPage> page_rows(const store::Table& table, const store::Filter& filter,
                                     const store::PageLink& link) override {
        std::vector<store::Row> rows = matching(table, filter);
        const auto total = static_cast<std::int64_t>(rows.size());
        const auto from = std::min<std::int64_t>(total, std::int64_t{link.page} * link.page_size);
        const auto to = std::min<std::int64_t>(total, from + link.page_size);
        return store::RowPage{
            {rows.begin() + from, rows.begin() + to},
            total
        };
    }
    Result<std::int64_t> count_rows(const store::Table& table,
                                    const store::Filter& filter) override {
        return static_cast<std::int64_t>(matching(table, filter).size());
    }
    Result<> insert_row(const store::Table& table, const store::Row& row) override {
        store_.tables_[table.name].push_back(row);
        return {};
    }
    Result<> update_row(const store::Table& table, const store::Row& row) override {
        for (store::Row& each : store_.tables_[table.name]) {
            if (each[0] != row[0]) continue;
            each = row;
            return {};
        }
        return Error{ErrorCode::not_found, "no such row"};
    }
    Result<std::int64_t> remove_rows(const store::Table&, const store::Filter&) override {
        return Error{ErrorCode::unsupported, "not in the fake"};
    }

  private:
    std::vector<store::Row> matching(const store::Table& table, const store::Filter& filter) {
        std::vector<store::Row> rows;
        for (const store::Row& row : store_.tables_[table.name])
            if (std::all_of(filter.begin(), filter.end(), [&](const auto& part) {
                    const store::Column* column = table.find(part.first);
                    TS_ASSERT(column);
                    return row[static_cast<std::size_t>(column - table.columns.data())] ==
                           part.second;
                }))
                rows.push_back(row);
        return rows;
    }

    FakeEntities& store_;
};

Task<Result<>> FakeEntities::read(std::function<Result<>(store::Reader&)> work) {
    ++reads_;
    board_.changed();
    const std::lock_guard lock(mutex_);
    if (read_error_) co_return Error{*read_error_, "the fake store fails"};
    FakeTransaction transaction(*this);
    co_return work(transaction);
}

Task<Result<>> FakeEntities::write(std::function<Result<>(store::Transaction&)> work) {
    if (deaf_)
        co_await boost::asio::this_coro::reset_cancellation_state(
            boost::asio::disable_cancellation());
    ++waiting_;
    board_.changed();
    while (held_) co_await net::sleep_for(1ms);
    --waiting_;
    co_return write_now(std::move(work));
}

Result<> FakeEntities::write_now(std::function<Result<>(store::Transaction&)> work) {
    const Result<> done = [&] {
        const std::lock_guard lock(mutex_);
        FakeTransaction transaction(*this);
        return work(transaction);
    }();
    board_.changed();
    return done;
}

void FakeEntities::fail_reads(std::optional<ErrorCode> code) {
    const std::lock_guard lock(mutex_);
    read_error_ = code;
}

std::vector<model::Attribute> FakeEntities::attributes(model::EntityId entity,
                                                       model::AttributeScope scope) {
    const std::lock_guard lock(mutex_);
    FakeTransaction transaction(*this);
    return *transaction.attributes(entity, scope, {});
}

}  // namespace thingstead::rule::testing
