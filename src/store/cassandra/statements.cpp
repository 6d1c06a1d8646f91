#include "store/cassandra/statements.h"

#include <algorithm>
#include <limits>

#include "base/bytes.h"
#include "model/entity_type.h"
#include "protocol/cql/value.h"

namespace thingstead::store::cassandra {
namespace {

constexpr std::string_view value_columns = "bool_v, str_v, long_v, dbl_v, json_v";
constexpr std::string_view value_times =
    "WRITETIME(bool_v), WRITETIME(str_v), WRITETIME(long_v), WRITETIME(dbl_v), WRITETIME(json_v)";
constexpr std::string_view of_entity = " WHERE entity_type = ? AND entity_id = ?";
constexpr std::string_view of_series = " WHERE entity_type = ? AND entity_id = ? AND key = ?";

template <class... Parts>
std::string join(const Parts&... parts) {
    std::string out;
    (out.append(parts), ...);
    return out;
}

struct BindValue {
    cql::Values& values;
    void operator()(bool v) const { values.boolean(v); }
    void operator()(std::int64_t v) const { values.bigint(v); }
    void operator()(double v) const { values.real(v); }
    void operator()(const std::string& v) const { values.text(v); }
    void operator()(const model::JsonText& v) const { values.text(v.text); }
};

void bind_other(cql::Values& values, Others how) {
    if (how == Others::null)
        values.null();
    else
        values.unset();
}

std::string entity_key(const model::EntityId& entity) {
    std::string out;
    const auto id = entity.uuid.bytes();
    cql::append_key_component(out, model::wire_name(entity.type));
    cql::append_key_component(out, as_text(id));
    return out;
}

}  // namespace

std::vector<std::string> statement_texts(const std::string& keyspace) {
    const std::string points = keyspace + ".ts_kv_cf";
    const std::string directory = keyspace + ".ts_kv_partitions_cf";
    const std::string latest = keyspace + ".ts_kv_latest_cf";
    const std::string range = join("SELECT ts, ", value_columns, " FROM ", points, of_series,
                                   " AND partition = ? AND ts >= ? AND ts < ? ORDER BY ts ");
    const std::string partitions =
        join("SELECT partition FROM ", directory, of_series,
             " AND partition >= ? AND partition <= ? ORDER BY partition ");
    const std::string values =
        join("SELECT key, ts, ", value_columns, ", ", value_times, " FROM ", latest, of_entity);
    std::vector<std::string> out(statement_count);
    out[insert_point] =
        join("INSERT INTO ", points, " (entity_type, entity_id, key, partition, ts, ",
             value_columns, ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) USING TTL ? AND TIMESTAMP ?");
    out[insert_directory] =
        join("INSERT INTO ", directory,
             " (entity_type, entity_id, key, partition) VALUES (?, ?, ?, ?) USING TIMESTAMP ?");
    out[insert_latest] =
        join("INSERT INTO ", latest, " (entity_type, entity_id, key, ts, ", value_columns,
             ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) USING TIMESTAMP ?");
    out[select_range_up] = range + "ASC LIMIT ?";
    out[select_range_down] = range + "DESC LIMIT ?";
    out[select_point_times] = join("SELECT ", value_columns, ", ", value_times, " FROM ", points,
                                   of_series, " AND partition = ? AND ts = ?");
    out[select_directory_up] = partitions + "ASC";
    out[select_directory_down] = partitions + "DESC";
    out[select_latest] = values;
    out[select_latest_keys] = values + " AND key IN ?";
    out[select_latest_times] = join("SELECT key, ts, WRITETIME(ts) FROM ", latest, of_entity);
    out[delete_range] =
        join("DELETE FROM ", points, of_series, " AND partition = ? AND ts >= ? AND ts < ?");
    out[delete_partition] = join("DELETE FROM ", points, of_series, " AND partition = ?");
    out[delete_directory] = join("DELETE FROM ", directory, of_series);
    out[delete_latest] = join("DELETE FROM ", latest, " USING TIMESTAMP ?", of_entity);
    return out;
}

void bind_entity(cql::Values& values, const model::EntityId& entity) {
    values.text(model::wire_name(entity.type));
    const auto id = entity.uuid.bytes();
    values.uuid(id.data());
}

void bind_series(cql::Values& values, const model::EntityId& entity, std::string_view key) {
    bind_entity(values, entity);
    values.text(key);
}

std::size_t column_of(const model::Value& value) {
    constexpr std::size_t columns[] = {0, 2, 3, 1, 4};  // bool, long, double, text, JSON
    return columns[value.index()];
}

void bind_value(cql::Values& values, const model::Value& value, Others others) {
    const std::size_t column = column_of(value);
    for (std::size_t i = 0; i < 5; ++i)
        if (i == column)
            std::visit(BindValue{values}, value);
        else
            bind_other(values, others);
}

void bind_no_value(cql::Values& values, Others how) {
    for (std::size_t i = 0; i < 5; ++i) bind_other(values, how);
}

cql::Token token_of(const model::EntityId& entity) {
    return cql::murmur3_token(entity_key(entity));
}

std::string series_key(const model::EntityId& entity, std::string_view key) {
    std::string out = entity_key(entity);
    cql::append_key_component(out, key);
    return out;
}

cql::Token token_of(const model::EntityId& entity, std::string_view key) {
    return cql::murmur3_token(series_key(entity, key));
}

cql::Token token_of_partition(std::string series_key, std::int64_t partition) {
    std::byte bytes[8];
    store_big(bytes, static_cast<std::uint64_t>(partition));
    cql::append_key_component(series_key, as_text(bytes));
    return cql::murmur3_token(series_key);
}

std::size_t ValueCells::count() const {
    std::size_t out = 0;
    for (const auto& cell : cells) out += cell.has_value();
    return out;
}

std::optional<model::Value> ValueCells::at(std::size_t column) const {
    const auto& cell = cells[column];
    const auto wrap = [](const auto& read) -> std::optional<model::Value> {
        if (!read) return std::nullopt;
        return model::Value(*read);
    };
    switch (column) {
        case 0:  return wrap(cql::read_boolean(cell));
        case 1:  return model::Value(std::string(cell.value_or("")));
        case 2:  return wrap(cql::read_bigint(cell));
        case 3:  return wrap(cql::read_double(cell));
        default: return model::Value(model::JsonText{std::string(cell.value_or(""))});
    }
}

std::optional<model::Value> ValueCells::first() const {
    for (std::size_t i = 0; i < 5; ++i)
        if (cells[i]) return at(i);
    return std::nullopt;
}

std::optional<model::Value> ValueCells::newest(const ValueCells& write_times) const {
    std::optional<std::size_t> best;
    std::int64_t best_time = std::numeric_limits<std::int64_t>::min();
    for (std::size_t i = 0; i < 5; ++i) {
        if (!cells[i]) continue;
        const std::int64_t time = cql::read_bigint(write_times.cells[i]).value_or(best_time);
        if (best && time <= best_time) continue;
        best = i;
        best_time = time;
    }
    return best ? at(*best) : std::nullopt;
}

std::int64_t ValueCells::newest_time() const {
    std::int64_t out = std::numeric_limits<std::int64_t>::min();
    for (const auto& cell : cells) out = std::max(out, cql::read_bigint(cell).value_or(out));
    return out;
}

}  // namespace thingstead::store::cassandra
