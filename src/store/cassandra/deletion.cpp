#include "store/cassandra/deletion.h"

#include <algorithm>
#include <limits>

#include "protocol/cql/value.h"
#include "store/cassandra/statements.h"

namespace thingstead::store::cassandra {

Question Deletion::question(StatementId statement) const {
    Question out;
    out.statement = statement;
    out.options.consistency = settings_.write_consistency;
    return out;
}

Task<Result<DeleteOutcome>> Deletion::remove(DeleteRange range) {
    if (range.start_ms >= range.end_ms) co_return DeleteOutcome();
    const Result<> ready = co_await reader_.settled(range.entity);
    if (!ready) co_return ready.error();
    const Result<> removed = co_await remove_points(range);
    if (!removed) co_return removed.error();
    DeleteOutcome out;
    if (!range.delete_latest) co_return out;
    std::vector<std::string> keys(1, range.key);
    const auto latest = co_await reader_.stored_latest(range.entity, std::move(keys));
    if (!latest) co_return latest.error();
    if (latest->empty() || latest->front().value.ts < range.start_ms ||
        latest->front().value.ts >= range.end_ms)
        co_return out;
    out.latest_deleted = true;
    if (range.rewrite_latest_if_deleted) {
        RangeQuery newest_before{range.entity,   range.key, std::numeric_limits<EpochMs>::min(),
                                 range.start_ms, 1,         Order::descending};
        const auto before = co_await reader_.stored_range(std::move(newest_before));
        if (!before) co_return before.error();
        if (!before->empty()) out.latest_rewritten = before->front();
    }
    // One step behind what was read: a newer value, written meanwhile, is further.
    const Result<> written = co_await write_latest(range.entity, range.key, out.latest_rewritten,
                                                   latest->front().write_time + 1);
    if (!written) co_return written.error();
    co_return out;
}

Task<Result<>> Deletion::remove_points(DeleteRange range) {
    const std::int64_t write_time = write_clock_.next();
    const auto partitions = co_await reader_.partitions(range.entity, range.key, range.start_ms,
                                                        range.end_ms, Order::ascending);
    if (!partitions) co_return partitions.error();
    for (const std::int64_t partition : *partitions) {
        Question removal = question(delete_range);
        bind_series(removal.values, range.entity, range.key);
        removal.values.bigint(partition);
        removal.values.bigint(range.start_ms);
        removal.values.bigint(range.end_ms);
        removal.options.timestamp_us = write_time;
        removal.token = token_of_partition(series_key(range.entity, range.key), partition);
        const auto removed = co_await session_.ask(std::move(removal));
        if (!removed) co_return removed.error();
    }
    co_return Result<>();
}

/// Nothing: the row stays without a value.
Task<Result<>> Deletion::write_latest(model::EntityId entity, std::string key,
                                      std::optional<model::TimedValue> value,
                                      std::int64_t write_time) {
    const EpochMs ts = value ? value->ts : deleted_ts;
    Question row = question(insert_latest);
    bind_series(row.values, entity, key);
    row.values.bigint(ts);
    if (value)
        bind_value(row.values, value->value, Others::null);
    else
        bind_no_value(row.values, Others::null);
    row.values.bigint(write_time);
    row.token = token_of(entity);
    const auto written = co_await session_.ask(std::move(row));
    if (!written) co_return written.error();
    writer_.latest_changed(entity, key, {value.has_value(), ts, write_time});
    co_return Result<>();
}

Task<Result<>> Deletion::remove_entity(model::EntityId entity) {
    const Result<> ready = co_await reader_.settled(entity);
    if (!ready) co_return ready.error();
    Question all = question(select_latest_times);
    bind_entity(all.values, entity);
    all.options.consistency = settings_.read_consistency;
    all.token = token_of(entity);
    const auto answer = co_await session_.ask(std::move(all));
    if (!answer) co_return answer.error();
    std::int64_t last_write = write_time_of_key;
    cql::RowCursor row(answer->rows());
    while (row.next()) {
        std::string key(row.cell().value_or(""));
        row.cell();
        last_write = std::max(last_write, cql::read_bigint(row.cell()).value_or(last_write));
        const Result<> removed = co_await remove_series(entity, std::move(key));
        if (!removed) co_return removed.error();
    }
    // Last: it has the keys, should this be done again after a failure.
    Question latest = question(delete_latest);
    latest.values.bigint(last_write);
    bind_entity(latest.values, entity);
    latest.token = token_of(entity);
    const auto removed = co_await session_.ask(std::move(latest));
    if (!removed) co_return removed.error();
    writer_.entity_removed(entity, last_write);
    co_return Result<>();
}

Task<Result<>> Deletion::remove_series(model::EntityId entity, std::string key) {
    const std::int64_t write_time = write_clock_.next();
    const auto partitions =
        co_await reader_.partitions(entity, key, std::numeric_limits<EpochMs>::min(),
                                    std::numeric_limits<EpochMs>::max(), Order::ascending);
    if (!partitions) co_return partitions.error();
    const std::string series = series_key(entity, key);
    for (const std::int64_t partition : *partitions) {
        Question removal = question(delete_partition);
        bind_series(removal.values, entity, key);
        removal.values.bigint(partition);
        removal.options.timestamp_us = write_time;
        removal.token = token_of_partition(series, partition);
        const auto removed = co_await session_.ask(std::move(removal));
        if (!removed) co_return removed.error();
        writer_.directory_removed(entity, key, partition);
    }
    Question directory = question(delete_directory);
    bind_series(directory.values, entity, key);
    directory.options.timestamp_us = write_time;
    directory.token = token_of(entity, key);
    const auto removed = co_await session_.ask(std::move(directory));
    if (!removed) co_return removed.error();
    co_return Result<>();
}

}  // namespace thingstead::store::cassandra
