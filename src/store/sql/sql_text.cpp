#include "store/sql/sql_text.h"

#include <cstddef>

namespace thingstead::store::sql {
namespace {

std::string quoted(const std::string& identifier) { return '"' + identifier + '"'; }

std::string parameter_sql(Mark mark, std::size_t number) {
    return static_cast<char>(mark) + std::to_string(number);
}

bool fits(ColumnKind kind, const Cell& cell) {
    switch (kind) {
        case ColumnKind::boolean: return std::holds_alternative<bool>(cell);
        case ColumnKind::integer: return std::holds_alternative<std::int64_t>(cell);
        case ColumnKind::real:    return std::holds_alternative<double>(cell);
        case ColumnKind::text:
        case ColumnKind::json:    return std::holds_alternative<std::string>(cell);
        case ColumnKind::id:      return std::holds_alternative<Uuid>(cell);
    }
    return false;
}

std::size_t parameters_of(const Filter& filter) {
    std::size_t count = 0;
    for (const auto& [field, cell] : filter)
        count += std::holds_alternative<std::monostate>(cell) ? 0 : 1;
    return count;
}

/// `(contains_folded("a", ?N) OR …)` over the searchable columns, or nothing if there are none.
std::string search_sql(const Table& table, Mark mark, std::size_t parameter) {
    std::string sql;
    for (const Column& column : table.columns) {
        if (!column.searchable) continue;
        sql += sql.empty() ? "(" : " OR ";
        sql +=
            "contains_folded(" + quoted(column.name) + ", " + parameter_sql(mark, parameter) + ")";
    }
    if (!sql.empty()) sql += ")";
    return sql;
}

Result<std::string> order_sql(const Table& table, const PageLink& link) {
    const std::string id = quoted(table.columns.front().name);
    const std::string direction = link.descending ? " DESC" : "";
    const Column* column =
        link.sort_property.empty() ? &table.columns.front() : table.find(link.sort_property);
    if (!column)
        return Error{ErrorCode::invalid_argument,
                     "Unsupported sort property '" + link.sort_property + "'"};
    if (column == &table.columns.front()) return " ORDER BY " + id + direction;
    return " ORDER BY " + quoted(column->name) + direction + " NULLS LAST, " + id;
}

}  // namespace

Result<std::string> where_sql(const Table& table, const Filter& filter, Mark mark) {
    std::string sql;
    std::size_t parameter = 0;
    for (const auto& [field, cell] : filter) {
        const Column* column = table.find(field);
        const bool null = std::holds_alternative<std::monostate>(cell);
        if (!column || (!null && !fits(column->kind, cell)))
            return Error{ErrorCode::internal, "the query is wrong",
                         "filter " + table.name + "." + std::string(field)};
        sql += sql.empty() ? " WHERE " : " AND ";
        sql += quoted(column->name);
        sql += null ? " IS NULL" : " = " + parameter_sql(mark, ++parameter);
    }
    return sql;
}

Result<PageSql> page_sql(const Table& table, const Filter& filter, const PageLink& link,
                         Mark mark) {
    if (link.page_size < 1 || link.page < 0)
        return Error{ErrorCode::invalid_argument, "Incorrect page link"};
    Result<std::string> where = where_sql(table, filter, mark);
    if (!where) return where.error();
    const Result<std::string> order = order_sql(table, link);
    if (!order) return order.error();
    std::size_t parameters = parameters_of(filter);
    const std::string search =
        link.text_search.empty() ? std::string() : search_sql(table, mark, parameters + 1);
    if (!search.empty()) {
        ++parameters;
        *where += (where->empty() ? " WHERE " : " AND ") + search;
    }
    PageSql sql;
    sql.searches = !search.empty();
    sql.rows = select_sql(table) + *where + *order + " LIMIT " +
               parameter_sql(mark, parameters + 1) + " OFFSET " +
               parameter_sql(mark, parameters + 2);
    sql.count = count_sql(table) + *where;
    return sql;
}

std::string select_sql(const Table& table) {
    std::string sql;
    for (const Column& column : table.columns)
        sql += (sql.empty() ? "SELECT " : ", ") + quoted(column.name);
    return sql + " FROM " + quoted(table.name);
}

std::string count_sql(const Table& table) { return "SELECT COUNT(*) FROM " + quoted(table.name); }

std::string delete_sql(const Table& table) { return "DELETE FROM " + quoted(table.name); }

std::string insert_sql(const Table& table, Mark mark) {
    std::string names;
    std::string values;
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        names += (i == 0 ? "" : ", ") + quoted(table.columns[i].name);
        values += (i == 0 ? "" : ", ") + parameter_sql(mark, i + 1);
    }
    return "INSERT INTO " + quoted(table.name) + " (" + names + ") VALUES (" + values + ")";
}

std::string update_sql(const Table& table, Mark mark) {
    std::string changes;
    for (std::size_t i = 1; i < table.columns.size(); ++i)
        changes += (i == 1 ? "" : ", ") + quoted(table.columns[i].name) + " = " +
                   parameter_sql(mark, i + 1);
    return "UPDATE " + quoted(table.name) + " SET " + changes + " WHERE " +
           quoted(table.columns.front().name) + " = " + parameter_sql(mark, 1);
}

}  // namespace thingstead::store::sql
