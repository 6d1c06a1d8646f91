// The embedded driver of the event store: an SQLite file of its own beside that of the entities.
// Schema: docs/formats/events-sqlite.md.
#pragma once
#include <cstdint>
#include <memory>
#include <string>

#include "base/describe.h"
#include "base/error.h"
#include "base/log.h"
#include "base/metrics.h"
#include "store/event_store.h"

namespace thingstead::store::sqlite {

struct EventSettings {
    std::string file = "data/events.db";
    std::int64_t cache_bytes = 1024 * 1024;
    std::int64_t file_bytes_max = 0;
    std::int64_t quick_check_bytes_max = 32 * 1024 * 1024;
};

constexpr auto describe(const EventSettings*) {
    return fields(
        field("file", &EventSettings::file, "Database file; two files more stand beside it.",
              on_restart),
        field("cache_bytes", &EventSettings::cache_bytes, "Page cache of each connection.",
              between(64 * 1024, std::int64_t{1} << 40), in_bytes, on_restart),
        field("file_bytes_max", &EventSettings::file_bytes_max,
              "Largest size of the database file; 0: what the disk holds.",
              between(0, std::int64_t{1} << 46), in_bytes, on_restart),
        field("quick_check_bytes_max", &EventSettings::quick_check_bytes_max,
              "After an interrupted run a file up to this size is checked for damage at start.",
              between(0, std::int64_t{1} << 46), in_bytes, on_restart));
}

/// Opens or makes the file, brings the schema up to date and starts the threads. The folder must be
/// there. Errors: as open_sqlite_store().
Result<std::unique_ptr<EventStore>> open_sqlite_event_store(const EventSettings& settings,
                                                            const EventLimits& limits,
                                                            const Log& log,
                                                            MetricsRegistry& metrics);

}  // namespace thingstead::store::sqlite
