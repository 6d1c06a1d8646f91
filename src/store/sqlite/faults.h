// What to say when the storage below SQLite fails: one place for the log lines, which are throttled
// because every write of a full disk would write one. Thread-safe.
#pragma once
#include <chrono>
#include <string>
#include <string_view>

#include "base/log.h"
#include "base/metrics.h"

namespace thingstead::store::sqlite {

class Faults {
  public:
    /// `kind` of data that is stored: entity, event.
    Faults(std::string file, Log log, MetricsRegistry& registry, std::string kind = "entity")
        : file_(std::move(file)),
          kind_(std::move(kind)),
          log_(std::move(log)),
          failures_(registry, "thingstead_" + kind_ + "_store_faults_total",
                    "Operations that the disk refused or that met damaged data.") {}

    const std::string& file() const { return file_; }
    /// "the entity database", for messages.
    std::string database() const { return "the " + kind_ + " database"; }
    void disk_full() { note("store.sqlite.disk_full", disk_full_, "no room left"); }
    void io_failed(std::string_view what) { note("store.sqlite.io_failed", io_failed_, what); }
    void damaged(std::string_view what) { note("store.sqlite.damaged", damaged_, what); }

  private:
    void note(std::string_view event, LogThrottle& throttle, std::string_view what) {
        failures_.add();
        const std::int64_t swallowed = throttle.take();
        if (swallowed < 0) return;
        log_.error(event, {
                              {"file",      file_    },
                              {"reason",    what     },
                              {"swallowed", swallowed}
        });
    }

    std::string file_;
    std::string kind_;
    Log log_;
    Counter failures_;
    LogThrottle disk_full_{std::chrono::seconds(30)};
    LogThrottle io_failed_{std::chrono::seconds(30)};
    LogThrottle damaged_{std::chrono::seconds(30)};
};

}  // namespace thingstead::store::sqlite
