// Source → tokens. A token knows whether blanks stand before it, which matters for `x=-1`.
#pragma once
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "script/tbel/failure.h"

namespace thingstead::script::tbel {

enum class TokenKind : std::uint8_t { end, name, number, string, sign };

struct Token {
    TokenKind kind = TokenKind::end;
    bool after_blank = false;  ///< Or at the start.
    bool is_member = false;    ///< A name behind a point: reserved words count as names.
    std::uint32_t at = 0;      ///< Byte of the source.
    std::uint32_t end = 0;
    std::string_view text;  ///< Of a string: what it says, escapes resolved.
};

struct Tokens {
    std::vector<Token> tokens;        ///< The last one is `end`.
    std::deque<std::string> strings;  ///< Texts that had escapes.
};

/// Throws Failure (malformed) with its place. Views lead into `source` and into the result.
Tokens tokenize(std::string_view source);

/// Whether a name is reserved: literals and word operators.
bool is_reserved(std::string_view name);

}  // namespace thingstead::script::tbel
