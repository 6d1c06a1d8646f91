#include "base/log_testing.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>

#include "base/log_sink.h"

namespace thingstead {
namespace {

class MemorySink final : public LogSink, public LogLines {
  public:
    explicit MemorySink(LogLevel at) : LogSink(at, LogFormat::text) {}

    void write(LogLevel, std::string line) override {
        constexpr std::size_t time_length = sizeof "2026-01-02T03:04:05.678Z " - 1;
        line.pop_back();
        line.erase(0, time_length);
        const std::lock_guard lock(mutex_);
        lines_.push_back(std::move(line));
        arrived_.notify_all();
    }
    void flush() override {}

    std::vector<std::string> all() const override {
        const std::lock_guard lock(mutex_);
        return lines_;
    }
    std::size_t count(std::string_view part) const override {
        const std::lock_guard lock(mutex_);
        return count_locked(part);
    }
    bool wait_for(std::string_view part, std::chrono::milliseconds timeout) const override {
        std::unique_lock lock(mutex_);
        return arrived_.wait_for(lock, timeout, [&] { return count_locked(part) > 0; });
    }

  private:
    std::size_t count_locked(std::string_view part) const {
        return static_cast<std::size_t>(std::count_if(
            lines_.begin(), lines_.end(),
            [&](const std::string& line) { return line.find(part) != std::string::npos; }));
    }

    mutable std::mutex mutex_;
    mutable std::condition_variable arrived_;
    std::vector<std::string> lines_;
};

}  // namespace

MemoryLog open_memory_log(LogLevel level) {
    auto sink = std::make_shared<MemorySink>(level);
    return {Log(sink), sink};
}

}  // namespace thingstead
