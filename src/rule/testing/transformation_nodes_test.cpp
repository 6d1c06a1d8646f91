// The nodes that change messages.
#include <gtest/gtest.h>

#include "rule/testing/node_world.h"

namespace thingstead::rule::testing {
namespace {

struct Transformed {
    const char* type;
    const char* configuration;
    const char* data;
    const char* way;
    const char* new_data;  ///< Of a failure: the beginning of its text.
    const char* metadata;  ///< "key=value;…" of the message.
};

constexpr const char* unchanged = "m1=v1;m2=v2";

const Transformed transformed[] = {
    {"transform.TbCopyKeysNode",      R"({"keys":["a","t.*"]})",
     R"({"a":{"x":1.0},"t1":"s","t2":null,"b":1})",                                                                                        "Success",
     R"({"a":{"x":1.0},"t1":"s","t2":null,"b":1})",                                                                                                                                      R"(m1=v1;m2=v2;a={"x":1.0};t1=s;t2=null)"},
    {"transform.TbCopyKeysNode",      R"({"keys":["t"]})",                                          R"({"t1":1})",                         "Success",  R"({"t1":1})",
     unchanged                                                                                                                                                                                                                    },
    {"transform.TbCopyKeysNode",      R"({"keys":["a"]})",                                          "[1]",                                 "Success",  "[1]",                            unchanged                                },
    {"transform.TbCopyKeysNode",      R"({"keys":["a"]})",                                          "{",                                   "Failure",  "Invalid JSON",                   unchanged                                },
    {"transform.TbCopyKeysNode",      R"({"copyFrom":"METADATA","keys":["m\\d"]})",                 R"({"a":1})",
     "Success",                                                                                                                                        R"({"a":1,"m1":"v1","m2":"v2"})", unchanged                                },
    {"transform.TbCopyKeysNode",      R"({"copyFrom":"METADATA","keys":["x"]})",                    R"({"a": 1})",
     "Success",                                                                                                                                        R"({"a": 1})",                    unchanged                                },

    {"transform.TbDeleteKeysNode",    R"({"keys":["a","b.*"]})",                                    R"({"z":1,"a":1,"bc":2,"c":{"a":3}})",
     "Success",                                                                                                                                        R"({"z":1,"c":{"a":3}})",         unchanged                                },
    {"transform.TbDeleteKeysNode",    R"({"keys":["x"]})",                                          R"({"a": 1})",                         "Success",  R"({"a": 1})",
     unchanged                                                                                                                                                                                                                    },
    {"transform.TbDeleteKeysNode",    R"({"keys":["a"]})",                                          "[1]",                                 "Success",  "[1]",                            unchanged                                },
    {"transform.TbDeleteKeysNode",    R"({"keys":["a"]})",                                          "{",                                   "Failure",  "Invalid JSON",                   unchanged                                },
    {"transform.TbDeleteKeysNode",    R"({"deleteFrom":"METADATA","keys":["m1"]})",                 "{",                                   "Success",
     "{",                                                                                                                                                                                "m2=v2"                                  },

    {"transform.TbRenameKeysNode",    R"({})",                                                      R"({"temperatureCelsius":1,"b":2})",   "Success",
     R"({"b":2,"temperature":1})",                                                                                                                                                       unchanged                                },
    {"transform.TbRenameKeysNode",    R"({"renameKeysMapping":{"a":"b","b":"c","x":"y","d":"d"}})",
     R"({"a":1,"d":4})",                                                                                                                   "Success",  R"({"d":4,"c":1})",               unchanged                                },
    {"transform.TbRenameKeysNode",    R"({})",                                                      "[1]",                                 "Success",  "[1]",                            unchanged                                },
    {"transform.TbRenameKeysNode",    R"({})",                                                      "{",                                   "Failure",  "Invalid JSON",                   unchanged                                },
    {"transform.TbRenameKeysNode",
     R"({"renameIn":"METADATA","renameKeysMapping":{"m1":"n","q":"r"}})",                           "{",                                   "Success",  "{",
     "m2=v2;n=v1"                                                                                                                                                                                                                 },

    {"transform.TbJsonPathNode",      R"({})",                                                      "{",                                   "Success",  "{",                              unchanged                                },
    {"transform.TbJsonPathNode",      R"({"jsonPath":"$.a.b"})",                                    R"({"a":{"b":[1,2.0]}})",              "Success",
     "[1,2.0]",                                                                                                                                                                          unchanged                                },
    {"transform.TbJsonPathNode",      R"({"jsonPath":"$.a[?(@.t > 20)].t"})",
     R"({"a":[{"t":21},{"t":3}]})",                                                                                                        "Success",  "[21]",                           unchanged                                },
    {"transform.TbJsonPathNode",      R"({"jsonPath":"$.x"})",                                      R"({"a":1})",                          "Failure",
     "No results for path",                                                                                                                                                              unchanged                                },
    {"transform.TbJsonPathNode",      R"({"jsonPath":"$.x"})",                                      "{",                                   "Failure",  "Invalid JSON",
     unchanged                                                                                                                                                                                                                    },

    {"transform.TbSplitArrayMsgNode", R"({})",                                                      "[]",                                  "consumed", "[]",                             unchanged                                },
    {"transform.TbSplitArrayMsgNode", R"({})",                                                      R"([{"a":1.0}])",                      "Success",  R"({"a":1.0})",
     unchanged                                                                                                                                                                                                                    },
    {"transform.TbSplitArrayMsgNode", R"({})",                                                      "{}",                                  "Failure",  "Message body is not an array!",
     unchanged                                                                                                                                                                                                                    },
    {"transform.TbSplitArrayMsgNode", R"({})",                                                      "[",                                   "Failure",  "Invalid JSON",                   unchanged                                },
};

std::string text_of_metadata(const model::Metadata& metadata) {
    std::string out;
    for (const auto& [key, value] : metadata) out += (out.empty() ? "" : ";") + key + "=" + value;
    return out;
}

TEST(TransformationNodes, ChangeMessages) {
    NodeWorld world;
    for (const Transformed& row : transformed) {
        SCOPED_TRACE(std::string(row.type) + " " + row.configuration + " " + row.data);
        ASSERT_TRUE(world.make(row.type, row.configuration));
        const NodeAnswer answer = world.send(row.data, metadata_of({
                                                           {"m1", "v1"},
                                                           {"m2", "v2"}
        }));
        EXPECT_EQ(answer.way(), row.way);
        EXPECT_EQ(text_of_metadata(answer.msg.metadata), row.metadata);
        if (answer.error.empty())
            EXPECT_EQ(answer.msg.data, row.new_data);
        else
            EXPECT_TRUE(answer.error.starts_with(row.new_data)) << answer.error;
        EXPECT_TRUE(answer.queued.empty());
    }
}

TEST(SplitArray, SendsEachElementOnBehindTheNode) {
    NodeWorld world;
    ASSERT_TRUE(world.make("transform.TbSplitArrayMsgNode"));
    std::string data = "[0";
    for (int i = 1; i < 1200; ++i) data += "," + std::to_string(i);
    const model::Msg sent = world.message(data + "]", metadata_of({
                                                          {"m", "1"}
    }));
    const NodeAnswer answer = world.send(sent);
    EXPECT_EQ(answer.way(), "consumed");
    ASSERT_EQ(answer.queued.size(), 1200u);
    EXPECT_EQ(answer.queued[1199].msg.data, "1199");
    const model::QueuedMsg& first = answer.queued.front();
    EXPECT_EQ(first.relations, std::vector<std::string>{"Success"});
    EXPECT_EQ(first.tenant, world.house.tenant);
    EXPECT_EQ(first.msg.originator, sent.originator);
    EXPECT_EQ(first.msg.metadata, sent.metadata);
    EXPECT_EQ(first.msg.rule_chain, world.house.root.id);
    EXPECT_TRUE(first.msg.rule_node);
    EXPECT_NE(first.msg.id, answer.queued[1].msg.id);
}

TEST(ChangeOriginator, FindsTheNewOne) {
    NodeWorld world;
    const char* const type = "transform.TbChangeOriginatorNode";
    const auto originator = [&](std::string_view configuration, model::EntityId of) {
        EXPECT_TRUE(world.make(type, configuration));
        NodeAnswer answer = world.send_of(of, R"({"who":"Inner"})",
                                          metadata_of({
                                              {"mail", "ann@example.com"}
        }));
        EXPECT_EQ(answer.way(), answer.error.empty() ? "Success" : "Failure");
        if (!answer.error.empty()) {
            EXPECT_EQ(answer.msg.originator, of);
            return answer.error;
        }
        EXPECT_EQ(answer.msg.data, R"({"who":"Inner"})");
        return answer.msg.originator.uuid.to_string();
    };
    const std::string nobody = "Failed to find new originator!";
    const model::EntityId device = world.device.id;
    EXPECT_EQ(originator("{}", device), world.customer.id.to_string());
    EXPECT_EQ(originator("{}", world.customer.id), world.customer.id.to_string());
    EXPECT_EQ(originator("{}", world.inner.id), nobody);
    EXPECT_EQ(originator("{}", world.gone), nobody);
    EXPECT_EQ(originator("{}", world.foreign.id), nobody);
    EXPECT_EQ(originator("{}", world.foreign_customer.id), nobody);
    EXPECT_EQ(originator("{}", world.house.root.id),
              "Unexpected originator EntityType: RULE_CHAIN");
    EXPECT_EQ(originator(R"({"originatorSource":"TENANT"})", device),
              world.house.tenant.to_string());
    const char* const related = R"({"originatorSource":"RELATED"})";
    EXPECT_EQ(originator(related, device), world.asset.id.to_string());
    EXPECT_EQ(originator(related, world.inner.id), nobody);
    EXPECT_EQ(originator(R"({"originatorSource":"RELATED","relationsQuery":{"direction":"FROM",
        "maxLevel":1,"filters":[{"relationType":"","entityTypes":["DEVICE"]}]}})",
                         device),
              world.inner.id.to_string());
    EXPECT_EQ(originator(R"({"originatorSource":"ALARM_ORIGINATOR"})", device),
              "Unexpected originator EntityType: DEVICE");
    const auto named = [](const char* kind, const char* name) {
        return R"({"originatorSource":"ENTITY","entityType":")" + std::string(kind) +
               R"(","entityNamePattern":")" + name + "\"}";
    };
    EXPECT_EQ(originator(named("DEVICE", "$[who]"), device), world.inner.id.to_string());
    EXPECT_EQ(originator(named("ASSET", "Boiler"), device), world.asset.id.to_string());
    EXPECT_EQ(originator(named("ENTITY_VIEW", "View"), device), world.view.id.to_string());
    EXPECT_EQ(originator(named("USER", "${mail}"), device), world.user.id.to_string());
    EXPECT_EQ(originator(named("EDGE", "any"), device), nobody);
    EXPECT_EQ(originator(named("DEVICE", "Foreign"), device), nobody);
}

