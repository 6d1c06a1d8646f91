// The SQL of the port's operations on a table. Identifiers are always quoted; values are always
// parameters.
#pragma once
#include <string>

#include "base/error.h"
#include "store/entity_store.h"
#include "store/row.h"

namespace thingstead::store::sqlite {

/// ` WHERE …` with one parameter, from 1, per cell of `filter` that is not NULL, or nothing.
/// Errors: internal - a field is not of the table, or its cell not of the column's kind.
Result<std::string> where_sql(const Table& table, const Filter& filter);

struct PageSql {
    std::string rows;  ///< After the parameters of the filter: [folded search text,] limit, offset.
    std::string count;  ///< After the parameters of the filter: [folded search text].
    bool searches = false;
};

/// Errors: invalid_argument - the sort property is not of the table, a negative page, a page
/// without rows; those of where_sql().
Result<PageSql> page_sql(const Table& table, const Filter& filter, const PageLink& link);

/// `SELECT <every column> FROM <table>`.
std::string select_sql(const Table& table);
/// One parameter per column.
std::string insert_sql(const Table& table);
/// Parameters as of insert_sql(): the first is the id of the row to replace.
std::string update_sql(const Table& table);

}  // namespace thingstead::store::sqlite
