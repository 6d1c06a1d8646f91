#include "store/postgres/postgres_transaction.h"

#include <cstddef>

#include "store/sql/sql_text.h"

namespace thingstead::store::postgres {
namespace {

constexpr sql::Mark mark = sql::Mark::dollar;

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

Result<Rows> PostgresTransaction::run(const Result<sql::Query>& query) {
    if (!query) return query.error();
    return run(query->text, parameters_of(query->cells));
}

Result<std::vector<Row>> PostgresTransaction::rows(const Result<sql::Query>& query,
                                                   const Table& table) {
    const Result<Rows> found = run(query);
    if (!found) return found.error();
    std::vector<Row> rows;
    rows.reserve(found->size());
    for (std::size_t i = 0; i < found->size(); ++i) {
        Result<Row> row = row_of(*found, i, table);
        if (!row) return row.error();
        rows.push_back(*std::move(row));
    }
    return rows;
}

Result<std::int64_t> PostgresTransaction::integer(const Result<sql::Query>& query) {
    const Result<Rows> found = run(query);
    if (!found) return found.error();
    return found->integer(0, 0);
}

Result<std::int64_t> PostgresTransaction::changed(const Result<sql::Query>& query) {
    const Result<Rows> done = run(query);
    if (!done) return done.error();
    return done->rows_changed();
}

Result<std::optional<Row>> PostgresTransaction::find_row(const Table& table, const Filter& filter) {
    Result<std::vector<Row>> found = rows(sql::find_query(table, filter, mark), table);
    if (!found) return found.error();
    if (found->empty()) return std::optional<Row>();
    return std::optional<Row>(std::move(found->front()));
}

Result<RowPage> PostgresTransaction::page_rows(const Table& table, const Filter& filter,
                                               const PageLink& link) {
    const Result<sql::PageQuery> query = sql::page_query(table, filter, link, mark);
    if (!query) return query.error();
    Result<std::vector<Row>> found = rows(query->rows, table);
    if (!found) return found.error();
    RowPage page;
    page.rows = *std::move(found);
    if (const auto total = sql::total_of_last_page(page.rows.size(), link)) {
        page.total_elements = *total;
        return page;
    }
    const Result<std::int64_t> count = integer(query->count);
    if (!count) return count.error();
    page.total_elements = *count;
    return page;
}

Result<std::vector<Row>> PostgresTransaction::all_rows(const Table& table, const Filter& filter,
                                                       std::int32_t limit) {
    return rows(sql::rows_query(table, filter, limit, mark), table);
}

Result<std::int64_t> PostgresTransaction::count_rows(const Table& table, const Filter& filter) {
    return integer(sql::count_query(table, filter, mark));
}

Result<std::vector<Cell>> PostgresTransaction::distinct_cells(const Table& table,
                                                              std::string_view field,
                                                              const Filter& filter) {
    const Result<Rows> found = run(sql::distinct_query(table, field, filter, mark));
    if (!found) return found.error();
    std::vector<Cell> cells;
    for (std::size_t i = 0; i < found->size(); ++i) {
        Result<Cell> cell = found->cell(i, 0, table.find(field)->kind);
        if (!cell) return cell.error();
        cells.push_back(*std::move(cell));
    }
    return cells;
}

Result<std::int64_t> PostgresTransaction::sum_cells(const Table& table, std::string_view field,
                                                    const Filter& filter) {
    return integer(sql::sum_query(table, field, filter, mark));
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

Result<> PostgresTransaction::put_row(const Table& table, const Row& row) {
    const Result<Rows> done = run(sql::put_sql(table, mark), parameters_of(row));
    if (!done) return done.error();
    return {};
}

Result<std::int64_t> PostgresTransaction::change_rows(const Table& table, const Changes& changes,
                                                      const Filter& filter) {
    return changed(sql::change_query(table, changes, filter, mark));
}

Result<std::int64_t> PostgresTransaction::remove_rows(const Table& table, const Filter& filter) {
    return changed(sql::remove_query(table, filter, mark));
}

}  // namespace thingstead::store::postgres
