#include "core/notification/placeholders.h"

#include <gtest/gtest.h>

namespace thingstead::core {
namespace {

struct Filled {
    std::string_view name, text, filled;
    PlaceholderTarget target = PlaceholderTarget::text;
};
constexpr Filled filled_texts[] = {
    {"nothing open", "plain", "plain"},
    {"one", "a ${who} b", "a ann lee b"},
    {"several", "${who}${who}", "ann leeann lee"},
    {"upper case", "${who:upperCase}", "ANN LEE"},
    {"lower case", "${LOUD:lowerCase}", "hey"},
    {"capitalized", "${who:capitalize}", "Ann lee"},
    {"unknown", "${nobody} ${who}", "${nobody} ann lee"},
    {"unknown way of writing", "${who:reversed}", "${who:reversed}"},
    {"a name with a colon", "${a:b}", "colon"},
    {"not closed", "x ${who", "x ${who"},
    {"open within open", "${x ${who}", "${x ann lee"},
    {"empty", "${empty}|${}", "|${}"},
    {"no second look", "${tricky}", "${who}"},
    {"within HTML", "<b>${markup}</b>", "<b>&lt;i&gt;&amp;</b>", PlaceholderTarget::html},
    {"as it is within text", "${markup}", "<i>&"},
};

TEST(Placeholders, AreFilled) {
    const PlaceholderValues values{
        {"who",    "ann lee"},
        {"LOUD",   "HEY"    },
        {"a:b",    "colon"  },
        {"empty",  ""       },
        {"tricky", "${who}" },
        {"markup", "<i>&"   },
    };
    for (const Filled& row : filled_texts)
        EXPECT_EQ(fill_placeholders(row.text, values, row.target), row.filled) << row.name;
}

}  // namespace
}  // namespace thingstead::core
