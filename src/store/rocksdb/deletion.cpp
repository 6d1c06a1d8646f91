#include "store/rocksdb/deletion.h"

#include <rocksdb/write_batch.h>

#include <limits>

#include "base/bytes.h"
#include "store/rocksdb/chunk.h"
#include "store/rocksdb/database.h"
#include "store/rocksdb/reader.h"

namespace thingstead::store::rocks {
namespace {

constexpr std::size_t deletion_batch_bytes = 4 << 20;

/// Deletes a chunk, or writes it again with the points outside the range.
Result<> delete_from_chunk(DeletionParts& parts, const std::string& series,
                           const DeleteRange& range, std::string_view row_key, ChunkKey key,
                           std::string_view row) {
    const auto damaged = [&] {
        return parts.database.damaged("chunk " + to_hex(as_bytes(row_key)));
    };
    const auto body = unseal(row_key, row);
    Points points;
    if (!body || !decode_chunk(key.first_ts, as_bytes(*body), points)) return damaged();
    Points kept;
    for (const Cell& cell : points.cells()) {
        if (cell.ts >= range.start_ms && cell.ts < range.end_ms) continue;
        const std::string_view text = is_text(cell.kind) ? points.text_of(cell) : "";
        kept.append(cell.ts, {cell.kind, cell.bits, text}, cell.expiry_s);
    }
    if (kept.size() == points.size()) return {};
    parts.batch.rows().Delete(parts.database.family(Family::chunks),
                              {row_key.data(), row_key.size()});
    // Under its own sequence: it must go on losing against whatever replaced it.
    if (!kept.empty()) parts.batch.put_chunks(series, kept, key.sequence);
    if (parts.batch.bytes() < deletion_batch_bytes) return {};
    return parts.batch.commit(false);
}

Result<> delete_points(DeletionParts& parts, const DeleteRange& range, KeyId key) {
    const std::string series = series_prefix(range.entity, key);
    const Result<> deleted =
        each_chunk(parts.database, range.entity, key, range.start_ms, range.end_ms,
                   [&](std::string_view row_key, ChunkKey chunk, std::string_view row) {
                       return delete_from_chunk(parts, series, range, row_key, chunk, row);
                   });
    if (!deleted) {
        parts.batch.give_up();
        return deleted;
    }
    return parts.batch.commit(true);
}

/// The newest point below the range, if the caller wants it to become the latest value.
Result<std::optional<model::TimedValue>> replacement(DeletionParts& parts, const DeleteRange& range,
                                                     KeyId key, EpochMs now_ms) {
    if (!range.rewrite_latest_if_deleted) return std::optional<model::TimedValue>();
    const RangeQuery query{.entity = range.entity,
                           .key = range.key,
                           .start_ms = std::numeric_limits<EpochMs>::min(),
                           .end_ms = range.start_ms,
                           .limit = 1};
    auto points = read_range(parts.database, query, key, parts.heads.read(query, now_ms), now_ms);
    if (!points) return points.error();
    if (points->empty()) return std::optional<model::TimedValue>();
    return std::optional(std::move(points->front()));
}

Result<DeleteOutcome> delete_latest(DeletionParts& parts, const DeleteRange& range, KeyId key,
                                    EpochMs now_ms) {
    const std::string row_key = latest_key(range.entity, range.key);
    const auto stored = stored_latest(parts.database, row_key);
    if (!stored) return stored.error();
    if (!*stored || (*stored)->ts < range.start_ms || (*stored)->ts >= range.end_ms)
        return DeleteOutcome{};
    auto newest = replacement(parts, range, key, now_ms);
    if (!newest) return newest.error();
    auto* const family = parts.database.family(Family::latest);
    if (*newest)
        parts.batch.rows().Put(family, row_key,
                               encode_latest(row_key, {(*newest)->ts, (*newest)->value}));
    else
        parts.batch.rows().Delete(family, row_key);
    if (const Result<> written = parts.batch.commit(true); !written) return written.error();
    return DeleteOutcome{.latest_deleted = true, .latest_rewritten = *std::move(newest)};
}

}  // namespace

Result<DeleteOutcome> delete_range(DeletionParts parts, const DeleteRange& range, EpochMs now_ms) {
    if (range.start_ms >= range.end_ms) return DeleteOutcome{};
    const Result<KeyId> key = parts.keys.find(parts.database, range.key);
    if (!key) return key.error();
    if (*key != 0)
        if (const Result<> deleted = delete_points(parts, range, *key); !deleted)
            return deleted.error();
    Result<DeleteOutcome> outcome = DeleteOutcome{};
    if (range.delete_latest) outcome = delete_latest(parts, range, *key, now_ms);
    parts.heads.forget(range.entity, range.key);
    return outcome;
}

Result<> delete_entity(DeletionParts parts, model::EntityId entity) {
    const std::string begin = entity_prefix(entity);
    const std::string end = prefix_end(begin);
    for (const Family family : {Family::chunks, Family::latest})
        parts.batch.rows().DeleteRange(parts.database.family(family), begin, end);
    const Result<> written = parts.batch.commit(true);
    parts.heads.forget(entity, std::nullopt);
    return written;
}

}  // namespace thingstead::store::rocks
