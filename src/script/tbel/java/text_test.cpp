#include "script/tbel/java/text.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace thingstead::script::java {
namespace {

constexpr std::string_view face = "\xF0\x9F\x98\x80";   // one character, two units
constexpr std::string_view high_half = "\xED\xA0\xBD";  // U+D83D alone
constexpr std::string_view low_half = "\xED\xB8\x80";   // U+DE00 alone

TEST(Text, CountsUnitsOfUtf16) {
    EXPECT_EQ(text_length("abc"), 3);
    EXPECT_EQ(text_length("Жж"), 2);
    EXPECT_EQ(text_length(face), 2);
    EXPECT_EQ(*char_at(face, 0), 0xD83D);
    EXPECT_EQ(*char_at(face, 1), 0xDE00);
    EXPECT_EQ(*code_point_at(face, 0), 0x1F600);
    EXPECT_EQ(*code_point_at(face, 1), 0xDE00);
    EXPECT_EQ(char_at("abc", 5).error().message, "Index 5 out of bounds for length 3");
    EXPECT_EQ(char_at("Ж", -1).error().message, "Index -1 out of bounds for length 1");
}

TEST(Text, CutsAndJoinsSurrogates) {
    EXPECT_EQ(*substring(face, 0, 1), high_half);
    EXPECT_EQ(*substring(face, 1), low_half);
    std::string text = "x";
    append_text(text, high_half);
    append_text(text, low_half);
    EXPECT_EQ(text, "x" + std::string(face));
    EXPECT_EQ(to_utf8(to_utf16(face)), face);
    EXPECT_EQ(to_utf8(to_utf16(high_half)), high_half);
    EXPECT_EQ(substring("abc", 5).error().message, "Range [5, 3) out of bounds for length 3");
    EXPECT_EQ(*substring("abc", 3), "");
    EXPECT_EQ(to_utf8(to_utf16("a\xFF\xC0\x80z")), "a\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBDz");
}

TEST(Text, FindsParts) {
    EXPECT_EQ(index_of("ababa", "ba"), 1);
    EXPECT_EQ(index_of("ababa", "ba", 2), 3);
    EXPECT_EQ(index_of("ababa", "", 99), 5);
    EXPECT_EQ(index_of("ababa", "x"), -1);
    EXPECT_EQ(index_of(std::string(face) + "Жa", "a"), 3);
    EXPECT_EQ(last_index_of("ababa", "a"), 4);
    EXPECT_EQ(last_index_of("ababa", "a", 3), 2);
    EXPECT_EQ(last_index_of("ababa", "a", -1), -1);
    EXPECT_TRUE(starts_with("ЖaЖ", "a", 1));
    EXPECT_FALSE(starts_with("abc", "c", 99));
    EXPECT_TRUE(ends_with("abЖ", "Ж"));
    EXPECT_TRUE(contains("temperature", "per"));
    EXPECT_FALSE(contains("Ж", "ж"));
    EXPECT_EQ(byte_of_unit("Жa", 1), 2u);
    EXPECT_EQ(unit_of_byte("Жa", 2), 1);
}

TEST(Text, ComparesByUnits) {
    EXPECT_EQ(compare("abc", "abd"), -1);
    EXPECT_EQ(compare("abc", "a"), 2);
    EXPECT_LT(compare(face, "\xEF\xBF\xBD"), 0);  // U+D83D is below U+FFFD
    EXPECT_TRUE(equals_ignore_case("ÄbC", "äBc"));
    EXPECT_FALSE(equals_ignore_case("ß", "SS"));
    EXPECT_EQ(compare_ignore_case("B", "a"), 1);
    EXPECT_EQ(hash_code("hello"), 99162322);
    EXPECT_EQ(hash_code("polygenelubricants"), std::numeric_limits<std::int32_t>::min());
}

TEST(Text, ChangesCase) {
    EXPECT_EQ(to_upper_case("straße ﬁx жы"), "STRASSE FIX ЖЫ");
    EXPECT_EQ(to_lower_case("ÀÉ ЖЫ İ"), "àé жы i̇");
    EXPECT_EQ(to_lower_case("ΟΔΥΣΣΕΥΣ Σ. ΑΣ,Β ΑΣ'Β"), "οδυσσευς σ. ας,β ασ'β");
    EXPECT_TRUE(is_letter(0x416));
    EXPECT_TRUE(is_upper_case(0x416));
    EXPECT_TRUE(is_lower_case(0x436));
    EXPECT_TRUE(is_digit(0x663));
    EXPECT_EQ(numeric_value(0x663), 3);
    EXPECT_EQ(numeric_value('z'), 35);
    EXPECT_EQ(numeric_value(0xFF21), 10);
    EXPECT_EQ(numeric_value('-'), -1);
    EXPECT_FALSE(is_letter('1'));
    EXPECT_FALSE(is_whitespace(0xA0));
}

TEST(Text, IsTrimmedRepeatedAndPadded) {
    EXPECT_EQ(trim(" \x01 a b\n"), "a b");
    EXPECT_EQ(trim("\u2003a"), "\u2003a");
    EXPECT_EQ(strip("\u2003a \u2003"), "a");
    EXPECT_EQ(strip_leading(" a "), "a ");
    EXPECT_EQ(strip_trailing(" a "), " a");
    EXPECT_TRUE(is_blank(" \t\u2003"));
    EXPECT_FALSE(is_blank("\u00a0"));
    EXPECT_EQ(*repeat("ab", 2, 100), "abab");
    EXPECT_EQ(repeat("ab", -1, 100).error().message, "count is negative: -1");
    EXPECT_EQ(repeat("ab", 51, 100).error().message, "Max string length overflow (102 > 100)!");
    EXPECT_EQ(*pad_start("7", 3, "0"), "007");
    EXPECT_EQ(*pad_end("Ж", 3, "xy"), "Жxx");
    EXPECT_EQ(*pad_start("long", 3, "0"), "long");
    EXPECT_FALSE(pad_start("7", 3, ""));
    EXPECT_EQ(pad_start("7", 2'000'000'000, "0").error().code, ErrorCode::too_large);
    EXPECT_EQ(replace("aXbXc", "X", "--"), "a--b--c");
    EXPECT_EQ(replace("ab", "", "-"), "-a-b-");
    EXPECT_EQ(lines("a\r\nb\n\nc"), (std::vector<std::string>{"a", "b", "", "c"}));
    EXPECT_EQ(to_char_texts("aЖ"), (std::vector<std::string>{"a", "Ж"}));
}

TEST(Text, IsComparedBySound) {
    EXPECT_EQ(*soundex("Smith"), "S530");
    EXPECT_EQ(*soundex("Smyth"), "S530");
    EXPECT_EQ(*soundex("Robert"), "R163");
    EXPECT_FALSE(soundex("123"));
    EXPECT_FLOAT_EQ(similarity("kitten", "sitten"), 0.8333333f);
    EXPECT_EQ(similarity("abc", "xabc"), 0.0f);
    EXPECT_TRUE(std::isnan(similarity("", "")));
}

TEST(Text, IsEncoded) {
    EXPECT_EQ(*encode_text("Жé", "ISO-8859-1"), "?\xE9");
    EXPECT_EQ(*encode_text("é", "us-ascii"), "?");
    EXPECT_EQ(*encode_text("é", "utf8"), "é");
    EXPECT_EQ(*encode_text("a", "UTF-16"), std::string("\xFE\xFF\0a", 4));
    EXPECT_EQ(*encode_text("a", "UTF-16LE"), std::string("a\0", 2));
    EXPECT_EQ(*decode_text("\xE9", "latin1"), "é");
    EXPECT_EQ(*decode_text(std::string("\xFF\xFE\x16\x04", 4), "UTF-16"), "Ж");
    EXPECT_EQ(*decode_text("a\xFF", "UTF-8"), "a\uFFFD");
    EXPECT_EQ(encode_text("a", "klingon").error().message, "klingon");
}

}  // namespace
}  // namespace thingstead::script::java
