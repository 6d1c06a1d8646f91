// The schema of the relational stores: numbered SQL files of store/migrations, written in one
// dialect that each driver's types are put into, and applied in order, each in a transaction of
// its own.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/error.h"

namespace thingstead::store {

struct Migration {
    std::int64_t version;   ///< From 1, without gaps.
    std::string_view name;  ///< As in the file's name.
    std::string_view sql;   ///< With the placeholders of Dialect.
};

/// Every file of store/migrations, in order.
std::span<const Migration> all_migrations();
/// Every file of store/event_migrations, in order: the database of events has a schema of its own.
std::span<const Migration> event_migrations();

/// What a driver calls the things that the SQL files name in braces.
struct Dialect {
    std::string_view id;         ///< {id}: 16 ordered bytes.
    std::string_view integer;    ///< {int}: 64 bits.
    std::string_view text;       ///< {text}
    std::string_view boolean;    ///< {bool}
    std::string_view real;       ///< {real}: 64 bits.
    std::string_view json;       ///< {json}: text of a document.
    std::string_view bytes;      ///< {bytes}
    std::string_view table;      ///< {table}: after the columns of a table.
    std::string_view clustered;  ///< {clustered}: the same for a table kept in its key's order.
    /// {by_time}: the same for a table of which what is old is removed by its column created_time.
    std::string_view by_time;
    std::string_view begin;  ///< Starts a transaction that will write.
    /// Where the schema's version is: schemas of several stores may share a database.
    std::string_view version_table = "schema_version";
};

/// Puts the dialect's words in place. Errors: internal - an unknown placeholder.
Result<std::string> render(std::string_view sql, const Dialect& dialect);

/// What migrate() needs of a driver's connection.
class SchemaConnection {
  public:
    virtual ~SchemaConnection() = default;
    /// Runs statements separated by semicolons.
    virtual Result<> execute(const std::string& sql) = 0;
    /// The one integer that `sql` selects.
    virtual Result<std::int64_t> query_integer(const std::string& sql) = 0;
};

/// Brings the schema from whatever version it has to the newest of `migrations`; does nothing if it
/// is there. A migration that fails leaves the schema as it was before it.
/// Returns how many were applied.
/// Errors: unsupported - the database was written by a newer server; those of the connection.
Result<std::size_t> migrate(SchemaConnection& connection, const Dialect& dialect,
                            std::span<const Migration> migrations);

}  // namespace thingstead::store