TEST(ChangeOriginator, DoesNotLeaveTheTenantAlongRelations) {
    NodeWorld world;
    ASSERT_TRUE(
        world.make("transform.TbChangeOriginatorNode", R"({"originatorSource":"RELATED"})"));
    world.relate(world.inner.id, "Contains", world.foreign.id);
    EXPECT_EQ(world.send_of(world.inner.id, "{}").error, "Failed to find new originator!");
    world.relate(world.inner.id, "Contains", world.view.id);
    EXPECT_EQ(world.send_of(world.inner.id, "{}").msg.originator, model::EntityId(world.view.id));
    world.house.entities.fail_reads(ErrorCode::unavailable);
    EXPECT_EQ(world.send("{}").error, "the fake store fails");
}

struct TransformRefusal {
    const char* type;
    const char* configuration;
    const char* error;
};
const TransformRefusal transform_refusals[] = {
    {"transform.TbCopyKeysNode",         R"({"copyFrom":null})",                                     "copyFrom can't be null!"             },
    {"transform.TbCopyKeysNode",         R"({"keys":["a("]})",                                       "The key pattern 'a(' is wrong"       },
    {"transform.TbDeleteKeysNode",       R"({"deleteFrom":null})",                                   "deleteFrom can't be null!"           },
    {"transform.TbDeleteKeysNode",       R"({"keys":["["]})",                                        "The key pattern '[' is wrong"        },
    {"transform.TbRenameKeysNode",       R"({"renameIn":null})",                                     "renameIn can't be null!"             },
    {"transform.TbRenameKeysNode",       R"({"renameKeysMapping":{}})",
     "At least one entry of renameKeysMapping"                                                                                             },
    {"transform.TbRenameKeysNode",       R"({"renameKeysMapping":{"a":1}})",
     "renameKeysMapping.a: expected a string"                                                                                              },
    {"transform.TbJsonPathNode",         R"({"jsonPath":"$["})",                                     "Invalid path at 2"                   },
    {"transform.TbJsonPathNode",         R"({"jsonPath":""})",                                       "The path is empty"                   },
    {"transform.TbChangeOriginatorNode", R"({"originatorSource":null})",
     "originatorSource can't be null!"                                                                                                     },
    {"transform.TbChangeOriginatorNode", R"({"originatorSource":"RELATED","relationsQuery":null})",
     "Relations query should be specified!"                                                                                                },
    {"transform.TbChangeOriginatorNode", R"({"originatorSource":"ENTITY","entityNamePattern":"x"})",
     "Entity type should be specified!"                                                                                                    },
    {"transform.TbChangeOriginatorNode", R"({"originatorSource":"ENTITY","entityType":"DEVICE"})",
     "Name pattern should be specified!"                                                                                                   },
    {"transform.TbChangeOriginatorNode",
     R"({"originatorSource":"ENTITY","entityType":"TENANT","entityNamePattern":"x"})",               "Entity type TENANT is not supported!"},
};

TEST(TransformationNodes, DoNotStartWithAWrongConfiguration) {
    NodeWorld world;
    for (const TransformRefusal& row : transform_refusals) {
        SCOPED_TRACE(std::string(row.type) + " " + row.configuration);
        const Result<> made = world.make(row.type, row.configuration);
        ASSERT_FALSE(made);
        EXPECT_TRUE(made.error().message.starts_with(row.error)) << made.error().message;
    }
}

struct TransformUpgrade {
    const char* type;
    int from;
    const char* before;
    const char* after;
};
const TransformUpgrade transform_upgrades[] = {
    {"transform.TbCopyKeysNode",   0, R"({"fromMetadata":true,"keys":["a"]})",
     R"({"copyFrom":"METADATA","keys":["a"]})"                                                               },
    {"transform.TbCopyKeysNode",   0, R"({"fromMetadata":"false"})",           R"({"copyFrom":"DATA"})"      },
    {"transform.TbCopyKeysNode",   0, "{}",                                    "fromMetadata is missing"     },
    {"transform.TbCopyKeysNode",   1, R"({"copyFrom":"DATA"})",                R"({"copyFrom":"DATA"})"      },
    {"transform.TbCopyKeysNode",   1, R"({"fromMetadata":"METADATA"})",        R"({"copyFrom":"METADATA"})"  },
    {"transform.TbCopyKeysNode",   1, R"({"fromMetadata":false})",             R"({"copyFrom":"DATA"})"      },
    {"transform.TbDeleteKeysNode", 0, R"({"fromMetadata":true})",              R"({"deleteFrom":"METADATA"})"},
    {"transform.TbDeleteKeysNode", 1, R"({"dataToFetch":"DATA"})",             R"({"deleteFrom":"DATA"})"    },
    {"transform.TbDeleteKeysNode", 1, "{}",                                    "dataToFetch is missing"      },
    {"transform.TbRenameKeysNode", 0, R"({"fromMetadata":true})",              R"({"renameIn":"METADATA"})"  },
    {"transform.TbRenameKeysNode", 1, R"({"fromMetadata":"DATA"})",            R"({"renameIn":"DATA"})"      },
};

TEST(TransformationNodes, UpgradeOldConfigurations) {
    for (const TransformUpgrade& row : transform_upgrades) {
        SCOPED_TRACE(std::string(row.type) + " " + row.before);
        const std::string after = upgraded(row.type, row.from, row.before);
        const Result<json::value> expected = parse_json(row.after);
        if (expected)
            EXPECT_EQ(parse_json(after).value(), *expected) << after;
        else
            EXPECT_EQ(after, row.after);
    }
}

}  // namespace
}  // namespace thingstead::rule::testing
