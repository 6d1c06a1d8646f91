// The SQL of the port's operations on a table, in what all our databases speak. A text search
// calls contains_folded(text, folded part), which each driver gives to its database.
// Identifiers are always quoted; values are always parameters.
#pragma once
#include <string>

#include "base/error.h"
#include "store/entity_store.h"
#include "store/row.h"

namespace thingstead::store::sql {

/// How a database writes parameters: ?1 or $1.
enum class Mark : char { question = '?', dollar = '$' };

/// ` WHERE …` with one parameter, from 1, per cell of `filter` that is not NULL, or nothing.
/// Errors: internal - a field is not of the table, or its cell not of the column's kind.
Result<std::string> where_sql(const Table& table, const Filter& filter, Mark mark);

struct PageSql {
    std::string rows;  ///< After the parameters of the filter: [folded search text,] limit, offset.
    std::string count;  ///< After the parameters of the filter: [folded search text].
    bool searches = false;
};

/// Errors: invalid_argument - the sort property is not of the table, a negative page, a page
/// without rows; those of where_sql().
Result<PageSql> page_sql(const Table& table, const Filter& filter, const PageLink& link, Mark mark);

/// `SELECT <every column> FROM <table>`.
std::string select_sql(const Table& table);
std::string count_sql(const Table& table);
std::string delete_sql(const Table& table);
/// One parameter per column.
std::string insert_sql(const Table& table, Mark mark);
/// Parameters as of insert_sql(): the first is the id of the row to replace.
std::string update_sql(const Table& table, Mark mark);

}  // namespace thingstead::store::sql
