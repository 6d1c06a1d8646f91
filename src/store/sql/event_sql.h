// The SQL of the event store's queries, in what all our databases speak.
#pragma once
#include <string>
#include <vector>

#include "base/error.h"
#include "store/event_store.h"
#include "store/row.h"
#include "store/sql/sql_text.h"

namespace thingstead::store::sql {

/// A statement and its parameters, none of which is NULL.
struct Query {
    std::string sql;
    std::vector<Cell> cells;
};

struct PageQuery {
    const Table* table;
    Query rows;
    Query count;
};

/// Errors: invalid_argument - as EventStore::find().
Result<PageQuery> page_query(const AuditQuery& query, Mark mark);
Result<PageQuery> page_query(const EventQuery& query, Mark mark);
Result<Query> remove_query(const EventQuery& query, Mark mark);

}  // namespace thingstead::store::sql
