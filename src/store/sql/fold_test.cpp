#include "store/sql/fold.h"

#include <gtest/gtest.h>

namespace thingstead::store::sql {
namespace {

TEST(FoldCase, LowersTheAlphabetsItKnows) {
    const std::pair<std::string_view, std::string_view> rows[] = {
        {"",                ""               },
        {"ABCxyz019[]@`",   "abcxyz019[]@`"  },
        {"ÄÖÜÀÞŸ×÷ß",       "äöüàþÿ×÷ß"      },
        {"ĀĲĹŊŽŁŐČĞ",       "āĳĺŋžłőčğ"      },
        {"ΑΩΣΆΈΌΎΏΫ",       "αωσάέόύώϋ"      },
        {"АЯЁЂЏҐӀӁ",        "аяёђџґӏӂ"       },
        {"ԱՖ",              "աֆ"             },
        {"ẠỸ",              "ạỹ"             },
        {"ＡＺ",            "ａｚ"           },
        {"日本 🌡 İı",      "日本 🌡 İı"     },
        {"äöü āž αω ая ёӂ", "äöü āž αω ая ёӂ"},
    };
    for (const auto& [text, lower] : rows) EXPECT_EQ(fold_case(text), lower);
}

TEST(FoldCase, LeavesBytesThatAreNoUtf8) {
    for (const std::string_view text :
         {"\xC3", "\xE1\xBA", "\x80\xBF", "\xFF\xFE", "\xC3(", "\xE1(\xA0"})
        EXPECT_EQ(fold_case(text), text);
    EXPECT_EQ(fold_case("A\xC3"), "a\xC3");
}

TEST(FoldCase, IsDoneAfterOnce) {
    for (std::uint32_t point = 0x80; point < 0x10000; ++point) {
        std::string text;
        if (point < 0x800) {
            text += static_cast<char>(0xC0 | (point >> 6));
        } else {
            text += static_cast<char>(0xE0 | (point >> 12));
            text += static_cast<char>(0x80 | ((point >> 6) & 0x3F));
        }
        text += static_cast<char>(0x80 | (point & 0x3F));
        const std::string lower = fold_case(text);
        ASSERT_EQ(fold_case(lower), lower) << std::hex << point;
    }
}

TEST(FoldedAlphabet, IsWhatFoldCaseDoes) {
    const Alphabet letters = folded_alphabet();
    EXPECT_EQ(fold_case(letters.upper), letters.lower);
    EXPECT_EQ(fold_case(letters.lower), letters.lower);
    EXPECT_NE(letters.upper.find("Я"), std::string::npos);
}

}  // namespace
}  // namespace thingstead::store::sql
