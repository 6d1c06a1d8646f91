// Settings of the embedded message queue; YAML section `queue.log`.
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/describe.h"

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
    /// A commit of `busy_records` or more is followed by a wait, so that many records share a sync:
    /// a sync costs as much processor time as appending two hundred records. While busy there are
    /// about `busy_syncs_per_second` over all partitions (0: no wait), a commit waits 25 ms at
    /// most, and not longer than records keep coming: `busy_quiet` without one ends the wait.
    std::size_t busy_records = 32;
    std::size_t busy_syncs_per_second = 1000;
    std::chrono::microseconds busy_quiet{500};
    /// Threads that write and sync partitions during a commit, with the flusher: 1 to 16.
    std::size_t sync_threads = 2;
    /// Between attempts to write while the disk is full or failing.
    std::chrono::milliseconds retry_interval{500};
    /// Between rounds of housekeeping: committed offsets to disk, retention, lag metrics.
    std::chrono::milliseconds housekeeping_interval{1000};
};

/// The directory is not a setting of its own: it lies in the server's data directory.
constexpr auto describe(const Settings*) {
    using S = Settings;
    return fields(
        field("segment_bytes", &S::segment_bytes,
              "Size of a segment file, allocated when it is made.", between(128 << 10, 1 << 30),
              in_bytes, on_restart),
        field("record_bytes_max", &S::record_bytes_max, "Largest record, key and value.",
              between(1, 1 << 30), in_bytes, on_restart),
        field("pending_bytes_max", &S::pending_bytes_max,
              "Appended and not yet durable, over all topics, at which appends wait.",
              between(4096, 1ll << 40), in_bytes, on_restart),
        field("cache_bytes_max", &S::cache_bytes_max,
              "Newest records kept in memory for consumers that keep up, over all topics.",
              between(0, 1ll << 40), in_bytes, on_restart),
        field("read_block_bytes", &S::read_block_bytes,
              "What a consumer that lags reads from a file at a time.", between(4096, 1 << 30),
              in_bytes, on_restart),
        field("flush_delay", &S::flush_delay, "Wait for more records before every commit.",
              on_restart),
        field("flush_bytes", &S::flush_bytes, "Pending bytes that end a wait for more records.",
              in_bytes, on_restart),
        field("busy_records", &S::busy_records,
              "Records in a commit that make the next one wait for more.", on_restart),
        field("busy_syncs_per_second", &S::busy_syncs_per_second,
              "Syncs a second a busy log aims at, over all partitions; 0 never waits.",
              between(0, 1'000'000), on_restart),
        field("busy_quiet", &S::busy_quiet,
              "Time without a record that ends the wait of a busy log.", on_restart),
        field("sync_threads", &S::sync_threads, "Threads that write and sync partitions.",
              between(1, 16), on_restart),
        field("retry_interval", &S::retry_interval,
              "Between attempts to write while the disk is full or failing.", between(1, 3'600'000),
              on_restart),
        field("housekeeping_interval", &S::housekeeping_interval,
              "Between rounds of saving committed offsets, retention and lag metrics.",
              between(1, 3'600'000), on_restart));
}

}  // namespace thingstead::queue::log
