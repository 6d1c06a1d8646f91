#include "store/migrations.h"

#include <array>
#include <utility>

namespace thingstead::store {
namespace {

std::string version_sql(const Dialect& dialect) {
    return "SELECT COALESCE(MAX(\"version\"), 0) FROM \"" + std::string(dialect.version_table) +
           '"';
}

Result<> create_version_table(SchemaConnection& connection, const Dialect& dialect) {
    const Result<std::string> sql =
        render("CREATE TABLE IF NOT EXISTS \"" + std::string(dialect.version_table) +
                   R"(" ("version" {int} NOT NULL PRIMARY KEY, "name" {text} NOT NULL){table})",
               dialect);
    if (!sql) return sql.error();
    return connection.execute(*sql);
}

/// Within a transaction: true if it was applied, false if another process came first.
Result<bool> apply_inside(SchemaConnection& connection, const Dialect& dialect,
                          const Migration& migration) {
    const Result<std::int64_t> version = connection.query_integer(version_sql(dialect));
    if (!version) return version.error();
    if (*version >= migration.version) return false;
    const Result<std::string> sql = render(migration.sql, dialect);
    if (!sql) return sql.error();
    if (Result<> done = connection.execute(*sql); !done) return done.error();
    Result<> noted = connection.execute("INSERT INTO \"" + std::string(dialect.version_table) +
                                        "\" VALUES (" + std::to_string(migration.version) + ", '" +
                                        std::string(migration.name) + "')");
    if (!noted) return noted.error();
    return true;
}

Result<bool> apply(SchemaConnection& connection, const Dialect& dialect,
                   const Migration& migration) {
    if (Result<> begun = connection.execute(std::string(dialect.begin)); !begun)
        return begun.error();
    Result<bool> applied = apply_inside(connection, dialect, migration);
    if (applied) {
        const Result<> committed = connection.execute("COMMIT");
        if (committed) return applied;
        applied = committed.error();
    }
    // The driver may have rolled back by itself: what counts is the first error.
    (void)connection.execute("ROLLBACK");
    Error failed = applied.error();
    failed.detail = "migration " + std::to_string(migration.version) + " (" +
                    std::string(migration.name) + "): " + failed.detail;
    return failed;
}

}  // namespace

Result<std::string> render(std::string_view sql, const Dialect& dialect) {
    const std::array<std::pair<std::string_view, std::string_view>, 10> words{
        {{"id", dialect.id},
         {"int", dialect.integer},
         {"text", dialect.text},
         {"bool", dialect.boolean},
         {"real", dialect.real},
         {"json", dialect.json},
         {"bytes", dialect.bytes},
         {"table", dialect.table},
         {"clustered", dialect.clustered},
         {"by_time", dialect.by_time}}
    };
    std::string out;
    out.reserve(sql.size());
    while (!sql.empty()) {
        const std::size_t open = sql.find('{');
        out += sql.substr(0, open);
        if (open == std::string_view::npos) break;
        const std::size_t close = sql.find('}', open);
        const std::string_view word = sql.substr(open + 1, close - open - 1);
        const auto* known = words.begin();
        while (known != words.end() && known->first != word) ++known;
        if (close == std::string_view::npos || known == words.end())
            return Error{ErrorCode::internal, "the schema cannot be read",
                         "unknown placeholder {" + std::string(word.substr(0, 32)) + "}"};
        out += known->second;
        sql.remove_prefix(close + 1);
    }
    return out;
}

Result<std::size_t> migrate(SchemaConnection& connection, const Dialect& dialect,
                            std::span<const Migration> migrations) {
    if (Result<> made = create_version_table(connection, dialect); !made) return made.error();
    const Result<std::int64_t> version = connection.query_integer(version_sql(dialect));
    if (!version) return version.error();
    const std::int64_t newest = migrations.empty() ? 0 : migrations.back().version;
    if (*version > newest)
        return Error{ErrorCode::unsupported,
                     "the database has schema version " + std::to_string(*version) +
                         ", this server knows versions up to " + std::to_string(newest) +
                         ": start a newer server or restore a backup"};
    std::size_t applied = 0;
    for (const Migration& migration : migrations) {
        if (migration.version <= *version) continue;
        const Result<bool> done = apply(connection, dialect, migration);
        if (!done) return done.error();
        applied += *done ? 1 : 0;
    }
    return applied;
}

}  // namespace thingstead::store
