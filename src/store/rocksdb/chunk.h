// Body of a chunk: up to 256 points of one series, packed. No I/O. The format, to the byte, is in
// docs/formats/timeseries-rocksdb.md.
#pragma once
#include <cstdint>
#include <span>
#include <string>

#include "base/bytes.h"
#include "base/error.h"
#include "store/rocksdb/points.h"

namespace thingstead::store::rocks {

inline constexpr std::size_t chunk_points_max = 256;
/// A chunk takes no further point when its texts are this long.
inline constexpr std::size_t chunk_text_bytes = 64 * 1024;
/// Last ts minus first ts of a chunk is below it: 24.8 days.
inline constexpr std::int64_t chunk_span_ms_max = std::int64_t{1} << 31;

/// What a reader may know before it unpacks.
struct ChunkHeader {
    std::size_t points;
    std::int64_t span_ms;    ///< Last ts - first ts.
    std::uint32_t expiry_s;  ///< As Cell::expiry_s, the latest of its points.
};

/// Errors: malformed - not a chunk, or of a later version.
Result<ChunkHeader> read_chunk_header(ByteSpan body);

/// Number of points at the front of `cells` that fit one chunk. `cells` is rising by ts and not
/// empty; a chunk's points have one expiry.
std::size_t chunk_cut(std::span<const Cell> cells);

/// Packs `cells` of `run`: what chunk_cut() returned, or less.
std::string encode_chunk(const Points& run, std::span<const Cell> cells);

/// Appends the points of a chunk whose first ts is `first_ts` to `out`.
/// Errors: malformed - bytes that encode_chunk() does not write; `out` then holds part of it.
Result<> decode_chunk(EpochMs first_ts, ByteSpan body, Points& out);

}  // namespace thingstead::store::rocks
