// Settings of the embedded time-series store; YAML section `store.timeseries`.
#pragma once
#include <chrono>
#include <cstddef>
#include <filesystem>

#include "base/describe.h"

namespace thingstead::store::rocks {

struct Settings {
    std::filesystem::path directory{};  ///< Made if it is not there.
    /// Points and series in memory. At half of it a checkpoint starts, at all of it write()
    /// refuses.
    std::size_t head_bytes_max = 64 << 20;
    std::chrono::milliseconds checkpoint_interval{10'000};
    /// After a failed checkpoint the next attempt waits this long.
    std::chrono::milliseconds retry_interval{1'000};
    std::size_t block_cache_bytes = 16 << 20;
    std::size_t write_buffer_bytes = 8 << 20;  ///< Of all column families together.
    std::size_t read_threads = 2;
    std::size_t reads_waiting_max = 1'024;
};

/// `directory` is the server's to choose.
constexpr auto describe(const Settings*) {
    return fields(
        field("head_bytes_max", &Settings::head_bytes_max,
              "Newest points in memory; at half of it they are written out, at all of it writers "
              "wait.",
              between(1 << 20, std::int64_t{1} << 38), in_bytes, on_restart),
        field("checkpoint_interval", &Settings::checkpoint_interval,
              "Milliseconds after which the newest points are written out.", between(10, 3'600'000),
              on_restart),
        field("retry_interval", &Settings::retry_interval,
              "Milliseconds between attempts to write while the disk is full or failing.",
              between(10, 60'000), on_restart),
        field("block_cache_bytes", &Settings::block_cache_bytes, "Cache of RocksDB for reading.",
              between(1 << 20, std::int64_t{1} << 38), in_bytes, on_restart),
        field("write_buffer_bytes", &Settings::write_buffer_bytes, "Write buffers of RocksDB.",
              between(1 << 20, std::int64_t{1} << 36), in_bytes, on_restart),
        field("read_threads", &Settings::read_threads, "Threads that read points.", between(1, 64),
              on_restart),
        field("reads_waiting_max", &Settings::reads_waiting_max,
              "Reads that may wait; more are refused.", between(1, 1'000'000), on_restart));
}

}  // namespace thingstead::store::rocks
