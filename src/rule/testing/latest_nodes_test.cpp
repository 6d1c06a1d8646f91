// Periodic nodes of analytics, with a real store: aggregates over children, counts of alarms.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "core/device/device_rules.h"
#include "model/alarm.h"
#include "model/entity_group.h"
#include "rule/testing/entity_bench.h"

namespace thingstead::rule::testing::latest_nodes {
namespace {

using namespace std::chrono_literals;
using model::AttributeScope;
using model::EntityId;

const char* const aggregate = "analytics.latest.telemetry.TbAggLatestTelemetryNode";
const char* const aggregate_v2 = "analytics.latest.telemetry.TbAggLatestTelemetryNodeV2";
const char* const alarms_count = "analytics.latest.alarm.TbAlarmsCountNode";

/// A parent with two children that have values, one that has none, and one of another tenant.
struct World : EntityBench {
    World() {
        for (const EntityId child : {EntityId(a.id), EntityId(b.id), EntityId(empty.id)})
            relate(parent.id, child);
        model::Device device;
        device.name = "foreign";
        foreign = save_for(other_tenant, device);
        relate(parent.id, foreign.id);
        point(a.id, "t", 10.5);
        point(b.id, "t", std::int64_t{20});
        point(foreign.id, "t", std::int64_t{1'000});
        point(a.id, "words", std::string("hot"));
        attribute(a.id, AttributeScope::client, "n", std::int64_t{1});
        attribute(a.id, AttributeScope::shared, "n", std::int64_t{2});
        attribute(a.id, AttributeScope::server, "n", std::int64_t{3});
    }

    void point(EntityId entity, std::string_view key, const model::Value& value) {
        const std::vector<model::KeyValue> values{
            {std::string(key), value}
        };
        store::PointsWrite write;
        write.entity = entity;
        write.ts = 1'000;
        write.values = values;
        TS_ASSERT(bench->house.timeseries.write(write, std::nullopt));
    }
    void attribute(EntityId entity, AttributeScope scope, std::string_view key,
                   const model::Value& value) {
        this->write<bool>([&](store::Transaction& transaction) -> Result<bool> {
            const Result<> saved =
                transaction.save_attributes({entity, scope, {{std::string(key), value}}, 1'000});
            if (!saved) return saved.error();
            return true;
        });
    }

    std::string single(const std::string& mappings, const std::string& more = "") const {
        return configuration(R"({"type":"single","entityId":)" + json_id(parent.id) + "}", mappings,
                             more);
    }
    static std::string configuration(const std::string& parents, const std::string& mappings,
                                     const std::string& more = "") {
        return R"({"periodValue":2,"periodTimeUnit":"SECONDS","parentEntitiesQuery":)" + parents +
               R"(,"aggMappings":)" + mappings + more + "}";
    }
    static std::string json_id(EntityId id) {
        return R"({"entityType":")" + std::string(wire_name(id.type)) + R"(","id":")" +
               id.uuid.to_string() + "\"}";
    }

    /// What a round puts into the queue; the node is made anew.
    std::vector<model::QueuedMsg> round(const char* type, const std::string& configuration) {
        const Result<> made = bench->make(type, configuration);
        EXPECT_TRUE(made) << made.error().message;
        if (!made) return {};
        return bench->turn_and_wait(2s);
    }

    model::Device parent = device("parent"), a = device("a"), b = device("b"),
                  empty = device("empty"), foreign;
};

/// "data" of what is told, or why not: "Success {…}".
std::string told(const model::QueuedMsg& queued) {
    return queued.relations.at(0) + " " +
           (queued.failure.empty() ? queued.msg.data : queued.failure);
}

std::string only(const std::vector<model::QueuedMsg>& queued) {
    if (queued.size() != 1) return std::to_string(queued.size()) + " messages";
    return told(queued[0]);
}

TEST(AggregateLatest, MakesWhatTheFunctionSaysOfTheChildrenOfTheTenant) {
    World world;
    struct Row {
        const char *name, *mapping, *expected;
    };
    const Row rows[] = {
        {"least",                     R"({"source":"t","target":"x","aggFunction":"MIN"})",                   R"(Success {"x":10.5})" },
        {"greatest",                  R"({"source":"t","target":"x","aggFunction":"MAX"})",                   R"(Success {"x":20.0})" },
        {"sum",                       R"({"source":"t","target":"x","aggFunction":"SUM"})",                   R"(Success {"x":30.5})" },
        {"average",                   R"({"source":"t","target":"x","aggFunction":"AVG"})",                   R"(Success {"x":15.25})"},
        {"count",                     R"({"source":"t","target":"x","aggFunction":"COUNT"})",                 R"(Success {"x":2})"    },
        {"different ones",            R"({"source":"t","target":"x","aggFunction":"COUNT_UNIQUE"})",
         R"(Success {"x":2})"                                                                                                         },
        {"a default value",           R"({"source":"t","target":"x","aggFunction":"MIN","defaultValue":-1})",
         R"(Success {"x":-1.0})"                                                                                                      },
        {"a scope that is telemetry",
         R"({"source":"t","sourceScope":"LATEST_TELEMETRY","target":"x",
          "aggFunction":"COUNT"})",                                     R"(Success {"x":2})"    },
        {"client attributes",
         R"({"source":"n","sourceScope":"CLIENT_SCOPE","target":"x","aggFunction":"SUM"})",                   R"(Success {"x":1.0})"  },
        {"shared attributes",
         R"({"source":"n","sourceScope":"SHARED_SCOPE","target":"x","aggFunction":"SUM"})",                   R"(Success {"x":2.0})"  },
        {"server attributes",
         R"({"source":"n","sourceScope":"SERVER_SCOPE","target":"x","aggFunction":"SUM"})",                   R"(Success {"x":3.0})"  },
        {"a sum of nothing",          R"({"source":"no","target":"x","aggFunction":"SUM"})",
         R"(Success {"x":0.0})"                                                                                                       },
        {"a count of nothing",        R"({"source":"no","target":"x","aggFunction":"COUNT"})",
         R"(Success {"x":0})"                                                                                                         },
        {"an average of nothing",     R"({"source":"no","target":"x","aggFunction":"AVG"})",
         "0 messages"                                                                                                                 },
        {"a text",                    R"({"source":"words","target":"x","aggFunction":"SUM"})",
         "Failure x: The value is no number: hot"                                                                                     },
    };
    for (const Row& row : rows) {
        SCOPED_TRACE(row.name);
        const auto queued =
            world.round(aggregate, world.single("[" + std::string(row.mapping) + "]"));
        EXPECT_EQ(only(queued), row.expected);
        for (const model::QueuedMsg& each : queued) {
            EXPECT_EQ(each.msg.originator, EntityId(world.parent.id));
            EXPECT_EQ(each.msg.type, "POST_TELEMETRY_REQUEST");
            EXPECT_EQ(each.msg.metadata.get("ts"), std::to_string(each.msg.ts));
            EXPECT_EQ(each.msg.rule_node, world.bench->info().rule_node);
        }
    }
}

TEST(AggregateLatest, AsksAScriptWhichChildrenCount) {
    World world;
    struct Row {
        const char *name, *script, *expected;
    };
    const Row rows[] = {
        {"telemetry",                "return attributes.t != null && attributes.t > 15;",    R"(Success {"x":20.0})"               },
        {"attributes of all scopes",
         "return attributes.cs_n == 1 && attributes.shared_n == 2 && attributes.ss_n == 3;", R"(Success {"x":10.5})"               },
        {"none",                     "return false;",                                        R"(Success {"x":0.0})"                },
        {"no boolean",               "return 1;",                                            "Failure x: Wrong result type: number"},
    };
    for (const Row& row : rows)
        for (const bool js : {false, true}) {
            SCOPED_TRACE(row.name);
            SCOPED_TRACE(js ? "JS" : "TBEL");
            const std::string filter =
                std::string(R"({"clientAttributeNames":["n"],"sharedAttributeNames":["n"],
                "serverAttributeNames":["n"],"latestTsKeyNames":["t"],"scriptLang":")") +
                (js ? R"(JS","filterFunction":")" : R"(TBEL","tbelFilterFunction":")") +
                row.script + "\"}";
            const auto queued = world.round(
                aggregate_v2,
                world.single(R"([{"source":"t","target":"x","aggFunction":"SUM","filter":)" +
                             filter + "}]"));
            EXPECT_EQ(only(queued), row.expected);
        }
}

TEST(AggregateLatest, TellsOfAScriptThatThrowsAndOfTheOtherMappings) {
    World world;
    const auto queued = world.round(
        aggregate, world.single(R"([{"source":"t","target":"bad","aggFunction":"SUM","filter":
        {"scriptLang":"TBEL","tbelFilterFunction":"return attributes.a.b > 1;"}},
        {"source":"t","target":"good","aggFunction":"COUNT"}])"));
    ASSERT_EQ(queued.size(), 2u);
    EXPECT_EQ(queued[0].relations.at(0), "Failure");
    EXPECT_TRUE(queued[0].failure.starts_with("bad: ")) << queued[0].failure;
    EXPECT_EQ(queued[0].msg.originator, EntityId(world.parent.id));
    EXPECT_EQ(told(queued[1]), R"(Success {"good":2})");
}

TEST(AggregateLatest, GoesRoundTheEntitiesOfAGroupPageByPage) {
    World world;
    model::EntityGroup group;
    group.id = model::EntityGroupId::make();
    group.tenant_id = world.bench->house.tenant;
    group.name = "parents";
    std::map<Uuid, int> expected;
    world.write<bool>([&](store::Transaction& transaction) -> Result<bool> {
        if (Result<> made = transaction.insert(group); !made) return made.error();
        return true;
    });
    for (int i = 0; i < 120; ++i) {
        const model::Device device = world.device("member " + std::to_string(i));
        expected[device.id.uuid] = 1;
        world.write<bool>([&](store::Transaction& transaction) -> Result<bool> {
            const Result<> put =
                transaction.put(model::EntityGroupMember{group.id, device.id.uuid, 0});
            if (!put) return put.error();
            return true;
        });
    }
    const auto queued = world.round(
        aggregate,
        World::configuration(R"({"type":"group","entityGroupId":)" + World::json_id(group.id) + "}",
                             R"([{"source":"t","target":"x","aggFunction":"COUNT"}])"));
    std::map<Uuid, int> got;
    for (const model::QueuedMsg& each : queued) ++got[each.msg.originator.uuid];
    EXPECT_EQ(got, expected);
}

TEST(AggregateLatest, FindsParentsByRelations) {
    World world;
    const auto root = world.device("root"), other = world.device("other");
    world.relate(root.id, world.parent.id, "Manages");
    world.relate(root.id, other.id, "Manages");
    world.relate(root.id, world.foreign.id, "Manages");
    world.relate(root.id, world.a.id, "Sees");
    world.relate(world.b.id, other.id, "Feeds");
    const std::string parents =
        R"({"type":"relationsQuery","rootEntityId":)" + World::json_id(root.id) +
        R"(,"relationsQuery":{"direction":"FROM","maxLevel":1,"filters":[{"relationType":"Manages",
        "entityTypes":["DEVICE"]}]},"childRelationsQuery":{"direction":"TO","maxLevel":1,
        "filters":[{"relationType":"Feeds","entityTypes":[]}]}})";
    const auto queued = world.round(
        aggregate,
        World::configuration(parents, R"([{"source":"t","target":"x","aggFunction":"SUM"}])"));
    std::map<Uuid, std::string> got;
    for (const model::QueuedMsg& each : queued) got[each.msg.originator.uuid] = told(each);
    EXPECT_EQ(got, (std::map<Uuid, std::string>{
                       {world.parent.id.uuid, R"(Success {"x":0.0})" },
                       {other.id.uuid,        R"(Success {"x":20.0})"}
    }));
}

