// Reading frames of a partition in order: from memory while it has them, from the files below that.
#pragma once
#include <memory>
#include <optional>
#include <vector>

#include "queue/log/partition.h"

namespace thingstead::queue::log {

/// The records of one frame from some offset on, and what keeps their bytes alive.
struct FrameCursor {
    std::shared_ptr<const void> hold;
    ByteSpan rest;  ///< Records not read yet.
    Offset next = 0;
    Offset end = 0;
    EpochMs time_ms = 0;
    bool verify = false;       ///< The bytes come from a file.
    const Segment* segment{};  ///< Of the file, for the error.
    std::uint64_t at = 0;      ///< Of `rest`, in the file.

    bool empty() const { return next >= end; }
    /// The next record; `headers`: where its headers go. Errors: unavailable - its checksum is
    /// wrong.
    Result<Record> take(ByteSpan* headers = nullptr);
    /// Passes over the records below `offset`.
    Result<> skip_to(Offset offset);
};

/// Belongs to one consumer. Holds at most one block of a file.
class Reader {
  public:
    Reader(Partition& partition, std::size_t block_bytes)
        : partition_(partition), block_bytes_(block_bytes) {}

    /// The frame that holds `offset`, begun there; nullopt: nothing durable there yet.
    /// Errors: unavailable - storage or damage.
    Result<std::optional<FrameCursor>> frame(Offset offset);
    /// Offset of the first record at or after `time_ms`; the partition's end if there is none.
    Result<Offset> offset_of_time(EpochMs time_ms);

  private:
    struct Block {
        std::vector<std::byte> bytes;
    };
    Result<FrameCursor> frame_from_file(Offset offset);
    Result<> enter(Offset offset);
    Result<ByteSpan> bytes_at(std::uint64_t at, std::size_t count);

    Partition& partition_;
    const std::size_t block_bytes_;
    std::shared_ptr<Segment> segment_;
    std::unique_ptr<File> file_;
    Offset limit_ = 0;      ///< End of what is known to be durable in segment_.
    Offset next_ = -1;      ///< Base of the frame at at_.
    std::uint64_t at_ = 0;  ///< In the file.
    std::shared_ptr<Block> block_;
    std::uint64_t block_at_ = 0;
};

}  // namespace thingstead::queue::log
