#include "store/sqlite/row_cache.h"

#include <array>
#include <cstddef>
#include <string>
#include <variant>

namespace thingstead::store::sqlite {
namespace {

/// About what a row takes of memory, with its places in list and index.
std::int64_t bytes_of(const Row& row) {
    constexpr std::size_t places = 192;
    std::size_t bytes = places + row.size() * sizeof(Cell);
    for (const Cell& cell : row) {
        if (const auto* text = std::get_if<std::string>(&cell)) bytes += text->capacity();
        if (const auto* binary = std::get_if<Binary>(&cell)) bytes += binary->bytes.capacity();
    }
    return static_cast<std::int64_t>(bytes);
}

const Uuid* id_of(const Table& table, const Row& row) {
    if (table.key.size() != 1) return nullptr;
    return std::get_if<Uuid>(&row[table.key.front()]);
}

}  // namespace

const Uuid* id_asked_for(const Table& table, const Filter& filter) {
    if (filter.size() != 1 || table.key.size() != 1) return nullptr;
    const Condition& only = filter.front();
    if (only.compare != Compare::equal || only.field != table.columns[table.key.front()].field)
        return nullptr;
    return std::get_if<Uuid>(&only.cells.front());
}

RowCache::RowCache(std::int64_t bytes_max)
    : shard_bytes_max_(bytes_max / static_cast<std::int64_t>(shard_count)) {}

std::shared_ptr<const Row> RowCache::find(const Table& table, const Uuid& id) {
    Shard& shard = shard_of(id);
    const std::lock_guard lock(shard.mutex);
    const auto [first, last] = shard.index.equal_range(id);
    for (auto it = first; it != last; ++it) {
        if (it->second->table != &table) continue;
        shard.order.splice(shard.order.begin(), shard.order, it->second);
        return it->second->row;
    }
    return nullptr;
}

void RowCache::put(const Table& table, const Row& row, std::uint64_t state) {
    const Uuid* const id = id_of(table, row);
    if (!id) return;
    const std::int64_t bytes = bytes_of(row);
    if (bytes > shard_bytes_max_) return;
    auto kept = std::make_shared<const Row>(row);
    Shard& shard = shard_of(*id);
    const std::lock_guard lock(shard.mutex);
    // forget() counts before it takes the lock: either it is seen here, or it finds the row.
    if (state_.load() != state) return;
    erase(shard, *id, &table);
    shard.order.push_front({&table, *id, std::move(kept), bytes});
    shard.index.emplace(*id, shard.order.begin());
    shard.bytes += bytes;
    while (shard.bytes > shard_bytes_max_)
        erase(shard, Uuid(shard.order.back().id), shard.order.back().table);
}

void RowCache::erase(Shard& shard, const Uuid& id, const Table* table) {
    const auto [first, last] = shard.index.equal_range(id);
    for (auto it = first; it != last;) {
        const auto entry = it->second;
        if (table && entry->table != table) {
            ++it;
            continue;
        }
        it = shard.index.erase(it);
        shard.bytes -= entry->bytes;
        shard.order.erase(entry);
    }
}

void RowCache::forget(const TouchedRows& touched) {
    if (touched.rows.empty() && !touched.unknown) return;
    ++state_;
    if (touched.unknown) {
        for (Shard& shard : shards_) {
            const std::lock_guard lock(shard.mutex);
            shard.index.clear();
            shard.order.clear();
            shard.bytes = 0;
        }
        return;
    }
    for (const Uuid& id : touched.rows) {
        Shard& shard = shard_of(id);
        const std::lock_guard lock(shard.mutex);
        erase(shard, id, nullptr);
    }
}

Error CachedReader::miss() {
    missed_ = true;
    return {ErrorCode::unavailable, "not in memory"};
}

Result<std::optional<Row>> CachedReader::find_row(const Table& table, const Filter& filter) {
    if (missed_) return miss();
    const Uuid* const id = id_asked_for(table, filter);
    if (!id) return miss();
    const std::shared_ptr<const Row> found = cache_.find(table, *id);
    if (!found) return miss();
    return std::optional<Row>(*found);
}

}  // namespace thingstead::store::sqlite
