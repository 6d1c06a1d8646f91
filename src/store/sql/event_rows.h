// The tables of audit entries and events, and how records become rows of them. The first two
// columns of each are id and created_time; the columns of an event's body follow from its
// describe(), with e_ in front.
#pragma once
#include <cstddef>

#include "base/error.h"
#include "model/audit.h"
#include "model/events.h"
#include "store/row.h"

namespace thingstead::store::sql {

inline constexpr const char* time_column = "created_time";

const Table& audit_table();
/// Fields of the body have "body." in front of their names.
const Table& event_table(model::EventKind kind);

/// A row to insert.
struct Record {
    const Table* table;
    Row row;
    std::size_t bytes;  ///< What it takes in memory, about.
};

Record record_of(const model::AuditLog& entry);
Record record_of(const model::Event& event);

/// Errors: internal - the row does not fit.
Result<model::AuditLog> audit_of(const Row& row);
Result<model::Event> event_of(model::EventKind kind, const Row& row);

}  // namespace thingstead::store::sql
