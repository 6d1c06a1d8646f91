#include "protocol/multipart/form_head.h"

#include <algorithm>
#include <optional>

namespace thingstead::multipart {
namespace {

constexpr std::size_t parameters_max = 16;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string lower(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(), [](char c) { return lower(c); });
    return out;
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

Error bad_head(std::string_view why) {
    return {ErrorCode::malformed, "Failed to parse multipart request: " + std::string(why)};
}

/// Takes `"…"` from the front of `rest`. A backslash hides a quote or another one; before anything
/// else it is itself, for some clients send names of files with folders in them.
std::optional<std::string> take_quoted(std::string_view& rest) {
    rest.remove_prefix(1);
    std::string out;
    while (!rest.empty() && rest.front() != '"') {
        if (rest.front() == '\\' && rest.size() > 1 && (rest[1] == '"' || rest[1] == '\\'))
            rest.remove_prefix(1);
        out += rest.front();
        rest.remove_prefix(1);
    }
    if (rest.empty()) return std::nullopt;
    rest.remove_prefix(1);
    return out;
}

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    const char low = lower(c);
    return low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

/// `UTF-8''na%C3%AFve.txt`; nullopt: another coding.
std::optional<std::string> extended_value(std::string_view text) {
    const std::size_t first = text.find('\'');
    const std::size_t second = first == text.npos ? text.npos : text.find('\'', first + 1);
    if (second == text.npos || lower(text.substr(0, first)) != "utf-8") return std::nullopt;
    std::string out;
    for (std::size_t i = second + 1; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i];
            continue;
        }
        if (i + 2 >= text.size()) return std::nullopt;
        const int high = hex_digit(text[i + 1]), low = hex_digit(text[i + 2]);
        if (high < 0 || low < 0) return std::nullopt;
        out += static_cast<char>(high * 16 + low);
        i += 2;
    }
    return out;
}

/// Browsers write a quote in a name as %22.
std::string without_coded_quotes(std::string text) {
    for (std::size_t at = text.find("%22"); at != text.npos; at = text.find("%22", at + 1))
        text.replace(at, 3, "\"");
    return text;
}

Result<> read_disposition(std::string_view text, Part& part, bool& named) {
    const Result<HeaderValue> header = parse_header_value(text);
    if (!header) return header.error();
    if (header->value != "form-data") return bad_head("a part is not form-data");
    if (const std::string* name = header->find("name")) {
        part.name = without_coded_quotes(*name);
        named = true;
    }
    if (const std::string* plain = header->find("filename"))
        part.file_name = without_coded_quotes(*plain);
    if (const std::string* coded = header->find("filename*"))
        if (std::optional<std::string> decoded = extended_value(*coded))
            part.file_name = *std::move(decoded);
    return {};
}

}  // namespace

const std::string* HeaderValue::find(std::string_view name) const {
    for (const auto& [key, text] : parameters)
        if (key == name) return &text;
    return nullptr;
}

Result<HeaderValue> parse_header_value(std::string_view text) {
    HeaderValue out;
    const std::size_t end = std::min(text.find(';'), text.size());
    out.value = lower(trimmed(text.substr(0, end)));
    text.remove_prefix(end);
    while (!text.empty()) {
        text = trimmed(text.substr(1));
        const std::size_t stop = std::min(text.find_first_of("=;"), text.size());
        std::string name = lower(trimmed(text.substr(0, stop)));
        text.remove_prefix(stop);
        std::string value;
        if (text.starts_with('=')) {
            text = trimmed(text.substr(1));
            if (text.starts_with('"')) {
                std::optional<std::string> quoted = take_quoted(text);
                if (!quoted) return bad_head("a quoted text does not end");
                value = *std::move(quoted);
                text.remove_prefix(std::min(text.find(';'), text.size()));
            } else {
                const std::size_t next = std::min(text.find(';'), text.size());
                value = trimmed(text.substr(0, next));
                text.remove_prefix(next);
            }
        }
        if (out.parameters.size() == parameters_max) return bad_head("too many parameters");
        if (!name.empty()) out.parameters.emplace_back(std::move(name), std::move(value));
    }
    return out;
}

Result<Part> parse_head(std::string_view head) {
    Part part;
    bool named = false;
    while (!head.empty()) {
        const std::size_t end = std::min(head.find("\r\n"), head.size());
        const std::string_view line = head.substr(0, end);
        head.remove_prefix(std::min(end + 2, head.size()));
        const std::size_t colon = line.find(':');
        if (colon == line.npos) return bad_head("a header of a part has no colon");
        const std::string name = lower(trimmed(line.substr(0, colon)));
        const std::string_view value = trimmed(line.substr(colon + 1));
        if (name == "content-type") part.content_type = value;
        if (name != "content-disposition") continue;
        if (Result<> read = read_disposition(value, part, named); !read) return read.error();
    }
    if (!named) return bad_head("a part has no name");
    return part;
}

}  // namespace thingstead::multipart
