// The methods of java.lang.String over UTF-8.
// A text is UTF-8 inside, but positions and lengths are UTF-16 units as Java counts them; half of a
// surrogate pair alone is kept in its three-byte form (WTF-8), and append_unit joins halves. Texts
// that are all ASCII, which is nearly all of them, take a path without counting.
// Case conversion is Unicode's, simple and special mappings (ß to SS, final sigma), by tables of
// our own (unicode.cpp): the same on every system, and the same as Java's. Every error is
// invalid_argument with the message of Java's exception. All functions are pure.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace thingstead::script::java {

/// Whether every byte is below 0x80: then units are bytes.
bool is_ascii(std::string_view text);

/// String.length, in UTF-16 units.
std::int32_t text_length(std::string_view text);

/// UTF-8 (WTF-8) to UTF-16 and back; malformed bytes become U+FFFD.
std::u16string to_utf16(std::string_view text);
std::string to_utf8(std::u16string_view units);

/// The code point at byte `at`, which moves behind it. A malformed byte is U+FFFD; a surrogate
/// alone is itself. Needs `at` below the size.
std::int32_t next_code_point(std::string_view text, std::size_t& at);

/// Appends a code point as UTF-8; a surrogate becomes its three bytes.
void append_code_point(std::string& text, std::int32_t code_point);

/// Appends one unit; a low surrogate after a high one becomes the character of both.
void append_unit(std::string& text, char16_t unit);

/// The text of one Character.
std::string unit_text(char16_t unit);

/// Appends `more`, joining a surrogate pair that was cut in two. Use this for every concatenation.
void append_text(std::string& text, std::string_view more);

/// Calls that see a text as Java's arrays do. Errors, as Java 25 words them:
/// charAt    `Index 5 out of bounds for length 3`
/// substring `Range [5, 3) out of bounds for length 3`
Result<char16_t> char_at(std::string_view text, std::int32_t index);
Result<std::int32_t> code_point_at(std::string_view text, std::int32_t index);
Result<std::string> substring(std::string_view text, std::int32_t begin);
Result<std::string> substring(std::string_view text, std::int32_t begin, std::int32_t end);

/// The byte at which unit `index` begins; an index past the end gives the size. Inside a pair: its
/// start. And the unit that begins at a byte (which starts a character).
std::size_t byte_of_unit(std::string_view text, std::int32_t index);
std::int32_t unit_of_byte(std::string_view text, std::size_t byte);

/// indexOf, lastIndexOf: -1 where absent; `from` may be out of range.
std::int32_t index_of(std::string_view text, std::string_view part, std::int32_t from = 0);
std::int32_t last_index_of(std::string_view text, std::string_view part);
std::int32_t last_index_of(std::string_view text, std::string_view part, std::int32_t from);

/// startsWith(prefix, from), endsWith and contains.
bool starts_with(std::string_view text, std::string_view prefix, std::int32_t from = 0);
bool ends_with(std::string_view text, std::string_view suffix);
bool contains(std::string_view text, std::string_view part);

/// compareTo and compareToIgnoreCase: the difference of the first differing units, else of the
/// lengths. equalsIgnoreCase.
std::int32_t compare(std::string_view left, std::string_view right);
std::int32_t compare_ignore_case(std::string_view left, std::string_view right);
bool equals_ignore_case(std::string_view left, std::string_view right);

std::string to_upper_case(std::string_view text);
std::string to_lower_case(std::string_view text);

/// trim cuts characters up to U+0020, strip what Character.isWhitespace calls white space.
std::string_view trim(std::string_view text);
std::string_view strip(std::string_view text);
std::string_view strip_leading(std::string_view text);
std::string_view strip_trailing(std::string_view text);
bool is_blank(std::string_view text);

/// String.repeat. Errors: `count is negative: -1`; too_large beyond `units_max` UTF-16 units, with
/// the text of the script language: `Max string length overflow (n > units_max)!`.
Result<std::string> repeat(std::string_view text, std::int32_t count, std::int64_t units_max);

/// String.replace(target, replacement), literal; an empty target stands between all units.
std::string replace(std::string_view text, std::string_view target, std::string_view replacement);

/// String.lines: parts between \n, \r and \r\n.
std::vector<std::string> lines(std::string_view text);

/// String.hashCode, and List/Arrays hash codes are the caller's.
std::int32_t hash_code(std::string_view text);

/// String.toCharArray, one text per unit, as scripts see Characters.
std::vector<std::string> to_char_texts(std::string_view text);

/// The helpers padStart(s, length, ch) and padEnd: filled up with one character to `length` units.
/// Errors: an empty `pad` has no character; too_large beyond text_units_max, worded as repeat's.
inline constexpr std::int32_t text_units_max = 4 * 1024 * 1024;
Result<std::string> pad_start(std::string_view text, std::int32_t length, std::string_view pad);
Result<std::string> pad_end(std::string_view text, std::int32_t length, std::string_view pad);

/// The bytes of a text in a charset: UTF-8, US-ASCII, ISO-8859-1, UTF-16, UTF-16BE, UTF-16LE and
/// their usual aliases, in any case. What a charset lacks becomes `?`. Errors: the name as the
/// message.
Result<std::string> encode_text(std::string_view text, std::string_view charset);
/// And back; malformed bytes become U+FFFD.
Result<std::string> decode_text(std::string_view bytes, std::string_view charset);

/// The operator soundslike compares these: a letter and three digits, "S530", the way MVEL 2 makes
/// them (a repeated letter counts once, a comma ends the text). nullopt: the text has no letter of
/// A-Z.
std::optional<std::string> soundex(std::string_view text);
/// The operator strsim as MVEL 2 counts: equal units at equal positions / the longer length. NaN
/// for two empty texts.
float similarity(std::string_view left, std::string_view right);

/// Character.isDigit, isLetter, isLetterOrDigit, isWhitespace, isUpperCase, isLowerCase and
/// getNumericValue of a code point: digits of every script and letters a-z, else -1.
bool is_digit(std::int32_t code_point);
bool is_letter(std::int32_t code_point);
bool is_letter_or_digit(std::int32_t code_point);
bool is_whitespace(std::int32_t code_point);
bool is_upper_case(std::int32_t code_point);
bool is_lower_case(std::int32_t code_point);
std::int32_t numeric_value(std::int32_t code_point);

}  // namespace thingstead::script::java
