#include "store/rocksdb/heads.h"

#include <algorithm>

namespace thingstead::store::rocks {
namespace {

/// With more series than this an entity finds them by an index.
constexpr std::size_t linear_series_max = 16;
/// Estimated memory of an entity beside its series: its node and slot in the map.
constexpr std::size_t entity_bytes = sizeof(EntityHead) + 64;
/// … of a series, with its share of the spare capacity and the index.
constexpr std::size_t series_bytes = sizeof(Series) + 96;

std::size_t text_bytes(const model::Value& value) {
    if (const auto* text = std::get_if<std::string>(&value)) return text->size();
    if (const auto* json = std::get_if<model::JsonText>(&value)) return json->text.size();
    return 0;
}

std::size_t resident_bytes(const EntityHead& entity) {
    std::size_t bytes = entity_bytes + entity.series.size() * series_bytes;
    for (const Series& series : entity.series) bytes += text_bytes(series.latest.newest.value);
    return bytes;
}

/// Takes over `value` if it is not older.
void offer_latest(HeadLatest& latest, EpochMs ts, const model::Value& value, std::size_t& grown) {
    if (latest.present && ts < latest.newest.ts) return;
    grown += text_bytes(value) - text_bytes(latest.newest.value);
    latest.newest.ts = ts;
    latest.newest.value = value;
    latest.present = latest.dirty = true;
}

/// Copies the cells of `from` in the query's range to `to`, up to its limit from its end.
void copy_range(const Points& from, const RangeQuery& query, EpochMs now_ms, Points& to) {
    const auto wanted = [&](const Cell& cell) {
        return cell.ts >= query.start_ms && cell.ts < query.end_ms &&
               (cell.expiry_s == 0 || now_ms < static_cast<EpochMs>(cell.expiry_s) * 1000);
    };
    const auto copy = [&](const Cell& cell) {
        to.append(
            cell.ts,
            {cell.kind, cell.bits, is_text(cell.kind) ? from.text_of(cell) : std::string_view()},
            cell.expiry_s);
    };
    const auto& cells = from.cells();
    if (!from.settled()) {  // any order: the limit applies after sorting
        for (const Cell& cell : cells)
            if (wanted(cell)) copy(cell);
        return;
    }
    const auto before = [](const Cell& cell, EpochMs ts) { return cell.ts < ts; };
    auto first = std::lower_bound(cells.begin(), cells.end(), query.start_ms, before);
    auto last = std::lower_bound(first, cells.end(), query.end_ms, before);
    if (query.order == Order::ascending) {
        for (std::size_t taken = 0; first != last && taken < query.limit; ++first)
            if (wanted(*first)) copy(*first), ++taken;
        return;
    }
    auto from_here = last;
    for (std::size_t taken = 0; from_here != first && taken < query.limit;)
        if (wanted(*--from_here)) ++taken;
    for (; from_here != last; ++from_here)
        if (wanted(*from_here)) copy(*from_here);
}

}  // namespace

void Heads::mark_dirty(Shard& shard, EntityHead& entity) {
    if (entity.dirty) return;
    entity.dirty = true;
    shard.dirty.push_back(&entity);
}

const EntityHead* Heads::find(const Shard& shard, model::EntityId entity) const {
    const auto found = shard.entities.find(entity);
    return found == shard.entities.end() ? nullptr : found->second.get();
}

const Series* Heads::find(const EntityHead& entity, std::string_view name) {
    if (!entity.index.empty()) {
        const auto found = entity.index.find(name);
        return found == entity.index.end() ? nullptr : &entity.series[found->second];
    }
    for (const Series& series : entity.series)
        if (series.key->name == name) return &series;
    return nullptr;
}

std::size_t Heads::series_of(EntityHead& entity, std::string_view name, std::size_t hint,
                             std::size_t& grown) {
    // A device sends its keys in the same order every time: the one behind the last is the one.
    if (hint < entity.series.size() && entity.series[hint].key->name == name) return hint;
    if (const Series* series = find(entity, name))
        return static_cast<std::size_t>(series - entity.series.data());
    entity.series.push_back({.key = keys_.intern(name)});
    grown += series_bytes;
    const std::size_t added = entity.series.size() - 1;
    if (added == linear_series_max)
        for (std::size_t i = 0; i < added; ++i)
            entity.index.emplace(entity.series[i].key->name, static_cast<std::uint32_t>(i));
    if (added >= linear_series_max)
        entity.index.emplace(entity.series[added].key->name, static_cast<std::uint32_t>(added));
    return added;
}

bool Heads::write(const PointsWrite& points, std::uint32_t expiry_s) {
    if (bytes() >= bytes_max_) return false;
    Shard& shard = shards_[shard_of(points.entity)];
    std::size_t grown = 0;  // modulo 2^64: it may shrink
    {
        const std::scoped_lock lock(shard.mutex);
        auto& slot = shard.entities[points.entity];
        if (!slot) {
            slot = std::make_unique<EntityHead>();
            slot->id = points.entity;
            grown += entity_bytes;
        }
        EntityHead& entity = *slot;
        entity.touched = checkpoint();
        std::size_t hint = 0;
        for (const model::KeyValue& point : points.values) {
            const std::size_t at = series_of(entity, point.key, hint, grown);
            hint = at + 1;
            Series& series = entity.series[at];
            if (points.save_history) {
                const std::size_t before = series.head.bytes();
                if (before == 0) series.head.reserve(4);
                series.head.append(points.ts, cell_value(point.value), expiry_s);
                grown += series.head.bytes() - before;
            }
            if (points.save_latest) offer_latest(series.latest, points.ts, point.value, grown);
        }
        mark_dirty(shard, entity);
    }
    bytes_.fetch_add(grown, std::memory_order_relaxed);
    return true;
}

Points Heads::read(const RangeQuery& query, EpochMs now_ms) const {
    const Shard& shard = shards_[shard_of(query.entity)];
    std::shared_ptr<const Points> flushing;
    Points newest;
    {
        const std::scoped_lock lock(shard.mutex);
        const EntityHead* const entity = find(shard, query.entity);
        const Series* const series = entity ? find(*entity, query.key) : nullptr;
        if (!series) return {};
        flushing = series->flushing;
        copy_range(series->head, query, now_ms, newest);
    }
    Points out;
    if (flushing) copy_range(*flushing, query, now_ms, out);
    if (out.empty())
        out = std::move(newest);
    else
        out.append(newest);
    out.settle();
    return out;
}

std::vector<MemoryLatest> Heads::latest(model::EntityId entity,
                                        std::span<const std::string> names) const {
    std::vector<MemoryLatest> out;
    const Shard& shard = shards_[shard_of(entity)];
    const std::scoped_lock lock(shard.mutex);
    const EntityHead* const head = find(shard, entity);
    if (!head) return out;
    const auto add = [&](const Series& series) {
        if (series.latest.present)
            out.push_back({series.key->name, series.latest.newest, series.latest.decided});
    };
    if (names.empty())
        for (const Series& series : head->series) add(series);
    for (const std::string& name : names)
        if (const Series* series = find(*head, name)) add(*series);
    return out;
}

std::vector<EntityHead*> Heads::take_dirty(std::size_t shard) {
    std::vector<EntityHead*> out;
    const std::scoped_lock lock(shards_[shard].mutex);
    out.swap(shards_[shard].dirty);
    return out;
}

void Heads::put_back(std::size_t shard, std::span<EntityHead* const> entities) {
    const std::scoped_lock lock(shards_[shard].mutex);
    auto& dirty = shards_[shard].dirty;
    dirty.insert(dirty.end(), entities.begin(), entities.end());
}

std::vector<FlushItem> Heads::take(std::size_t shard, std::span<EntityHead* const> entities) {
    std::vector<FlushItem> items;
    const std::scoped_lock lock(shards_[shard].mutex);
    for (EntityHead* const entity : entities) {
        entity->dirty = false;
        for (std::size_t i = 0; i < entity->series.size(); ++i) {
            Series& series = entity->series[i];
            if (series.head.empty() && !series.latest.dirty) continue;
            FlushItem item{.entity = entity, .series = i, .key = series.key, .run = nullptr};
            if (!series.head.empty()) {
                series.head.settle();
                series.flushing = std::make_shared<const Points>(std::move(series.head));
                series.head = Points();
                item.run = series.flushing;
            }
            if (series.latest.dirty) {
                item.latest = series.latest.newest;
                item.latest_decided = series.latest.decided;
                series.latest.dirty = false;
            }
            item.tail = std::move(series.tail);
            items.push_back(std::move(item));
        }
    }
    return items;
}

void Heads::done(std::size_t shard, std::vector<FlushItem>& items) {
    std::size_t freed = 0;
    {
        const std::scoped_lock lock(shards_[shard].mutex);
        for (FlushItem& item : items) {
            Series& series = item.entity->series[item.series];
            if (item.run) freed += item.run->bytes();
            series.flushing.reset();
            series.tail = std::move(item.tail);
            if (!item.latest) continue;
            series.latest.decided = true;
            if (item.stored_latest && item.stored_latest->ts > series.latest.newest.ts) {
                freed +=
                    text_bytes(series.latest.newest.value) - text_bytes(item.stored_latest->value);
                series.latest.newest = *std::move(item.stored_latest);
                series.latest.dirty = false;
            }
        }
    }
    bytes_.fetch_sub(freed, std::memory_order_relaxed);
    items.clear();
}

void Heads::failed(std::size_t shard, std::vector<FlushItem>& items) {
    std::size_t grown = 0;
    {
        const std::scoped_lock lock(shards_[shard].mutex);
        for (FlushItem& item : items) {
            Series& series = item.entity->series[item.series];
            if (item.run) {
                const std::size_t before = item.run->bytes() + series.head.bytes();
                Points all = *item.run;
                all.append(series.head);
                series.head = std::move(all);
                series.flushing.reset();
                grown += series.head.bytes() - before;
            }
            if (item.latest) series.latest.dirty = true;
            series.tail = std::move(item.tail);
            mark_dirty(shards_[shard], *item.entity);
        }
    }
    bytes_.fetch_add(grown, std::memory_order_relaxed);
    items.clear();
}

void Heads::forget(model::EntityId entity, std::optional<std::string_view> key) {
    Shard& shard = shards_[shard_of(entity)];
    const std::scoped_lock lock(shard.mutex);
    const auto found = shard.entities.find(entity);
    if (found == shard.entities.end()) return;
    for (Series& series : found->second->series) {
        if (key && series.key->name != *key) continue;
        series.tail.reset();
        series.latest.decided = false;
        if (!series.latest.dirty) series.latest.present = false;
    }
}

void Heads::evict(std::size_t shard, std::uint32_t before) {
    std::size_t freed = 0;
    {
        const std::scoped_lock lock(shards_[shard].mutex);
        std::erase_if(shards_[shard].entities, [&](const auto& row) {
            const EntityHead& entity = *row.second;
            if (entity.dirty || entity.touched >= before) return false;
            freed += resident_bytes(entity);
            return true;
        });
    }
    bytes_.fetch_sub(freed, std::memory_order_relaxed);
}

}  // namespace thingstead::store::rocks
