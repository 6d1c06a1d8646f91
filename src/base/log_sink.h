// Where the lines of a Log go: the inside of log.h, for log.cpp and log_testing.cpp.
#pragma once
#include <atomic>
#include <memory>
#include <span>
#include <string>

#include "base/clock.h"
#include "base/log.h"

namespace thingstead {

class LogSink {
  public:
    LogSink(LogLevel from, LogFormat as) : level(from), format(as) {}
    virtual ~LogSink() = default;
    /// Takes one finished line, newline included. Never waits for the medium, except briefly for
    /// an error.
    virtual void write(LogLevel at, std::string line) = 0;
    virtual void flush() = 0;
    virtual std::uint64_t lines_dropped() const { return 0; }

    std::atomic<LogLevel> level;
    const LogFormat format;
};

/// One line with its newline. Whatever the event and the fields hold, it is exactly one line.
std::string format_log_line(LogFormat format, EpochMs now_ms, LogLevel level,
                            std::string_view event, std::span<const LogField> fields);

/// Lines waiting for the writing thread; from here on errors are dropped too.
inline constexpr std::size_t log_queue_lines_max = 8192;

/// Writes to `descriptor` from a thread of its own; the destructor writes what waits.
std::shared_ptr<LogSink> make_file_sink(LogLevel level, LogFormat format, int descriptor,
                                        bool close_at_end);

}  // namespace thingstead
