// What producers and consumers keep alive of their queue, whatever is destroyed first.
#pragma once
#include <memory>

#include "queue/log/context.h"
#include "queue/log/flusher.h"

namespace thingstead::queue::log {

struct Core {
    Core(Settings settings, std::unique_ptr<FileSystem> f, Log log, MetricsRegistry& registry,
         const Clock& clock)
        : files(std::move(f)),
          context{std::move(settings), *files, std::move(log), clock, Metrics(registry)},
          flusher(context) {}

    const std::unique_ptr<FileSystem> files;
    Context context;
    Flusher flusher;
};

}  // namespace thingstead::queue::log
