// The clock that services are handed, so that a test can turn it.
#pragma once
#include <atomic>
#include <chrono>
#include <cstdint>

namespace thingstead {

/// Milliseconds since the Unix epoch: the unit of every time stamp on the wire.
using EpochMs = std::int64_t;

class Clock {
  public:
    virtual ~Clock() = default;
    virtual EpochMs now_ms() const = 0;
    virtual std::chrono::steady_clock::time_point steady_now() const = 0;
};

class SystemClock final : public Clock {
  public:
    EpochMs now_ms() const override {
        return std::chrono::duration_cast<std::chrono::milliseconds>(
                   std::chrono::system_clock::now().time_since_epoch())
            .count();
    }
    std::chrono::steady_clock::time_point steady_now() const override {
        return std::chrono::steady_clock::now();
    }
};

/// Stands still until a test turns it. Thread-safe.
class ManualClock final : public Clock {
  public:
    explicit ManualClock(EpochMs start_ms = 1'700'000'000'000) : now_ms_(start_ms) {}
    EpochMs now_ms() const override { return now_ms_.load(); }
    std::chrono::steady_clock::time_point steady_now() const override {
        return std::chrono::steady_clock::time_point(std::chrono::milliseconds(now_ms_.load()));
    }
    void advance(std::chrono::milliseconds by) { now_ms_ += by.count(); }

  private:
    std::atomic<EpochMs> now_ms_;
};

}  // namespace thingstead
