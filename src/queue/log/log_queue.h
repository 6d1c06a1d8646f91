// The embedded message queue: a segmented log on local disk with group commit.
// README.md has its behaviour at the limits, docs/formats/queue-log.md its bytes.
#pragma once
#include <memory>

#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "queue/log/file.h"
#include "queue/log/settings.h"
#include "queue/queue.h"

namespace thingstead::queue::log {

/// Opens the queue in `settings.directory`; topics are opened one by one. `registry` and `clock`
/// outlive the queue and every producer and consumer of it.
/// Errors: invalid_argument - a setting; conflict - another process uses the directory;
/// unavailable - storage.
Result<std::unique_ptr<Queue>> open_log_queue(Settings settings, Log log, MetricsRegistry& registry,
                                              const Clock& clock);

/// The same on other files: for tests.
Result<std::unique_ptr<Queue>> open_log_queue(Settings settings, Log log, MetricsRegistry& registry,
                                              const Clock& clock,
                                              std::unique_ptr<FileSystem> files);

}  // namespace thingstead::queue::log
