#include "store/sqlite/sqlite_transaction.h"

#include <cstddef>

#include "store/sql/sql_text.h"
#include "store/sqlite/text_index.h"

namespace thingstead::store::sqlite {
namespace {

constexpr sql::Mark mark = sql::Mark::question;

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

Result<Statement> SqliteTransaction::start(const Result<sql::Query>& query) {
    if (!query) return query.error();
    Result<Statement> statement = prepare(query->text);
    if (!statement) return statement.error();
    int parameter = 0;
    for (const Cell& cell : query->cells) statement->bind(++parameter, cell);
    return statement;
}

Result<std::vector<Row>> SqliteTransaction::rows(const Result<sql::Query>& query,
                                                 const Table& table) {
    Result<Statement> statement = start(query);
    if (!statement) return statement.error();
    std::vector<Row> rows;
    while (true) {
        const Result<bool> more = statement->step();
        if (!more) return more.error();
        if (!*more) return rows;
        Result<Row> row = row_of(*statement, table);
        if (!row) return row.error();
        rows.push_back(*std::move(row));
    }
}

Result<std::int64_t> SqliteTransaction::integer(const Result<sql::Query>& query) {
    Result<Statement> statement = start(query);
    if (!statement) return statement.error();
    const Result<bool> found = statement->step();
    if (!found) return found.error();
    return statement->integer(0);
}

Result<std::int64_t> SqliteTransaction::changed(const Result<sql::Query>& query) {
    Result<Statement> statement = start(query);
    if (!statement) return statement.error();
    if (Result<> done = statement->run(); !done) return done.error();
    return connection_.changes();
}

Result<std::optional<Row>> SqliteTransaction::find_row(const Table& table, const Filter& filter) {
    Result<std::vector<Row>> found = rows(sql::find_query(table, filter, mark), table);
    if (!found) return found.error();
    if (found->empty()) return std::optional<Row>();
    if (cache_ && id_asked_for(table, filter)) cache_->put(table, found->front(), state_);
    return std::optional<Row>(std::move(found->front()));
}

Result<RowPage> SqliteTransaction::page_rows(const Table& table, const Filter& filter,
                                             const PageLink& link) {
    const Result<sql::PageQuery> query = sql::page_query(table, filter, link, mark, &text_index());
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

Result<std::vector<Row>> SqliteTransaction::all_rows(const Table& table, const Filter& filter,
                                                     std::int32_t limit) {
    return rows(sql::rows_query(table, filter, limit, mark), table);
}

Result<std::int64_t> SqliteTransaction::count_rows(const Table& table, const Filter& filter) {
    return integer(sql::count_query(table, filter, mark));
}

Result<std::vector<Cell>> SqliteTransaction::distinct_cells(const Table& table,
                                                            std::string_view field,
                                                            const Filter& filter) {
    Result<Statement> statement = start(sql::distinct_query(table, field, filter, mark));
    if (!statement) return statement.error();
    const ColumnKind kind = table.find(field)->kind;
    std::vector<Cell> cells;
    while (true) {
        const Result<bool> more = statement->step();
        if (!more) return more.error();
        if (!*more) return cells;
        Result<Cell> cell = statement->cell(0, kind);
        if (!cell) return cell.error();
        cells.push_back(*std::move(cell));
    }
}

Result<std::int64_t> SqliteTransaction::sum_cells(const Table& table, std::string_view field,
                                                  const Filter& filter) {
    return integer(sql::sum_query(table, field, filter, mark));
}

void SqliteTransaction::touch(const Table& table, const Row& row) {
    if (!touched_ || table.key.size() != 1) return;
    if (const Uuid* id = std::get_if<Uuid>(&row[table.key.front()])) touched_->rows.push_back(*id);
}

void SqliteTransaction::touch(const Table& table, const Filter& filter) {
    if (!touched_ || table.key.size() != 1) return;
    if (const Uuid* id = id_asked_for(table, filter))
        touched_->rows.push_back(*id);
    else if (table.columns[table.key.front()].kind == ColumnKind::id)
        touched_->unknown = true;
}

Result<> SqliteTransaction::insert_row(const Table& table, const Row& row) {
    Result<Statement> statement = prepare(sql::insert_sql(table, mark));
    if (!statement) return statement.error();
    for (std::size_t i = 0; i < row.size(); ++i) statement->bind(static_cast<int>(i) + 1, row[i]);
    return statement->run();
}

Result<> SqliteTransaction::update_row(const Table& table, const Row& row) {
    touch(table, row);
    Result<Statement> statement = prepare(sql::update_sql(table, mark));
    if (!statement) return statement.error();
    for (std::size_t i = 0; i < row.size(); ++i) statement->bind(static_cast<int>(i) + 1, row[i]);
    if (Result<> done = statement->run(); !done) return done;
    if (connection_.changes() == 0)
        return Error{ErrorCode::not_found, "no such row in " + table.name};
    return {};
}

Result<> SqliteTransaction::put_row(const Table& table, const Row& row) {
    touch(table, row);
    const Result<std::int64_t> done = changed(sql::Query{sql::put_sql(table, mark), row});
    if (!done) return done.error();
    return {};
}

Result<std::int64_t> SqliteTransaction::change_rows(const Table& table, const Changes& changes,
                                                    const Filter& filter) {
    touch(table, filter);
    return changed(sql::change_query(table, changes, filter, mark));
}

Result<std::int64_t> SqliteTransaction::remove_rows(const Table& table, const Filter& filter) {
    touch(table, filter);
    return changed(sql::remove_query(table, filter, mark));
}

}  // namespace thingstead::store::sqlite
