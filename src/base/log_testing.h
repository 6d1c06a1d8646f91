// A log in memory, for tests that look at what was logged.
#pragma once
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/log.h"

namespace thingstead {

/// Thread-safe; the lines outlive the logs.
class LogLines {
  public:
    virtual ~LogLines() = default;
    /// All lines so far, in the text format without time and newline:
    /// `WARN  mqtt.session.closed client_id=x`.
    virtual std::vector<std::string> all() const = 0;
    /// Lines that contain `part`.
    virtual std::size_t count(std::string_view part) const = 0;
    /// Waits until a line contains `part`; false if none came in time.
    virtual bool wait_for(std::string_view part,
                          std::chrono::milliseconds timeout = std::chrono::seconds(30)) const = 0;
};

struct MemoryLog {
    Log log;
    std::shared_ptr<LogLines> lines;
};

MemoryLog open_memory_log(LogLevel level = LogLevel::debug);

}  // namespace thingstead
