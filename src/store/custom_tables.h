// The port to tables that users made beside the server's own, in the same database: rows are added,
// nothing is read. Drivers: store/cassandra.
#pragma once
#include <chrono>
#include <string>

#include "base/error.h"
#include "net/task.h"

namespace thingstead::store {

/// Thread-safe.
class CustomTables {
  public:
    virtual ~CustomTables() = default;

    /// Adds a row, or replaces what the row of its key has in these columns. `row` is a JSON
    /// object, column by column; the database checks the types. `ttl` of 0: for ever. `table` is a
    /// name of letters, digits and '_', which the caller checked. Errors: invalid_argument - the
    /// database's words: no such table or column, another type; unavailable; timeout.
    virtual Task<Result<>> insert(std::string table, std::string row, std::chrono::seconds ttl) = 0;
};

}  // namespace thingstead::store
