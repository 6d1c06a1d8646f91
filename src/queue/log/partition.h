// One partition: pending appends, segment files, the newest frames in memory.
//
// Three sides: producers append (append_mutex_, short); the flusher takes what is pending, writes
// it, publishes it; consumers read what is published (mutex_). Records are invisible until durable.
#pragma once
#include <atomic>
#include <condition_variable>
#include <deque>
#include <limits>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "queue/log/context.h"
#include "queue/log/frame.h"
#include "queue/log/segment.h"

namespace thingstead::queue::log {

class Partition {
  public:
    static constexpr std::uint64_t no_floor = std::numeric_limits<std::uint64_t>::max();

    /// Reads the segments in `directory`, repairs the end of the newest.
    /// Errors: unavailable - storage or damage, the message names the file.
    static Result<std::unique_ptr<Partition>> open(Context& context, const TopicSettings& topic,
                                                   PartitionIndex index, std::string directory);

    // --- producers ---

    /// True if a record of `bytes` may be appended as far as the slowest group's lag goes.
    bool lag_allows(std::size_t bytes) const;
    /// False: the partition was closed. `last` is set to `ticket` before the record can be taken.
    /// `headed`: the key is a headed_key().
    bool append(ByteSpan key, ByteSpan value, std::atomic<std::uint64_t>& last,
                std::uint64_t ticket, bool headed = false);
    /// No append succeeds afterwards.
    void close_appends();

    // --- the flusher, and the thread that persists for it ---

    bool dirty() const { return dirty_.load(); }
    /// Moves pending appends into the round.
    void take();
    /// Makes the round durable. After an error the part that is durable stays so; call again for
    /// the rest, which goes to a new segment.
    Result<> persist();
    struct Published {
        std::size_t records = 0;
        std::size_t record_bytes = 0;
        std::size_t frame_bytes = 0;
        std::size_t frames = 0;
    };
    /// Shows the durable round to consumers and keeps it in memory.
    Published publish();
    /// Forgets the round (stopping while the disk takes nothing).
    void drop_round();
    /// Drops the oldest frame in memory; returns its bytes.
    std::size_t evict_frame();
    /// Cuts the newest segment to what is used, closes files. The last call.
    void close_files();

    // --- consumers ---

    Offset begin() const;
    /// Behind the newest durable record.
    Offset end() const;
    /// The frame in memory that holds `offset`.
    std::optional<Frame> frame_in_memory(Offset offset) const;
    struct Readable {
        std::shared_ptr<Segment> segment;
        Offset limit;  ///< End of what may be read from this segment now.
    };
    /// The segment that holds `offset`, which is at least begin() and below end().
    std::optional<Readable> segment_of(Offset offset) const;
    /// Where to look for the first record at or after a time: all segments, with limits.
    std::vector<Readable> segments() const;
    /// Waits until end() > `offset`, `woken` is set, or the queue stops.
    void wait_for_records(Offset offset, const bool& woken, std::chrono::milliseconds wait);
    /// Sets `woken` under the lock of the wait and ends the wait.
    void wake(bool& woken);
    bool take_woken(bool& woken);
    void wake_all();

    // --- groups and retention ---

    /// The slowest group's committed offset; -1: no group.
    void set_floor(Offset floor);
    Offset floor() const { return floor_.load(); }
    void set_limits(const TopicSettings& topic);
    /// Removes segments that are too old or too many; never above `floor`.
    void retain();
    const std::string& directory() const { return directory_; }

  private:
    struct Entry {
        std::shared_ptr<Segment> segment;
        std::uint64_t bytes_before;  ///< Bytes of frames in older segments, since the open.
    };

    Partition(Context& context, const TopicSettings& topic, PartitionIndex index,
              std::string directory);
    Result<> load();
    Result<> resume(const std::shared_ptr<Segment>& newest);
    Result<> open_segment(Offset base);
    void abandon_segment();
    Result<> write_frames(std::size_t first, std::size_t last);
    std::uint64_t bytes_at(Offset offset) const;  ///< mutex_ held.
    bool retain_one(EpochMs now);

    Context& context_;
    const std::string topic_;
    const PartitionIndex index_;
    const std::string directory_;
    std::atomic<std::uint64_t> lag_bytes_max_;
    std::atomic<std::uint64_t> retention_bytes_;
    std::atomic<std::int64_t> retention_ms_;

    mutable std::mutex append_mutex_;
    AppendBuffer buffer_;  ///< append_mutex_.
    bool closed_ = false;  ///< append_mutex_.
    std::atomic<bool> dirty_{false};
    std::atomic<std::uint64_t> appended_bytes_{0};  ///< Of frames, since the open.
    std::atomic<std::uint64_t> floor_bytes_{no_floor};
    std::atomic<Offset> floor_{-1};

    // The flusher's side; no lock.
    std::vector<Frame> round_;
    std::size_t round_done_ = 0;  ///< Frames of the round that are durable.
    std::unique_ptr<File> file_;  ///< Of the newest segment, if it may be written to.
    std::uint64_t segment_id_ = 0;
    std::uint64_t write_at_ = 0;
    std::uint64_t write_limit_ = 0;

    mutable std::mutex mutex_;  ///< Guards the rest.
    std::condition_variable records_came_;
    std::vector<Entry> entries_;  ///< Rising by base.
    std::deque<Frame> memory_;    ///< Rising; without gaps up to end_.
    Offset end_ = 0;
    std::uint64_t durable_bytes_ = 0;  ///< Of frames, since the open.
};

}  // namespace thingstead::queue::log
