#include "model/validate.h"

#include <gtest/gtest.h>

#include "model/document.h"

namespace thingstead::model {
namespace {

struct Thing {
    std::string name;
    std::optional<std::string> label;
    std::optional<std::string> note;
    json::value data;
};
constexpr auto describe(const Thing*) {
    return fields(
        field("name", &Thing::name, "", short_text, required_as("Thing name should be specified!")),
        field("label", &Thing::label, "", short_text, shown_as("thing label")),
        field("note", &Thing::note, "", up_to(3)),
        field("data", &Thing::data, "", of_schema("DeviceData")));
}

std::string message_of(const Thing& thing) {
    const Result<> valid = validate(thing);
    return valid ? std::string() : valid.error().message;
}

TEST(Validate, NamesWhatIsWrongSortedAndOnce) {
    EXPECT_EQ(message_of({"fine", {}, {}, {}}), "");
    EXPECT_EQ(message_of({" ", {}, {}, {}}), "Thing name should be specified!");
    EXPECT_EQ(message_of({std::string(255, 'x'), {}, "äöü", {}}), "") << "characters, not bytes";
    EXPECT_EQ(message_of({std::string(256, 'x'), "<b>", "abcd", {}}),
              "Validation error: name length must be equal or less than 255, note length must be "
              "equal or less than 3, thing label is malformed");
    EXPECT_EQ(message_of({std::string("a\0b", 3), {}, {}, {}}),
              "Validation error: name should not contain 0x00 symbol");
}

TEST(Validate, KnowsMarkupFromAngleBrackets) {
    for (const char* text : {"<b>", "a</i>", "<!-- -->", "{{x}}", "<?xml", "1 <img src=x"})
        EXPECT_TRUE(has_markup(text)) << text;
    for (const char* text : {"a < b", "a<3", "{{", "}} {{", "x > y", "<", ""})
        EXPECT_FALSE(has_markup(text)) << text;
}

TEST(Validate, ComparesDocumentsWithTheirShape) {
    struct Row {
        const char* document;
        const char* message;
    };
    const Row rows[] = {
        {R"({"configuration":{"type":"DEFAULT"},"transportConfiguration":{"type":"MQTT"}})", ""                                                        },
        {R"({"configuration":null,"nobodyKnows":[1]})",                                      ""                                                        },
        {R"([])",                                                                            "Validation error: data.expected an object"               },
        {R"({"configuration":"x"})",                                                         "Validation error: data.configuration: expected an object"},
        {R"({"configuration":{"type":"WHAT"}})",
         "Validation error: data.configuration.type: expected one of DEFAULT"                                                                          },
        {R"({"transportConfiguration":{"type":"SNMP","port":"many"}})",
         "Validation error: data.transportConfiguration.port: expected an integer"                                                                     },
        {R"({"transportConfiguration":{"type":"SNMP","port":"161"}})",                       ""                                                        },
    };
    for (const Row& row : rows) {
        Thing thing{"x", {}, {}, *parse_json(row.document)};
        EXPECT_EQ(message_of(thing), row.message) << row.document;
    }
}

TEST(Documents, EveryShapeNamesOnlyWhatIsThere) {
    for (const Shape* shape : all_shapes()) {
        SCOPED_TRACE(shape->name);
        EXPECT_TRUE(shape->extends.empty() || find_shape(shape->extends));
        for (const Variant& variant : shape->variants)
            EXPECT_TRUE(find_shape(variant.shape)) << variant.shape;
    }
    for (std::size_t i = 1; i < all_shapes().size(); ++i)
        EXPECT_LT(all_shapes()[i - 1]->name, all_shapes()[i]->name) << "declared once";
}

}  // namespace
}  // namespace thingstead::model
