// Which rows: what a list, a count or a removal asks of a table. Fields are named as in describe().
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "store/row.h"

namespace thingstead::store {

struct Condition;
/// Conditions that all hold; none: every row.
using Filter = std::vector<Condition>;

enum class Compare : std::uint8_t {
    equal,      ///< Of NULL: is NULL.
    not_equal,  ///< Of NULL: is not NULL. Of a value: NULL is not equal to it.
    at_least,
    at_most,
    one_of,
    none_of,
    starts_with,  ///< Of texts; upper and lower case differ.
    contains,     ///< Of texts, whatever their case.
    chosen,       ///< Of the values of a column in rows of another table.
    either,       ///< One of several filters holds.
    has_row,      ///< A row of another table has the value in a column and fits a filter.
    has_no_row,   ///< There is no such row.
};

/// Rows of another table, of which `field` is taken.
struct Choice {
    const Table* table = nullptr;
    std::string_view field;
    Filter filter;
};

/// One condition. The fields' names must outlive it: they are literals, or checked names that the
/// caller keeps.
struct Condition {
    Condition(std::string_view name, Cell value) : field(name) {
        cells.push_back(std::move(value));
    }
    Condition(std::string_view name, Compare how, Cell value) : field(name), compare(how) {
        cells.push_back(std::move(value));
    }
    /// No value at all: nothing fits `one_of`, everything `none_of`.
    Condition(std::string_view name, Compare how, std::vector<Cell> values)
        : field(name), compare(how), cells(std::move(values)) {}

    std::string_view field;
    Compare compare = Compare::equal;
    std::vector<Cell> cells{};
    std::shared_ptr<const Choice> choice{};
    std::vector<Filter> filters{};
};

/// `field` is among what `choice` says: {"id", of members of a group}.
inline Condition chosen(std::string_view field, Choice choice) {
    Condition condition(field, Compare::chosen, std::vector<Cell>());
    condition.choice = std::make_shared<const Choice>(std::move(choice));
    return condition;
}
template <Described T>
Condition chosen_from(std::string_view field, std::string_view other_field, Filter filter) {
    return chosen(field, Choice{&table_of<T>(), other_field, std::move(filter)});
}
/// There is a row of T, which is another table, with `field` in its `other_field` that fits
/// `filter`. Asked row by row, where chosen_from() makes a list of all that fit.
template <Described T>
Condition has_row(std::string_view field, std::string_view other_field, Filter filter) {
    Condition condition = chosen_from<T>(field, other_field, std::move(filter));
    condition.compare = Compare::has_row;
    return condition;
}
template <Described T>
Condition has_no_row(std::string_view field, std::string_view other_field, Filter filter) {
    Condition condition = chosen_from<T>(field, other_field, std::move(filter));
    condition.compare = Compare::has_no_row;
    return condition;
}
/// At least one of `filters` holds; none at all: no row.
inline Condition either(std::vector<Filter> filters) {
    Condition condition({}, Compare::either, std::vector<Cell>());
    condition.filters = std::move(filters);
    return condition;
}
template <class Id>
Condition one_of(std::string_view field, const std::vector<Id>& ids) {
    std::vector<Cell> cells;
    for (const Id& id : ids) cells.push_back(ColumnCodec<Id>::write(id));
    return Condition(field, Compare::one_of, std::move(cells));
}

/// A column of the row that a row refers to, which lists show and sort by: the title of a device's
/// customer.
struct Lookup {
    std::string_view property;  ///< As lists call it: customerTitle.
    std::string_view via;       ///< The field that has the other row's id.
    const Table& (*table)();
    std::string_view field;
    bool searched = false;  ///< A text search looks at it too.
};

}  // namespace thingstead::store
