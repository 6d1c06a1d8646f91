// The port of the entity store: tables of described structs, attributes, transactions.
// Drivers: store/sqlite (embedded), store/postgres. Every driver passes
// store/entity_conformance.h.
//
// Work is a plain function that runs on a thread of the driver, inside a transaction of its own:
// rules that look before they write ("find the profile, then insert the device and its
// credentials") are written once, synchronously, and are atomic. A driver of a shared database runs
// a work again when another server came in its way or the connection broke: a work depends on its
// transaction alone, changes nothing that it captured and reads, and sets its outputs anew.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/error.h"
#include "model/ids.h"
#include "model/kv.h"
#include "net/task.h"
#include "store/filter.h"
#include "store/row.h"

namespace thingstead::store {

/// Most rows that are read at once without a page.
inline constexpr std::int32_t all_rows_max = 1'000'000;

/// A page request. `sort_property` is a field name of describe(); empty: by id.
struct PageLink {
    std::int32_t page_size = 10;  ///< At least 1.
    std::int32_t page = 0;        ///< From 0.
    std::string
        text_search{};  ///< Case-insensitive substring of any searchable column; empty: all.
    std::string sort_property{};
    bool descending = false;
    std::vector<Lookup> lookups{};  ///< Sort properties beside the table's own.
    /// Fields that are searched instead of the searchable ones; empty: those.
    std::vector<std::string_view> search_fields{};
};

template <class T>
struct Page {
    std::vector<T> data;
    std::int64_t total_elements = 0;
    std::int64_t total_pages = 0;
    bool has_next = false;
};

struct RowPage {
    std::vector<Row> rows;
    std::int64_t total_elements = 0;
};

/// Columns that become something else.
using Changes = std::vector<std::pair<std::string_view, Cell>>;

/// Attributes of one entity and scope to be written together.
struct AttributesWrite {
    model::EntityId entity;
    model::AttributeScope scope;
    std::vector<model::KeyValue> values;
    EpochMs last_update_ms;
};

/// Reads of one consistent state. Belongs to the work function that was handed it.
class Reader {
  public:
    virtual ~Reader() = default;

    /// The entity whose columns equal all of `filter`, e.g. {{"tenantId", id}, {"name", text}}.
    template <class T>
    Result<std::optional<T>> find(const Filter& filter);
    /// Errors: invalid_argument - "Unsupported sort property 'x'", or the page link has a page
    /// below 0 or no rows. A text search in an entity without searchable fields finds all.
    template <class T>
    Result<Page<T>> page(const Filter& filter, const PageLink& link);
    template <class T>
    Result<std::int64_t> count(const Filter& filter);
    /// Every entity that fits, sorted by id: of what is few, or in steps of `limit`. Errors: as
    /// find().
    template <class T>
    Result<std::vector<T>> all(const Filter& filter, std::int32_t limit = all_rows_max);
    /// Different values of a field, sorted, without NULL.
    template <class T>
    Result<std::vector<Cell>> distinct(std::string_view field, const Filter& filter);
    /// Sum of an integer field; 0 without rows.
    template <class T>
    Result<std::int64_t> sum(std::string_view field, const Filter& filter);

    /// Sorted by key; all keys if `keys` is empty; keys never written are left out.
    virtual Result<std::vector<model::Attribute>> attributes(
        model::EntityId entity, model::AttributeScope scope,
        const std::vector<std::string>& keys) = 0;

  protected:
    virtual Result<std::optional<Row>> find_row(const Table& table, const Filter& filter) = 0;
    virtual Result<RowPage> page_rows(const Table& table, const Filter& filter,
                                      const PageLink& link) = 0;
    virtual Result<std::vector<Row>> all_rows(const Table& table, const Filter& filter,
                                              std::int32_t limit) = 0;
    virtual Result<std::int64_t> count_rows(const Table& table, const Filter& filter) = 0;
    virtual Result<std::vector<Cell>> distinct_cells(const Table& table, std::string_view field,
                                                     const Filter& filter) = 0;
    virtual Result<std::int64_t> sum_cells(const Table& table, std::string_view field,
                                           const Filter& filter) = 0;
};

/// Writes beside reads; all or nothing.
class Transaction : public Reader {
  public:
    /// Inserts. Errors: conflict - a unique rule is broken; `message` is the constraint's name,
    /// e.g. "device_name_unq_key" (one of them if several are broken). A work that met an error
    /// should return it: a driver may refuse whatever else it asks for.
    template <class T>
    Result<> insert(const T& entity);
    /// Replaces the row with the same id. Errors: not_found; conflict - as insert().
    template <class T>
    Result<> update(const T& entity);
    /// Inserts, or replaces the row with the same key. Errors: conflict - of another unique rule.
    template <class T>
    Result<> put(const T& entity);
    /// Changes columns of all rows that fit; how many there were. Errors: internal - no filter or
    /// no change; conflict.
    template <class T>
    Result<std::int64_t> change(const Changes& changes, const Filter& filter);
    /// Number of rows removed. Errors: internal - an empty filter, which would remove all.
    template <class T>
    Result<std::int64_t> remove(const Filter& filter);

