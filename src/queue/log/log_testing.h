// For the tests of the embedded queue: a directory of its own, a clock to turn, a queue on them.
#pragma once
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/log_testing.h"
#include "queue/log/log_queue.h"
#include "queue/queue_testing.h"

namespace thingstead::queue::log {

class TemporaryDirectory {
  public:
    TemporaryDirectory() {
        std::string name = (std::filesystem::temp_directory_path() / "queue_log_XXXXXX").string();
        TS_ASSERT(mkdtemp(name.data()) != nullptr);
        path_ = name;
    }
    ~TemporaryDirectory() { std::filesystem::remove_all(path_); }
    TemporaryDirectory(const TemporaryDirectory&) = delete;
    TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
    const std::string& path() const { return path_; }

  private:
    std::string path_;
};

/// Small sizes, so that a test rotates segments and leaves the memory of the newest frames.
inline Settings small_settings(const std::string& directory) {
    Settings settings;
    settings.directory = directory;
    settings.segment_bytes = 256u << 10;
    settings.cache_bytes_max = 64u << 10;
    settings.read_block_bytes = 16u << 10;
    settings.housekeeping_interval = std::chrono::milliseconds(10);
    settings.retry_interval = std::chrono::milliseconds(5);
    return settings;
}

class LogStorage : public ConformanceStorage {
  public:
    LogStorage() : settings(small_settings(directory.path())) {}

    std::unique_ptr<Queue> open() override {
        registry = std::make_unique<MetricsRegistry>();
        auto queue = open_log_queue(settings, memory_log.log, *registry, clock);
        EXPECT_TRUE(queue.has_value()) << queue.error().message;
        return queue ? *std::move(queue) : nullptr;
    }
    bool advance(std::chrono::milliseconds by) override {
        clock.advance(by);
        return true;
    }
    std::size_t record_bytes_max() const override {
        return std::min<std::size_t>(settings.record_bytes_max, settings.segment_bytes - 8192);
    }
    /// Segment files of a partition, oldest first.
    std::vector<std::string> segments(PartitionIndex partition = 0,
                                      const std::string& topic = "t") const {
        std::vector<std::string> paths;
        for (const auto& entry : std::filesystem::directory_iterator(
                 directory.path() + "/topics/" + topic + "/" + std::to_string(partition)))
            paths.push_back(entry.path().string());
        std::sort(paths.begin(), paths.end());
        return paths;
    }

    TemporaryDirectory directory;
    Settings settings;
    ManualClock clock;
    MemoryLog memory_log = open_memory_log();
    std::unique_ptr<MetricsRegistry> registry;
};

}  // namespace thingstead::queue::log
