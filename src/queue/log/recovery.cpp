// Repairing the end of the newest segment; declared in segment.h.
#include <algorithm>

#include "queue/log/segment.h"

namespace thingstead::queue::log {
namespace {

constexpr std::size_t block_bytes = 1u << 20;

/// Where reading stopped: everything before `frame_at` is whole; of the frame there, if it has a
/// header, `good_count` records are.
struct Stop {
    std::uint64_t frame_at = segment_header_bytes;
    Offset base = 0;  ///< Offset expected at frame_at.
    EpochMs time_ms = 0;
    std::optional<FrameHeader> torn;
    std::uint32_t good_count = 0;
    std::uint32_t good_bytes = 0;

    Offset end() const { return base + good_count; }
    std::uint64_t end_at() const {
        return good_count == 0 ? frame_at : frame_at + frame_header_bytes + good_bytes;
    }
};

/// Counts the good records at the front of a frame. True: the frame is whole.
bool verify_records(const FrameHeader& frame, ByteSpan records, Stop& stop) {
    const std::size_t present = records.size();
    stop.good_count = stop.good_bytes = 0;
    while (stop.good_count < frame.count) {
        const auto record = decode_record(frame.base + stop.good_count, records);
        if (!record) return false;
        stop.good_bytes += static_cast<std::uint32_t>(record->bytes());
        ++stop.good_count;
        records = records.subspan(record->bytes());
    }
    return present == frame.records_bytes && records.empty();
}

Result<Stop> read_frames(const File& file, const SegmentHeader& header) {
    FileWindow window(file, block_bytes);
    const Result<std::uint64_t> size = file.size();
    if (!size) return size.error();
    Stop stop;
    stop.base = header.base;
    while (true) {
        const Result<ByteSpan> head = window.view(stop.frame_at, frame_header_bytes);
        if (!head) return head.error();
        const std::optional<FrameHeader> frame = decode_frame_header(*head, header.id);
        if (!frame || frame->base != stop.base) return stop;
        // A header may promise more than the file has: never more memory than the file's size.
        const std::uint64_t left = *size - std::min(*size, stop.frame_at + frame_header_bytes);
        const auto bytes =
            static_cast<std::size_t>(std::min<std::uint64_t>(left, frame->records_bytes));
        const Result<ByteSpan> records = window.view(stop.frame_at + frame_header_bytes, bytes);
        if (!records) return records.error();
        if (!verify_records(*frame, *records, stop)) {
            stop.torn = frame;
            return stop;
        }
        stop.frame_at += frame->frame_bytes();
        stop.base = frame->end();
        stop.time_ms = frame->time_ms;
        stop.good_count = stop.good_bytes = 0;
    }
}

struct Rest {
    std::uint64_t data_end = 0;          ///< Behind the last byte that is not zero.
    std::optional<std::uint64_t> later;  ///< A frame that proves that the stop is damage.
};

/// Looks through what follows the stop for bytes that are not zero, and for a frame that was
/// written when the record at the stop was durable already.
Result<Rest> search_rest(const File& file, const SegmentHeader& header, const Stop& stop) {
    constexpr std::string_view magic = "TSF1";
    const Result<std::uint64_t> size = file.size();
    if (!size) return size.error();
    FileWindow window(file, block_bytes);
    Rest rest{stop.end_at(), std::nullopt};
    std::uint64_t at = stop.end_at();
    while (at < *size) {
        const Result<std::uint64_t> data = file.data_from(at);
        if (!data) return data.error();
        at = std::max(at, *data);
        if (at >= *size) break;
        // Blocks overlap by a frame header, so that none is missed at a seam.
        const Result<ByteSpan> bytes = window.view(at, block_bytes);
        if (!bytes) return bytes.error();
        const std::string_view text = as_text(*bytes);
        const std::size_t last = text.find_last_not_of('\0');
        if (last != std::string_view::npos) rest.data_end = at + last + 1;
        for (std::size_t hit = text.find(magic); hit != std::string_view::npos;
             hit = text.find(magic, hit + 1)) {
            const auto frame = decode_frame_header(bytes->subspan(hit), header.id);
            if (frame && frame->synced > stop.end()) {
                rest.later = at + hit;
                return rest;
            }
        }
        if (bytes->size() <= frame_header_bytes || at + bytes->size() >= *size) break;
        at += bytes->size() - frame_header_bytes;
    }
    return rest;
}

/// Makes the file end behind the last good record; the frame it is in is told to be shorter.
/// The rest goes first: a crash in between leaves what this function would find again.
Result<> cut(File& file, const SegmentHeader& header, const Stop& stop) {
    if (auto r = file.truncate(stop.end_at()); !r) return r.error();
    if (auto r = file.sync(); !r) return r.error();
    if (stop.good_count == 0) return {};
    FrameHeader shorter = *stop.torn;
    shorter.count = stop.good_count;
    shorter.records_bytes = stop.good_bytes;
    std::byte bytes[frame_header_bytes];
    encode(shorter, header.id, bytes);
    const ByteSpan part(bytes);
    if (auto r = file.write_at(std::span(&part, 1), stop.frame_at); !r) return r.error();
    return file.sync();
}

}  // namespace

Result<Recovered> recover_segment(File& file, const std::string& path,
                                  const SegmentHeader& header) {
    const Result<Stop> stop = read_frames(file, header);
    if (!stop) return stop.error();
    const Result<Rest> rest = search_rest(file, header, *stop);
    if (!rest) return rest.error();
    if (rest->later)
        return damaged(path, stop->end_at(),
                       "the record of offset " + std::to_string(stop->end()) +
                           " is wrong, but a whole frame at byte " + std::to_string(*rest->later) +
                           " was written after it was durable");
    Recovered result;
    result.end_at = stop->end_at();
    result.end = stop->end();
    result.time_ms = stop->torn && stop->good_count > 0 ? stop->torn->time_ms : stop->time_ms;
    result.cut_bytes = rest->data_end - stop->end_at();
    result.records = static_cast<std::uint64_t>(stop->end() - header.base);
    if (result.cut_bytes > 0 || stop->torn)
        if (auto r = cut(file, header, *stop); !r) return r.error();
    return result;
}

}  // namespace thingstead::queue::log
