#include "store/cassandra/migrations.h"

#include <algorithm>
#include <array>

#include "base/bytes.h"
#include "base/uuid.h"
#include "protocol/cql/token.h"
#include "protocol/cql/value.h"

namespace thingstead::store::cassandra {
namespace {

struct Table {
    std::string_view name, columns, options;
};

/// A step is never changed once it was released; each may be done again without harm.
struct Migration {
    std::int32_t version;
    std::string_view name;
    std::span<const Table> tables;
};

constexpr std::string_view version_table = "thingstead_migrations";

constexpr Table first_tables[] = {
    {"ts_kv_cf",
     "entity_type text, entity_id timeuuid, key text, partition bigint, ts bigint, bool_v boolean, "
     "str_v text, long_v bigint, dbl_v double, json_v text, "
     "PRIMARY KEY ((entity_type, entity_id, key, partition), ts)",                            ""                                                        },
    {"ts_kv_partitions_cf",
     "entity_type text, entity_id timeuuid, key text, partition bigint, "
     "PRIMARY KEY ((entity_type, entity_id, key), partition)",                                " AND CLUSTERING ORDER BY (partition ASC) AND compaction = {'class': "
     "'LeveledCompactionStrategy'}"                                                       },
    {"ts_kv_latest_cf",
     "entity_type text, entity_id timeuuid, key text, ts bigint, bool_v boolean, str_v text, "
     "long_v bigint, dbl_v double, json_v text, PRIMARY KEY ((entity_type, entity_id), key)", " AND compaction = {'class': 'LeveledCompactionStrategy'}"},
};
constexpr Migration migrations[] = {
    {1, "time_series", first_tables},
};

template <class... Parts>
std::string joined(const Parts&... parts) {
    std::string out;
    (out.append(parts), ...);
    return out;
}

/// Two processes that create a table at the same time must give it the same id: else one of the two
/// tables, with what was written to it, is lost.
std::string table_id(const std::string& keyspace, std::string_view table) {
    const std::string name = joined(keyspace, ".", table);
    Uuid id{static_cast<std::uint64_t>(cql::murmur3_token(name)),
            static_cast<std::uint64_t>(cql::murmur3_token(name + "."))};
    id.msb = (id.msb & ~0xF000ull) | 0x4000;
    id.lsb = (id.lsb & ~(3ull << 62)) | (2ull << 62);
    return id.to_string();
}

std::string create_table(const std::string& keyspace, const Table& table) {
    return joined("CREATE TABLE IF NOT EXISTS ", keyspace, ".", table.name, " (", table.columns,
                  ") WITH id = ", table_id(keyspace, table.name), table.options);
}

Question question(std::string text) {
    Question out;
    out.query = std::move(text);
    return out;
}

Error about(std::string_view setting, const Error& error) {
    return Error{error.code, joined(setting, " cannot be used"),
                 joined(setting, ": ", error.detail)};
}

/// Letters, digits and underscores, so that it needs no quotes.
bool is_name(std::string_view name) {
    return !name.empty() && name.size() <= 48 && name[0] >= 'a' && name[0] <= 'z' &&
           std::all_of(name.begin(), name.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
           });
}

Task<Result<>> make_keyspace(Session& session, const Settings& settings) {
    Question exists = question(
        "SELECT keyspace_name FROM system_schema.keyspaces WHERE "
        "keyspace_name = ?");
    exists.values.text(settings.keyspace);
    const auto found = co_await session.ask(std::move(exists));
    if (!found) co_return found.error();
    if (found->rows().row_count > 0) co_return Result<>();
    const std::string replication = settings.replication.empty()
                                        ? "{'class': 'SimpleStrategy', 'replication_factor': 1}"
                                        : settings.replication;
    Question create = question(joined("CREATE KEYSPACE IF NOT EXISTS ", settings.keyspace,
                                      " WITH replication = ", replication));
    const auto made = co_await session.ask(std::move(create));
    if (!made) co_return about("replication", made.error());
    co_return co_await session.await_schema_agreement();
}

Task<Result<>> make_table(Session& session, std::string keyspace, Table table) {
    Question create = question(create_table(keyspace, table));
    const auto made = co_await session.ask(std::move(create));
    if (!made) co_return about("keyspace", made.error());
    co_return co_await session.await_schema_agreement();
}

Task<Result<std::int32_t>> version_of(Session& session, std::string keyspace) {
    Question question_of_all =
        question(joined("SELECT version FROM ", keyspace, ".", version_table));
    const auto answer = co_await session.ask(std::move(question_of_all));
    if (!answer) co_return answer.error();
    std::int32_t version = 0;
    cql::RowCursor row(answer->rows());
    while (row.next()) version = std::max(version, cql::read_int(row.cell()).value_or(0));
    co_return version;
}

Task<Result<>> apply(Session& session, std::string keyspace, Migration migration) {
    for (const Table& table : migration.tables) {
        const Result<> made = co_await make_table(session, keyspace, table);
        if (!made) co_return made.error();
    }
    Question record = question(
        joined("INSERT INTO ", keyspace, ".", version_table, " (version, name) VALUES (?, ?)"));
    record.values.integer(migration.version);
    record.values.text(migration.name);
    const auto recorded = co_await session.ask(std::move(record));
    if (!recorded) co_return recorded.error();
    co_return Result<>();
}

void tell(const Log& log, const Settings& settings, const Migration& migration) {
    log.info("cassandra.migrated", {
                                       {"keyspace", settings.keyspace},
                                       {"version",  migration.version},
                                       {"name",     migration.name   }
    });
}

}  // namespace

Task<Result<>> migrate(Session& session, const Settings& settings, const Log& log) {
    if (!is_name(settings.keyspace))
        co_return Error{ErrorCode::invalid_argument, "bad keyspace",
                        "keyspace: '" + settings.keyspace +
                            "' must be lower-case letters, digits and underscores"};
    const Result<> keyspace = co_await make_keyspace(session, settings);
    if (!keyspace) co_return keyspace.error();
    const Table versions{version_table, "version int PRIMARY KEY, name text", ""};
    const Result<> made = co_await make_table(session, settings.keyspace, versions);
    if (!made) co_return made.error();
    const auto version = co_await version_of(session, settings.keyspace);
    if (!version) co_return version.error();
    if (*version > migrations[std::size(migrations) - 1].version)
        co_return Error{
            ErrorCode::unsupported, "the tables are of a newer version",
            "keyspace: " + settings.keyspace + " is of version " + std::to_string(*version)};
    for (const Migration& migration : migrations) {
        if (migration.version <= *version) continue;
        const Result<> done = co_await apply(session, settings.keyspace, migration);
        if (!done) co_return done.error();
        tell(log, settings, migration);
    }
    co_return Result<>();
}

}  // namespace thingstead::store::cassandra
