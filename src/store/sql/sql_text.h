// The SQL of the port's operations on a table, in what all our databases speak. A text search
// calls contains_folded(text, folded part), which each driver gives to its database.
// Identifiers are always quoted; values are always parameters.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "store/entity_store.h"
#include "store/filter.h"
#include "store/row.h"

namespace thingstead::store::sql {

/// How a database writes parameters: ?1 or $1.
enum class Mark : char { question = '?', dollar = '$' };

/// A statement and its parameters, in order.
struct Query {
    std::string text;
    std::vector<Cell> cells;
};

struct PageQuery {
    Query rows;
    Query count;
};

/// What a full-text index is asked: `"index" MATCH expression`.
struct TextMatch {
    std::string index;
    std::string expression;
};

/// A database's index of parts of texts. Its rows have the numbers ("rowid") of the table's rows.
class TextIndex {
  public:
    virtual ~TextIndex() = default;
    /// Finds the rows of `table`, of `tenant` at least, that have `text` in one of `columns`,
    /// whatever its case. None: the index cannot tell, every row has to be looked at.
    virtual std::optional<TextMatch> match(const Table& table,
                                           const std::vector<const Column*>& columns,
                                           const Uuid& tenant, std::string_view text) const = 0;
};

/// The functions below that take a filter answer these errors: internal - a field is not of the
/// table, a cell not of the column's kind, or a filter nests deeper than it may.

/// A text search within a tenant asks `index`, if there is one and it can tell.
/// Errors: invalid_argument - the sort property is not of the table, a negative page, a page
/// without rows.
Result<PageQuery> page_query(const Table& table, const Filter& filter, const PageLink& link,
                             Mark mark, const TextIndex* index = nullptr);
/// Sorted by the key.
Result<Query> rows_query(const Table& table, const Filter& filter, std::int32_t limit, Mark mark);
/// At most one row, whichever.
Result<Query> find_query(const Table& table, const Filter& filter, Mark mark);
Result<Query> count_query(const Table& table, const Filter& filter, Mark mark);
Result<Query> distinct_query(const Table& table, std::string_view field, const Filter& filter,
                             Mark mark);
Result<Query> sum_query(const Table& table, std::string_view field, const Filter& filter,
                        Mark mark);
/// Errors: internal - an empty filter, which would remove all.
Result<Query> remove_query(const Table& table, const Filter& filter, Mark mark);
/// Errors: internal - no filter, or no change.
Result<Query> change_query(const Table& table, const Changes& changes, const Filter& filter,
                           Mark mark);

/// The name of a table or column as SQL writes it.
inline std::string quoted(std::string_view identifier) {
    return '"' + std::string(identifier) + '"';
}

/// How many rows there are, if a page of `rows` rows tells: it is the last one.
std::optional<std::int64_t> total_of_last_page(std::size_t rows, const PageLink& link);

/// One parameter per column, in the order of the table.
std::string insert_sql(const Table& table, Mark mark);
std::string update_sql(const Table& table, Mark mark);
std::string put_sql(const Table& table, Mark mark);

}  // namespace thingstead::store::sql
