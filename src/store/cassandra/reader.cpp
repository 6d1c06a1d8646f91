#include "store/cassandra/reader.h"

#include <algorithm>
#include <limits>

#include "net/timer.h"
#include "protocol/cql/value.h"
#include "store/cassandra/statements.h"

namespace thingstead::store::cassandra {
namespace {

/// More keys than this are picked from all of the entity's.
constexpr std::size_t keys_asked_max = 200;

Task<Result<>> entity_finished(Ledger& ledger, model::EntityId entity, std::uint64_t up_to) {
    co_await ledger.entity_finished(entity, up_to);
    co_return Result<>();
}

}  // namespace

Question Reader::question(StatementId statement) const {
    Question out;
    out.statement = statement;
    out.options.consistency = settings_.read_consistency;
    out.options.page_rows = settings_.page_rows;
    return out;
}

Task<Result<>> Reader::settled(model::EntityId entity) {
    const std::uint64_t up_to = ledger_.taken(entity);
    if (ledger_.is_finished(entity, up_to)) co_return Result<>();
    Task<Result<>> finished = entity_finished(ledger_, entity, up_to);
    const Result<> done =
        co_await net::with_deadline(std::move(finished), settings_.request_timeout);
    if (done && ledger_.is_finished(entity, up_to)) co_return Result<>();
    co_return Error{ErrorCode::unavailable, "points are not stored yet"};
}

Task<Result<std::vector<model::TimedValue>>> Reader::range(RangeQuery query) {
    const Result<> ready = co_await settled(query.entity);
    if (!ready) co_return ready.error();
    co_return co_await stored_range(std::move(query));
}

Task<Result<std::vector<std::int64_t>>> Reader::partitions(model::EntityId entity, std::string key,
                                                           EpochMs start, EpochMs end,
                                                           Order order) {
    std::vector<std::int64_t> out;
    if (start >= end) co_return out;
    if (settings_.partitioning == Partitioning::INDEFINITE) {
        out.push_back(0);
        co_return out;
    }
    std::string paging_state;
    do {
        Question directory =
            question(order == Order::ascending ? select_directory_up : select_directory_down);
        bind_series(directory.values, entity, key);
        directory.values.bigint(partition_of(start, settings_.partitioning));
        directory.values.bigint(partition_of(end - 1, settings_.partitioning));
        directory.token = token_of(entity, key);
        directory.paging_state = paging_state;
        const auto answer = co_await session_.ask(std::move(directory));
        if (!answer) co_return answer.error();
        cql::RowCursor row(answer->rows());
        while (row.next())
            if (const auto partition = cql::read_bigint(row.cell())) out.push_back(*partition);
        paging_state = answer->rows().paging_state.value_or("");
    } while (!paging_state.empty());
    co_return out;
}

Task<Result<std::vector<model::TimedValue>>> Reader::stored_range(RangeQuery query) {
    std::vector<model::TimedValue> out;
    if (query.limit == 0) co_return out;
    const auto all =
        co_await partitions(query.entity, query.key, query.start_ms, query.end_ms, query.order);
    if (!all) co_return all.error();
    for (const std::int64_t partition : *all) {
        const Result<> read = co_await read_partition(query, partition, out);
        if (!read) co_return read.error();
        if (out.size() >= query.limit) break;
    }
    co_return out;
}

/// Appends points until the limit or the partition's end.
Task<Result<>> Reader::read_partition(RangeQuery query, std::int64_t partition,
                                      std::vector<model::TimedValue>& out) {
    const cql::Token token = token_of_partition(series_key(query.entity, query.key), partition);
    // The same for every page: a limit that fits one page makes Cassandra begin anew.
    const auto limit = static_cast<std::int32_t>(
        std::min<std::size_t>(query.limit - out.size(), std::numeric_limits<std::int32_t>::max()));
    std::string paging_state;
    do {
        Question page =
            question(query.order == Order::ascending ? select_range_up : select_range_down);
        bind_series(page.values, query.entity, query.key);
        page.values.bigint(partition);
        page.values.bigint(query.start_ms);
        page.values.bigint(query.end_ms);
        page.values.integer(limit);
        page.token = token;
        page.paging_state = paging_state;
        const auto answer = co_await session_.ask(std::move(page));
        if (!answer) co_return answer.error();
        cql::RowCursor row(answer->rows());
        while (row.next() && out.size() < query.limit) {
            const auto ts = cql::read_bigint(row.cell());
            const ValueCells cells(row);
            std::optional<model::Value> value = cells.first();
            if (ts && cells.count() > 1) {
                const auto newest = co_await newest_value(query, partition, *ts);
                if (!newest) co_return newest.error();
                value = *newest;
            }
            if (ts && value) out.push_back({*ts, *std::move(value)});
        }
        paging_state = answer->rows().paging_state.value_or("");
    } while (!paging_state.empty() && out.size() < query.limit);
    co_return Result<>();
}

/// A point that was overwritten by one of another type has both values: the later one counts.
Task<Result<std::optional<model::Value>>> Reader::newest_value(RangeQuery query,
                                                               std::int64_t partition, EpochMs ts) {
    Question times = question(select_point_times);
    bind_series(times.values, query.entity, query.key);
    times.values.bigint(partition);
    times.values.bigint(ts);
    times.token = token_of_partition(series_key(query.entity, query.key), partition);
    const auto answer = co_await session_.ask(std::move(times));
    if (!answer) co_return answer.error();
    cql::RowCursor row(answer->rows());
    if (!row.next()) co_return std::optional<model::Value>();
    const ValueCells cells(row);
    const ValueCells write_times(row);
    co_return cells.newest(write_times);
}

Task<Result<std::vector<LatestValue>>> Reader::latest(model::EntityId entity,
                                                      std::vector<std::string> keys) {
    const Result<> ready = co_await settled(entity);
    if (!ready) co_return ready.error();
    auto stored = co_await stored_latest(entity, std::move(keys));
    if (!stored) co_return stored.error();
    std::vector<LatestValue> out;
    for (StoredLatest& each : *stored) out.push_back(std::move(each.value));
    co_return out;
}

Task<Result<std::vector<Reader::StoredLatest>>> Reader::stored_latest(
    model::EntityId entity, std::vector<std::string> keys) {
    std::sort(keys.begin(), keys.end());
    keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
    const bool pick = keys.size() > keys_asked_max;
    std::vector<StoredLatest> out;
    std::string paging_state;
    do {
        Question page = question(keys.empty() || pick ? select_latest : select_latest_keys);
        bind_entity(page.values, entity);
        if (page.statement == select_latest_keys) page.values.text_list(keys);
        page.token = token_of(entity);
        page.paging_state = paging_state;
        const auto answer = co_await session_.ask(std::move(page));
        if (!answer) co_return answer.error();
        cql::RowCursor row(answer->rows());
        while (row.next()) {
            std::string key(row.cell().value_or(""));
            const auto ts = cql::read_bigint(row.cell());
            const ValueCells cells(row);
            const ValueCells write_times(row);
            std::optional<model::Value> value = cells.newest(write_times);
            if (!ts || !value) continue;
            if (pick && !std::binary_search(keys.begin(), keys.end(), key)) continue;
            out.push_back({
                {std::move(key), *ts, *std::move(value)},
                write_times.newest_time()
            });
        }
        paging_state = answer->rows().paging_state.value_or("");
    } while (!paging_state.empty());
    std::sort(out.begin(), out.end(), [](const StoredLatest& a, const StoredLatest& b) {
        return a.value.key < b.value.key;
    });
    co_return out;
}

}  // namespace thingstead::store::cassandra
