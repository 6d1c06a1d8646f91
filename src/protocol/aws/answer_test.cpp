#include "protocol/aws/answer.h"

#include <gtest/gtest.h>

namespace thingstead::aws {
namespace {

struct Element {
    const char* document;
    const char* text;
};
const Element elements[] = {
    {"<A><B><Id>x-1</Id></B></A>",         "x-1"        },
    {"<Id>a &amp;&lt;b&gt; &amp;lt;</Id>", "a &<b> &lt;"},
    {"<Id>first</Id><Id>next</Id>",        "first"      },
    {"<Id></Id>",                          ""           },
    {"<Id><Deep>x</Deep></Id>",            ""           },
    {"<Id>cut",                            ""           },
    {"<Ident>x</Ident>",                   ""           },
    {"",                                   ""           },
};

TEST(AwsAnswer, FindsTheTextOfAnElement) {
    for (const Element& row : elements) EXPECT_EQ(element_text(row.document, "Id"), row.text);
}

}  // namespace
}  // namespace thingstead::aws
