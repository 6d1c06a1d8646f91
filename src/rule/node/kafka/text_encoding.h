// Texts as bytes of a character set.
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/describe.h"

namespace thingstead::rule::kafka {

enum class Charset : std::uint8_t { utf_8, us_ascii, iso_8859_1, utf_16, utf_16be, utf_16le };
constexpr auto enum_names(Charset) {
    using namespace std::literals;
    return std::array{
        std::pair{Charset::utf_8,      "UTF-8"sv     },
        std::pair{Charset::us_ascii,   "US-ASCII"sv  },
        std::pair{Charset::iso_8859_1, "ISO-8859-1"sv},
        std::pair{Charset::utf_16,     "UTF-16"sv    },
        std::pair{Charset::utf_16be,   "UTF-16BE"sv  },
        std::pair{Charset::utf_16le,   "UTF-16LE"sv  }
    };
}

/// `text` is UTF-8; what the set does not have becomes '?'. UTF-16 begins with its byte order mark,
/// big end first.
std::string encoded(std::string_view text, Charset charset);

}  // namespace thingstead::rule::kafka
