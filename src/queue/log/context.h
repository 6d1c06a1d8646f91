// What every part of one embedded queue shares.
#pragma once
#include <atomic>
#include <deque>
#include <memory>

#include "base/clock.h"
#include "base/log.h"
#include "queue/log/file.h"
#include "queue/log/metrics.h"
#include "queue/log/settings.h"

namespace thingstead::queue::log {

struct Context {
    Settings settings;
    FileSystem& files;
    Log log;
    const Clock& clock;
    Metrics metrics;

    /// Bytes appended and not yet durable, over all partitions.
    std::atomic<std::size_t> pending_bytes{0};
    /// The disk takes nothing: appends are refused until the flusher gets through.
    std::atomic<bool> full{false};
    /// stop() was called.
    std::atomic<bool> stopping{false};
};

}  // namespace thingstead::queue::log
