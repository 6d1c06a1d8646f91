// Patterns, message bodies, and the nodes that look at messages and choose a way.
#include <gtest/gtest.h>

#include "rule/message_body.h"
#include "rule/pattern.h"
#include "rule/testing/node_world.h"

namespace thingstead::rule::testing {
namespace {

struct FilledPattern {
    const char* pattern;
    const char* text;
};
const FilledPattern filled_patterns[] = {
    {"",                      ""                                                                                   },
    {"plain",                 "plain"                                                                              },
    {"${name}/${kind}",       "Ann/x"                                                                              },
    {"${none} $[none] ${ $[", "${none} $[none] ${ $["                                                              },
    {"${*}",                  R"({"name":"Ann","kind":"x","odd}key":"o","bridge":"21.5"})"                         },
    {"${odd}key}",            "o"                                                                                  },
    {"${bridge}",             "21.5"                                                                               },
    {"$[t] $[n] $[s] $[b]",   "21.5 null text true"                                                                },
    {"$[deep.er.x]",          "1"                                                                                  },
    {"$[deep] $[deep.er]",    "$[deep] $[deep.er]"                                                                 },
    {"$[s.x] $[] $[deep.]",   "$[s.x] $[] $[deep.]"                                                                },
    {"$[*]",                  R"({"t":21.5,"n":null,"s":"text","b":true,"deep":{"er":{"x":1}},"e":1.0E10,"w":2.0})"},
    {"$[e] $[w]",             "1.0E10 2.0"                                                                         },
};

TEST(Pattern, IsFilledAsEachRowSays) {
    const NodeBench bench;
    const model::Msg msg = bench.message(
        R"({"t":21.5,"n":null,"s":"text","b":true,"deep":{"er":{"x":1}},"e":1e10,"w":2.0})",
        metadata_of({
            {"name",    "Ann" },
            {"kind",    "x"   },
            {"odd}key", "o"   },
            {"bridge",  "$[t]"}
    }));
    for (const FilledPattern& row : filled_patterns) {
        SCOPED_TRACE(row.pattern);
        EXPECT_EQ(Pattern(row.pattern).fill(msg).value(), row.text);
    }
}

TEST(Pattern, FailsForDataThatIsNoJsonAndKnowsNoPathsInAnArray) {
    const NodeBench bench;
    const Result<std::string> failed = Pattern("constant").fill(bench.message("{nonsense"));
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().message, "Failed to process pattern!");
    EXPECT_EQ(Pattern("$[a] $[*]").fill(bench.message("[1]")).value(), "$[a] [1]");
}

TEST(Pattern, EscapesValuesForJsonBodies) {
    const NodeBench bench;
    const model::Msg msg = bench.message(R"({"s":"a\"b"})", metadata_of({
                                                                {"m", "line\n"}
    }));
    const Pattern body(R"({"x":"$[s]","y":"${m}"})", Pattern::Values::json_escaped);
    EXPECT_EQ(body.fill(msg).value(), R"({"x":"a\"b","y":"line\n"})");
}

TEST(MessageBody, SaysWhatIsNoObject) {
    const NodeBench bench;
    EXPECT_EQ(body_object(bench.message("[]")).error().message, "Message body is not an object!");
    EXPECT_EQ(body_object(bench.message("{")).error().code, ErrorCode::malformed);
    EXPECT_EQ(body_object(bench.message("{}")).value().size(), 0u);
}

