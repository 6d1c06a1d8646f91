#include "protocol/aws/answer.h"

#include <array>
#include <utility>

namespace thingstead::aws {
namespace {

constexpr std::array<std::pair<std::string_view, char>, 5> entities{
    {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}}
};

std::string resolved(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        bool found = false;
        for (const auto& [entity, character] : entities) {
            if (!text.starts_with(entity)) continue;
            out += character;
            text.remove_prefix(entity.size());
            found = true;
            break;
        }
        if (found) continue;
        out += text.front();
        text.remove_prefix(1);
    }
    return out;
}

}  // namespace

std::string element_text(std::string_view document, std::string_view name) {
    const std::string begin = "<" + std::string(name) + ">";
    const std::string end = "</" + std::string(name) + ">";
    const std::size_t at = document.find(begin);
    if (at == std::string_view::npos) return {};
    document.remove_prefix(at + begin.size());
    const std::size_t size = document.find('<');
    if (size == std::string_view::npos || !document.substr(size).starts_with(end)) return {};
    return resolved(document.substr(0, size));
}

}  // namespace thingstead::aws
