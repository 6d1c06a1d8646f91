#include "queue/log/format.h"

#include <algorithm>

namespace thingstead::queue::log {
namespace {

constexpr std::string_view segment_magic = "TSQSEG01";
constexpr std::uint32_t frame_magic = 0x31465354;  // "TSF1"
constexpr std::size_t topic_at = 48;
constexpr std::size_t topic_bytes_max = 200;
constexpr std::size_t header_crc_at = segment_header_bytes - 4;
constexpr std::uint32_t headed_bit = 1u << 31;  ///< Of the length of a key.

template <class T>
void put(std::byte* out, T value) {
    store_little(out, static_cast<std::make_unsigned_t<T>>(value));
}
template <class T>
T get(const std::byte* in) {
    return static_cast<T>(load_little<std::make_unsigned_t<T>>(in));
}

std::uint32_t frame_seed(std::uint64_t segment_id) {
    std::byte id[8];
    store_little(id, segment_id);
    return crc32c(id);
}

std::uint32_t record_seed(Offset offset) {
    const auto bits = static_cast<std::uint64_t>(offset);
    return static_cast<std::uint32_t>(bits ^ (bits >> 32));
}

Error malformed(const char* what) { return Error{ErrorCode::malformed, what}; }

}  // namespace

void encode(const SegmentHeader& header, std::span<std::byte, segment_header_bytes> out) {
    TS_ASSERT(header.topic.size() <= topic_bytes_max);
    std::fill(out.begin(), out.end(), std::byte{0});
    std::memcpy(out.data(), segment_magic.data(), segment_magic.size());
    put<std::uint32_t>(out.data() + 8, segment_header_bytes);
    put<PartitionIndex>(out.data() + 12, header.partition);
    put<Offset>(out.data() + 16, header.base);
    put<EpochMs>(out.data() + 24, header.created_ms);
    put<std::uint64_t>(out.data() + 32, header.id);
    put<std::uint32_t>(out.data() + 40, static_cast<std::uint32_t>(header.topic.size()));
    std::memcpy(out.data() + topic_at, header.topic.data(), header.topic.size());
    put<std::uint32_t>(out.data() + header_crc_at, crc32c(out.first(header_crc_at)));
}

Result<SegmentHeader> decode_segment_header(ByteSpan bytes) {
    if (bytes.size() < segment_header_bytes) return malformed("the header is incomplete");
    if (as_text(bytes.first(segment_magic.size())) != segment_magic)
        return malformed("it does not begin with TSQSEG01");
    if (get<std::uint32_t>(bytes.data() + header_crc_at) != crc32c(bytes.first(header_crc_at)))
        return malformed("the checksum of the header is wrong");
    const auto topic_bytes = get<std::uint32_t>(bytes.data() + 40);
    SegmentHeader header;
    header.partition = get<PartitionIndex>(bytes.data() + 12);
    header.base = get<Offset>(bytes.data() + 16);
    header.created_ms = get<EpochMs>(bytes.data() + 24);
    header.id = get<std::uint64_t>(bytes.data() + 32);
    if (get<std::uint32_t>(bytes.data() + 8) != segment_header_bytes ||
        topic_bytes > topic_bytes_max || header.base < 0 || header.partition < 0)
        return malformed("a field of the header is out of range");
    header.topic = as_text(bytes.subspan(topic_at, topic_bytes));
    return header;
}

void encode(const FrameHeader& header, std::uint64_t segment_id,
            std::span<std::byte, frame_header_bytes> out) {
    put<std::uint32_t>(out.data(), frame_magic);
    put<std::uint32_t>(out.data() + 8, header.records_bytes);
    put<std::uint32_t>(out.data() + 12, header.count);
    put<Offset>(out.data() + 16, header.base);
    put<Offset>(out.data() + 24, header.synced);
    put<EpochMs>(out.data() + 32, header.time_ms);
    put<std::uint32_t>(out.data() + 4, crc32c(out.subspan(8), frame_seed(segment_id)));
}

std::optional<FrameHeader> decode_frame_header(ByteSpan bytes, std::uint64_t segment_id) {
    if (bytes.size() < frame_header_bytes || get<std::uint32_t>(bytes.data()) != frame_magic)
        return std::nullopt;
    const ByteSpan fields = bytes.subspan(8, frame_header_bytes - 8);
    if (get<std::uint32_t>(bytes.data() + 4) != crc32c(fields, frame_seed(segment_id)))
        return std::nullopt;
    FrameHeader header;
    header.records_bytes = get<std::uint32_t>(bytes.data() + 8);
    header.count = get<std::uint32_t>(bytes.data() + 12);
    header.base = get<Offset>(bytes.data() + 16);
    header.synced = get<Offset>(bytes.data() + 24);
    header.time_ms = get<EpochMs>(bytes.data() + 32);
    const bool sane = header.count > 0 && header.base >= 0 &&
                      header.base <= std::numeric_limits<Offset>::max() - header.count &&
                      header.synced >= 0 && header.synced <= header.base &&
                      header.records_bytes >= std::uint64_t{header.count} * record_header_bytes;
    if (!sane) return std::nullopt;
    return header;
}

std::string headed_key(ByteSpan headers, ByteSpan key) {
    std::byte length[4];
    store_little(length, static_cast<std::uint32_t>(headers.size()));
    std::string out(as_text(length));
    return out.append(as_text(headers)).append(as_text(key));
}

void encode_record(Offset offset, ByteSpan key, ByteSpan value, std::byte* out, bool headed) {
    put<std::uint32_t>(out + 4, static_cast<std::uint32_t>(key.size()) | (headed ? headed_bit : 0));
    put<std::uint32_t>(out + 8, static_cast<std::uint32_t>(value.size()));
    std::byte* at = out + record_header_bytes;
    if (!key.empty()) std::memcpy(at, key.data(), key.size());
    if (!value.empty()) std::memcpy(at + key.size(), value.data(), value.size());
    const ByteSpan covered(out + 4, record_bytes(key.size(), value.size()) - 4);
    put<std::uint32_t>(out, crc32c(covered, record_seed(offset)));
}

std::optional<RecordView> peek_record(ByteSpan bytes) {
    if (bytes.size() < record_header_bytes) return std::nullopt;
    const auto key_field = get<std::uint32_t>(bytes.data() + 4);
    const std::size_t key_bytes = key_field & ~headed_bit;
    const std::size_t value_bytes = get<std::uint32_t>(bytes.data() + 8);
    if (record_bytes(key_bytes, value_bytes) > bytes.size()) return std::nullopt;
    RecordView record{bytes.subspan(record_header_bytes, key_bytes),
                      bytes.subspan(record_header_bytes + key_bytes, value_bytes),
                      (key_field & headed_bit) != 0};
    record.key = record.stored_key;
    if (!record.headed) return record;
    if (key_bytes < 4) return std::nullopt;
    const std::size_t headers_bytes = get<std::uint32_t>(record.stored_key.data());
    if (headers_bytes > key_bytes - 4) return std::nullopt;
    record.headers = record.stored_key.subspan(4, headers_bytes);
    record.key = record.stored_key.subspan(4 + headers_bytes);
    return record;
}

std::optional<RecordView> decode_record(Offset offset, ByteSpan bytes) {
    const std::optional<RecordView> record = peek_record(bytes);
    if (!record) return std::nullopt;
    const ByteSpan covered = bytes.subspan(4, record->bytes() - 4);
    if (get<std::uint32_t>(bytes.data()) != crc32c(covered, record_seed(offset)))
        return std::nullopt;
    return record;
}

}  // namespace thingstead::queue::log
