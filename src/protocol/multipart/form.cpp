#include "protocol/multipart/form.h"

#include "protocol/multipart/form_head.h"

namespace thingstead::multipart {
namespace {

constexpr std::size_t boundary_characters_max = 70;  // RFC 2046 section 5.1.1
constexpr std::string_view line_end = "\r\n";
constexpr std::string_view head_end = "\r\n\r\n";

Error bad_form(std::string_view why) {
    return {ErrorCode::malformed, "Failed to parse multipart request: " + std::string(why)};
}

Error over_limit(std::string_view what) {
    return {ErrorCode::too_large, "Multipart request has too many " + std::string(what)};
}

/// What follows the first boundary line's boundary.
Result<std::string_view> behind_first(std::string_view form, const std::string& delimiter) {
    const std::string_view opening = std::string_view(delimiter).substr(line_end.size());
    if (form.starts_with(opening)) return form.substr(opening.size());
    const std::size_t at = form.find(delimiter);
    if (at == std::string_view::npos) return bad_form("there is no boundary");
    return form.substr(at + delimiter.size());
}

/// Takes the head of a part from the front of `rest`.
Result<Part> take_head(std::string_view& rest, const FormLimits& limits) {
    // A part without any header: the empty line comes at once.
    if (rest.starts_with(line_end)) return bad_form("a part has no name");
    const std::size_t end = rest.substr(0, limits.head_bytes_max + head_end.size()).find(head_end);
    if (end == std::string_view::npos)
        return rest.size() > limits.head_bytes_max ? over_limit("bytes in the head of a part")
                                                   : bad_form("the head of a part does not end");
    Result<Part> part = parse_head(rest.substr(0, end));
    rest.remove_prefix(end + head_end.size());
    return part;
}

}  // namespace

Result<std::string> boundary_of(std::string_view content_type) {
    const Result<HeaderValue> header = parse_header_value(content_type);
    if (!header) return header.error();
    if (header->value != "multipart/form-data")
        return Error{ErrorCode::unsupported,
                     "Content-Type '" + std::string(content_type) + "' is not supported"};
    const std::string* boundary = header->find("boundary");
    if (!boundary || boundary->empty() || boundary->size() > boundary_characters_max)
        return bad_form("no boundary is given");
    for (const char c : *boundary)
        if (c < ' ' || c > '~') return bad_form("the boundary is not printable");
    return *boundary;
}

Result<std::vector<Part>> parse_form(std::string_view form, std::string_view boundary,
                                     const FormLimits& limits) {
    const std::string delimiter = "\r\n--" + std::string(boundary);
    Result<std::string_view> rest = behind_first(form, delimiter);
    if (!rest) return rest.error();
    std::vector<Part> parts;
    while (!rest->starts_with("--")) {
        while (rest->starts_with(' ') || rest->starts_with('\t')) rest->remove_prefix(1);
        if (!rest->starts_with(line_end)) return bad_form("a boundary line does not end");
        rest->remove_prefix(line_end.size());
        if (parts.size() == limits.parts_max) return over_limit("parts");
        Result<Part> part = take_head(*rest, limits);
        if (!part) return part.error();
        // The line end before the boundary belongs to it; a body without bytes has none of its own.
        const std::string_view opening = std::string_view(delimiter).substr(line_end.size());
        const bool empty = rest->starts_with(opening);
        const std::size_t end = empty ? 0 : rest->find(delimiter);
        if (end == std::string_view::npos) return bad_form("the last part does not end");
        part->body = rest->substr(0, end);
        parts.push_back(*std::move(part));
        rest->remove_prefix(end + (empty ? opening.size() : delimiter.size()));
    }
    return parts;
}

const Part* find_part(const std::vector<Part>& parts, std::string_view name) {
    for (const Part& part : parts)
        if (part.name == name) return &part;
    return nullptr;
}

std::string encode_form(const std::vector<Part>& parts, std::string_view boundary) {
    const auto quoted = [](std::string_view text) {
        std::string out = "\"";
        for (const char c : text) {
            if (c == '"' || c == '\\') out += '\\';
            if (c != '\r' && c != '\n') out += c;
        }
        return out + '"';
    };
    std::string out;
    for (const Part& part : parts) {
        out.append("--").append(boundary).append("\r\nContent-Disposition: form-data; name=");
        out += quoted(part.name);
        if (part.file_name) out += "; filename=" + quoted(*part.file_name);
        if (!part.content_type.empty()) out += "\r\nContent-Type: " + part.content_type;
        out.append(head_end).append(part.body).append(line_end);
    }
    return out.append("--").append(boundary).append("--\r\n");
}

}  // namespace thingstead::multipart
