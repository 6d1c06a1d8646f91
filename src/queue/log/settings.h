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
    std::size_t busy_syncs_per_second = 400;
    std::chrono::microseconds busy_quiet{500};
    /// Threads that write and sync partitions during a commit, with the flusher: 1 to 16.
    std::size_t sync_threads = 2;
    /// Between attempts to write while the disk is full or failing.
    std::chrono::milliseconds retry_interval{500};
    /// Between rounds of housekeeping: committed offsets to disk, retention, lag metrics.
    std::chrono::milliseconds housekeeping_interval{1000};
};

/// `directory` is the server's to choose.
constexpr auto describe(const Settings*) {
    return fields(
        field("segment_bytes", &Settings::segment_bytes,
              "Size of a segment file, allocated when it is made.", between(128 << 10, 1 << 30),
              in_bytes, on_restart),
        field("record_bytes_max", &Settings::record_bytes_max,
              "Largest record; a longer one is refused.", between(1'024, 1 << 30), in_bytes,
              on_restart),
        field("pending_bytes_max", &Settings::pending_bytes_max,
              "Bytes not yet durable, over all topics, at which appends wait.",
              between(1 << 16, 1 << 30), in_bytes, on_restart),
        field("cache_bytes_max", &Settings::cache_bytes_max,
              "Newest records kept in memory for consumers that keep up, over all topics.",
              between(1 << 16, std::int64_t{1} << 36), in_bytes, on_restart),
        field("read_block_bytes", &Settings::read_block_bytes,
              "What a consumer that lags reads from a file at a time.", between(4'096, 1 << 26),
              in_bytes, on_restart),
        field("flush_delay", &Settings::flush_delay,
              "Microseconds waited before every commit for more records.", between(0, 1'000'000),
              on_restart),
        field("flush_bytes", &Settings::flush_bytes,
              "Pending bytes that end a wait for more records.", between(1, 1 << 30), in_bytes,
              on_restart),
        field("busy_records", &Settings::busy_records,
              "Records of a commit from which on the next one waits for company.",
              between(1, 1'000'000), on_restart),
        field("busy_syncs_per_second", &Settings::busy_syncs_per_second,
              "Syncs to disk per second aimed at while busy; 0 never waits.", between(0, 1'000'000),
              on_restart),
        field("busy_quiet", &Settings::busy_quiet,
              "Microseconds without a record that end that wait.", between(0, 1'000'000),
              on_restart),
        field("sync_threads", &Settings::sync_threads, "Threads that write and sync partitions.",
              between(1, 16), on_restart),
        field("retry_interval", &Settings::retry_interval,
              "Milliseconds between attempts to write while the disk is full or failing.",
              between(10, 60'000), on_restart),
        field("housekeeping_interval", &Settings::housekeeping_interval,
              "Milliseconds between rounds of committing offsets and retention.",
              between(10, 60'000), on_restart));
}

}  // namespace thingstead::queue::log
