// The embedded driver of the entity store: one SQLite file with a write-ahead log, one writer
// thread that gathers what waits into common commits, a few reader threads.
// Schema: docs/formats/entities-sqlite.md.
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "base/describe.h"
#include "base/error.h"
#include "base/log.h"
#include "base/metrics.h"
#include "store/entity_store.h"

namespace thingstead::store::sqlite {

/// YAML section `store.sqlite`.
struct Settings {
    std::string file = "data/entities.db";
    std::size_t readers = 2;
    std::size_t works_max = 4096;
    std::size_t commit_works_max = 256;
    std::chrono::milliseconds commit_time_max{20};
    std::int64_t cache_bytes = 1024 * 1024;
    std::int64_t row_cache_bytes = 8 * 1024 * 1024;
    std::int64_t file_bytes_max = 0;
    std::int64_t quick_check_bytes_max = 32 * 1024 * 1024;
};

constexpr auto describe(const Settings*) {
    return fields(
        field("file", &Settings::file, "Database file; two files more stand beside it.",
              on_restart),
        field("readers", &Settings::readers, "Threads that read, each with its own connection.",
              between(1, 64), on_restart),
        field("works_max", &Settings::works_max,
              "Reads, and as many writes, that may wait; more are refused as unavailable.",
              between(1, 1'000'000), on_restart),
        field("commit_works_max", &Settings::commit_works_max, "Most writes that share one commit.",
              between(1, 100'000), on_restart),
        field("commit_time_max", &Settings::commit_time_max,
              "Milliseconds after which a commit takes in no more writes.", between(0, 10'000),
              on_restart),
        field("cache_bytes", &Settings::cache_bytes, "Page cache of each connection.",
              between(64 * 1024, std::int64_t{1} << 40), in_bytes, on_restart),
        field("row_cache_bytes", &Settings::row_cache_bytes,
              "Cache of rows that were read by their ids; 0: none.",
              between(0, std::int64_t{1} << 40), in_bytes, on_restart),
        field("file_bytes_max", &Settings::file_bytes_max,
              "Largest size of the database file; 0: what the disk holds.",
              between(0, std::int64_t{1} << 46), in_bytes, on_restart),
        field("quick_check_bytes_max", &Settings::quick_check_bytes_max,
              "After an interrupted run a file up to this size is checked for damage at start.",
              between(0, std::int64_t{1} << 46), in_bytes, on_restart));
}

/// Opens or makes the file, recovers what an interrupted run committed, brings the schema up to
/// date and starts the threads. The folder must be there. Executors of coroutines that waited for a
/// work must live until stop() returned.
/// Errors: unavailable - the file cannot be opened or written; internal - it is damaged or no
/// database; unsupported - a newer server wrote it. `detail` names the file.
Result<std::unique_ptr<EntityStore>> open_sqlite_store(const Settings& settings, const Log& log,
                                                       MetricsRegistry& metrics);

}  // namespace thingstead::store::sqlite
