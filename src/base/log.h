// Structured logs: a line is an event with fields, `log.warn("mqtt.session.closed", {{"client_id",
// id}})`. Error: someone must act. Warn: it will become an error. Info: a state of the server
// changed. Debug: one message's way. Never a payload, token or password. Thread-safe; lines are
// written by one background thread behind a bounded queue that drops and counts debug lines first;
// an error waits up to 100 ms to be written, so that it outlives a crash right after it.
#pragma once
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "base/describe.h"
#include "base/error.h"

namespace thingstead {

enum class LogLevel : std::uint8_t { debug, info, warn, error };
enum class LogFormat : std::uint8_t { text, json };

constexpr auto enum_names(LogLevel) {
    using namespace std::literals;
    return std::array{
        std::pair{LogLevel::debug, "debug"sv},
        std::pair{LogLevel::info,  "info"sv },
        std::pair{LogLevel::warn,  "warn"sv },
        std::pair{LogLevel::error, "error"sv}
    };
}
constexpr auto enum_names(LogFormat) {
    using namespace std::literals;
    return std::array{
        std::pair{LogFormat::text, "text"sv},
        std::pair{LogFormat::json, "json"sv}
    };
}

/// One field of a log line; numbers and booleans keep their JSON type in the json format.
struct LogField {
    std::string_view name;
    std::string value;
    bool bare = false;  ///< Written without quotes.

    LogField(std::string_view n, std::string_view v) : name(n), value(v) {}
    LogField(std::string_view n, const std::string& v) : name(n), value(v) {}
    LogField(std::string_view n, const char* v) : name(n), value(v) {}
    LogField(std::string_view n, bool v) : name(n), value(v ? "true" : "false"), bare(true) {}
    template <class Number>
        requires std::is_arithmetic_v<Number>
    LogField(std::string_view n, Number v) : name(n), bare(true) {
        if constexpr (std::is_floating_point_v<Number>)
            value = shortest(static_cast<double>(v));
        else
            value = std::to_string(v);
    }

  private:
    static std::string shortest(double value);  ///< The fewest digits that read back the same.
};

class LogSink;

/// A cheap handle; copies write to the same sink. A default-made one writes nothing.
class Log {
  public:
    Log() = default;
    explicit Log(std::shared_ptr<LogSink> sink) : sink_(std::move(sink)) {}

    using Fields = std::initializer_list<LogField>;
    void debug(std::string_view event, Fields fields = {}) const;
    void info(std::string_view event, Fields fields = {}) const;
    void warn(std::string_view event, Fields fields = {}) const;
    void error(std::string_view event, Fields fields = {}) const;
    /// Code, message and detail of `why` as fields, beside `fields`.
    void warn(std::string_view event, const Error& why, Fields fields = {}) const;
    void error(std::string_view event, const Error& why, Fields fields = {}) const;
    bool enabled(LogLevel level) const;
    /// For every copy of this log, from the next line on.
    void set_level(LogLevel level) const;
    /// Lines that never reached the system: the queue was full, or the disk was.
    std::uint64_t lines_dropped() const;
    /// Returns when every line written before is with the system.
    void flush() const;

  private:
    std::shared_ptr<LogSink> sink_;
};

struct LogSettings {
    LogLevel level = LogLevel::info;
    LogFormat format = LogFormat::text;
    std::string file{};  ///< Empty: standard error.
};

constexpr auto describe(const LogSettings*) {
    return fields(
        field("level", &LogSettings::level, "Lines below this level are not written.", on_restart),
        field("format", &LogSettings::format, "Lines for people, or one JSON object each.",
              on_restart),
        field("file", &LogSettings::file, "File to append to; empty for the standard error stream.",
              on_restart));
}

/// Errors: unavailable - the file cannot be opened.
Result<Log> open_log(const LogSettings& settings);

/// Lets a line through at most once per period for logs that outsiders cause, and counts the rest.
/// Thread-safe.
class LogThrottle {
  public:
    explicit LogThrottle(std::chrono::milliseconds period) : period_(period) {}
    /// Number of lines swallowed since the last one if this one may be written, or -1.
    std::int64_t take();

  private:
    std::chrono::milliseconds period_;
    std::atomic<std::int64_t> next_ms_{0};
    std::atomic<std::int64_t> swallowed_{0};
};

}  // namespace thingstead
