// Keys and small rows of the database. The format, to the byte, is in
// docs/formats/timeseries-rocksdb.md.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "model/ids.h"
#include "store/rocksdb/points.h"

namespace thingstead::store::rocks {

using KeyId = std::uint32_t;  ///< Of a key's name; 0 is none.

inline constexpr std::uint32_t format_version = 1;
inline constexpr std::string_view format_row = "format", next_key_row = "next_key",
                                  next_sequence_row = "next_sequence", offset_rows = "offset:";

/// Chunks are kept in classes by their span, so that a reader looks back no further than the span
/// of the class; a class's full chunks are at most 32 in that span, however dense the series is.
inline constexpr std::size_t span_classes = 4;
constexpr std::int64_t class_span_ms(std::size_t span_class) {
    return std::int64_t{1} << (16 + 5 * span_class);  // 66 s, 35 min, 19 h, 25 d
}
constexpr std::size_t span_class_of(std::int64_t span_ms) {
    std::size_t span_class = 0;
    while (span_ms >= class_span_ms(span_class)) ++span_class;
    return span_class;
}

struct ChunkKey {
    EpochMs first_ts = 0;
    std::uint64_t sequence = 0;  ///< Of two points with one ts the one of the higher sequence wins.
    std::uint8_t span_class = 0;
    friend bool operator==(const ChunkKey&, const ChunkKey&) = default;
};

constexpr std::size_t entity_prefix_bytes = 17, series_prefix_bytes = 21, chunk_key_bytes = 38;
std::string entity_prefix(model::EntityId entity);
std::string series_prefix(model::EntityId entity, KeyId key);
std::string chunk_key(std::string_view series, ChunkKey key);
/// Nullopt: not a chunk's key.
std::optional<ChunkKey> parse_chunk_key(std::string_view row);
/// The smallest text greater than every text that begins with `prefix`; empty if there is none.
std::string prefix_end(std::string prefix);

std::string number_row(std::uint64_t value);
std::optional<std::uint64_t> parse_number_row(std::string_view row);
std::string offset_row(std::int32_t partition);
/// Partition of an offset row's key.
std::optional<std::int32_t> parse_offset_row(std::string_view row);

/// `body` with the checksum of its key and itself: a row cannot be read under another's key.
std::string seal(std::string_view key, std::string body);
/// Errors: malformed - the checksum is wrong.
Result<std::string_view> unseal(std::string_view key, std::string_view row);

struct Latest {
    EpochMs ts = 0;
    model::Value value;
};
std::string latest_key(model::EntityId entity, std::string_view key);
/// Sealed.
std::string encode_latest(std::string_view row_key, const Latest& latest);
Result<Latest> decode_latest(std::string_view row_key, std::string_view row);

}  // namespace thingstead::store::rocks