    /// Replaces values, whatever their types. NUL characters are lost, as in every text.
    /// Errors: invalid_argument - a number that is not finite.
    virtual Result<> save_attributes(const AttributesWrite& write) = 0;
    /// Keys that were there, sorted.
    virtual Result<std::vector<std::string>> remove_attributes(
        model::EntityId entity, model::AttributeScope scope,
        const std::vector<std::string>& keys) = 0;
    /// Every attribute of the entity in every scope.
    virtual Result<> remove_entity_attributes(model::EntityId entity) = 0;

  protected:
    virtual Result<> insert_row(const Table& table, const Row& row) = 0;
    virtual Result<> update_row(const Table& table, const Row& row) = 0;
    virtual Result<> put_row(const Table& table, const Row& row) = 0;
    virtual Result<std::int64_t> change_rows(const Table& table, const Changes& changes,
                                             const Filter& filter) = 0;
    virtual Result<std::int64_t> remove_rows(const Table& table, const Filter& filter) = 0;
};

class EntityStore {
  public:
    virtual ~EntityStore() = default;

    /// Runs `work` on a reader thread. What an earlier write() returned for is seen. Errors: those
    /// of `work`; unavailable - too much waits, or stopping.
    virtual Task<Result<>> read(std::function<Result<>(Reader&)> work) = 0;
    /// Runs `work` here and now if a driver has in memory what read() would find, and returns its
    /// answer; work may ask for rows by their ids alone, and each is the newest, not all of one
    /// moment. None: ask read(), and forget what work did: it must change nothing but its answer.
    virtual std::optional<Result<>> read_in_memory(const std::function<Result<>(Reader&)>& work) {
        (void)work;
        return std::nullopt;
    }
    /// Runs `work` on the writer's thread and returns when what it wrote is durable; many works
    /// share one commit. An error of `work` undoes its writes alone. Errors: those of `work`;
    /// unavailable - as read(), or the disk is full.
    virtual Task<Result<>> write(std::function<Result<>(Transaction&)> work) = 0;
    /// The same for callers without a coroutine, before the I/O threads run. Blocks.
    virtual Result<> write_now(std::function<Result<>(Transaction&)> work) = 0;

    /// Commits what waits, closes. Idempotent. Blocks. Executors of coroutines that waited for
    /// the store must live until it returned.
    virtual void stop() = 0;
};

template <class T>
Result<std::optional<T>> Reader::find(const Filter& filter) {
    Result<std::optional<Row>> row = find_row(table_of<T>(), filter);
    if (!row) return row.error();
    if (!*row) return std::optional<T>();
    Result<T> entity = from_row<T>(**row);
    if (!entity) return entity.error();
    return std::optional<T>(*std::move(entity));
}

template <class T>
Result<Page<T>> Reader::page(const Filter& filter, const PageLink& link) {
    Result<RowPage> rows = page_rows(table_of<T>(), filter, link);
    if (!rows) return rows.error();
    Page<T> page;
    page.data.reserve(rows->rows.size());
    for (const Row& row : rows->rows) {
        Result<T> entity = from_row<T>(row);
        if (!entity) return entity.error();
        page.data.push_back(*std::move(entity));
    }
    page.total_elements = rows->total_elements;
    page.total_pages = (rows->total_elements + link.page_size - 1) / link.page_size;
    page.has_next = std::int64_t{link.page} + 1 < page.total_pages;
    return page;
}

template <class T>
Result<std::vector<T>> Reader::all(const Filter& filter, std::int32_t limit) {
    Result<std::vector<Row>> rows = all_rows(table_of<T>(), filter, limit);
    if (!rows) return rows.error();
    std::vector<T> entities;
    entities.reserve(rows->size());
    for (const Row& row : *rows) {
        Result<T> entity = from_row<T>(row);
        if (!entity) return entity.error();
        entities.push_back(*std::move(entity));
    }
    return entities;
}

template <class T>
Result<std::vector<Cell>> Reader::distinct(std::string_view field, const Filter& filter) {
    return distinct_cells(table_of<T>(), field, filter);
}

template <class T>
Result<std::int64_t> Reader::sum(std::string_view field, const Filter& filter) {
    return sum_cells(table_of<T>(), field, filter);
}

template <class T>
Result<std::int64_t> Reader::count(const Filter& filter) {
    return count_rows(table_of<T>(), filter);
}

template <class T>
Result<> Transaction::insert(const T& entity) {
    return insert_row(table_of<T>(), to_row(entity));
}

template <class T>
Result<> Transaction::update(const T& entity) {
    return update_row(table_of<T>(), to_row(entity));
}

template <class T>
Result<> Transaction::put(const T& entity) {
    return put_row(table_of<T>(), to_row(entity));
}

template <class T>
Result<std::int64_t> Transaction::change(const Changes& changes, const Filter& filter) {
    return change_rows(table_of<T>(), changes, filter);
}

template <class T>
Result<std::int64_t> Transaction::remove(const Filter& filter) {
    return remove_rows(table_of<T>(), filter);
}

}  // namespace thingstead::store
