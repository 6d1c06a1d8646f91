#include "rule/replay/row_overlay.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <set>
#include <type_traits>
#include <utility>

namespace thingstead::rule {
namespace {

using store::Cell;
using store::Column;
using store::Compare;
using store::Condition;
using store::Filter;
using store::Row;
using store::Table;

/// The port's questions are protected: a store over another one asks them as the port would.
struct OverlayQuestions : store::Reader {
    using store::Reader::all_rows;
    using store::Reader::count_rows;
    using store::Reader::distinct_cells;
    using store::Reader::find_row;
    using store::Reader::page_rows;
    using store::Reader::sum_cells;
};

bool is_null(const Cell& cell) { return std::holds_alternative<std::monostate>(cell); }

/// NULL, which is nowhere compared, comes first.
bool before(const Cell& a, const Cell& b) {
    if (a.index() != b.index()) return a.index() < b.index();
    return std::visit(
        [&](const auto& left) {
            using T = std::decay_t<decltype(left)>;
            if constexpr (std::is_same_v<T, std::monostate>)
                return false;
            else if constexpr (std::is_same_v<T, Binary>)
                return left.bytes < std::get<T>(b).bytes;
            else
                return left < std::get<T>(b);
        },
        a);
}

Error cannot(const Table& table, std::string_view what) {
    return {ErrorCode::unsupported, "A replay cannot " + std::string(what) + " in table " +
                                        table.name + " after it has written there!"};
}

/// The position of the field; none: there is no such.
std::optional<std::size_t> place_of(const Table& table, std::string_view field) {
    const Column* const column = table.find(field);
    if (!column) return std::nullopt;
    return static_cast<std::size_t>(column - table.columns.data());
}

Error no_field(const Table& table, std::string_view field) {
    return {ErrorCode::internal, "there is no " + std::string(field) + " in " + table.name};
}

void append_key(std::string& key, const Cell& cell) {
    if (const auto* id = std::get_if<Uuid>(&cell)) {
        key += as_text(id->bytes());
    } else if (const auto* text = std::get_if<std::string>(&cell)) {
        key += *text;
        key += '\0';
    } else if (const auto* number = std::get_if<std::int64_t>(&cell)) {
        const auto ordered = static_cast<std::uint64_t>(*number) ^ (std::uint64_t{1} << 63);
        for (int shift = 56; shift >= 0; shift -= 8)
            key += static_cast<char>(ordered >> shift & 0xFF);
    } else if (const auto* flag = std::get_if<bool>(&cell)) {
        key += *flag ? '\1' : '\0';
    }
}

/// The key of the only row that fits; none: the filter does not name all of it.
std::optional<std::string> key_asked_for(const Table& table, const Filter& filter) {
    std::string key;
    for (const std::size_t each : table.key) {
        const auto named = std::find_if(filter.begin(), filter.end(), [&](const Condition& one) {
            return one.compare == Compare::equal && one.field == table.columns[each].field;
        });
        if (named == filter.end()) return std::nullopt;
        append_key(key, named->cells.front());
    }
    return key;
}

}  // namespace

std::string key_of(const Table& table, const Row& row) {
    std::string key;
    for (const std::size_t each : table.key) append_key(key, row[each]);
    return key;
}

// --- what lies over ---

const RowOverlay::OfTable* RowOverlay::of(const std::string& table) const {
    const auto found = tables_.find(table);
    return found == tables_.end() ? nullptr : &found->second;
}

Result<> RowOverlay::set(const Table& table, const std::string& key, std::optional<Row> row) {
    OfTable& into = tables_[table.name];
    if (!into.layout) into.layout = &table;
    if (row && into.layout != &table) return cannot(table, "write in another form");
    const auto [at, fresh] = into.rows.try_emplace(key);
    journal_.push_back({table.name, key, {}});
    if (!fresh) journal_.back().row = at->second;
    at->second = std::move(row);
    return {};
}

bool RowOverlay::concerns(const Filter& filter) const {
    return std::any_of(filter.begin(), filter.end(), [&](const Condition& each) {
        if (each.choice && (of(each.choice->table->name) || concerns(each.choice->filter)))
            return true;
        return std::any_of(each.filters.begin(), each.filters.end(),
                           [&](const Filter& inner) { return concerns(inner); });
    });
}

void RowOverlay::begin() { journal_.clear(); }

void RowOverlay::undo() {
    for (auto each = journal_.rbegin(); each != journal_.rend(); ++each) {
        OfTable& table = tables_[each->table];
        if (each->row)
            table.rows[each->key] = std::move(*each->row);
        else
            table.rows.erase(each->key);
        if (table.rows.empty()) tables_.erase(each->table);
    }
    journal_.clear();
}

// --- both together ---

bool MergedRows::lies_bare(const Table& table, const Filter& filter) const {
    return !overlay_.of(table.name) && !overlay_.concerns(filter);
}

Result<std::optional<Row>> MergedRows::find(const Table& table, const Filter& filter) {
    if (lies_bare(table, filter)) return (base_.*&OverlayQuestions::find_row)(table, filter);
    auto rows = all(table, filter, 1);
    if (!rows) return rows.error();
    if (rows->empty()) return std::optional<Row>();
    return std::optional<Row>(std::move(rows->front()));
}

Result<std::vector<Row>> MergedRows::all(const Table& table, const Filter& filter,
                                         std::int32_t limit) {
    if (lies_bare(table, filter)) return (base_.*&OverlayQuestions::all_rows)(table, filter, limit);
    const RowOverlay::OfTable* const over = overlay_.of(table.name);
    const bool widened = overlay_.concerns(filter);
    // Rows that are covered may be among the first ones that the base has.
    const std::int64_t covered = over ? static_cast<std::int64_t>(over->rows.size()) : 0;
    const std::int64_t wanted =
        widened ? rows_max : std::min<std::int64_t>(limit + covered, store::all_rows_max);
    auto below = (base_.*&OverlayQuestions::all_rows)(
        table, widened ? without_overlaid(filter) : filter, static_cast<std::int32_t>(wanted));
    if (!below) return below.error();
    if (widened && static_cast<std::int64_t>(below->size()) >= rows_max)
        return cannot(table, "look through so many rows");
    std::map<std::string, Row> merged;
    const std::optional<std::string> only = key_asked_for(table, filter);
    for (Row& row : *below) {
        std::string key = key_of(table, row);
        if (over && over->rows.contains(key)) continue;
        const Result<bool> fits = widened ? holds(table, filter, row) : Result<bool>(true);
        if (!fits) return fits.error();
        if (*fits) merged.emplace(std::move(key), std::move(row));
    }
    if (over)
        for (auto at = only ? over->rows.find(*only) : over->rows.begin(); at != over->rows.end();
             at = only ? over->rows.end() : std::next(at)) {
            const auto& [key, row] = *at;
            if (!row) continue;
            auto seen = in_layout(table, *over, *row);
            if (!seen) return seen.error();
            const Result<bool> fits = holds(table, filter, **seen);
            if (!fits) return fits.error();
            if (*fits) merged.emplace(key, **std::move(seen));
        }
    std::vector<Row> rows;
    for (auto& [key, row] : merged) {
        if (rows.size() >= static_cast<std::size_t>(limit)) break;
        rows.push_back(std::move(row));
    }
    return rows;
}

Result<store::RowPage> MergedRows::page(const Table& table, const Filter& filter,
                                        const store::PageLink& link) {
    if (lies_bare(table, filter)) return (base_.*&OverlayQuestions::page_rows)(table, filter, link);
    if (!link.text_search.empty()) return cannot(table, "search texts");
    if (link.page_size < 1 || link.page < 0)
        return Error{ErrorCode::invalid_argument, "Incorrect page link"};
    const bool sorted = !link.sort_property.empty();
    const auto by = sorted ? place_of(table, link.sort_property) : std::nullopt;
    if (sorted && !by) return cannot(table, "sort by " + link.sort_property);
    auto rows = all(table, filter, store::all_rows_max);
    if (!rows) return rows.error();
    if (by)
        std::stable_sort(rows->begin(), rows->end(), [&](const Row& a, const Row& b) {
            if (is_null(a[*by]) != is_null(b[*by])) return is_null(b[*by]);
            return link.descending ? before(b[*by], a[*by]) : before(a[*by], b[*by]);
        });
    else if (link.descending)
        std::reverse(rows->begin(), rows->end());
    const auto total = static_cast<std::int64_t>(rows->size());
    const auto from = std::min(total, std::int64_t{link.page} * link.page_size);
    const auto to = std::min(total, from + link.page_size);
    return store::RowPage{
        {rows->begin() + from, rows->begin() + to},
        total
    };
}

Result<std::int64_t> MergedRows::count(const Table& table, const Filter& filter) {
    if (lies_bare(table, filter)) return (base_.*&OverlayQuestions::count_rows)(table, filter);
    auto rows = all(table, filter, store::all_rows_max);
    if (!rows) return rows.error();
    return static_cast<std::int64_t>(rows->size());
}

Result<std::vector<Cell>> MergedRows::distinct(const Table& table, std::string_view field,
                                               const Filter& filter) {
    if (lies_bare(table, filter))
        return (base_.*&OverlayQuestions::distinct_cells)(table, field, filter);
    const auto at = place_of(table, field);
    if (!at) return no_field(table, field);
    auto rows = all(table, filter, store::all_rows_max);
    if (!rows) return rows.error();
    std::set<Cell, decltype(&before)> cells(&before);
    for (const Row& row : *rows)
        if (!is_null(row[*at])) cells.insert(row[*at]);
    return std::vector<Cell>(cells.begin(), cells.end());
}

Result<std::int64_t> MergedRows::sum(const Table& table, std::string_view field,
                                     const Filter& filter) {
    if (lies_bare(table, filter))
        return (base_.*&OverlayQuestions::sum_cells)(table, field, filter);
    const auto at = place_of(table, field);
    if (!at) return no_field(table, field);
    auto rows = all(table, filter, store::all_rows_max);
    if (!rows) return rows.error();
    std::int64_t total = 0;
    for (const Row& row : *rows)
        if (const auto* number = std::get_if<std::int64_t>(&row[*at])) total += *number;
    return total;
}

Result<std::optional<Row>> MergedRows::row_of_key(const Table& table, const Row& like) {
    if (const RowOverlay::OfTable* const over = overlay_.of(table.name))
        if (const auto found = over->rows.find(key_of(table, like)); found != over->rows.end()) {
            if (!found->second) return std::optional<Row>();
            return in_layout(table, *over, *found->second);
        }
    Filter filter;
    for (const std::size_t each : table.key)
        filter.emplace_back(std::string_view(table.columns[each].field), like[each]);
    return (base_.*&OverlayQuestions::find_row)(table, filter);
}

/// A row that was written in one layout, as a table with some of its columns has it.
Result<std::optional<Row>> MergedRows::in_layout(const Table& table,
                                                 const RowOverlay::OfTable& from,
                                                 const Row& row) const {
    if (from.layout == &table) return std::optional<Row>(row);
    Row seen;
    for (const Column& each : table.columns) {
        const auto at = place_of(*from.layout, each.field);
        if (!at) return cannot(table, "read " + each.field);
        seen.push_back(row[*at]);
    }
    return std::optional<Row>(std::move(seen));
}

// --- conditions ---

/// A filter that lets through at least as much, and looks into nothing that was written.
Filter MergedRows::without_overlaid(const Filter& filter) const {
    Filter left;
    for (const Condition& each : filter)
        if (!overlay_.concerns({each})) left.push_back(each);
    return left;
}

Result<bool> MergedRows::holds(const Table& table, const Filter& filter, const Row& row) {
    for (const Condition& each : filter) {
        const Result<bool> one = holds(table, each, row);
        if (!one || !*one) return one;
    }
    return true;
}

Result<bool> MergedRows::holds(const Table& table, const Condition& condition, const Row& row) {
    if (condition.compare != Compare::either) return compares(table, condition, row);
    for (const Filter& each : condition.filters) {
        const Result<bool> one = holds(table, each, row);
        if (!one || *one) return one;
    }
    return false;
}

Result<bool> MergedRows::compares(const Table& table, const Condition& condition, const Row& row) {
    const auto at = place_of(table, condition.field);
    if (!at) return no_field(table, condition.field);
    const Cell& cell = row[*at];
    const auto among = [&] {
        return std::find(condition.cells.begin(), condition.cells.end(), cell) !=
               condition.cells.end();
    };
    switch (condition.compare) {
        case Compare::equal:
        case Compare::one_of:      return among();
        case Compare::not_equal:   return !among();
        case Compare::none_of:     return condition.cells.empty() || (!is_null(cell) && !among());
        case Compare::at_least:    return !is_null(cell) && !before(cell, condition.cells.front());
        case Compare::at_most:     return !is_null(cell) && !before(condition.cells.front(), cell);
        case Compare::starts_with: {
            const auto* text = std::get_if<std::string>(&cell);
            return text && text->starts_with(std::get<std::string>(condition.cells.front()));
        }
        case Compare::contains:   return cannot(table, "search texts");
        case Compare::chosen:
        case Compare::has_row:    return is_chosen(condition, cell);
        case Compare::has_no_row: {
            const Result<bool> there = is_chosen(condition, cell);
            if (!there) return there;
            return !*there;
        }
        case Compare::either: break;  // was looked at before
    }
    return false;
}

/// Whether a row of the other table that fits has the cell's value.
Result<bool> MergedRows::is_chosen(const Condition& condition, const Cell& cell) {
    if (is_null(cell)) return false;
    Filter filter = condition.choice->filter;
    filter.emplace_back(condition.choice->field, cell);
    const auto found = find(*condition.choice->table, filter);
    if (!found) return found.error();
    return found->has_value();
}

}  // namespace thingstead::rule
