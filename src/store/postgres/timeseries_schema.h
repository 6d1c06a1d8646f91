// Tables of the time-series store; see docs/reference/postgres-tables.md.
#pragma once
#include <span>

#include "store/migrations.h"
#include "store/postgres/dialect.h"

namespace thingstead::store::postgres {

/// They have a version of their own: the entity tables may be in another database, or the same.
inline constexpr Dialect timeseries_dialect = [] {
    Dialect words = dialect;
    words.version_table = "ts_schema_version";
    return words;
}();

std::span<const Migration> timeseries_migrations();

}  // namespace thingstead::store::postgres
