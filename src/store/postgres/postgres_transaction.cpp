#include "store/postgres/postgres_transaction.h"

#include <cstddef>

#include "store/sql/fold.h"
#include "store/sql/sql_text.h"

namespace thingstead::store::postgres {
namespace {

constexpr sql::Mark mark = sql::Mark::dollar;

Parameters parameters_of(const Filter& filter) {
    Parameters parameters;
    for (const auto& [field, cell] : filter)
        if (!std::holds_alternative<std::monostate>(cell)) parameters.add(cell);
    return parameters;
}

Parameters parameters_of(const Row& row) {
    Parameters parameters;
    for (const Cell& cell : row) parameters.add(cell);
    return parameters;
}

Result<Row> row_of(const Rows& rows, std::size_t at, const Table& table) {
    Row row;
    row.reserve(table.columns.size());
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        Result<Cell> cell = rows.cell(at, static_cast<int>(i), table.columns[i].kind);
        if (!cell) return cell.error();
        row.push_back(*std::move(cell));
    }
    return row;
}

}  // namespace

Result<Rows> PostgresTransaction::run(const std::string& sql, const Parameters& parameters) {
    if (failed_) return *failed_;
    Result<Rows> rows = connection_.run(sql, parameters);
    if (!rows) failed_ = rows.error();
    return rows;
}

Result<std::optional<Row>> PostgresTransaction::find_row(const Table& table, const Filter& filter) {
    const Result<std::string> where = sql::where_sql(table, filter, mark);
    if (!where) return where.error();
    const Result<Rows> rows =
        run(sql::select_sql(table) + *where + " LIMIT 1", parameters_of(filter));
    if (!rows) return rows.error();
    if (rows->size() == 0) return std::optional<Row>();
    Result<Row> row = row_of(*rows, 0, table);
    if (!row) return row.error();
    return std::optional<Row>(*std::move(row));
}

Result<RowPage> PostgresTransaction::page_rows(const Table& table, const Filter& filter,
                                               const PageLink& link) {
    const Result<sql::PageSql> text = sql::page_sql(table, filter, link, mark);
    if (!text) return text.error();
    const std::int64_t offset = std::int64_t{link.page} * link.page_size;
    Parameters chosen = parameters_of(filter);
    if (text->searches) chosen.add(sql::fold_case(link.text_search));
    Parameters cut = chosen;
    cut.add(std::int64_t{link.page_size}).add(offset);

    const Result<Rows> rows = run(text->rows, cut);
    if (!rows) return rows.error();
    RowPage page;
    for (std::size_t i = 0; i < rows->size(); ++i) {
        Result<Row> row = row_of(*rows, i, table);
        if (!row) return row.error();
        page.rows.push_back(*std::move(row));
    }
    const auto found = static_cast<std::int64_t>(rows->size());
    if (found < link.page_size && (found > 0 || offset == 0)) {
        page.total_elements = offset + found;  // the last page says how many there are
        return page;
    }
    const Result<Rows> count = run(text->count, chosen);
    if (!count) return count.error();
    page.total_elements = count->integer(0, 0);
    return page;
}

Result<std::int64_t> PostgresTransaction::count_rows(const Table& table, const Filter& filter) {
    const Result<std::string> where = sql::where_sql(table, filter, mark);
    if (!where) return where.error();
    const Result<Rows> rows = run(sql::count_sql(table) + *where, parameters_of(filter));
    if (!rows) return rows.error();
    return rows->integer(0, 0);
}

Result<> PostgresTransaction::insert_row(const Table& table, const Row& row) {
    const Result<Rows> done = run(sql::insert_sql(table, mark), parameters_of(row));
    if (!done) return done.error();
    return {};
}

Result<> PostgresTransaction::update_row(const Table& table, const Row& row) {
    const Result<Rows> done = run(sql::update_sql(table, mark), parameters_of(row));
    if (!done) return done.error();
    if (done->rows_changed() == 0)
        return Error{ErrorCode::not_found, "no such row in " + table.name};
    return {};
}

Result<std::int64_t> PostgresTransaction::remove_rows(const Table& table, const Filter& filter) {
    if (filter.empty())
        return Error{ErrorCode::internal, "the query is wrong",
                     "remove from " + table.name + " without a filter"};
    const Result<std::string> where = sql::where_sql(table, filter, mark);
    if (!where) return where.error();
    const Result<Rows> done = run(sql::delete_sql(table) + *where, parameters_of(filter));
    if (!done) return done.error();
    return done->rows_changed();
}

}  // namespace thingstead::store::postgres
