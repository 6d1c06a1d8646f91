// What a driver's connection does for the event store; the rest is in sql_event_store.
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/error.h"
#include "store/row.h"
#include "store/sql/event_rows.h"
#include "store/sql/event_sql.h"

namespace thingstead::store::sql {

/// One connection, used by one thread at a time. Errors of all: invalid_argument, too_large - the
/// database refuses what it was given, and would again; others - it cannot be used now.
class EventSession {
  public:
    virtual ~EventSession() = default;

    /// All or nothing. A record whose time and id are there already is left out, so that a batch of
    /// which nobody knows may be written again.
    virtual Result<> insert(std::span<const Record> records) = 0;
    /// Every column of `table`.
    virtual Result<std::vector<Row>> select(const Query& query, const Table& table) = 0;
    virtual Result<std::int64_t> select_integer(const Query& query) = 0;
    /// Rows changed.
    virtual Result<std::int64_t> change(const Query& query) = 0;
    /// A part of the work of removing what is older; true: there may be more.
    virtual Result<bool> remove_older_than(const Table& table, EpochMs before) = 0;
};

/// Where sessions come from; outlives them.
class EventBackend {
  public:
    virtual ~EventBackend() = default;
    virtual Mark mark() const = 0;
    /// Connects. Called once for the writer, then once for each reader.
    virtual Result<std::unique_ptr<EventSession>> open_writer() = 0;
    virtual Result<std::unique_ptr<EventSession>> open_reader() = 0;
    /// Sessions wait for nothing any more. Thread-safe.
    virtual void stopping() {}
};

}  // namespace thingstead::store::sql
