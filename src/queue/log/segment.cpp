#include "queue/log/segment.h"

#include <algorithm>
#include <charconv>
#include <cstdio>

namespace thingstead::queue::log {
namespace {

constexpr std::size_t name_digits = 20;
constexpr std::string_view segment_name_end = ".seg";
constexpr std::size_t walk_block_bytes = 64u << 10;

}  // namespace

std::string segment_path(const std::string& directory, Offset base) {
    char digits[name_digits + 1];
    std::snprintf(digits, sizeof digits, "%020lld", static_cast<long long>(base));
    return directory + "/" + digits + std::string(segment_name_end);
}

std::optional<Offset> segment_base(std::string_view name) {
    if (name.size() != name_digits + segment_name_end.size() || !name.ends_with(segment_name_end))
        return std::nullopt;
    Offset base = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name_digits, base);
    if (error != std::errc() || end != name.data() + name_digits || base < 0) return std::nullopt;
    return base;
}

Error damaged(const std::string& path, std::uint64_t at, const std::string& why) {
    return Error{ErrorCode::unavailable, "the queue log is damaged: " + path + " at byte " +
                                             std::to_string(at) + ": " + why};
}

Result<ByteSpan> FileWindow::view(std::uint64_t at, std::size_t bytes) {
    if (at < block_at_ || at + bytes > block_at_ + block_.size()) {
        block_.resize(std::max(bytes, block_bytes_));
        const Result<std::size_t> read = file_->read_at(block_, at);
        if (!read) return read.error();
        block_.resize(*read);
        block_at_ = at;
    }
    const std::size_t skip = static_cast<std::size_t>(at - block_at_);
    return ByteSpan(block_).subspan(skip, std::min(bytes, block_.size() - skip));
}

Result<std::shared_ptr<Segment>> Segment::load(FileSystem& files, const std::string& path) {
    const Result<std::unique_ptr<File>> file = files.open(path, OpenMode::read);
    if (!file) return file.error();
    std::vector<std::byte> bytes(segment_header_bytes);
    const Result<std::size_t> read = (*file)->read_at(bytes, 0);
    if (!read) return read.error();
    Result<SegmentHeader> header = decode_segment_header(ByteSpan(bytes).first(*read));
    if (!header) return damaged(path, 0, header.error().message);
    return std::make_shared<Segment>(files, path, *std::move(header));
}

Result<FrameHeader> Segment::frame_at(FileWindow& window, std::uint64_t at, Offset expected) const {
    const Result<ByteSpan> bytes = window.view(at, frame_header_bytes);
    if (!bytes) return bytes.error();
    const std::optional<FrameHeader> frame = decode_frame_header(*bytes, header_.id);
    if (!frame || frame->base != expected)
        return damaged(path_, at,
                       "there is no frame that begins with offset " + std::to_string(expected));
    return *frame;
}

void Segment::mark(std::uint64_t at, const FrameHeader& frame) {
    if (marks_.empty() || at >= marks_.back().at + mark_step_bytes)
        marks_.push_back({at, frame.base, frame.time_ms});
}

Result<FramePlace> Segment::find(const File& file, Offset target, Offset limit) {
    TS_ASSERT(target >= header_.base && target < limit);
    const std::lock_guard lock(mutex_);
    std::uint64_t at = segment_header_bytes;
    Offset offset = header_.base;
    const auto after = std::upper_bound(marks_.begin(), marks_.end(), target,
                                        [](Offset o, const Mark& m) { return o < m.offset; });
    if (after != marks_.begin()) {
        at = std::prev(after)->at;
        offset = std::prev(after)->offset;
    }
    FileWindow window(file, walk_block_bytes);
    while (true) {
        const Result<FrameHeader> frame = frame_at(window, at, offset);
        if (!frame) return frame.error();
        mark(at, *frame);
        if (target < frame->end()) return FramePlace{at, *frame};
        at += frame->frame_bytes();
        offset = frame->end();
    }
}

Result<std::optional<FramePlace>> Segment::find_time(const File& file, EpochMs time_ms,
                                                     Offset limit) {
    const std::lock_guard lock(mutex_);
    std::uint64_t at = segment_header_bytes;
    Offset offset = header_.base;
    const auto after = std::lower_bound(marks_.begin(), marks_.end(), time_ms,
                                        [](const Mark& m, EpochMs t) { return m.time_ms < t; });
    if (after != marks_.begin()) {
        at = std::prev(after)->at;
        offset = std::prev(after)->offset;
    }
    FileWindow window(file, walk_block_bytes);
    while (offset < limit) {
        const Result<FrameHeader> frame = frame_at(window, at, offset);
        if (!frame) return frame.error();
        mark(at, *frame);
        if (frame->time_ms >= time_ms) return std::optional(FramePlace{at, *frame});
        at += frame->frame_bytes();
        offset = frame->end();
    }
    return std::optional<FramePlace>();
}

}  // namespace thingstead::queue::log
