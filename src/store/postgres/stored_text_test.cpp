#include "store/postgres/stored_text.h"

#include <gtest/gtest.h>

namespace thingstead::store::postgres {
namespace {

using namespace std::literals;

TEST(StoredText, IsUtf8WithoutNulCharacters) {
    const std::pair<std::string_view, std::string_view> rows[] = {
        {""sv,                        ""sv                               },
        {"temperature in the hall"sv, "temperature in the hall"sv        },
        {"\0"sv,                      ""sv                               },
        {"a\0b and eight more\0"sv,   "ab and eight more"sv              },
        {"grün 日本 🌡"sv,            "grün 日本 🌡"sv                   },
        {"\xFF"sv,                    "\uFFFD"sv                         },
        {"12345678\x80 after"sv,      "12345678\uFFFD after"sv           },
        {"\xC3"sv,                    "\uFFFD"sv                         },
        {"\xC0\xAF"sv,                "\uFFFD\uFFFD"sv                   }, // longer than necessary
        {"\xED\xA0\x80"sv,            "\uFFFD\uFFFD\uFFFD"sv             }, // half of a surrogate pair
        {"\xF4\x90\x80\x80"sv,        "\uFFFD\uFFFD\uFFFD\uFFFD"sv       }, // beyond the last character
        {"\xE2\x82(\xF0\x9F\x8C"sv,   "\uFFFD\uFFFD(\uFFFD\uFFFD\uFFFD"sv},
    };
    for (const auto& [text, stored] : rows) EXPECT_EQ(stored_text(text), stored) << text;
}

}  // namespace
}  // namespace thingstead::store::postgres
