// The SQL of the event store's queries, in what all our databases speak.
#pragma once
#include <string>
#include <vector>

#include "base/error.h"
#include "store/event_store.h"
#include "store/row.h"
#include "store/sql/sql_text.h"

namespace thingstead::store::sql {

struct EventPageQuery {
    const Table* table;
    Query rows;
    Query count;
};

/// Errors: invalid_argument - as EventStore::find().
Result<EventPageQuery> page_query(const AuditQuery& query, Mark mark);
Result<EventPageQuery> page_query(const EventQuery& query, Mark mark);
Result<Query> remove_query(const EventQuery& query, Mark mark);

}  // namespace thingstead::store::sql
