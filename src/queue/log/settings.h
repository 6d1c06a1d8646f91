// Settings of the embedded message queue; YAML section `queue.log`.
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace thingstead::queue::log {

struct Settings {
    std::string directory;  ///< Where the log lives; made if missing. One process at a time.
    /// Size of a segment file, in bytes, allocated when it is made: 128 KiB to 1 GiB.
    std::uint64_t segment_bytes = 64ull << 20;
    /// Largest record (key and value), in bytes; a longer one fails with too_large. A segment
    /// must hold it: the effective limit is never above segment_bytes less 8 KiB.
    std::size_t record_bytes_max = 16u << 20;
    /// Bytes appended and not yet durable, over all topics, at which appends wait.
    std::size_t pending_bytes_max = 32u << 20;
    /// Bytes of the newest records kept in memory for consumers that keep up, over all topics.
    std::size_t cache_bytes_max = 32u << 20;
    /// Bytes a consumer that lags reads from a file at a time.
    std::size_t read_block_bytes = 256u << 10;
    /// Waited before every commit for more records; 0 commits at once.
    std::chrono::microseconds flush_delay{0};
    /// Pending bytes that end a wait for more records.
    std::size_t flush_bytes = 1u << 20;
    /// A commit of `busy_records` or more makes the next begin at the earliest `busy_interval`
    /// later: a sync costs processor time, and many records should share one.
    std::size_t busy_records = 32;
    std::chrono::microseconds busy_interval{5000};
    /// Threads that write and sync partitions during a commit, with the flusher: 1 to 16.
    std::size_t sync_threads = 2;
    /// Between attempts to write while the disk is full or failing.
    std::chrono::milliseconds retry_interval{500};
    /// Between rounds of housekeeping: committed offsets to disk, retention, lag metrics.
    std::chrono::milliseconds housekeeping_interval{1000};
};

}  // namespace thingstead::queue::log
