#include "store/rocksdb/chunk_scan.h"

#include <rocksdb/db.h>

#include <limits>

#include "store/rocksdb/database.h"

namespace thingstead::store::rocks {
namespace {

constexpr EpochMs ts_min = std::numeric_limits<EpochMs>::min();
constexpr EpochMs ts_max = std::numeric_limits<EpochMs>::max();

EpochMs minus_clamped(EpochMs ts, std::int64_t by) { return ts < ts_min + by ? ts_min : ts - by; }
EpochMs plus_clamped(EpochMs ts, std::int64_t by) { return ts > ts_max - by ? ts_max : ts + by; }

}  // namespace

struct ChunkScan::Lane {
    std::string lower, upper;
    ::rocksdb::Slice lower_slice, upper_slice;
    std::unique_ptr<::rocksdb::Iterator> rows;
    ChunkKey key{};
    EpochMs bound = 0;  // of the points of this chunk and those after it
    bool live = false;

    std::string_view row_key() const { return {rows->key().data(), rows->key().size()}; }
};

ChunkScan::ChunkScan(Database& database, std::string series, EpochMs start_ms, EpochMs end_ms,
                     Order order)
    : database_(database), order_(order), snapshot_(database.db().GetSnapshot()) {
    // One snapshot: the writer moves points from class to class.
    for (std::size_t i = 0; i < span_classes; ++i) {
        auto lane = std::make_unique<Lane>();
        const auto span_class = static_cast<std::uint8_t>(i);
        lane->lower =
            chunk_key(series, {minus_clamped(start_ms, class_span_ms(i) - 1), 0, span_class});
        lane->upper = chunk_key(series, {end_ms, 0, span_class});
        lane->lower_slice = lane->lower;
        lane->upper_slice = lane->upper;
        ::rocksdb::ReadOptions options;
        options.snapshot = snapshot_;
        options.iterate_lower_bound = &lane->lower_slice;
        options.iterate_upper_bound = &lane->upper_slice;
        lane->rows.reset(database.db().NewIterator(options, database.family(Family::chunks)));
        if (order == Order::ascending)
            lane->rows->SeekToFirst();
        else
            lane->rows->SeekToLast();
        lanes_[i] = std::move(lane);
    }
    for (const auto& lane : lanes_) settle(*lane);
}

ChunkScan::~ChunkScan() {
    for (auto& lane : lanes_) lane.reset();
    database_.db().ReleaseSnapshot(snapshot_);
}

void ChunkScan::settle(Lane& lane) {
    lane.live = lane.rows->Valid();
    if (!lane.live) {
        if (!lane.rows->status().ok()) failed_ = database_.error_of(lane.rows->status());
        return;
    }
    const auto key = parse_chunk_key(lane.row_key());
    if (!key) {
        failed_ = database_.damaged("key of a chunk");
        lane.live = false;
        return;
    }
    lane.key = *key;
    lane.bound = order_ == Order::ascending
                     ? key->first_ts
                     : plus_clamped(key->first_ts, class_span_ms(key->span_class));
}

ChunkScan::Lane* ChunkScan::leading() const {
    Lane* best = nullptr;
    for (const auto& lane : lanes_) {
        if (!lane->live) continue;
        if (!best ||
            (order_ == Order::ascending ? lane->bound < best->bound : lane->bound > best->bound))
            best = lane.get();
    }
    return best;
}

Result<std::optional<ChunkScan::Chunk>> ChunkScan::current() {
    if (failed_) return *failed_;
    Lane* const lane = leading();
    if (!lane) return std::optional<Chunk>();
    const auto row = lane->rows->value();
    return std::optional(Chunk{
        lane->row_key(), {row.data(), row.size()},
         lane->key
    });
}

void ChunkScan::next() {
    Lane* const lane = leading();
    if (!lane) return;
    if (order_ == Order::ascending)
        lane->rows->Next();
    else
        lane->rows->Prev();
    settle(*lane);
}

EpochMs ChunkScan::frontier() const {
    const Lane* const lane = leading();
    return lane ? lane->bound : 0;
}

}  // namespace thingstead::store::rocks
