#include "store/postgres/event_session.h"

#include <charconv>
#include <optional>
#include <string_view>
#include <utility>

#include "store/postgres/stored_text.h"

namespace thingstead::store::postgres {
namespace {

/// Rows that one step of a removal from the default partition takes: inserts wait for it.
constexpr std::int64_t rows_per_step = 5'000;

const std::string event_partitions_sql =
    R"(SELECT c.relname::text, pg_get_expr(c.relpartbound, c.oid) FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = quote_ident($1::text)::regclass ORDER BY 1)";

Type type_of(ColumnKind kind) {
    switch (kind) {
        case ColumnKind::boolean: return Type::boolean;
        case ColumnKind::integer: return Type::int8;
        case ColumnKind::real:    return Type::float8;
        case ColumnKind::text:
        case ColumnKind::json:    return Type::text;
        case ColumnKind::id:      return Type::uuid;
        case ColumnKind::binary:  return Type::bytea;
    }
    return Type::text;
}

std::string_view name_of(Type type) {
    switch (type) {
        case Type::boolean: return "boolean";
        case Type::int8:    return "bigint";
        case Type::float8:  return "double precision";
        case Type::uuid:    return "uuid";
        default:            return "text";
    }
}

void add(Array& array, const Cell& cell) {
    if (const auto* text = std::get_if<std::string>(&cell))
        array.add(std::string_view(stored_text(*text)));
    else if (const auto* integer = std::get_if<std::int64_t>(&cell))
        array.add(*integer);
    else if (const auto* id = std::get_if<Uuid>(&cell))
        array.add(*id);
    else if (const auto* flag = std::get_if<bool>(&cell))
        array.add(*flag);
    else if (const auto* real = std::get_if<double>(&cell))
        array.add(*real);
    else
        array.add_null();
}

/// Rows of one table as one statement: an array for each column.
struct TableInsert {
    std::string sql;
    std::vector<Array> columns;
    Parameters parameters{};

