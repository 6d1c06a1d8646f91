#include "store/postgres/points_reader.h"

#include <algorithm>
#include <limits>
#include <optional>

#include "store/postgres/stored_text.h"
#include "store/postgres/values.h"

namespace thingstead::store::postgres {
namespace {

// A series and a span of time: $1 to $5. A key that was never written has no id, and no rows.
#define TS_SERIES \
    R"( "entity_id" = $1 AND "entity_type" = $2 AND "key" = (SELECT "key_id" FROM "key_dictionary" WHERE "key" = $3) AND "ts" >= $4 AND "ts" < $5)"
#define TS_RANGE                                                                                  \
    R"(SELECT "ts", "bool_v", "str_v", "long_v", "dbl_v", "json_v" FROM "ts_kv" WHERE)" TS_SERIES \
    R"( AND ("expires_ms" IS NULL OR "expires_ms" > $6) ORDER BY "ts")"

const std::string rising_sql = TS_RANGE " LIMIT $7";
const std::string falling_sql = TS_RANGE " DESC LIMIT $7";
const std::string all_latest_sql =
    R"(SELECT d."key", l."ts", l."bool_v", l."str_v", l."long_v", l."dbl_v", l."json_v" FROM "ts_kv_latest" l JOIN "key_dictionary" d ON d."key_id" = l."key" WHERE l."entity_id" = $1 AND l."entity_type" = $2 ORDER BY d."key")";
const std::string some_latest_sql =
    R"(SELECT d."key", l."ts", l."bool_v", l."str_v", l."long_v", l."dbl_v", l."json_v" FROM "ts_kv_latest" l JOIN "key_dictionary" d ON d."key_id" = l."key" WHERE l."entity_id" = $1 AND l."entity_type" = $2 AND d."key" = ANY($3::text[]) ORDER BY d."key")";
const std::string delete_points_sql = R"(DELETE FROM "ts_kv" WHERE)" TS_SERIES;
const std::string delete_latest_sql = R"(DELETE FROM "ts_kv_latest" WHERE)" TS_SERIES;
const std::string rewrite_sql =
    R"(INSERT INTO "ts_kv_latest" ("entity_id", "entity_type", "key", "ts", "bool_v", "str_v", "long_v", "dbl_v", "json_v")
SELECT "entity_id", "entity_type", "key", "ts", "bool_v", "str_v", "long_v", "dbl_v", "json_v" FROM "ts_kv" WHERE)" TS_SERIES
    R"( AND ("expires_ms" IS NULL OR "expires_ms" > $6) ORDER BY "ts" DESC LIMIT 1
ON CONFLICT DO NOTHING RETURNING "ts", "bool_v", "str_v", "long_v", "dbl_v", "json_v")";
const std::string delete_entity_points_sql =
    R"(DELETE FROM "ts_kv" WHERE "entity_id" = $1 AND "entity_type" = $2)";
const std::string delete_entity_latest_sql =
    R"(DELETE FROM "ts_kv_latest" WHERE "entity_id" = $1 AND "entity_type" = $2)";
const std::string try_lock_sql = "SELECT pg_try_advisory_lock(7455023)";
const std::string unlock_sql = "SELECT pg_advisory_unlock(7455023)";
const std::string point_partitions_sql =
    R"(SELECT c.relname::text FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = '"ts_kv"'::regclass)";
const std::string commit_read_sql = "COMMIT";

#undef TS_RANGE
#undef TS_SERIES

constexpr EpochMs first_ms = std::numeric_limits<EpochMs>::min();
/// Points of one DELETE of expired ones: locks are held for milliseconds.
constexpr std::int64_t expired_per_statement = 5'000;

Parameters series(model::EntityId entity, const std::string& key, EpochMs start_ms,
                  EpochMs end_ms) {
    Parameters parameters;
    parameters.add(entity.uuid)
        .add(static_cast<std::int16_t>(entity.type))
        .add(stored_text(key))
        .add(std::int64_t{start_ms})
        .add(std::int64_t{end_ms});
    return parameters;
}

}  // namespace

Result<std::vector<model::TimedValue>> read_range(Connection& connection, const RangeQuery& query,
                                                  EpochMs now_ms) {
    std::vector<model::TimedValue> points;
    if (query.limit == 0 || query.start_ms >= query.end_ms) return points;
    constexpr std::size_t limit_max = std::numeric_limits<std::int32_t>::max();
    Parameters parameters = series(query.entity, query.key, query.start_ms, query.end_ms);
    parameters.add(std::int64_t{now_ms})
        .add(static_cast<std::int64_t>(std::min(query.limit, limit_max)));
    const Result<Rows> rows =
        connection.run(query.order == Order::ascending ? rising_sql : falling_sql, parameters);
    if (!rows) return rows.error();
    points.reserve(rows->size());
    for (std::size_t i = 0; i < rows->size(); ++i)
        points.push_back({rows->integer(i, 0), value_of(*rows, i, 1)});
    return points;
}