TEST(AggregateLatest, TellsOfItselfWhenItsParentsAreNotThere) {
    World world;
    const std::string mappings = R"([{"source":"t","target":"x","aggFunction":"SUM"}])";
    const EntityId gone = model::DeviceId::make();
    const EntityId group = model::EntityGroupId::make();
    struct Row {
        const char* name;
        std::string parents;
    };
    const Row rows[] = {
        {"none such",         R"({"type":"single","entityId":)" + World::json_id(gone) + "}"            },
        {"of another tenant",
         R"({"type":"single","entityId":)" + World::json_id(world.foreign.id) + "}"                     },
        {"no group",          R"({"type":"group","entityGroupId":)" + World::json_id(group) + "}"       },
        {"no root",           R"({"type":"relationsQuery","rootEntityId":)" + World::json_id(gone) + "}"},
    };
    for (const Row& row : rows) {
        SCOPED_TRACE(row.name);
        const auto queued = world.round(aggregate, World::configuration(row.parents, mappings));
        ASSERT_EQ(queued.size(), 1u);
        EXPECT_EQ(queued[0].relations.at(0), "Failure");
        EXPECT_FALSE(queued[0].failure.empty());
        EXPECT_EQ(queued[0].msg.originator, EntityId(world.bench->info().rule_node));
    }
}

