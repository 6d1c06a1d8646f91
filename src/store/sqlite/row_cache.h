// Rows that were read by their ids lately, so that reading one of them again takes no thread and no
// SQL. Exact: this process alone writes the file, and a row is forgotten before its new state's
// commit is answered. Thread-safe.
#pragma once
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "store/entity_store.h"
#include "store/row.h"

namespace thingstead::store::sqlite {

/// What a transaction changed: the ids of rows, whatever their tables.
struct TouchedRows {
    std::vector<Uuid> rows{};
    bool unknown = false;  ///< More than `rows` tells.
};

/// The id, if `filter` asks for the row with that id and for nothing else.
const Uuid* id_asked_for(const Table& table, const Filter& filter);

class RowCache {
  public:
    /// 0: keeps nothing.
    explicit RowCache(std::int64_t bytes_max);
    RowCache(const RowCache&) = delete;
    RowCache& operator=(const RowCache&) = delete;

    /// Null: ask the file.
    std::shared_ptr<const Row> find(const Table& table, const Uuid& id);
    /// To be taken before a read begins, and given with what it found.
    std::uint64_t state() const { return state_.load(); }
    /// Keeps the row unless something was committed since `state`. Only rows of tables with an id
    /// for a key, and none of which a single one would take the whole room.
    void put(const Table& table, const Row& row, std::uint64_t state);
    /// After a commit, before it is answered.
    void forget(const TouchedRows& touched);

  private:
    struct Entry {
        const Table* table;
        Uuid id;
        std::shared_ptr<const Row> row;
        std::int64_t bytes;
    };
    struct Shard {
        std::mutex mutex;
        std::list<Entry> order;  ///< Most recent first.
        /// An id is of one table; a table may be read in two forms (a list's and the whole).
        std::unordered_multimap<Uuid, std::list<Entry>::iterator> index;
        std::int64_t bytes = 0;
    };
    static constexpr std::size_t shard_count = 16;

    Shard& shard_of(const Uuid& id) { return shards_[std::hash<Uuid>{}(id) % shard_count]; }
    static void erase(Shard& shard, const Uuid& id, const Table* table);

    const std::int64_t shard_bytes_max_;
    std::atomic<std::uint64_t> state_{0};
    std::array<Shard, shard_count> shards_;
};

/// Answers from the cache alone; what it cannot answer makes `missed` true.
class CachedReader final : public Reader {
  public:
    explicit CachedReader(RowCache& cache) : cache_(cache) {}
    bool missed() const { return missed_; }

    Result<std::vector<model::Attribute>> attributes(model::EntityId, model::AttributeScope,
                                                     const std::vector<std::string>&) override {
        return miss();
    }

  protected:
    Result<std::optional<Row>> find_row(const Table& table, const Filter& filter) override;
    Result<RowPage> page_rows(const Table&, const Filter&, const PageLink&) override {
        return miss();
    }
    Result<std::vector<Row>> all_rows(const Table&, const Filter&, std::int32_t) override {
        return miss();
    }
    Result<std::int64_t> count_rows(const Table&, const Filter&) override { return miss(); }
    Result<std::vector<Cell>> distinct_cells(const Table&, std::string_view,
                                             const Filter&) override {
        return miss();
    }
    Result<std::int64_t> sum_cells(const Table&, std::string_view, const Filter&) override {
        return miss();
    }

  private:
    Error miss();

    RowCache& cache_;
    bool missed_ = false;
};

}  // namespace thingstead::store::sqlite
