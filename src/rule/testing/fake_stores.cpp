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

Task<Result<std::vector<model::TimedValue>>> FakeTimeseries::range(store::RangeQuery query) {
    if (reads_fail_) co_return Error{ErrorCode::unavailable, "the fake store fails"};
    std::map<EpochMs, model::Value> found;
    const std::lock_guard lock(mutex_);
    for (const SavedPoint& each : points_)
        if (each.history && each.entity == query.entity && each.value.key == query.key &&
            each.ts >= query.start_ms && each.ts < query.end_ms)
            found.insert_or_assign(each.ts, each.value.value);
    std::vector<model::TimedValue> out;
    for (const auto& [ts, value] : found) out.push_back({ts, value});
    if (query.order == store::Order::descending) std::reverse(out.begin(), out.end());
    if (out.size() > query.limit) out.resize(query.limit);
    co_return out;
}

Task<Result<std::vector<store::LatestValue>>> FakeTimeseries::latest(
    model::EntityId entity, std::vector<std::string> keys) {
    if (reads_fail_) co_return Error{ErrorCode::unavailable, "the fake store fails"};
    std::map<std::string, store::LatestValue> found;
    const std::lock_guard lock(mutex_);
    for (const SavedPoint& each : points_) {
        const std::string& key = each.value.key;
        const bool wanted = keys.empty() || std::find(keys.begin(), keys.end(), key) != keys.end();
        if (!each.latest || each.entity != entity || !wanted) continue;
        const auto at = found.find(key);
        if (at == found.end() || each.ts >= at->second.ts)
            found.insert_or_assign(key, store::LatestValue{key, each.ts, each.value.value});
    }
    std::vector<store::LatestValue> out;
    for (const auto& [key, value] : found) out.push_back(value);
    co_return out;
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
    Result<std::vector<std::string>> remove_attributes(
        model::EntityId entity, model::AttributeScope scope,
        const std::vector<std::string>& keys) override {
        std::vector<std::string> gone;
        for (const std::string& each : keys)
            if (store_.attributes_.erase({entity.uuid, scope, each}) != 0) gone.push_back(each);
        return gone;
    }
    Result<> remove_entity_attributes(model::EntityId) override {
        return Error{ErrorCode::unsupported, "not in the fake"};
    }

  protected:
    Result<std::optional<store::Row>> find_row(const store::Table& table,
                                               const store::Filter& filter) override {
        const std::vector<const store::Row*> rows = matching(table, filter);
        if (rows.empty()) return std::optional<store::Row>();
        return copied(table, {rows.front()}).front();
    }
    Result<store::RowPage> page_rows(const store::Table& table, const store::Filter& filter,
                                     const store::PageLink& link) override {
        const std::vector<const store::Row*> rows = matching(table, filter);
        const auto total = static_cast<std::int64_t>(rows.size());
        const auto from = std::min<std::int64_t>(total, std::int64_t{link.page} * link.page_size);
        const auto to = std::min<std::int64_t>(total, from + link.page_size);
        return store::RowPage{copied(table, {rows.begin() + from, rows.begin() + to}), total};
    }
    Result<std::vector<store::Row>> all_rows(const store::Table& table, const store::Filter& filter,
                                             std::int32_t limit) override {
        std::vector<const store::Row*> rows = matching(table, filter);
        if (rows.size() > static_cast<std::size_t>(limit))
            rows.resize(static_cast<std::size_t>(limit));
        return copied(table, rows);
    }
    Result<std::int64_t> count_rows(const store::Table& table,
                                    const store::Filter& filter) override {
        return static_cast<std::int64_t>(matching(table, filter).size());
    }
    Result<std::vector<store::Cell>> distinct_cells(const store::Table& table,
                                                    std::string_view field,
                                                    const store::Filter& filter) override {
        std::vector<store::Cell> cells;
        const std::vector<std::size_t> places = places_of(table);
        for (const store::Row* row : matching(table, filter)) {
            const store::Cell& cell = (*row)[places[column_of(table, field)]];
            if (std::find(cells.begin(), cells.end(), cell) == cells.end()) cells.push_back(cell);
        }
        return cells;
    }
    Result<std::int64_t> sum_cells(const store::Table&, std::string_view,
                                   const store::Filter&) override {
        return Error{ErrorCode::unsupported, "not in the fake"};
    }
    /// Entities stand in the order of their ids, as a database answers them; what has a key of
    /// several fields, as relations have, in the order in which it came.
    Result<> insert_row(const store::Table& table, const store::Row& row) override {
        std::vector<store::Row>& rows = store_.tables_[table.name];
        auto place = rows.end();
        if (table.key.size() == 1) {
            const std::size_t id = table.key.front();
            place = std::upper_bound(
                rows.begin(), rows.end(), row,
                [id](const store::Row& a, const store::Row& b) { return before(a[id], b[id]); });
        }
        rows.insert(place, row);
        store_.layouts_[table.name] = &table;
        return {};
    }
    Result<> update_row(const store::Table& table, const store::Row& row) override {
        for (store::Row& each : store_.tables_[table.name]) {
            if (!std::all_of(table.key.begin(), table.key.end(),
                             [&](std::size_t at) { return each[at] == row[at]; }))
                continue;
            each = row;
            return {};
        }
        return Error{ErrorCode::not_found, "no such row"};
    }
    Result<> put_row(const store::Table& table, const store::Row& row) override {
        const Result<> updated = update_row(table, row);
        return updated ? updated : insert_row(table, row);
    }
    /// Of whole rows, as they were stored.
    Result<std::int64_t> change_rows(const store::Table& table, const store::Changes& changes,
                                     const store::Filter& filter) override {
        std::int64_t changed = 0;
        const std::vector<std::size_t> places = places_of(table);
        for (store::Row& row : store_.tables_[table.name]) {
            if (!fits(table, places, row, filter)) continue;
            ++changed;
            for (const auto& [field, cell] : changes) row[column_of(table, field)] = cell;
        }
        return changed;
    }
    Result<std::int64_t> remove_rows(const store::Table& table,
                                     const store::Filter& filter) override {
        const std::vector<std::size_t> places = places_of(table);
        const std::size_t gone =
            std::erase_if(store_.tables_[table.name],
                          [&](const store::Row& row) { return fits(table, places, row, filter); });
        return static_cast<std::int64_t>(gone);
    }

  private:
    static std::size_t column_of(const store::Table& table, std::string_view field) {
        const store::Column* column = table.find(field);
        TS_ASSERT(column);
        return static_cast<std::size_t>(column - table.columns.data());
    }

    /// Of cells of one column that are of one kind, none of it bytes.
    static bool before(const store::Cell& a, const store::Cell& b) {
        if (const auto* id = std::get_if<Uuid>(&a)) return *id < std::get<Uuid>(b);
        if (const auto* number = std::get_if<std::int64_t>(&a))
            return *number < std::get<std::int64_t>(b);
        return std::get<std::string>(a) < std::get<std::string>(b);
    }

    /// `row` is as it was stored; `places`: places_of(table).
    static bool fits(const store::Table& table, const std::vector<std::size_t>& places,
                     const store::Row& row, const store::Filter& filter) {
        return std::all_of(filter.begin(), filter.end(), [&](const store::Condition& each) {
            return holds(each, row[places[column_of(table, each.field)]]);
        });
    }

    static bool holds(const store::Condition& condition, const store::Cell& cell) {
        const store::Cell& first = condition.cells.front();
        const auto* text = std::get_if<std::string>(&cell);
        switch (condition.compare) {
            case store::Compare::equal:
            case store::Compare::one_of:
                return std::find(condition.cells.begin(), condition.cells.end(), cell) !=
                       condition.cells.end();
            case store::Compare::not_equal: return !(cell == first);
            // NULL is nowhere compared.
            case store::Compare::at_least:
                return cell.index() == first.index() && !before(cell, first);
            case store::Compare::at_most:
                return cell.index() == first.index() && !before(first, cell);
            case store::Compare::starts_with:
                return text && text->starts_with(std::get<std::string>(first));
            default: TS_ASSERT(false && "not in the fake"); return false;
        }
    }

    /// Rows as they were stored: copies are made of those that are asked for, and no others.
    std::vector<const store::Row*> matching(const store::Table& table,
                                            const store::Filter& filter) {
        std::vector<const store::Row*> rows;
        const std::vector<std::size_t> places = places_of(table);
        for (const store::Row& stored : store_.tables_[table.name])
            if (fits(table, places, stored, filter)) rows.push_back(&stored);
        return rows;
    }

    /// In the columns of `table`, which may be some of those that were stored.
    std::vector<store::Row> copied(const store::Table& table,
                                   const std::vector<const store::Row*>& rows) const {
        std::vector<store::Row> copies;
        copies.reserve(rows.size());
        const std::vector<std::size_t> places = places_of(table);
        for (const store::Row* stored : rows) {
            store::Row& row = copies.emplace_back();
            row.reserve(places.size());
            for (const std::size_t at : places) row.push_back((*stored)[at]);
        }
        return copies;
    }

    /// Where the columns of `table` stand in a stored row.
    std::vector<std::size_t> places_of(const store::Table& table) const {
        std::vector<std::size_t> places;
        const auto layout = store_.layouts_.find(table.name);
        if (layout == store_.layouts_.end()) return places;
        for (const store::Column& each : table.columns) {
            const store::Column* stored = layout->second->find(each.field);
            TS_ASSERT(stored);
            places.push_back(static_cast<std::size_t>(stored - layout->second->columns.data()));
        }
        return places;
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
