#include "queue/log/frame.h"

#include <algorithm>

namespace thingstead::queue::log {

void AppendBuffer::append(ByteSpan key, ByteSpan value, const Clock& clock, bool headed) {
    const std::size_t bytes = record_bytes(key.size(), value.size());
    if (open_ && used_ + bytes > chunk_->capacity) close_frame();
    if (!open_) open_frame(bytes, clock);
    encode_record(next_, key, value, chunk_->bytes.get() + used_, headed);
    used_ += bytes;
    frame_.header.records_bytes += static_cast<std::uint32_t>(bytes);
    ++frame_.header.count;
    ++next_;
}

void AppendBuffer::open_frame(std::size_t record, const Clock& clock) {
    const std::size_t needed = frame_header_bytes + record;
    if (!chunk_ || used_ + needed > chunk_->capacity) {
        chunk_ = std::make_shared<Chunk>(std::max(chunk_bytes, needed));
        used_ = 0;
    }
    time_ms_ = std::max(time_ms_, clock.now_ms());
    frame_ = {
        chunk_, used_, FrameHeader{.base = next_, .time_ms = time_ms_}
    };
    used_ += frame_header_bytes;
    open_ = true;
}

void AppendBuffer::close_frame() {
    closed_.push_back(std::move(frame_));
    open_ = false;
}

void AppendBuffer::take(std::vector<Frame>& out) {
    if (open_) close_frame();
    out.insert(out.end(), std::make_move_iterator(closed_.begin()),
               std::make_move_iterator(closed_.end()));
    closed_.clear();
}

}  // namespace thingstead::queue::log
