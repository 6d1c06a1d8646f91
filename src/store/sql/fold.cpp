#include "store/sql/fold.h"

#include <cstddef>
#include <cstdint>

namespace thingstead::store::sql {
namespace {

enum class Rule : std::uint8_t {
    shift,      ///< Lower case stands `by` code points higher.
    even_pair,  ///< Upper case is even, its lower case the next.
    odd_pair,   ///< Upper case is odd, its lower case the next.
};

struct Range {
    std::uint32_t first, last;
    Rule rule;
    std::int32_t by;
};

// Source: Unicode 15, UnicodeData.txt, simple lower-case mappings; sorted.
constexpr Range ranges[] = {
    {0x00C0, 0x00D6, Rule::shift,     32  },
    {0x00D8, 0x00DE, Rule::shift,     32  },
    {0x0100, 0x012F, Rule::even_pair, 1   },
    {0x0132, 0x0137, Rule::even_pair, 1   },
    {0x0139, 0x0148, Rule::odd_pair,  1   },
    {0x014A, 0x0177, Rule::even_pair, 1   },
    {0x0178, 0x0178, Rule::shift,     -121},
    {0x0179, 0x017E, Rule::odd_pair,  1   },
    {0x01CD, 0x01DC, Rule::odd_pair,  1   },
    {0x01DE, 0x01EF, Rule::even_pair, 1   },
    {0x0200, 0x021F, Rule::even_pair, 1   },
    {0x0386, 0x0386, Rule::shift,     38  },
    {0x0388, 0x038A, Rule::shift,     37  },
    {0x038C, 0x038C, Rule::shift,     64  },
    {0x038E, 0x038F, Rule::shift,     63  },
    {0x0391, 0x03A1, Rule::shift,     32  },
    {0x03A3, 0x03AB, Rule::shift,     32  },
    {0x0400, 0x040F, Rule::shift,     80  },
    {0x0410, 0x042F, Rule::shift,     32  },
    {0x0460, 0x0481, Rule::even_pair, 1   },
    {0x048A, 0x04BF, Rule::even_pair, 1   },
    {0x04C0, 0x04C0, Rule::shift,     15  },
    {0x04C1, 0x04CE, Rule::odd_pair,  1   },
    {0x04D0, 0x052F, Rule::even_pair, 1   },
    {0x0531, 0x0556, Rule::shift,     48  },
    {0x1E00, 0x1E95, Rule::even_pair, 1   },
    {0x1EA0, 0x1EFF, Rule::even_pair, 1   },
    {0xFF21, 0xFF3A, Rule::shift,     32  },
};

std::uint32_t fold(std::uint32_t point) {
    for (const Range& range : ranges) {
        if (point > range.last) continue;
        if (point < range.first) return point;
        if (range.rule == Rule::shift)
            return static_cast<std::uint32_t>(static_cast<std::int32_t>(point) + range.by);
        const bool upper = (point % 2 == 0) == (range.rule == Rule::even_pair);
        return upper ? point + 1 : point;
    }
    return point;
}

bool continues(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

/// Bytes of the sequence at the front of `text` if it has two or three (all the table knows), else
/// 0.
std::size_t sequence_bytes(std::string_view text) {
    const auto lead = static_cast<unsigned char>(text[0]);
    if (lead >= 0xC2 && lead <= 0xDF && text.size() >= 2 && continues(text[1])) return 2;
    if (lead >= 0xE0 && lead <= 0xEF && text.size() >= 3 && continues(text[1]) &&
        continues(text[2]))
        return 3;
    return 0;
}

std::uint32_t decode(std::string_view sequence) {
    std::uint32_t point =
        static_cast<unsigned char>(sequence[0]) & (sequence.size() == 2 ? 0x1Fu : 0x0Fu);
    for (const char c : sequence.substr(1))
        point = (point << 6) | (static_cast<unsigned char>(c) & 0x3Fu);
    return point;
}

void append(std::string& out, std::uint32_t point) {
    if (point < 0x800) {
        out += static_cast<char>(0xC0 | (point >> 6));
    } else {
        out += static_cast<char>(0xE0 | (point >> 12));
        out += static_cast<char>(0x80 | ((point >> 6) & 0x3F));
    }
    out += static_cast<char>(0x80 | (point & 0x3F));
}

}  // namespace

Alphabet folded_alphabet() {
    Alphabet letters;
    for (const Range& range : ranges)
        for (std::uint32_t point = range.first; point <= range.last; ++point) {
            const std::uint32_t lower = fold(point);
            if (lower == point) continue;
            append(letters.upper, point);
            append(letters.lower, lower);
        }
    return letters;
}

std::string fold_case(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const char c = text[0];
        const std::size_t bytes = static_cast<unsigned char>(c) < 0x80 ? 0 : sequence_bytes(text);
        if (bytes == 0) {
            out += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
            text.remove_prefix(1);
            continue;
        }
        const std::uint32_t point = decode(text.substr(0, bytes));
        const std::uint32_t lower = fold(point);
        if (lower == point)
            out += text.substr(0, bytes);
        else
            append(out, lower);
        text.remove_prefix(bytes);
    }
    return out;
}

}  // namespace thingstead::store::sql
