#include "protocol/mqtt/topic.h"

#include <cstdint>
#include <cstring>

namespace thingstead::mqtt {
namespace {

constexpr std::uint64_t every(std::uint8_t byte) { return 0x0101010101010101ull * byte; }
/// Not zero when a byte of `word` is zero.
constexpr std::uint64_t zero_byte(std::uint64_t word) {
    return (word - every(1)) & ~word & every(0x80);
}

/// Bytes of the code point at the front, or 0 when it is ill formed (Unicode table 3-7) or U+0000.
std::size_t code_point_bytes(std::string_view text) {
    const auto at = [text](std::size_t i) {
        return i < text.size() ? static_cast<std::uint8_t>(text[i]) : std::uint8_t{0};
    };
    const auto follows = [at](std::size_t i, std::uint8_t low = 0x80, std::uint8_t high = 0xBF) {
        return at(i) >= low && at(i) <= high;
    };
    const std::uint8_t first = at(0);
    if (first < 0x80) return first != 0;
    if (first < 0xC2) return 0;
    if (first < 0xE0) return follows(1) ? 2 : 0;
    if (first < 0xF0) {
        const bool second = first == 0xE0   ? follows(1, 0xA0)
                            : first == 0xED ? follows(1, 0x80, 0x9F)
                                            : follows(1);
        return second && follows(2) ? 3 : 0;
    }
    if (first > 0xF4) return 0;
    const bool second = first == 0xF0   ? follows(1, 0x90)
                        : first == 0xF4 ? follows(1, 0x80, 0x8F)
                                        : follows(1);
    return second && follows(2) && follows(3) ? 4 : 0;
}

/// UTF-8, and without wildcards when `Topic`. Eight bytes of plain ASCII at a time: topics are
/// short and nearly always ASCII, and every PUBLISH passes here.
template <bool Topic>
bool scan(std::string_view text) {
    while (!text.empty()) {
        if (text.size() >= 8) {
            std::uint64_t word;
            std::memcpy(&word, text.data(), 8);
            std::uint64_t special = (word & every(0x80)) | zero_byte(word);
            if constexpr (Topic)
                special |= zero_byte(word ^ every('+')) | zero_byte(word ^ every('#'));
            if (!special) {
                text.remove_prefix(8);
                continue;
            }
        }
        if (Topic && (text[0] == '+' || text[0] == '#')) return false;
        const std::size_t bytes = code_point_bytes(text);
        if (bytes == 0) return false;
        text.remove_prefix(bytes);
    }
    return true;
}

/// Cuts the first level off `path`; nullopt once there is none left.
std::optional<std::string_view> next_level(std::optional<std::string_view>& path) {
    if (!path) return std::nullopt;
    const std::size_t slash = path->find('/');
    const std::string_view level = path->substr(0, slash);
    if (slash == std::string_view::npos)
        path.reset();
    else
        path->remove_prefix(slash + 1);
    return level;
}

}  // namespace

bool is_utf8(std::string_view text) { return scan<false>(text); }

bool is_topic_name(std::string_view topic) { return !topic.empty() && scan<true>(topic); }

bool is_topic_filter(std::string_view filter) {
    if (filter.empty() || !is_utf8(filter)) return false;
    std::optional<std::string_view> rest = filter;
    while (const std::optional<std::string_view> level = next_level(rest)) {
        if (level->find_first_of("+#") == std::string_view::npos) continue;
        if (level->size() != 1) return false;
        if (*level == "#" && rest) return false;
    }
    return true;
}

bool topic_matches(std::string_view filter, std::string_view topic) {
    if (topic.starts_with('$') && (filter.starts_with('+') || filter.starts_with('#')))
        return false;
    std::optional<std::string_view> filter_rest = filter, topic_rest = topic;
    for (;;) {
        const std::optional<std::string_view> wanted = next_level(filter_rest);
        if (wanted == "#") return true;  // also the parent level: "a/#" takes "a"
        const std::optional<std::string_view> level = next_level(topic_rest);
        if (!wanted || !level) return wanted.has_value() == level.has_value();
        if (*wanted != "+" && *wanted != *level) return false;
    }
}

std::optional<SharedSubscription> shared_subscription(std::string_view filter) {
    if (!is_shared(filter)) return std::nullopt;
    const std::string_view rest = filter.substr(std::string_view("$share/").size());
    const std::size_t slash = rest.find('/');
    if (slash == 0 || slash == std::string_view::npos) return std::nullopt;
    const SharedSubscription parts{rest.substr(0, slash), rest.substr(slash + 1)};
    if (!is_topic_name(parts.share_name) || !is_topic_filter(parts.filter)) return std::nullopt;
    return parts;
}

}  // namespace thingstead::mqtt
