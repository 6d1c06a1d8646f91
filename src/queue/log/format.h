// The bytes of a segment file: header, frames, records. No I/O; docs/formats/queue-log.md has the
// tables. All integers are little endian.
//
// A segment is a header of 4 KiB and then frames without gaps; what follows the last frame is
// zeros. A frame is what one commit wrote to one partition in one piece. Checksums: the segment
// header has its own; a frame header's is seeded with the random id of the segment; a record's is
// seeded with its offset. So a stale or misplaced piece of log never verifies.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/error.h"
#include "queue/queue.h"

namespace thingstead::queue::log {

inline constexpr std::size_t segment_header_bytes = 4096;
inline constexpr std::size_t frame_header_bytes = 40;
inline constexpr std::size_t record_header_bytes = 12;

struct SegmentHeader {
    std::string topic;
    PartitionIndex partition = 0;
    Offset base = 0;  ///< Offset of the first record.
    EpochMs created_ms = 0;
    std::uint64_t id = 0;  ///< Random; seeds the checksums of the frame headers.

    friend bool operator==(const SegmentHeader&, const SegmentHeader&) = default;
};

void encode(const SegmentHeader& header, std::span<std::byte, segment_header_bytes> out);
/// Errors: malformed - which part is wrong.
Result<SegmentHeader> decode_segment_header(ByteSpan bytes);

struct FrameHeader {
    std::uint32_t records_bytes = 0;  ///< Behind this header, at least record_header_bytes.
    std::uint32_t count = 0;          ///< Records, at least one.
    Offset base = 0;                  ///< Offset of the first record.
    /// Every record below it was durable before this frame was written. A damaged record below
    /// the `synced` of a later frame was acknowledged: it is damage, not a torn end.
    Offset synced = 0;
    EpochMs time_ms = 0;

    std::uint64_t frame_bytes() const { return frame_header_bytes + records_bytes; }
    Offset end() const { return base + count; }
    friend bool operator==(const FrameHeader&, const FrameHeader&) = default;
};

void encode(const FrameHeader& header, std::uint64_t segment_id,
            std::span<std::byte, frame_header_bytes> out);
/// Nullopt: these bytes are not the header of a frame of this segment.
std::optional<FrameHeader> decode_frame_header(ByteSpan bytes, std::uint64_t segment_id);

constexpr std::size_t record_bytes(std::size_t key_bytes, std::size_t value_bytes) {
    return record_header_bytes + key_bytes + value_bytes;
}
/// What is stored as the key of a record with headers: their length, they, and the key itself.
std::string headed_key(ByteSpan headers, ByteSpan key);
/// Writes record_bytes(key, value) bytes at `out`. `headed`: the key is a headed_key().
void encode_record(Offset offset, ByteSpan key, ByteSpan value, std::byte* out,
                   bool headed = false);

struct RecordView {
    ByteSpan stored_key;  ///< A headed_key() if `headed`.
    ByteSpan value;
    bool headed = false;
    ByteSpan key{};      ///< The key itself.
    ByteSpan headers{};  ///< As queue/headers.h codes them; empty: none.
    std::size_t bytes() const { return record_bytes(stored_key.size(), value.size()); }
};
/// The record at the front of `bytes`; nullopt if it does not fit. The checksum is not looked at.
std::optional<RecordView> peek_record(ByteSpan bytes);
/// The same with the checksum verified.
std::optional<RecordView> decode_record(Offset offset, ByteSpan bytes);

}  // namespace thingstead::queue::log
