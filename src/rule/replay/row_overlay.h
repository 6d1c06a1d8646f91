// Rows that were written in a sandbox, laid over the tables of a store that stays as it is.
#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/entity_store.h"

namespace thingstead::rule {

/// The key of a row as bytes, in whose order tables are sorted.
std::string key_of(const store::Table& table, const store::Row& row);

/// Rows by table. Owned by one store, under its lock.
class RowOverlay {
  public:
    /// None: the row was removed.
    using Rows = std::map<std::string, std::optional<store::Row>>;
    struct OfTable {
        const store::Table* layout = nullptr;  ///< Of the rows; a table may be read in others.
        Rows rows;
    };

    /// Null: nothing of the table was written.
    const OfTable* of(const std::string& table) const;
    /// Keeps what was there for undo(). Errors: unsupported - the table was written in another
    /// layout before.
    Result<> set(const store::Table& table, const std::string& key, std::optional<store::Row> row);

    /// Whether a condition of the filter looks into a table that was written.
    bool concerns(const store::Filter& filter) const;

    /// From here on what set() does can be undone.
    void begin();
    void undo();

  private:
    struct Before {
        std::string table;
        std::string key;
        std::optional<std::optional<store::Row>> row;  ///< None: nothing lay there.
    };

    std::map<std::string, OfTable> tables_;
    std::vector<Before> journal_;
};

/// Answers the questions of a store's port from `base` and what lies over it. A question that it
/// cannot answer as the store would is an error: unsupported.
class MergedRows {
  public:
    /// Most rows that are looked at to answer one question.
    static constexpr std::int32_t rows_max = 100'000;

    MergedRows(store::Reader& base, const RowOverlay& overlay) : base_(base), overlay_(overlay) {}

    Result<std::optional<store::Row>> find(const store::Table& table, const store::Filter& filter);
    Result<std::vector<store::Row>> all(const store::Table& table, const store::Filter& filter,
                                        std::int32_t limit);
    Result<store::RowPage> page(const store::Table& table, const store::Filter& filter,
                                const store::PageLink& link);
    Result<std::int64_t> count(const store::Table& table, const store::Filter& filter);
    Result<std::vector<store::Cell>> distinct(const store::Table& table, std::string_view field,
                                              const store::Filter& filter);
    Result<std::int64_t> sum(const store::Table& table, std::string_view field,
                             const store::Filter& filter);
    /// The row of that key, whatever its other columns.
    Result<std::optional<store::Row>> row_of_key(const store::Table& table, const store::Row& like);

  private:
    bool lies_bare(const store::Table& table, const store::Filter& filter) const;
    Result<bool> holds(const store::Table& table, const store::Filter& filter,
                       const store::Row& row);
    Result<bool> holds(const store::Table& table, const store::Condition& condition,
                       const store::Row& row);
    Result<bool> compares(const store::Table& table, const store::Condition& condition,
                          const store::Row& row);
    Result<bool> is_chosen(const store::Condition& condition, const store::Cell& cell);
    store::Filter without_overlaid(const store::Filter& filter) const;
    Result<std::optional<store::Row>> in_layout(const store::Table& table,
                                                const RowOverlay::OfTable& from,
                                                const store::Row& row) const;

    store::Reader& base_;
    const RowOverlay& overlay_;
};

}  // namespace thingstead::rule