    explicit TableInsert(const Table& table) {
        std::string names;
        std::string arrays;
        for (std::size_t i = 0; i < table.columns.size(); ++i) {
            const Type type = type_of(table.columns[i].kind);
            columns.emplace_back(type);
            names += (i == 0 ? "\"" : ", \"") + table.columns[i].name + '"';
            arrays += (i == 0 ? "$" : ", $") + std::to_string(i + 1) +
                      "::" + std::string(name_of(type)) + "[]";
        }
        sql = "INSERT INTO \"" + table.name + "\" (" + names + ") SELECT * FROM unnest(" + arrays +
              ") ON CONFLICT DO NOTHING";
    }
};

/// Of a partition's bounds, `FOR VALUES FROM ('0') TO ('3600000')`; nothing: the default one.
std::optional<EpochMs> end_of(std::string_view bounds) {
    static constexpr std::string_view to = "TO ('";
    const std::size_t at = bounds.rfind(to);
    if (at == std::string_view::npos) return std::nullopt;
    EpochMs end = 0;
    const auto read =
        std::from_chars(bounds.data() + at + to.size(), bounds.data() + bounds.size(), end);
    if (read.ec != std::errc()) return std::nullopt;
    return end;
}

}  // namespace

Result<Connection*> PostgresEventSession::connection() {
    const Result<Connection*> got = link_.get();
    if (got && (*got)->in_transaction()) (*got)->enqueue("ROLLBACK");
    return got;
}

Result<> PostgresEventSession::prepare_partitions(Connection& connection,
                                                  std::span<const sql::Record> records) {
    std::map<const Table*, Partitions::Span> spans;
    for (const sql::Record& record : records) {
        const EpochMs ts = std::get<std::int64_t>(record.row[1]);
        const auto known = spans.find(record.table);
        if (known != spans.end() && known->second.holds(ts)) continue;
        const auto span = partitions_.at(record.table->name).prepare(connection, ts);
        if (!span) return span.error();
        spans.insert_or_assign(record.table, *span);
    }
    return {};
}

Result<> PostgresEventSession::insert(std::span<const sql::Record> records) {
    const Result<Connection*> got = connection();
    if (!got) return got.error();
    if (Result<> ready = prepare_partitions(**got, records); !ready) return ready;
    std::map<const Table*, TableInsert> inserts;
    for (const sql::Record& record : records) {
        TableInsert& insert = inserts.try_emplace(record.table, *record.table).first->second;
        for (std::size_t i = 0; i < record.row.size(); ++i) add(insert.columns[i], record.row[i]);
    }
    std::vector<Request> requests;
    for (auto& [table, insert] : inserts) {
        for (Array& column : insert.columns) insert.parameters.add(column);
        requests.push_back({insert.sql, insert.parameters});
    }
    // Together they are one transaction, in one round trip.
    const Result<std::vector<Rows>> done = (*got)->run(requests);
    if (done) return {};
    // A constraint that is not ours refuses a record, and would again.
    if ((*got)->trouble() == Connection::Trouble::refused && (*got)->state().starts_with("23"))
        return Error{ErrorCode::invalid_argument, done.error().message, done.error().detail};
    return done.error();
}

Result<Rows> PostgresEventSession::run(const sql::Query& query) {
    const Result<Connection*> got = connection();
    if (!got) return got.error();
    Parameters parameters;
    for (const Cell& cell : query.cells)
        if (const auto* text = std::get_if<std::string>(&cell))
            parameters.add(stored_text(*text));
        else
            parameters.add(cell);
    return (*got)->run(query.text, parameters);
}

Result<Rows> PostgresEventSession::read(const sql::Query& query) {
    Result<Rows> rows = run(query);
    if (rows || rows.error().code != ErrorCode::unavailable) return rows;
    const Result<Connection*> after = link_.get();
    return after ? run(query) : std::move(rows);
}

Result<std::vector<Row>> PostgresEventSession::select(const sql::Query& query, const Table& table) {
    const Result<Rows> found = read(query);
    if (!found) return found.error();
    std::vector<Row> rows(found->size());
    for (std::size_t at = 0; at < rows.size(); ++at)
        for (std::size_t i = 0; i < table.columns.size(); ++i) {
            Result<Cell> cell = found->cell(at, static_cast<int>(i), table.columns[i].kind);
            if (!cell) return cell.error();
            rows[at].push_back(*std::move(cell));
        }
    return rows;
}

Result<std::int64_t> PostgresEventSession::select_integer(const sql::Query& query) {
    const Result<Rows> found = read(query);
    if (!found) return found.error();
    return found->integer(0, 0);
}

Result<std::int64_t> PostgresEventSession::change(const sql::Query& query) {
    const Result<Rows> done = run(query);
    if (!done) return done.error();
    return done->rows_changed();
}

/// Readers of the table must have ended first; while a drop waits, everybody waits for it.
Result<> PostgresEventSession::drop(Connection& connection, const std::string& partition) {
    connection.enqueue("BEGIN");
    connection.enqueue("SET LOCAL lock_timeout='2s'");
    connection.enqueue("DROP TABLE IF EXISTS \"" + partition + "\"");
    connection.enqueue("COMMIT");
    const Result<std::vector<Rows>> done = connection.run({});
    if (done) return {};
    if (connection.trouble() != Connection::Trouble::lost && connection.in_transaction()) {
        connection.enqueue("ROLLBACK");
        (void)connection.run({});
    }
    return done.error();
}

Result<bool> PostgresEventSession::remove_older_than(const Table& table, EpochMs before) {
    const Result<Rows> partitions = run({event_partitions_sql, {Cell(table.name)}});
    if (!partitions) return partitions.error();
    for (std::size_t i = 0; i < partitions->size(); ++i) {
        const std::optional<EpochMs> end = end_of(partitions->text(i, 1));
        if (!end || *end > before) continue;
        const Result<Connection*> got = connection();
        if (!got) return got.error();
        if (Result<> gone = drop(**got, std::string(partitions->text(i, 0))); !gone)
            return gone.error();
        partitions_.at(table.name).forget();
        return true;
    }
    const std::string rest = '"' + table.name + "_default\"";
    const Result<std::int64_t> removed = change({
        "DELETE FROM " + rest + " WHERE ctid = ANY(ARRAY(SELECT ctid FROM " + rest + " WHERE \"" +
            sql::time_column + "\" < $1 LIMIT $2))",
        {Cell(before), Cell(rows_per_step)}
    });
    if (!removed) return removed.error();
    return *removed == rows_per_step;
}

}  // namespace thingstead::store::postgres
