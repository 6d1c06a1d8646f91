#include "script/tbel/java/regex.h"

#include <gtest/gtest.h>

#include <chrono>

namespace thingstead::script::java {
namespace {

// What Java 25 answers.
struct Splits {
    std::string_view text, pattern;
    std::int32_t limit;
    std::vector<std::string> parts;
};

struct Replaces {
    std::string_view text, pattern, replacement, result;
};

struct Matches {
    std::string_view text, pattern;
    bool whole, found;
};

// clang-format off
const Splits splits[] = {
    {"a,b,,", ",", 0, {"a", "b"}},
    {"a,b,,", ",", -1, {"a", "b", "", ""}},
    {"a,b,,", ",", 2, {"a", "b,,"}},
    {"", "", 0, {""}},
    {"", ",", 0, {""}},
    {"abc", "", 0, {"a", "b", "c"}},
    {",a", ",", 0, {"", "a"}},
    {"a1b22c", "[0-9]+", 0, {"a", "b", "c"}},
    {"abc", "x", 0, {"abc"}},
    {",", ",", 0, {}},
    {"abc", "", 2, {"a", "bc"}},
    {"boo:and:foo", "o", 0, {"b", "", ":and:f"}},
    {"boo:and:foo", "o", -1, {"b", "", ":and:f", "", ""}},
    {"aXbXc", "X", 1, {"aXbXc"}},
    {"a.b", ".", 0, {}},
    {"abc", "(?=b)", 0, {"a", "bc"}},
    {"abc", "^", 0, {"abc"}},
};

constexpr Replaces replaces[] = {
    {"x1y2", "[0-9]", "_", "x_y_"},
    {"abc", "(b)", "[$1$1]", "a[bb]c"},
    {"abc", "x*", "-", "-a-b-c-"},
    {"xabc", "x*", "-", "--a-b-c-"},
    {"a.b", "\\.", "\\\\", "a\\b"},
    {"abc", "(?<n>b)", "<${n}>", "a<b>c"},
    {"abc", "(b)", "$12", "ab2c"},
    {"a\nb", "(?m)^", "> ", "> a\n> b"},
    {"a\r\nb\r\n", "(?m)$", "<", "a<\r\nb<\r\n<"},
    {"a\nb\n", "$", "<", "a\nb<\n<"},
    {"ab", "(?i)B", "x", "ax"},
    {"aЖж", "(?i)ж", "x", "aЖx"},
    {"aЖж", "(?iu)ж", "x", "axx"},
    {"abc", "z", "$9", "abc"},
    {"aaa", "a{2}", "b", "ba"},
    {"ab12", "\\p{Alpha}", "_", "__12"},
    {"ab12", "\\P{Alpha}", "_", "ab__"},
    {"a1Ж", "\\w", "_", "__Ж"},
    {"a1Ж", "(?U)\\w", "_", "___"},
    {"abcdef", "[a-f&&[^cd]]", "_", "__cd__"},
    {"abcxyz", "[a-c[x-y]]", "_", "_____z"},
    {"ab-]", "[\\]-]", "_", "ab__"},
    {"a bc", ".", "_", "_ __"},
    {"tab	here", "\\h", "_", "tab_here"},
    {"a.b*c", "\\Q.b*\\E", "_", "a_c"},
    {"aa bb ab", "(\\w)\\1", "_", "_ _ ab"},
    {"abab", "(?:ab)+?", "_", "__"},
    {"x y", "\\s", "_", "x y"},
    {"AbC", "[^\\p{Lower}]", "_", "_b_"},
    {"日本", "\\p{IsHan}", "x", "xx"},
    {"aBc", "\\p{javaLowerCase}", "_", "_B_"},
    {"abc", "[^a&&[abc]]", "_", "a__"},
    {"a&b", "[&&a]", "_", "_&b"},
    {"a&b", "[a&]", "_", "__b"},
    {"a b", "(?x)a\\ b # c", "_", "_"},
    {"ab", "a # c\n b", "_", "ab"},
    {"😀x", ".", "_", "__"},
    {"a{1}", "\\{", "_", "a_1}"},
    {"é", "\\u00e9", "e", "e"},
    {"A", "\\x41", "e", "e"},
    {"A", "\\0101", "e", "e"},
};

constexpr Matches matches[] = {
    {"abc", "b", false, true},
    {"abc", ".*", true, true},
    {"a\nb", "a.b", false, false},
    {"a\nb", "(?s)a.b", true, true},
    {"a\n", "a$", false, true},
    {"a\r\n", "a$", false, true},
    {"a\n\n", "a$", false, false},
    {"abc", "(?<=ab)c", false, true},
    {"abc", "a++b", false, true},
    {"abc", "\\1(a)", false, false},
    {"abc", "[a-z&&[b]]", false, true},
    {"a", "a|", true, true},
    {"]", "]", true, true},
    {"}", "}", true, true},
    {"a-", "[a-]+", true, true},
    {"[]a]", "[]a]", false, true},
    {"^", "[\\^]", true, true},
    {"b\n", "(?m)b$", false, true},
    {"abc", "[[:alpha:]]", false, true},
};

constexpr Replaces errors[] = {
    {"abc", "b", "$1", "No group 1"},
    {"abc", "b", "$", "Illegal group reference: group index is missing"},
    {"abc", "b", "\\", "character to be escaped is missing"},
    {"abc", "b", "${n", "named capturing group is missing trailing '}'"},
    {"abc", "b", "${n}", "No group with name {n}"},
    {"abc", "b", "${1n}", "capturing group name {1n} starts with digit character"},
    {"abc", "b", "$x", "Illegal group reference"},
    {"abc", "[", "", "Unclosed character class near index 0\n[\n^"},
    {"abc", "(ab", "", "Unclosed group near index 3\n(ab"},
    {"abc", "ab)", "", "Unmatched closing ')' near index 1\nab)\n ^"},
    {"abc", "*a", "", "Dangling meta character '*' near index 0\n*a\n^"},
    {"abc", "a{", "", "Illegal repetition near index 2\na{"},
    {"abc", "a**", "", "Dangling meta character '*' near index 2\na**\n  ^"},
    {"abc", "[b-a]", "", "Illegal character range near index 3\n[b-a]\n   ^"},
    {"abc", "\\y", "", "Illegal/unsupported escape sequence near index 1\n\\y\n ^"},
    {"abc", "a\\", "", "Unescaped trailing backslash near index 2\na\\"},
    {"abc", "(?z)a", "", "Unknown inline modifier near index 2\n(?z)a\n  ^"},
    {"abc", "\\p{Foo}", "", "Unknown character property name {Foo} near index 6\n\\p{Foo}\n      ^"},
    {"abc", "a{2,1}", "", "Illegal repetition range near index 5\na{2,1}\n     ^"},
    {"abc", "(?<1a>b)", "", "capturing group name does not start with a Latin letter near index 3\n(?<1a>b)\n   ^"},
    {"a", "{", "", "Illegal repetition near index 1\n{"},
    {"abc", "\\k<x>", "", "named capturing group <x> does not exist near index 4\n\\k<x>\n    ^"},
    {"a", "(?<a>a)(?<a>b)", "", "Named capturing group <a> is already defined near index 11\n(?<a>a)(?<a>b)\n           ^"},
};
// clang-format on

TEST(Regex, SplitsAsJava) {
    for (const Splits& row : splits) {
        SCOPED_TRACE(std::string(row.text) + " by " + std::string(row.pattern));
        if (row.pattern == "(") continue;
        const auto parts = regex_split(row.text, row.pattern, row.limit);
        ASSERT_TRUE(parts) << parts.error().message;
        EXPECT_EQ(*parts, row.parts);
    }
}

TEST(Regex, ReplacesAsJava) {
    for (const Replaces& row : replaces) {
        SCOPED_TRACE(std::string(row.text) + " by " + std::string(row.pattern));
        const auto result = regex_replace_all(row.text, row.pattern, row.replacement);
        ASSERT_TRUE(result) << result.error().message;
        EXPECT_EQ(*result, row.result);
    }
    EXPECT_EQ(*regex_replace_first("aaa", "a", "b"), "baa");
}

TEST(Regex, MatchesAsJava) {
    for (const Matches& row : matches) {
        SCOPED_TRACE(std::string(row.text) + " by " + std::string(row.pattern));
        const auto whole = regex_matches(row.text, row.pattern);
        ASSERT_TRUE(whole) << whole.error().message;
        EXPECT_EQ(*whole, row.whole);
        EXPECT_EQ(regex_find(row.text, row.pattern)->has_value(), row.found);
    }
}

TEST(Regex, FailsWithTheWordsOfJava) {
    for (const Replaces& row : errors) {
        SCOPED_TRACE(row.pattern);
        const auto result = regex_replace_all(row.text, row.pattern, row.replacement);
        ASSERT_FALSE(result) << *result;
        EXPECT_EQ(result.error().message, row.result);
        EXPECT_EQ(result.error().code, ErrorCode::malformed);
    }
}

TEST(Regex, TellsGroups) {
    const auto match = regex_find("key=42;", "(?<key>[a-z]+)=(\\d+)(x)?");
    ASSERT_TRUE(match && *match);
    ASSERT_EQ((*match)->groups.size(), 4u);
    EXPECT_EQ((*match)->groups[2]->begin, 4u);
    EXPECT_EQ((*match)->groups[2]->end, 6u);
    EXPECT_FALSE((*match)->groups[3]);
    EXPECT_EQ(*regex_group_number("(?<key>[a-z]+)=(\\d+)", "key"), 1u);
    EXPECT_FALSE(regex_group_number("(a)", "key"));
    EXPECT_EQ(*regex_group_count("(a)(?:b)(c)"), 2u);
    EXPECT_TRUE(regex_looking_at("abc", "ab")->has_value());
    EXPECT_FALSE(regex_looking_at("abc", "bc")->has_value());
}

TEST(Regex, TakesFlags) {
    EXPECT_TRUE(*regex_matches("ABC", "abc", regex_case_insensitive));
    EXPECT_TRUE(*regex_matches("a.b", "a.b", regex_literal));
    EXPECT_FALSE(*regex_matches("axb", "a.b", regex_literal));
    EXPECT_TRUE(*regex_matches("a\nb", "a.b", regex_dotall));
    EXPECT_TRUE(*regex_matches("ab", "a b", regex_comments));
    EXPECT_TRUE(*regex_matches("a\rb", "a.b", regex_unix_lines));
    EXPECT_TRUE(*regex_matches("\\E.*", regex_quote("\\E.*")));
    EXPECT_EQ(*regex_replace_all("a", "a", regex_quote_replacement("$1\\")), "$1\\");
}

TEST(Regex, ThatExplodesEndsSoon) {
    const auto begin = std::chrono::steady_clock::now();
    const std::string many(12'000, 'a');
    for (const std::string_view pattern : {"(a+)+b", "(a|a)*b", "(a*)*b", "(.*)(.*)(.*)(.*)x"}) {
        const auto result = regex_matches(many, pattern);
        ASSERT_FALSE(result) << pattern;
        EXPECT_EQ(result.error().code, ErrorCode::timeout);
    }
    // Each start alone is cheap; all together are not.
    const auto searched = regex_find(std::string(20'000, 'a'), "a*[bc]\\d");
    if (!searched) {
        EXPECT_EQ(searched.error().code, ErrorCode::timeout);
    }
    const auto replaced = regex_replace_all(std::string(20'000, 'a'), "a*[bc]\\d|a", "");
    if (!replaced) {
        EXPECT_EQ(replaced.error().code, ErrorCode::timeout);
    }
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(60));
}

TEST(Regex, ReplacesInLongTexts) {
    std::string text;
    for (int i = 0; i < 50'000; ++i) text += "ж1,";
    const auto result = regex_replace_all(text, "[0-9]", "");
    ASSERT_TRUE(result) << result.error().message;
    EXPECT_EQ(result->size(), 150'000u);
    EXPECT_EQ(regex_split(text, ",")->size(), 50'000u);
    EXPECT_EQ(regex_replace_all(text, "1", std::string(100, 'x'), 0, 1000).error().code,
              ErrorCode::too_large);
}

TEST(Regex, RefusesWhatIsNoUtf8) {
    EXPECT_EQ(regex_find("a\xff", "a").error().code, ErrorCode::malformed);
    EXPECT_TRUE(*regex_matches("\xed\xa0\x80", "."));  // a surrogate alone
    EXPECT_EQ(regex_find("a", std::string(100'000, 'a')).error().code, ErrorCode::too_large);
}

}  // namespace
}  // namespace thingstead::script::java
