// All that is PostgreSQL's own in the entity schema: types, text search, how servers that start at
// the same time keep out of each other's way.
#pragma once
#include <cstddef>
#include <span>
#include <string>

#include "base/error.h"
#include "store/migrations.h"
#include "store/postgres/connection.h"

namespace thingstead::store::postgres {

inline constexpr Dialect dialect{.id = "UUID",
                                 .integer = "BIGINT",
                                 // Bytes in order, as the embedded driver sorts.
                                 .text = "TEXT COLLATE \"C\"",
                                 .boolean = "BOOLEAN",
                                 .real = "DOUBLE PRECISION",
                                 // JSON would refuse or reorder what is kept to the letter.
                                 .json = "TEXT",
                                 .bytes = "BYTEA",
                                 .table = "",
                                 // Attributes change in place while their page has room.
                                 .clustered = " WITH (fillfactor = 80)",
                                 .by_time = " PARTITION BY RANGE (\"created_time\")",
                                 .begin = "BEGIN"};

/// SQL that makes the function contains_folded(text, folded part). It folds what fold_case() folds,
/// whatever the database's locale.
std::string text_search_sql();

/// SQL that makes the functions stored_id(uuid) and real_id(uuid), for people who look into tables.
std::string id_functions_sql();

/// Brings a schema up to date under a lock that other servers wait for, then runs `after`.
/// Returns how many migrations were applied.
/// Errors: as migrate(); unavailable - another server holds the lock for a minute.
Result<std::size_t> migrate_alone(Connection& connection, const Dialect& words,
                                  std::span<const Migration> migrations, const std::string& after);

}  // namespace thingstead::store::postgres
