#include "base/log.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <span>
#include <vector>

#include "base/log_sink.h"

namespace thingstead {
namespace {

void write_line(const std::shared_ptr<LogSink>& sink, LogLevel level, std::string_view event,
                std::span<const LogField> fields) {
    if (!sink || level < sink->level.load(std::memory_order_relaxed)) return;
    sink->write(level, format_log_line(sink->format, SystemClock().now_ms(), level, event, fields));
}

void write_error(const std::shared_ptr<LogSink>& sink, LogLevel level, std::string_view event,
                 const Error& why, Log::Fields fields) {
    if (!sink || level < sink->level.load(std::memory_order_relaxed)) return;
    std::vector<LogField> all(fields);
    all.emplace_back("code", to_string(why.code));
    all.emplace_back("message", why.message);
    if (!why.detail.empty()) all.emplace_back("detail", why.detail);
    write_line(sink, level, event, all);
}

std::span<const LogField> as_span(Log::Fields fields) { return {fields.begin(), fields.size()}; }

}  // namespace

std::string LogField::shortest(double value) {
    char text[32];
    const auto end = std::to_chars(text, text + sizeof text, value);
    return {text, end.ptr};
}

void Log::debug(std::string_view event, Fields fields) const {
    write_line(sink_, LogLevel::debug, event, as_span(fields));
}
void Log::info(std::string_view event, Fields fields) const {
    write_line(sink_, LogLevel::info, event, as_span(fields));
}
void Log::warn(std::string_view event, Fields fields) const {
    write_line(sink_, LogLevel::warn, event, as_span(fields));
}
void Log::error(std::string_view event, Fields fields) const {
    write_line(sink_, LogLevel::error, event, as_span(fields));
}
void Log::warn(std::string_view event, const Error& why, Fields fields) const {
    write_error(sink_, LogLevel::warn, event, why, fields);
}
void Log::error(std::string_view event, const Error& why, Fields fields) const {
    write_error(sink_, LogLevel::error, event, why, fields);
}

bool Log::enabled(LogLevel level) const {
    return sink_ && level >= sink_->level.load(std::memory_order_relaxed);
}
void Log::set_level(LogLevel level) const {
    if (sink_) sink_->level.store(level, std::memory_order_relaxed);
}
std::uint64_t Log::lines_dropped() const { return sink_ ? sink_->lines_dropped() : 0; }
void Log::flush() const {
    if (sink_) sink_->flush();
}

Result<Log> open_log(const LogSettings& settings) {
    if (settings.file.empty())
        return Log(make_file_sink(settings.level, settings.format, STDERR_FILENO, false));
    const int descriptor =
        ::open(settings.file.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
    if (descriptor < 0)
        return Error{ErrorCode::unavailable, "the log file cannot be opened",
                     settings.file + ": " + std::strerror(errno)};
    return Log(make_file_sink(settings.level, settings.format, descriptor, true));
}

std::int64_t LogThrottle::take() {
    const std::int64_t now_ms = std::chrono::duration_cast<std::chrono::milliseconds>(
                                    std::chrono::steady_clock::now().time_since_epoch())
                                    .count();
    std::int64_t next_ms = next_ms_.load(std::memory_order_relaxed);
    if (now_ms < next_ms || !next_ms_.compare_exchange_strong(next_ms, now_ms + period_.count(),
                                                              std::memory_order_relaxed)) {
        swallowed_.fetch_add(1, std::memory_order_relaxed);
        return -1;
    }
    return swallowed_.exchange(0, std::memory_order_relaxed);
}

}  // namespace thingstead
