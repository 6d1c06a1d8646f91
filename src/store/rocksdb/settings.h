// Settings of the embedded time-series store; YAML section `store.timeseries`.
#pragma once
#include <chrono>
#include <cstddef>
#include <filesystem>

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

}  // namespace thingstead::store::rocks
