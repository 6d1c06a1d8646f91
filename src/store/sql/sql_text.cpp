#include "store/sql/sql_text.h"

#include <algorithm>
#include <cstddef>

#include "store/sql/fold.h"

namespace thingstead::store::sql {
namespace {

constexpr int filter_depth_max = 8;

bool fits(ColumnKind kind, const Cell& cell) {
    switch (kind) {
        case ColumnKind::boolean: return std::holds_alternative<bool>(cell);
        case ColumnKind::integer: return std::holds_alternative<std::int64_t>(cell);
        case ColumnKind::real:    return std::holds_alternative<double>(cell);
        case ColumnKind::text:
        case ColumnKind::json:    return std::holds_alternative<std::string>(cell);
        case ColumnKind::id:      return std::holds_alternative<Uuid>(cell);
        case ColumnKind::binary:  return std::holds_alternative<Binary>(cell);
    }
    return false;
}

bool is_null(const Cell& cell) { return std::holds_alternative<std::monostate>(cell); }

bool takes_null(Compare compare) {
    return compare == Compare::equal || compare == Compare::not_equal;
}

Error wrong_query(const Table& table, std::string_view what) {
    return {ErrorCode::internal, "the query is wrong", table.name + ": " + std::string(what)};
}

/// Characters of UTF-8 text.
std::size_t length_of(std::string_view text) {
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

/// Writes a statement; columns are named with their tables, for statements may nest.
class Writer {
  public:
    explicit Writer(Mark mark) : mark_(mark) {}

    Writer& operator<<(std::string_view text) {
        query_.text += text;
        return *this;
    }
    Writer& value(const Cell& cell) {
        query_.cells.push_back(cell);
        query_.text += static_cast<char>(mark_) + std::to_string(query_.cells.size());
        return *this;
    }
    Writer& column(const Table& table, const Column& column) {
        return *this << quoted(table.name) << "." << quoted(column.name);
    }
    Writer& columns(const Table& table) {
        for (const Column& each : table.columns) {
            *this << (&each == table.columns.data() ? "SELECT " : ", ");
            column(table, each);
        }
        return *this;
    }
    Writer& all_columns(const Table& table) {
        return columns(table) << " FROM " << quoted(table.name);
    }
    Writer& by_key(const Table& table, bool descending) {
        for (std::size_t i = 0; i < table.key.size(); ++i) {
            *this << (i == 0 ? "" : ", ");
            column(table, table.columns[table.key[i]]) << (descending ? " DESC" : "");
        }
        return *this;
    }

    /// ` WHERE …`, or nothing.
    Result<> where(const Table& table, const Filter& filter) {
        if (filter.empty()) return {};
        *this << " WHERE ";
        return all_of(table, filter, 0);
    }

    Query take() { return std::move(query_); }

  private:
    Result<> all_of(const Table& table, const Filter& filter, int depth) {
        if (depth == filter_depth_max) return wrong_query(table, "the filter is too deep");
        if (filter.empty()) *this << "1 = 1";
        for (const Condition& each : filter) {
            if (&each != filter.data()) *this << " AND ";
            if (Result<> done = condition(table, each, depth); !done) return done;
        }
        return {};
    }

    Result<> condition(const Table& table, const Condition& each, int depth) {
        if (each.compare == Compare::either) return any_of(table, each.filters, depth);
        const Column* const found = table.find(each.field);
        if (!found) return wrong_query(table, "there is no " + std::string(each.field));
        if (each.compare == Compare::chosen) return choice(table, *found, *each.choice, depth);
        if (each.compare == Compare::has_row || each.compare == Compare::has_no_row)
            return row_elsewhere(table, *found, each, depth);
        for (const Cell& cell : each.cells)
            if (is_null(cell) ? !takes_null(each.compare) : !fits(found->kind, cell))
                return wrong_query(table, "a value of another kind than " + found->field);
        compare(table, *found, each);
        return {};
    }

    Result<> any_of(const Table& table, const std::vector<Filter>& filters, int depth) {
        if (filters.empty()) *this << "1 = 0";
        for (const Filter& each : filters) {
            *this << (&each == filters.data() ? "((" : " OR (");
            if (Result<> done = all_of(table, each, depth + 1); !done) return done;
            *this << ")";
        }
        if (!filters.empty()) *this << ")";
        return {};
    }

    Result<> choice(const Table& table, const Column& of, const Choice& choice, int depth) {
        const Column* const other = choice.table->find(choice.field);
        if (!other || other->kind != of.kind)
            return wrong_query(*choice.table, "no choice of " + std::string(choice.field));
        column(table, of) << " IN (SELECT ";
        column(*choice.table, *other) << " FROM " << quoted(choice.table->name) << " WHERE ";
        if (Result<> done = all_of(*choice.table, choice.filter, depth + 1); !done) return done;
        *this << ")";
        return {};
    }

    Result<> row_elsewhere(const Table& table, const Column& of, const Condition& each, int depth) {
        const Choice& choice = *each.choice;
        const Column* const other = choice.table->find(choice.field);
        if (!other || other->kind != of.kind || choice.table->name == table.name)
            return wrong_query(*choice.table, "no rows by " + std::string(choice.field));
        *this << (each.compare == Compare::has_row ? "EXISTS (" : "NOT EXISTS (")
              << "SELECT 1 FROM " << quoted(choice.table->name) << " WHERE ";
        column(*choice.table, *other) << " = ";
        column(table, of) << " AND ";
        if (Result<> done = all_of(*choice.table, choice.filter, depth + 1); !done) return done;
        *this << ")";
        return {};
    }

    void compare(const Table& table, const Column& of, const Condition& each) {
        switch (each.compare) {
            case Compare::equal:
                if (is_null(each.cells.front()))
                    column(table, of) << " IS NULL";
                else
                    (column(table, of) << " = ").value(each.cells.front());
                return;
            case Compare::not_equal:
                if (is_null(each.cells.front())) {
                    column(table, of) << " IS NOT NULL";
                } else {
                    *this << "(";
                    (column(table, of) << " <> ").value(each.cells.front()) << " OR ";
                    column(table, of) << " IS NULL)";
                }
                return;
            case Compare::at_least:    (column(table, of) << " >= ").value(each.cells.front()); return;
            case Compare::at_most:     (column(table, of) << " <= ").value(each.cells.front()); return;
            case Compare::one_of:      list(table, of, each.cells, " IN (", "1 = 0"); return;
            case Compare::none_of:     list(table, of, each.cells, " NOT IN (", "1 = 1"); return;
            case Compare::starts_with: {
                const std::string& text = std::get<std::string>(each.cells.front());
                *this << "substr(";
                column(table, of) << ", 1, " << std::to_string(length_of(text)) << ") = ";
                value(text);
                return;
            }
            case Compare::contains:
                contains(table, of, fold_case(std::get<std::string>(each.cells.front())));
                return;
            case Compare::chosen:
            case Compare::has_row:
            case Compare::has_no_row:
            case Compare::either:     return;  // were written before
        }
    }

    void list(const Table& table, const Column& of, const std::vector<Cell>& cells,
              std::string_view how, std::string_view if_empty) {
        if (cells.empty()) {
            *this << if_empty;
            return;
        }
        column(table, of) << how;
        for (const Cell& cell : cells) {
            if (&cell != cells.data()) *this << ", ";
            value(cell);
        }
        *this << ")";
    }

  public:
    void contains(const Table& table, const Column& of, const std::string& folded) {
        *this << "contains_folded(";
        column(table, of) << ", ";
        value(folded) << ")";
    }
    /// The looked-up column of the row that `table`'s row refers to.
    void looked_up(const Table& table, const Lookup& lookup, const Column& via) {
        const Table& other = lookup.table();
        const Column* const shown = other.find(lookup.field);
        TS_ASSERT(shown);
        *this << "(SELECT ";
        column(other, *shown) << " FROM " << quoted(other.name) << " WHERE ";
        column(other, other.columns.front()) << " = ";
        column(table, via) << ")";
    }

  private:
    const Mark mark_;
    Query query_;
};

bool is_searched(const Column& column, const PageLink& link) {
    if (link.search_fields.empty()) return column.searchable;
    return std::find(link.search_fields.begin(), link.search_fields.end(), column.field) !=
           link.search_fields.end();
}

std::vector<const Column*> searched_columns(const Table& table, const PageLink& link) {
    std::vector<const Column*> columns;
    for (const Column& column : table.columns)
        if (is_searched(column, link)) columns.push_back(&column);
    return columns;
}

/// ` WHERE` or ` AND (contains_folded(…) OR …)` over what is searched, or nothing.
void write_search(Writer& writer, const Table& table, const PageLink& link, bool has_where) {
    if (link.text_search.empty()) return;
    const std::string folded = fold_case(link.text_search);
    bool first = true;
    const auto separate = [&] {
        writer << (first ? (has_where ? " AND (" : " WHERE (") : " OR ");
        first = false;
    };
    for (const Column* column : searched_columns(table, link)) {
        separate();
        writer.contains(table, *column, folded);
    }
    for (const Lookup& lookup : link.lookups) {
        if (!lookup.searched) continue;
        const Table& other = lookup.table();
        const Column* const via = table.find(lookup.via);
        const Column* const shown = other.find(lookup.field);
        TS_ASSERT(via && shown);
        separate();
        writer.column(table, *via) << " IN (SELECT ";
        writer.column(other, other.columns.front()) << " FROM " << quoted(other.name) << " WHERE ";
        writer.contains(other, *shown, folded);
        writer << ")";
    }
    if (!first) writer << ")";
}

/// The tenant whose rows alone `filter` lets through, if it says so.
std::optional<Uuid> tenant_of(const Filter& filter) {
    for (const Condition& each : filter)
        if (each.field == "tenantId" && each.compare == Compare::equal)
            if (const Uuid* tenant = std::get_if<Uuid>(&each.cells.front())) return *tenant;
    return std::nullopt;
}

/// How the index finds what a page looks for.
struct IndexedSearch {
    Uuid tenant;
    TextMatch own;
    /// None: every row of the other table is looked at.
    std::vector<std::pair<const Lookup*, std::optional<TextMatch>>> looked_up{};
};

/// None: every row has to be looked at.
std::optional<IndexedSearch> indexed_search(const Table& table, const Filter& filter,
                                            const PageLink& link, const TextIndex* index) {
    if (!index || link.text_search.empty()) return std::nullopt;
    const std::optional<Uuid> tenant = tenant_of(filter);
    if (!tenant) return std::nullopt;
    auto own = index->match(table, searched_columns(table, link), *tenant, link.text_search);
    if (!own) return std::nullopt;
    IndexedSearch search{*tenant, *std::move(own)};
    for (const Lookup& lookup : link.lookups) {
        if (!lookup.searched) continue;
        const Table& other = lookup.table();
        search.looked_up.emplace_back(
            &lookup, index->match(other, {other.find(lookup.field)}, *tenant, link.text_search));
    }
    return search;
}

void write_match(Writer& writer, const TextMatch& match) {
    const std::string index = quoted(match.index);
    (writer << "SELECT rowid AS \"at\" FROM " << index << " WHERE " << index << " MATCH ")
        .value(match.expression);
}

/// ` FROM` what the index found, and the rows of `table` that these are. CROSS JOIN keeps SQLite
/// from going through all rows of the tenant instead.
void write_found_rows(Writer& writer, const Table& table, const IndexedSearch& search,
                      const std::string& text) {
    writer << " FROM (";
    write_match(writer, search.own);
    for (const auto& [lookup, match] : search.looked_up) {
        const Table& other = lookup->table();
        writer << " UNION SELECT " << quoted(table.name) << ".rowid FROM " << quoted(table.name)
               << " WHERE ";
        (writer.column(table, *table.find("tenantId")) << " = ").value(search.tenant) << " AND ";
        writer.column(table, *table.find(lookup->via)) << " IN (SELECT ";
        writer.column(other, other.columns.front()) << " FROM " << quoted(other.name) << " WHERE ";
        if (match) {
            writer << quoted(other.name) << ".rowid IN (";
            write_match(writer, *match);
            writer << ")";
        } else {
            writer.contains(other, *other.find(lookup->field), fold_case(text));
        }
        writer << ")";
    }
    writer << ") AS \"found\" CROSS JOIN " << quoted(table.name) << " ON " << quoted(table.name)
           << ".rowid = \"found\".\"at\"";
}

Result<> write_order(Writer& writer, const Table& table, const PageLink& link) {
    writer << " ORDER BY ";
    const auto by_column = [&]() -> bool {
        const Column* const column = table.find(link.sort_property);
        if (!column) return false;
        writer.column(table, *column);
        return true;
    };
    const auto by_lookup = [&]() -> bool {
        for (const Lookup& lookup : link.lookups)
            if (lookup.property == link.sort_property) {
                const Column* const via = table.find(lookup.via);
                TS_ASSERT(via);
                writer.looked_up(table, lookup, *via);
                return true;
            }
        return false;
    };
    const bool plain =
        link.sort_property.empty() ||
        (table.key.size() == 1 && table.columns[table.key.front()].field == link.sort_property);
    if (plain) {
        writer.by_key(table, link.descending);
        return {};
    }
    if (!by_lookup() && !by_column())
        return Error{ErrorCode::invalid_argument,
                     "Unsupported sort property '" + link.sort_property + "'"};
    writer << (link.descending ? " DESC" : "") << " NULLS LAST, ";
    writer.by_key(table, false);
    return {};
}

Result<Query> with_where(Writer writer, const Table& table, const Filter& filter,
                         std::string_view after = {}) {
    if (Result<> done = writer.where(table, filter); !done) return done.error();
    writer << after;
    return writer.take();
}

}  // namespace

Result<PageQuery> page_query(const Table& table, const Filter& filter, const PageLink& link,
                             Mark mark, const TextIndex* index) {
    if (link.page_size < 1 || link.page < 0)
        return Error{ErrorCode::invalid_argument, "Incorrect page link"};
    Writer rows(mark), count(mark);
    rows.columns(table);
    count << "SELECT COUNT(*)";
    const std::optional<IndexedSearch> indexed = indexed_search(table, filter, link, index);
    for (Writer* writer : {&rows, &count}) {
        if (indexed)
            write_found_rows(*writer, table, *indexed, link.text_search);
        else
            *writer << " FROM " << quoted(table.name);
        if (Result<> done = writer->where(table, filter); !done) return done.error();
        if (!indexed) write_search(*writer, table, link, !filter.empty());
    }
    if (Result<> done = write_order(rows, table, link); !done) return done.error();
    (rows << " LIMIT ").value(std::int64_t{link.page_size});
    (rows << " OFFSET ").value(std::int64_t{link.page} * link.page_size);
    return PageQuery{rows.take(), count.take()};
}

Result<Query> rows_query(const Table& table, const Filter& filter, std::int32_t limit, Mark mark) {
    Writer writer(mark);
    writer.all_columns(table);
    if (Result<> done = writer.where(table, filter); !done) return done.error();
    writer << " ORDER BY ";
    writer.by_key(table, false);
    (writer << " LIMIT ").value(std::int64_t{limit});
    return writer.take();
}

Result<Query> find_query(const Table& table, const Filter& filter, Mark mark) {
    Writer writer(mark);
    writer.all_columns(table);
    return with_where(std::move(writer), table, filter, " LIMIT 1");
}

Result<Query> count_query(const Table& table, const Filter& filter, Mark mark) {
    Writer writer(mark);
    writer << "SELECT COUNT(*) FROM " << quoted(table.name);
    return with_where(std::move(writer), table, filter);
}

Result<Query> distinct_query(const Table& table, std::string_view field, const Filter& filter,
                             Mark mark) {
    const Column* const column = table.find(field);
    if (!column) return wrong_query(table, "there is no " + std::string(field));
    Filter given = filter;
    given.push_back({field, Compare::not_equal, Cell()});
    Writer writer(mark);
    writer << "SELECT DISTINCT ";
    writer.column(table, *column) << " FROM " << quoted(table.name);
    return with_where(std::move(writer), table, given, " ORDER BY 1");
}

Result<Query> sum_query(const Table& table, std::string_view field, const Filter& filter,
                        Mark mark) {
    const Column* const column = table.find(field);
    if (!column || column->kind != ColumnKind::integer)
        return wrong_query(table, "no integers in " + std::string(field));
    Writer writer(mark);
    writer << "SELECT CAST(COALESCE(SUM(";
    writer.column(table, *column) << "), 0) AS BIGINT) FROM " << quoted(table.name);
    return with_where(std::move(writer), table, filter);
}

Result<Query> remove_query(const Table& table, const Filter& filter, Mark mark) {
    if (filter.empty()) return wrong_query(table, "remove without a filter");
    Writer writer(mark);
    writer << "DELETE FROM " << quoted(table.name);
    return with_where(std::move(writer), table, filter);
}

Result<Query> change_query(const Table& table, const Changes& changes, const Filter& filter,
                           Mark mark) {
    if (filter.empty() || changes.empty()) return wrong_query(table, "change without a filter");
    Writer writer(mark);
    writer << "UPDATE " << quoted(table.name);
    for (const auto& [field, cell] : changes) {
        const Column* const column = table.find(field);
        if (!column || (!is_null(cell) && !fits(column->kind, cell)))
            return wrong_query(table, "no such change of " + std::string(field));
        writer << (field == changes.front().first ? " SET " : ", ") << quoted(column->name)
               << " = ";
        if (is_null(cell))
            writer << "NULL";
        else
            writer.value(cell);
    }
    return with_where(std::move(writer), table, filter);
}

std::optional<std::int64_t> total_of_last_page(std::size_t rows, const PageLink& link) {
    const auto found = static_cast<std::int64_t>(rows);
    const std::int64_t offset = std::int64_t{link.page} * link.page_size;
    if (found < link.page_size && (found > 0 || offset == 0)) return offset + found;
    return std::nullopt;
}

std::string insert_sql(const Table& table, Mark mark) {
    std::string names, values;
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        names += (i == 0 ? "" : ", ") + quoted(table.columns[i].name);
        values +=
            (i == 0 ? "" : ", ") + std::string(1, static_cast<char>(mark)) + std::to_string(i + 1);
    }
    return "INSERT INTO " + quoted(table.name) + " (" + names + ") VALUES (" + values + ")";
}

std::string update_sql(const Table& table, Mark mark) {
    std::string changes, where;
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        const std::string equal =
            quoted(table.columns[i].name) + " = " + static_cast<char>(mark) + std::to_string(i + 1);
        const bool of_key = std::find(table.key.begin(), table.key.end(), i) != table.key.end();
        if (of_key)
            where += (where.empty() ? " WHERE " : " AND ") + equal;
        else
            changes += (changes.empty() ? " SET " : ", ") + equal;
    }
    return "UPDATE " + quoted(table.name) + changes + where;
}

std::string put_sql(const Table& table, Mark mark) {
    std::string key, changes;
    for (const std::size_t at : table.key)
        key += (key.empty() ? "" : ", ") + quoted(table.columns[at].name);
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        if (std::find(table.key.begin(), table.key.end(), i) != table.key.end()) continue;
        const std::string name = quoted(table.columns[i].name);
        changes += (changes.empty() ? "" : ", ") + name + " = excluded." + name;
    }
    return insert_sql(table, mark) + " ON CONFLICT (" + key + ") DO " +
           (changes.empty() ? "NOTHING" : "UPDATE SET " + changes);
}

}  // namespace thingstead::store::sql