TEST(AggregateLatest, FailsForAParentWhoseChildrenCannotBeRead) {
    World world;
    world.bench->house.timeseries.fail_reads(true);
    const auto queued = world.round(
        aggregate, world.single(R"([{"source":"t","target":"x","aggFunction":"SUM"}])"));
    ASSERT_EQ(queued.size(), 1u);
    EXPECT_EQ(queued[0].relations.at(0), "Failure");
    EXPECT_EQ(queued[0].msg.originator, EntityId(world.parent.id));
}

TEST(AggregateLatest, GoesRoundOnceInAPeriodWhileItIsThere) {
    World world;
    const std::string configuration =
        world.single(R"([{"source":"t","target":"x","aggFunction":"COUNT"}])");
    ASSERT_TRUE(world.bench->make(aggregate, configuration));
    EXPECT_TRUE(world.bench->turn_and_wait(1'999ms).empty());
    EXPECT_EQ(world.bench->turn_and_wait(1ms).size(), 1u);
    EXPECT_TRUE(world.bench->turn_and_wait(1s).empty());
    // Periods that were slept through are not made up for.
    EXPECT_EQ(world.bench->turn_and_wait(60s).size(), 1u);
    EXPECT_EQ(world.bench->turn_and_wait(2s).size(), 1u);
    world.bench->drop_node();
    EXPECT_TRUE(world.bench->turn_and_wait(10s).empty());
}

TEST(AggregateLatest, RefusesWhatCannotWork) {
    World world;
    struct Row {
        std::string configuration, why;
    };
    const std::string mapping = R"([{"source":"t","target":"x"}])";
    const Row rows[] = {
        {World::configuration(R"({"type":"single"})", mapping),
         "parentEntitiesQuery: entityId should be specified!"},
        {World::configuration(R"({"type":"group"})", mapping),
         "parentEntitiesQuery: entityGroupId should be specified!"},
        {World::configuration(
             R"({"type":"group","entityGroupId":)" + World::json_id(world.a.id) + "}", mapping),
         "entityGroupId is no entity group!"},
        {World::configuration(R"({"type":"relationsQuery"})", mapping),
         "parentEntitiesQuery: rootEntityId should be specified!"},
        {world.single("[]"), "aggMappings should be specified!"},
        {world.single(R"([{"target":"x"}])"), "aggMappings: source can't be blank!"},
        {world.single(R"([{"source":"t"}])"), "aggMappings: target can't be blank!"},
        {world.single(R"([{"source":"t","target":"x","sourceScope":"BAD"}])"),
         "aggMappings: unknown sourceScope: BAD"},
    };
    for (const Row& row : rows) {
        const Result<> made = world.bench->make(aggregate, row.configuration);
        ASSERT_FALSE(made) << row.why;
        EXPECT_EQ(made.error().message, row.why);
    }
    EXPECT_FALSE(world.bench->make(
        aggregate, world.single(R"([{"source":"t","target":"x","filter":{"scriptLang":"TBEL",
        "tbelFilterFunction":"return ("}}])")));
    EXPECT_FALSE(world.bench->make(aggregate, world.single(mapping, R"(,"periodValue":0)")));
}

TEST(PeriodicAlarmsCount, CountsForParentsAndIfAskedForChildren) {
    World world;
    ASSERT_TRUE(world.bench->make("action.TbCreateAlarmNode",
                                  R"({"scriptLang":"TBEL","severity":"MAJOR"})"));
    ASSERT_EQ(world.bench->send(world.about(world.parent.id)).way(), "Created");
    ASSERT_EQ(world.bench->send(world.about(world.a.id)).way(), "Created");
    ASSERT_EQ(world.bench->send(world.about(world.b.id)).way(), "Created");
    const std::string common =
        R"({"periodValue":2,"periodTimeUnit":"SECONDS","parentEntitiesQuery":{"type":"single",
        "entityId":)" +
        World::json_id(world.parent.id) + R"(},"alarmsCountMappings":[{"target":"major",
        "severityList":["MAJOR"],"statusList":["ACTIVE"]},{"target":"minor","severityList":["MINOR"]},
        {"target":"recent","latestInterval":1}])";
    const auto alone = world.round(alarms_count, common + "}");
    ASSERT_EQ(alone.size(), 3u);
    EXPECT_EQ(told(alone[0]), R"(Success {"major":1})");
    EXPECT_EQ(told(alone[1]), R"(Success {"minor":0})");
    EXPECT_EQ(told(alone[2]), R"(Success {"recent":0})");
    for (const auto& each : alone) EXPECT_EQ(each.msg.originator, EntityId(world.parent.id));

    std::map<Uuid, std::string> majors;
    for (const auto& each :
         world.round(alarms_count, common + R"(,"countAlarmsForChildEntities":true})"))
        if (each.msg.data.find("major") != std::string::npos)
            majors[each.msg.originator.uuid] = told(each);
    EXPECT_EQ(majors, (std::map<Uuid, std::string>{
                          {world.parent.id.uuid, R"(Success {"major":1})"},
                          {world.a.id.uuid,      R"(Success {"major":1})"},
                          {world.b.id.uuid,      R"(Success {"major":1})"},
                          {world.empty.id.uuid,  R"(Success {"major":0})"}
    }));
}

TEST(PeriodicAlarmsCount, RefusesWhatCannotWork) {
    World world;
    const std::string parents = R"({"parentEntitiesQuery":{"type":"single","entityId":)" +
                                World::json_id(world.parent.id) + "}";
    EXPECT_FALSE(world.bench->make(alarms_count, "{}"));
    EXPECT_FALSE(world.bench->make(alarms_count, parents + R"(,"alarmsCountMappings":[]})"));
    EXPECT_FALSE(world.bench->make(
        alarms_count, parents + R"(,"alarmsCountMappings":[{"statusList":["BAD"]}]})"));
    EXPECT_TRUE(world.bench->make(alarms_count, parents + "}"));
}

}  // namespace
}  // namespace thingstead::rule::testing::latest_nodes
