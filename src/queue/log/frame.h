// Frames in memory: encoded as on disk, written from here, kept here for consumers that keep up.
#pragma once
#include <memory>
#include <vector>

#include "base/clock.h"
#include "queue/log/format.h"

namespace thingstead::queue::log {

/// Memory that frames lie in one after the other. The part behind a closed frame may still be
/// written while the frame is read: bytes of one frame are never touched by another.
struct Chunk {
    explicit Chunk(std::size_t size)
        : bytes(std::make_unique_for_overwrite<std::byte[]>(size)), capacity(size) {}
    std::unique_ptr<std::byte[]> bytes;
    std::size_t capacity;
};

/// A closed frame. The room for its header is filled by the writer, once per segment it tries.
struct Frame {
    std::shared_ptr<Chunk> chunk;
    std::size_t begin = 0;  ///< Of the header, in the chunk.
    FrameHeader header;

    std::span<std::byte, frame_header_bytes> header_room() const {
        return std::span<std::byte, frame_header_bytes>(chunk->bytes.get() + begin,
                                                        frame_header_bytes);
    }
    ByteSpan bytes() const { return {chunk->bytes.get() + begin, header.frame_bytes()}; }
    ByteSpan records() const { return bytes().subspan(frame_header_bytes); }
};

/// Collects appended records of one partition into frames. Not thread-safe.
class AppendBuffer {
  public:
    static constexpr std::size_t chunk_bytes = 64u << 10;

    AppendBuffer(Offset next, EpochMs time_ms) : next_(next), time_ms_(time_ms) {}

    /// Copies the record in. Its time is that of the first record of its frame. `headed`: the key
    /// is a headed_key().
    void append(ByteSpan key, ByteSpan value, const Clock& clock, bool headed = false);
    /// Closes the open frame and moves out all frames since the last call.
    void take(std::vector<Frame>& out);
    Offset next() const { return next_; }

  private:
    void open_frame(std::size_t record, const Clock& clock);
    void close_frame();

    Offset next_;
    EpochMs time_ms_;  ///< Of the last frame: times never go back.
    std::shared_ptr<Chunk> chunk_;
    std::size_t used_ = 0;  ///< Of the chunk.
    bool open_ = false;
    Frame frame_;  ///< While open: its header is filled as it grows.
    std::vector<Frame> closed_;
};

}  // namespace thingstead::queue::log