/// A node, a message, and its way.
struct FilterCase {
    const char* type;
    const char* configuration;
    const char* data;
    const char* way;
    const char* error = "";  ///< Its beginning.
};
const FilterCase filter_ways[] = {
    {"filter.TbCheckMessageNode", R"({})", "nonsense", "True"},
    {"filter.TbCheckMessageNode", R"({"messageNames":["a","b"],"metadataNames":["m"]})",
     R"({"a":null,"b":1})", "True"},
    {"filter.TbCheckMessageNode", R"({"messageNames":["a","b"]})", R"({"a":1})", "False"},
    {"filter.TbCheckMessageNode", R"({"messageNames":["a"],"metadataNames":["x"]})", R"({"a":1})",
     "False"},
    {"filter.TbCheckMessageNode",
     R"({"messageNames":["x"],"metadataNames":["m"],"checkAllKeys":false})", R"({"a":1})", "True"},
    {"filter.TbCheckMessageNode", R"({"messageNames":["x"],"checkAllKeys":false})", R"({"a":1})",
     "False"},
    {"filter.TbCheckMessageNode", R"({"checkAllKeys":false})", "{}", "False"},
    {"filter.TbCheckMessageNode", R"({"messageNames":["a"]})", "[]", "Failure",
     "Message body is not an object!"},
    {"filter.TbCheckMessageNode", R"({"messageNames":["a"]})", "{", "Failure", "Invalid JSON"},
    {"filter.TbOriginatorTypeFilterNode", R"({})", "{}", "True"},
    {"filter.TbOriginatorTypeFilterNode", R"({"originatorTypes":["ASSET","EDGE"]})", "{}", "False"},
    {"filter.TbMsgTypeFilterNode", R"({})", "{}", "True"},
    {"filter.TbMsgTypeFilterNode", R"({"messageTypes":["post_telemetry_request","MINE"]})", "{}",
     "False"},
    {"filter.TbOriginatorTypeSwitchNode", R"({"version":0})", "{}", "Device"},
    {"filter.TbDeviceTypeSwitchNode", R"({"version":0})", "{}", "Thermostat"},
    {"filter.TbAssetTypeSwitchNode", R"({"version":0})", "{}", "Failure",
     "Unsupported originator type: DEVICE"},
    {"filter.TbCheckRelationNode", R"({"checkForSingleEntity":false})", "{}", "True"},
    {"filter.TbCheckRelationNode", R"({"checkForSingleEntity":false,"direction":"TO"})", "{}",
     "False"},
    {"filter.TbCheckRelationNode", R"({"checkForSingleEntity":false,"relationType":"Manages"})",
     "{}", "False"},
};

TEST(FilterNodes, ChooseTheWay) {
    NodeWorld world;
    for (const FilterCase& row : filter_ways) {
        SCOPED_TRACE(std::string(row.type) + " " + row.configuration + " " + row.data);
        ASSERT_TRUE(world.make(row.type, row.configuration));
        const NodeAnswer answer = world.send(row.data, metadata_of({
                                                           {"m", "1"}
        }));
        EXPECT_EQ(answer.way(), row.way);
        EXPECT_TRUE(answer.error.starts_with(row.error)) << answer.error;
        EXPECT_EQ(answer.msg.data, row.data);
    }
}

TEST(FilterNodes, RouteByTheNameOfTheProfile) {
    NodeWorld world;
    ASSERT_TRUE(world.make("filter.TbAssetTypeSwitchNode"));
    EXPECT_EQ(world.send_of(world.asset.id, "{}").way(), "Heater");
    ASSERT_TRUE(world.make("filter.TbDeviceTypeSwitchNode"));
    EXPECT_EQ(world.send_of(world.asset.id, "{}").way(), "Failure");
    for (const model::DeviceId id : {world.foreign.id, world.gone})
        EXPECT_TRUE(world.send_of(id, "{}").error.starts_with("The originator is not found"));
    world.device.device_profile_id = model::DeviceProfileId::make();
    world.house.entities.put(world.device);
    EXPECT_TRUE(world.send("{}").error.starts_with("The originator's profile is not found"));
    world.house.entities.fail_reads(ErrorCode::unavailable);
    EXPECT_EQ(world.send("{}").error, "the fake store fails");
}

