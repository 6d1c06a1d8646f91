// The embedded queue passes the port's suite, with memory of the newest frames and without.
#include "queue/conformance.h"

#include "queue/log/log_testing.h"

namespace thingstead::queue {
namespace {

std::unique_ptr<ConformanceStorage> with_memory() { return std::make_unique<log::LogStorage>(); }

std::unique_ptr<ConformanceStorage> from_files() {
    auto storage = std::make_unique<log::LogStorage>();
    storage->settings.cache_bytes_max = 0;
    storage->settings.sync_threads = 1;
    return storage;
}

std::unique_ptr<ConformanceStorage> with_delay() {
    auto storage = std::make_unique<log::LogStorage>();
    storage->settings.flush_delay = std::chrono::milliseconds(2);
    storage->settings.flush_bytes = 2000;
    storage->settings.sync_threads = 4;
    return storage;
}

INSTANTIATE_TEST_SUITE_P(Log, QueueConformance,
                         testing::Values(&with_memory, &from_files, &with_delay));

}  // namespace
}  // namespace thingstead::queue
