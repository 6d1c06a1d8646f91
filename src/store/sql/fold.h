// Case folding for text search: one code point to one, without tables of the system's locale.
#pragma once
#include <string>
#include <string_view>

namespace thingstead::store::sql {

/// `text` (UTF-8) in lower case: Latin with its accents, Greek, Cyrillic, Armenian and full-width
/// letters; everything else, and bytes that are no UTF-8, as they are.
std::string fold_case(std::string_view text);

/// The letters beyond ASCII that fold_case() changes, and in the same order what it makes of them.
struct Alphabet {
    std::string upper;
    std::string lower;
};
Alphabet folded_alphabet();

}  // namespace thingstead::store::sql
