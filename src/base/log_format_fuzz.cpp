// Whatever a device sends as a value: a text line stays one printable line, a JSON line stays one
// document of one field.
#include <cstdint>
#include <string_view>

#include "base/error.h"
#include "base/json.h"
#include "base/log_sink.h"

using namespace thingstead;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const LogField field("v", std::string_view(reinterpret_cast<const char*>(data), size));
    const auto line = [&](LogFormat format) {
        return format_log_line(format, 0, LogLevel::info, "event", std::span(&field, 1));
    };

    const std::string text = line(LogFormat::text);
    TS_ASSERT(text.find('\n') == text.size() - 1);
    for (const char c : text.substr(0, text.size() - 1))
        TS_ASSERT(static_cast<unsigned char>(c) >= 0x20 && c != 0x7F);
    // A value with a blank or a quote is in quotes, and no quote in it closes them.
    const std::string_view value =
        std::string_view(text).substr(text.find("v=", text.find(" event ") + 7) + 2);
    if (value.find(' ') != std::string_view::npos) {
        TS_ASSERT(value.starts_with('"') && value.ends_with("\"\n"));
        bool escaped = false;
        for (const char c : value.substr(1, value.size() - 3)) {
            TS_ASSERT(escaped || c != '"');
            escaped = !escaped && c == '\\';
        }
        TS_ASSERT(!escaped);
    }

    const std::string object = line(LogFormat::json);
    TS_ASSERT(object.find('\n') == object.size() - 1);
    const Result<json::value> parsed = parse_json(object);
    TS_ASSERT(parsed);
    TS_ASSERT(parsed->at("fields").as_object().size() == 1);
    TS_ASSERT(parsed->at("fields").at("v").is_string());
    return 0;
}
