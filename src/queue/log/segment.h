// One segment file as readers see it: finding frames, and repairing its end after a crash.
#pragma once
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "queue/log/file.h"
#include "queue/log/format.h"

namespace thingstead::queue::log {

/// `directory/00000000000000000042.seg` for base 42.
std::string segment_path(const std::string& directory, Offset base);
/// The base of a segment's file name; nullopt for other names.
std::optional<Offset> segment_base(std::string_view name);

/// What a reader says about bytes that should be a frame or record and are not.
Error damaged(const std::string& path, std::uint64_t at, const std::string& why);

/// A window over a file that moves forward: few large reads for many small views.
class FileWindow {
  public:
    FileWindow(const File& file, std::size_t block_bytes)
        : file_(&file), block_bytes_(block_bytes) {}
    /// The bytes [at, at + bytes) of the file, fewer only at its end; valid until the next call.
    Result<ByteSpan> view(std::uint64_t at, std::size_t bytes);

  private:
    const File* file_;
    std::size_t block_bytes_;
    std::vector<std::byte> block_;
    std::uint64_t block_at_ = 0;
};

struct FramePlace {
    std::uint64_t at;  ///< Of the frame's header, in the file.
    FrameHeader frame;
};

/// A segment and its sparse index, which grows as searches walk over frames. Thread-safe.
class Segment {
  public:
    Segment(FileSystem& files, std::string path, SegmentHeader header)
        : files_(files), path_(std::move(path)), header_(std::move(header)) {}

    /// Opens the file and reads its header. Errors: unavailable - missing or damaged.
    static Result<std::shared_ptr<Segment>> load(FileSystem& files, const std::string& path);

    const SegmentHeader& header() const { return header_; }
    const std::string& path() const { return path_; }
    Result<std::unique_ptr<File>> open() const { return files_.open(path_, OpenMode::read); }

    /// The frame that holds `target`, which lies below `limit`, the end of what may be read here.
    /// Errors: unavailable - a frame before it is damaged.
    Result<FramePlace> find(const File& file, Offset target, Offset limit);
    /// The first frame below `limit` whose time is `time_ms` or later; nullopt: none.
    Result<std::optional<FramePlace>> find_time(const File& file, EpochMs time_ms, Offset limit);

  private:
    struct Mark {
        std::uint64_t at;
        Offset offset;
        EpochMs time_ms;
    };
    static constexpr std::uint64_t mark_step_bytes = 256u << 10;

    Result<FrameHeader> frame_at(FileWindow& window, std::uint64_t at, Offset expected) const;
    void mark(std::uint64_t at, const FrameHeader& frame);

    FileSystem& files_;
    const std::string path_;
    const SegmentHeader header_;
    std::mutex mutex_;         ///< Guards marks_.
    std::vector<Mark> marks_;  ///< Rising, about mark_step_bytes apart.
};

/// What a crash left of the newest segment.
struct Recovered {
    std::uint64_t end_at = 0;  ///< Where the next frame goes.
    Offset end = 0;            ///< Offset of the next record.
    EpochMs time_ms = 0;       ///< Of the last frame.
    std::uint64_t cut_bytes = 0;
    std::uint64_t records = 0;
};

/// Reads every frame and verifies every record. A torn end is cut off at the first record that is
/// incomplete or wrong, and the rest of the file is zeros afterwards. Errors: unavailable - a
/// record is wrong that was durable before a later frame was written; the file is not touched.
Result<Recovered> recover_segment(File& file, const std::string& path, const SegmentHeader& header);

}  // namespace thingstead::queue::log
