#include "net/http_reply.h"

#include <algorithm>
#include <array>
#include <ctime>

namespace thingstead::net {
namespace {

bool is_token(std::string_view name) {
    return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
        return c > ' ' && c < 127 &&
               std::string_view("()<>@,;:\\\"/[]?={}").find(c) == std::string_view::npos;
    });
}

bool is_field_value(std::string_view value) {
    return std::none_of(value.begin(), value.end(),
                        [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

bool is_ours(std::string_view name) {
    constexpr std::array ours = {"content-length", "transfer-encoding", "connection", "date",
                                 "content-type"};
    return std::any_of(ours.begin(), ours.end(),
                       [name](const char* own) { return same_header_name(name, own); });
}

void append_header(std::string& out, std::string_view name, std::string_view value) {
    out.append(name).append(": ").append(value).append("\r\n");
}

}  // namespace

const std::string& http_date_now() {
    thread_local std::time_t last = 0;
    thread_local std::string text;
    const std::time_t now = std::time(nullptr);
    if (now == last && !text.empty()) return text;
    last = now;
    // Not strftime: its names of days follow the locale.
    constexpr const char* days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    std::tm at{};
    ::gmtime_r(&now, &at);
    std::array<char, 64> out;
    const int size = std::snprintf(out.data(), out.size(), "%s, %02d %s %04d %02d:%02d:%02d GMT",
                                   days[at.tm_wday], at.tm_mday, months[at.tm_mon],
                                   at.tm_year + 1900, at.tm_hour, at.tm_min, at.tm_sec);
    text.assign(out.data(), static_cast<std::size_t>(size));
    return text;
}

bool status_allows_body(int status) { return status >= 200 && status != 204 && status != 304; }

std::string format_reply_head(const Reply& reply, ConnectionWord word) {
    const int status = reply.status >= 100 && reply.status <= 999 ? reply.status : 500;
    std::string out;
    out.reserve(256);
    out.append("HTTP/1.1 ").append(std::to_string(status)).append(" ");
    out.append(reason_phrase(status)).append("\r\n");
    append_header(out, "Date", http_date_now());
    if (status_allows_body(status)) {
        if (!reply.content_type.empty() && is_field_value(reply.content_type))
            append_header(out, "Content-Type", reply.content_type);
        append_header(out, "Content-Length", std::to_string(reply.body.size()));
    }
    if (word == ConnectionWord::close) append_header(out, "Connection", "close");
    if (word == ConnectionWord::keep_alive) append_header(out, "Connection", "keep-alive");
    for (const auto& [name, value] : reply.headers)
        if (is_token(name) && is_field_value(value) && !is_ours(name))
            append_header(out, name, value);
    return out.append("\r\n");
}

}  // namespace thingstead::net
