#include "store/sqlite/sqlite_transaction.h"

#include <cstddef>

#include "store/sql/fold.h"
#include "store/sql/sql_text.h"

namespace thingstead::store::sqlite {
namespace {

/// Returns the parameter after the filter's.
int bind_filter(Statement& statement, const Filter& filter) {
    int parameter = 1;
    for (const auto& [field, cell] : filter)
        if (!std::holds_alternative<std::monostate>(cell)) statement.bind(parameter++, cell);
    return parameter;
}

Result<Row> row_of(const Statement& statement, const Table& table) {
    Row row;
    row.reserve(table.columns.size());
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        Result<Cell> cell = statement.cell(static_cast<int>(i), table.columns[i].kind);
        if (!cell) return cell.error();
        row.push_back(*std::move(cell));
    }
    return row;
}

}  // namespace

Result<Statement> SqliteTransaction::prepare(const std::string& sql) {
    if (!connection_.in_transaction())
        return Error{ErrorCode::unavailable, "the transaction was rolled back"};
    return connection_.prepare(sql);
}

Result<std::optional<Row>> SqliteTransaction::find_row(const Table& table, const Filter& filter) {
    const Result<std::string> where = sql::where_sql(table, filter, sql::Mark::question);
    if (!where) return where.error();
    Result<Statement> statement = prepare(sql::select_sql(table) + *where + " LIMIT 1");
    if (!statement) return statement.error();
    bind_filter(*statement, filter);
    const Result<bool> found = statement->step();
    if (!found) return found.error();
    if (!*found) return std::optional<Row>();
    Result<Row> row = row_of(*statement, table);
    if (!row) return row.error();
    return std::optional<Row>(*std::move(row));
}

Result<RowPage> SqliteTransaction::page_rows(const Table& table, const Filter& filter,
                                             const PageLink& link) {
    const Result<sql::PageSql> text = sql::page_sql(table, filter, link, sql::Mark::question);
    if (!text) return text.error();
    const std::string search = text->searches ? sql::fold_case(link.text_search) : std::string();
    const std::int64_t offset = std::int64_t{link.page} * link.page_size;

    RowPage page;
    {
        Result<Statement> statement = prepare(text->rows);
        if (!statement) return statement.error();
        int parameter = bind_filter(*statement, filter);
        if (text->searches) statement->bind(parameter++, std::string_view(search));
        statement->bind(parameter, std::int64_t{link.page_size}).bind(parameter + 1, offset);
        while (true) {
            const Result<bool> more = statement->step();
            if (!more) return more.error();
            if (!*more) break;
            Result<Row> row = row_of(*statement, table);
            if (!row) return row.error();
            page.rows.push_back(*std::move(row));
        }
    }
    const auto rows = static_cast<std::int64_t>(page.rows.size());
    if (rows < link.page_size && (rows > 0 || offset == 0)) {
        page.total_elements = offset + rows;  // the last page says how many there are
        return page;
    }
    Result<Statement> count = prepare(text->count);
    if (!count) return count.error();
    const int parameter = bind_filter(*count, filter);
    if (text->searches) count->bind(parameter, std::string_view(search));
    const Result<bool> counted = count->step();
    if (!counted) return counted.error();
    page.total_elements = count->integer(0);
    return page;
}

Result<std::int64_t> SqliteTransaction::count_rows(const Table& table, const Filter& filter) {
    const Result<std::string> where = sql::where_sql(table, filter, sql::Mark::question);
    if (!where) return where.error();
    Result<Statement> statement = prepare(sql::count_sql(table) + *where);
    if (!statement) return statement.error();
    bind_filter(*statement, filter);
    const Result<bool> counted = statement->step();
    if (!counted) return counted.error();
    return statement->integer(0);
}

Result<> SqliteTransaction::insert_row(const Table& table, const Row& row) {
    Result<Statement> statement = prepare(sql::insert_sql(table, sql::Mark::question));
    if (!statement) return statement.error();
    for (std::size_t i = 0; i < row.size(); ++i) statement->bind(static_cast<int>(i) + 1, row[i]);
    return statement->run();
}

Result<> SqliteTransaction::update_row(const Table& table, const Row& row) {
    Result<Statement> statement = prepare(sql::update_sql(table, sql::Mark::question));
    if (!statement) return statement.error();
    for (std::size_t i = 0; i < row.size(); ++i) statement->bind(static_cast<int>(i) + 1, row[i]);
    if (Result<> done = statement->run(); !done) return done;
    if (connection_.changes() == 0)
        return Error{ErrorCode::not_found, "no such row in " + table.name};
    return {};
}

Result<std::int64_t> SqliteTransaction::remove_rows(const Table& table, const Filter& filter) {
    if (filter.empty())
        return Error{ErrorCode::internal, "the query is wrong",
                     "remove from " + table.name + " without a filter"};
    const Result<std::string> where = sql::where_sql(table, filter, sql::Mark::question);
    if (!where) return where.error();
    Result<Statement> statement = prepare(sql::delete_sql(table) + *where);
    if (!statement) return statement.error();
    bind_filter(*statement, filter);
    if (Result<> done = statement->run(); !done) return done.error();
    return connection_.changes();
}

}  // namespace thingstead::store::sqlite