TEST(FilterNodes, NameTheKindOfTheOriginator) {
    NodeWorld world;
    ASSERT_TRUE(world.make("filter.TbOriginatorTypeSwitchNode"));
    EXPECT_EQ(world.send_of(world.view.id, "{}").way(), "Entity View");
    EXPECT_EQ(world.send_of(world.house.root.id, "{}").way(), "Rule chain");
    EXPECT_EQ(world.send_of({model::EntityType::tb_resource, world.gone.uuid}, "{}").way(),
              "Resource");
    EXPECT_EQ(world.send_of({model::EntityType::ai_model, world.gone.uuid}, "{}").way(),
              "AI model");
}

std::string relation_with(model::EntityId other, std::string_view direction) {
    return R"({"entityType":")" + std::string(model::wire_name(other.type)) + R"(","entityId":")" +
           other.uuid.to_string() + R"(","direction":")" + std::string(direction) + "\"}";
}

TEST(CheckRelation, AsksForTheOneEntity) {
    NodeWorld world;
    const char* const type = "filter.TbCheckRelationNode";
    ASSERT_TRUE(world.make(type, relation_with(world.asset.id, "FROM")));
    EXPECT_EQ(world.send("{}").way(), "True");
    EXPECT_EQ(world.send_of(world.inner.id, "{}").way(), "False");
    ASSERT_TRUE(world.make(type, relation_with(world.asset.id, "TO")));
    EXPECT_EQ(world.send("{}").way(), "False");
    ASSERT_TRUE(world.make(type, relation_with(world.device.id, "TO")));
    EXPECT_EQ(world.send_of(world.asset.id, "{}").way(), "True");
    ASSERT_TRUE(world.make(type, relation_with(world.gone, "FROM")));
    EXPECT_EQ(world.send("{}").way(), "False");
    // Even if somebody made a relation with it.
    world.relate(world.device.id, "Contains", world.foreign.id);
    ASSERT_TRUE(world.make(type, relation_with(world.foreign.id, "FROM")));
    EXPECT_EQ(world.send("{}").error, "The configured entity is not found");
}

struct FilterRefusal {
    const char* type;
    const char* configuration;
    const char* error;
};
const FilterRefusal filter_refusals[] = {
    {"filter.TbCheckRelationNode",        "{}",                                                 "Entity type and id must be specified!"},
    {"filter.TbCheckRelationNode",        R"({"entityType":"DEVICE"})",
     "Entity type and id must be specified!"                                                                                           },
    {"filter.TbCheckRelationNode",        R"({"entityType":"CAR","entityId":"x"})",
     "Unknown entity type: CAR"                                                                                                        },
    {"filter.TbCheckRelationNode",        R"({"entityType":"DEVICE","entityId":"x"})",
     "Invalid UUID string: x"                                                                                                          },
    {"filter.TbCheckRelationNode",        R"({"checkForSingleEntity":false,"direction":null})",
     "direction can't be null! Allowed values: FROM, TO"                                                                               },
    {"filter.TbOriginatorTypeFilterNode", R"({"originatorTypes":["CAR"]})",                     "originatorTypes."                     },
};

TEST(FilterNodes, DoNotStartWithAWrongConfiguration) {
    NodeWorld world;
    for (const FilterRefusal& row : filter_refusals) {
        SCOPED_TRACE(row.configuration);
        const Result<> made = world.make(row.type, row.configuration);
        ASSERT_FALSE(made);
        EXPECT_TRUE(made.error().message.starts_with(row.error)) << made.error().message;
    }
}

TEST(CheckRelation, TurnsTheDirectionOfOldConfigurations) {
    const char* const type = "filter.TbCheckRelationNode";
    EXPECT_EQ(upgraded(type, 0, R"({"direction":"FROM"})"), R"({"direction":"TO"})");
    EXPECT_EQ(upgraded(type, 0, R"({"direction":"TO"})"), R"({"direction":"FROM"})");
    EXPECT_EQ(upgraded(type, 0, "{}"), "direction is missing or invalid");
    EXPECT_EQ(upgraded(type, 0, R"({"direction":"UP"})"), "direction is missing or invalid");
}

}  // namespace
}  // namespace thingstead::rule::testing