Result<std::vector<LatestValue>> read_latest(Connection& connection, model::EntityId entity,
                                             const std::vector<std::string>& keys) {
    Parameters parameters;
    parameters.add(entity.uuid).add(static_cast<std::int16_t>(entity.type));
    Array names(Type::text);
    for (const std::string& key : keys) names.add(std::string_view(stored_text(key)));
    if (!keys.empty()) parameters.add(names);
    const Result<Rows> rows =
        connection.run(keys.empty() ? all_latest_sql : some_latest_sql, parameters);
    if (!rows) return rows.error();
    std::vector<LatestValue> values;
    values.reserve(rows->size());
    for (std::size_t i = 0; i < rows->size(); ++i)
        values.push_back(
            {std::string(rows->text(i, 0)), rows->integer(i, 1), value_of(*rows, i, 2)});
    return values;
}

Result<DeleteOutcome> delete_range(Connection& connection, const DeleteRange& range,
                                   EpochMs now_ms) {
    DeleteOutcome outcome;
    const Parameters chosen = series(range.entity, range.key, range.start_ms, range.end_ms);
    connection.enqueue("BEGIN");
    std::vector<Request> requests{
        {delete_points_sql, chosen}
    };
    if (range.delete_latest) requests.push_back({delete_latest_sql, chosen});
    const Result<std::vector<Rows>> deleted = connection.run(requests);
    if (!deleted) return deleted.error();
    outcome.latest_deleted = range.delete_latest && (*deleted)[1].rows_changed() > 0;
    if (outcome.latest_deleted && range.rewrite_latest_if_deleted) {
        Parameters before = series(range.entity, range.key, first_ms, range.start_ms);
        before.add(std::int64_t{now_ms});
        const Result<Rows> rewritten = connection.run(rewrite_sql, before);
        if (!rewritten) return rewritten.error();
        if (rewritten->size() > 0)
            outcome.latest_rewritten =
                model::TimedValue{rewritten->integer(0, 0), value_of(*rewritten, 0, 1)};
    }
    const Result<Rows> committed = connection.run(commit_read_sql, Parameters());
    if (!committed) return committed.error();
    return outcome;
}

Result<> delete_entity(Connection& connection, model::EntityId entity) {
    Parameters parameters;
    parameters.add(entity.uuid).add(static_cast<std::int16_t>(entity.type));
    const Request requests[] = {
        {delete_entity_points_sql, parameters},
        {delete_entity_latest_sql, parameters}
    };
    const Result<std::vector<Rows>> done = connection.run(requests);
    if (!done) return done.error();
    return {};
}

Result<std::int64_t> delete_expired(Connection& connection, EpochMs now_ms, std::size_t points_max,
                                    const std::function<bool()>& is_stopping) {
    const Result<Rows> locked = connection.run(try_lock_sql, Parameters());
    if (!locked) return locked.error();
    std::int64_t removed = 0;
    if (!locked->boolean(0, 0)) return removed;
    const Result<Rows> partitions = connection.run(point_partitions_sql, Parameters());
    if (!partitions) return partitions.error();
    Parameters parameters;
    parameters.add(std::int64_t{now_ms}).add(expired_per_statement);
    for (std::size_t i = 0; i < partitions->size(); ++i) {
        const std::string table = '"' + std::string(partitions->text(i, 0)) + '"';
        const std::string sql = "DELETE FROM " + table +
                                " WHERE ctid = ANY(ARRAY(SELECT ctid FROM " + table +
                                " WHERE \"expires_ms\" <= $1 LIMIT $2)) AND \"expires_ms\" <= $1";
        std::int64_t last = expired_per_statement;
        while (last >= expired_per_statement && removed < static_cast<std::int64_t>(points_max) &&
               !is_stopping()) {
            const Result<Rows> done = connection.run(sql, parameters);
            if (!done) return done.error();
            last = done->rows_changed();
            removed += last;
        }
    }
    const Result<Rows> unlocked = connection.run(unlock_sql, Parameters());
    if (!unlocked) return unlocked.error();
    return removed;
}

}  // namespace thingstead::store::postgres
