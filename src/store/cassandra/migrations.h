// The keyspace and its tables. See docs/reference/cassandra-tables.md.
#pragma once
#include "base/error.h"
#include "net/task.h"
#include "store/cassandra/session.h"
#include "store/cassandra/settings.h"

namespace thingstead::store::cassandra {

/// Makes what is missing, step by step; several processes may do it at once. On the session's
/// thread, before start(). Errors: invalid_argument - keyspace or replication, which the detail
/// names; unsupported - the tables are of a newer version; as Session::ask().
Task<Result<>> migrate(Session& session, const Settings& settings, const Log& log);

}  // namespace thingstead::store::cassandra
