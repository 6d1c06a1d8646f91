#include "protocol/image/svg_size.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string>

namespace thingstead::image {
namespace {

constexpr std::string_view blanks = " \t\r\n";

Error bad_svg(std::string_view why) {
    return {ErrorCode::malformed, "SVG image is malformed: " + std::string(why)};
}

void skip_blanks(std::string_view& text) {
    text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
}

/// Removes everything up to and with `end`; false: there is none.
bool skip_past(std::string_view& text, std::string_view end) {
    const std::size_t at = text.find(end);
    if (at == text.npos) return false;
    text.remove_prefix(at + end.size());
    return true;
}

/// Declaration, comments and document type before the root. False: the text ends in one of them.
Result<bool> skip_prolog(std::string_view& text) {
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    while (true) {
        skip_blanks(text);
        if (text.starts_with("<?")) {
            if (!skip_past(text, "?>")) return false;
        } else if (text.starts_with("<!--")) {
            if (!skip_past(text, "-->")) return false;
        } else if (text.starts_with("<!DOCTYPE")) {
            const std::size_t end = text.find_first_of("[>");
            if (end == text.npos) return false;
            if (text[end] == '[') return bad_svg("it declares entities");
            text.remove_prefix(end + 1);
        } else {
            return true;
        }
    }
}

/// A length in pixels; nullopt: a share of something, or no number.
std::optional<std::uint32_t> pixels(std::string_view text) {
    skip_blanks(text);
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || !std::isfinite(value) || value < 0) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    skip_blanks(text);
    struct Unit {
        std::string_view name;
        double size;
    };
    constexpr Unit units[] = {
        {"",   1        },
        {"px", 1        },
        {"pt", 96.0 / 72},
        {"pc", 16       },
        {"mm", 96 / 25.4},
        {"cm", 96 / 2.54},
        {"in", 96       }
    };
    for (const Unit& unit : units)
        if (text.substr(0, text.find_last_not_of(blanks) + 1) == unit.name)
            return static_cast<std::uint32_t>(
                std::min(std::round(value * unit.size), static_cast<double>(side_max)));
    return std::nullopt;
}

/// Width and height of `min-x min-y width height`.
std::optional<std::array<std::uint32_t, 2>> view_box(std::string_view text) {
    std::array<std::uint32_t, 2> size{};
    for (std::size_t i = 0; i < 4; ++i) {
        text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n,"), text.size()));
        const std::size_t end = std::min(text.find_first_of(" \t\r\n,"), text.size());
        if (i >= 2) {
            const auto side = pixels(text.substr(0, end));
            if (!side) return std::nullopt;
            size[i - 2] = *side;
        }
        text.remove_prefix(end);
    }
    return size;
}

struct RootSize {
    std::optional<std::uint32_t> width{}, height{};
    std::optional<std::array<std::uint32_t, 2>> box{};

    void read(std::string_view name, std::string_view value) {
        if (name == "width") width = pixels(value);
        if (name == "height") height = pixels(value);
        if (name == "viewBox") box = view_box(value);
    }
};

/// The attributes of the root's tag, which `text` begins behind the name of.
Result<RootSize> read_attributes(std::string_view text) {
    RootSize size;
    while (true) {
        skip_blanks(text);
        if (text.empty()) return bad_svg("its first tag does not end");
        if (text.front() == '>' || text.starts_with("/>")) return size;
        const std::size_t end = text.find_first_of("= \t\r\n>");
        if (end == text.npos) return bad_svg("its first tag does not end");
        const std::string_view name = text.substr(0, end);
        text.remove_prefix(end);
        skip_blanks(text);
        if (!text.starts_with('=')) return bad_svg("an attribute has no value");
        text.remove_prefix(1);
        skip_blanks(text);
        if (text.empty() || (text.front() != '"' && text.front() != '\''))
            return bad_svg("the value of an attribute is not quoted");
        const char quote = text.front();
        text.remove_prefix(1);
        const std::size_t close = text.find(quote);
        if (close == text.npos) return bad_svg("the value of an attribute does not end");
        size.read(name, text.substr(0, close));
        text.remove_prefix(close + 1);
    }
}

}  // namespace

Result<std::optional<ImageInfo>> read_svg_info(std::string_view text) {
    const Result<bool> root = skip_prolog(text);
    if (!root) return root.error();
    if (!*root) return std::optional<ImageInfo>();
    if (text.starts_with("<svg:svg"))
        text.remove_prefix(8);
    else if (text.starts_with("<svg"))
        text.remove_prefix(4);
    else
        return std::optional<ImageInfo>();
    if (!text.empty() && (blanks.find(text.front()) == blanks.npos) && text.front() != '>' &&
        text.front() != '/')
        return std::optional<ImageInfo>();
    const Result<RootSize> size = read_attributes(text);
    if (!size) return size.error();
    ImageInfo info{Format::svg};
    info.width = size->width.value_or(size->box ? (*size->box)[0] : 0);
    info.height = size->height.value_or(size->box ? (*size->box)[1] : 0);
    return std::optional<ImageInfo>(info);
}

}  // namespace thingstead::image
