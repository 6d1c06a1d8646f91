// Topic filters against a second, slow reading of the specification: levels as lists, matched by
// recursion. Input: a filter, a line feed, a topic.
#include <cstdlib>
#include <string>
#include <vector>

#include "protocol/mqtt/topic.h"

namespace {

using namespace thingstead::mqtt;
using Levels = std::vector<std::string>;

Levels split(std::string_view path) {
    Levels levels(1);
    for (const char c : path)
        if (c == '/')
            levels.emplace_back();
        else
            levels.back().push_back(c);
    return levels;
}

bool filter_is_valid(std::string_view filter) {
    if (filter.empty() || !is_utf8(filter)) return false;
    const Levels levels = split(filter);
    for (std::size_t i = 0; i < levels.size(); ++i) {
        if (levels[i] == "#" && i + 1 != levels.size()) return false;
        if (levels[i] == "#" || levels[i] == "+") continue;
        for (const char c : levels[i])
            if (c == '#' || c == '+') return false;
    }
    return true;
}

bool topic_is_valid(std::string_view topic) {
    if (topic.empty() || !is_utf8(topic)) return false;
    for (const char c : topic)
        if (c == '#' || c == '+') return false;
    return true;
}

bool levels_match(const Levels& filter, std::size_t f, const Levels& topic, std::size_t t) {
    if (f == filter.size()) return t == topic.size();
    if (filter[f] == "#") return true;
    if (t == topic.size()) return false;
    return (filter[f] == "+" || filter[f] == topic[t]) && levels_match(filter, f + 1, topic, t + 1);
}

bool matches(std::string_view filter, std::string_view topic) {
    const Levels filter_levels = split(filter);
    const bool hidden = topic[0] == '$' && (filter_levels[0] == "#" || filter_levels[0] == "+");
    return !hidden && levels_match(filter_levels, 0, split(topic), 0);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const std::size_t line_end = input.find('\n');
    if (line_end == std::string_view::npos) return 0;
    const std::string_view filter = input.substr(0, line_end), topic = input.substr(line_end + 1);
    if (is_topic_filter(filter) != filter_is_valid(filter)) std::abort();
    if (is_topic_name(topic) != topic_is_valid(topic)) std::abort();
    if (const auto shared = shared_subscription(filter))
        if ("$share/" + std::string(shared->share_name) + "/" + std::string(shared->filter) !=
            filter)
            std::abort();
    if (is_topic_filter(filter) && is_topic_name(topic) &&
        topic_matches(filter, topic) != matches(filter, topic))
        std::abort();
    return 0;
}
