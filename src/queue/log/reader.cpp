#include "queue/log/reader.h"

#include <algorithm>

namespace thingstead::queue::log {

Result<Record> FrameCursor::take(ByteSpan* headers) {
    const std::optional<RecordView> record = verify ? decode_record(next, rest) : peek_record(rest);
    if (!record)
        return damaged(segment ? segment->path() : "memory", at,
                       "the record of offset " + std::to_string(next) + " is wrong");
    rest = rest.subspan(record->bytes());
    at += record->bytes();
    if (headers) *headers = record->headers;
    return Record{next++, time_ms, record->key, record->value};
}

Result<> FrameCursor::skip_to(Offset offset) {
    while (next < offset)
        if (auto r = take(); !r) return r.error();
    return {};
}

Result<std::optional<FrameCursor>> Reader::frame(Offset offset) {
    FrameCursor cursor;
    if (const std::optional<Frame> frame = partition_.frame_in_memory(offset)) {
        cursor = {frame->chunk, frame->records(), frame->header.base, frame->header.end(),
                  frame->header.time_ms};
        file_.reset();
        block_.reset();
        segment_.reset();
    } else {
        if (offset >= partition_.end()) return std::optional<FrameCursor>();
        Result<FrameCursor> from_file = frame_from_file(offset);
        if (!from_file) return from_file.error();
        cursor = *std::move(from_file);
    }
    if (auto r = cursor.skip_to(offset); !r) return r.error();
    return std::optional(std::move(cursor));
}

Result<FrameCursor> Reader::frame_from_file(Offset offset) {
    if (!file_ || next_ != offset || offset >= limit_)
        if (auto r = enter(offset); !r) return r.error();
    const Result<ByteSpan> head = bytes_at(at_, frame_header_bytes);
    if (!head) return head.error();
    const std::optional<FrameHeader> frame = decode_frame_header(*head, segment_->header().id);
    if (!frame || frame->base != next_)
        return damaged(segment_->path(), at_,
                       "there is no frame that begins with offset " + std::to_string(next_));
    const Result<ByteSpan> whole = bytes_at(at_, frame->frame_bytes());
    if (!whole) return whole.error();
    if (whole->size() < frame->frame_bytes())
        return damaged(segment_->path(), at_, "the frame is longer than the file");
    FrameCursor cursor{block_, whole->subspan(frame_header_bytes), frame->base, frame->end(),
                       frame->time_ms};
    cursor.verify = true;
    cursor.segment = segment_.get();
    cursor.at = at_ + frame_header_bytes;
    at_ += frame->frame_bytes();
    next_ = frame->end();
    return cursor;
}

/// Places the reader at the frame that holds `offset`.
Result<> Reader::enter(Offset offset) {
    const std::optional<Partition::Readable> readable = partition_.segment_of(offset);
    if (!readable)
        return Error{ErrorCode::unavailable,
                     "offset " + std::to_string(offset) + " is not in " + partition_.directory()};
    const bool going_on = file_ && segment_ == readable->segment && next_ == offset;
    limit_ = readable->limit;
    if (going_on) {
        block_.reset();  // it was read when the file ended earlier
        return {};
    }
    if (!file_ || segment_ != readable->segment) {
        Result<std::unique_ptr<File>> file = readable->segment->open();
        if (!file) return file.error();
        file_ = *std::move(file);
        segment_ = readable->segment;
    }
    block_.reset();
    const Result<FramePlace> place = segment_->find(*file_, offset, limit_);
    if (!place) return place.error();
    at_ = place->at;
    next_ = place->frame.base;
    return {};
}

/// Bytes of the file, fewer only at its end. A block that batches still hold is never written to.
Result<ByteSpan> Reader::bytes_at(std::uint64_t at, std::size_t count) {
    if (!block_ || at < block_at_ || at + count > block_at_ + block_->bytes.size()) {
        auto block = std::make_shared<Block>();
        block->bytes.resize(std::max(count, block_bytes_));
        const Result<std::size_t> read = file_->read_at(block->bytes, at);
        if (!read) return read.error();
        block->bytes.resize(*read);
        block_ = std::move(block);
        block_at_ = at;
    }
    const auto skip = static_cast<std::size_t>(at - block_at_);
    return ByteSpan(block_->bytes).subspan(skip, std::min(count, block_->bytes.size() - skip));
}

Result<Offset> Reader::offset_of_time(EpochMs time_ms) {
    // Times never go back, so the answer is in the newest segment that begins before it, or is the
    // begin of the one after.
    const std::vector<Partition::Readable> all = partition_.segments();
    auto from = std::partition_point(all.begin(), all.end(), [&](const auto& readable) {
        return readable.segment->header().created_ms < time_ms;
    });
    if (from != all.begin()) --from;
    for (; from != all.end(); ++from) {
        if (from->limit <= from->segment->header().base) continue;
        const Result<std::unique_ptr<File>> file = from->segment->open();
        if (!file) return file.error();
        const auto place = from->segment->find_time(**file, time_ms, from->limit);
        if (!place) return place.error();
        if (*place) return (*place)->frame.base;
    }
    return partition_.end();
}

}  // namespace thingstead::queue::log
