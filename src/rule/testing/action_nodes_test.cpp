// Nodes that change entities, relations and attributes.
#include <gtest/gtest.h>

#include <algorithm>

#include "core/asset/asset_rules.h"
#include "core/customer/customer_rules.h"
#include "core/dashboard/dashboard_rules.h"
#include "core/device/device_rules.h"
#include "core/entity_view/entity_view_rules.h"
#include "rule/testing/entity_bench.h"

namespace thingstead::rule::testing::action_nodes {
namespace {

using model::AttributeScope;
using model::EntityId;
using model::EntityType;

const char* const assign = "action.TbAssignToCustomerNode";
const char* const unassign = "action.TbUnassignFromCustomerNode";
const char* const create_relation = "action.TbCreateRelationNode";
const char* const delete_relation = "action.TbDeleteRelationNode";
const char* const delete_attributes = "telemetry.TbMsgDeleteAttributesNode";
const char* const copy_to_view = "action.TbCopyAttributesToEntityViewNode";

model::Asset asset(EntityBench& house, const std::string& name) {
    model::Asset made;
    made.name = name;
    return house.save(std::move(made));
}

model::Dashboard dashboard(EntityBench& house, const std::string& title) {
    model::Dashboard made;
    made.title = title;
    return house.save(std::move(made));
}

TEST(AssignToCustomerNode, AssignsWhateverBelongsToCustomers) {
    EntityBench house;
    const auto acme = house.customer("Acme");
    ASSERT_TRUE(house.bench->make(assign, R"({"customerNamePattern":"${who}"})"));
    const auto metadata = metadata_of({
        {"who", "Acme"}
    });
    const auto device = house.device("d");
    const auto thing = asset(house, "a");
    const auto board = dashboard(house, "b");
    for (const EntityId& each : {EntityId(device.id), EntityId(thing.id), EntityId(board.id)})
        EXPECT_EQ(house.bench->send(house.about(each, "{}", metadata)).way(), "Success");
    EXPECT_EQ(house.get<model::Device>(device.id.uuid).customer_id, acme.id);
    EXPECT_EQ(house.get<model::Asset>(thing.id.uuid).customer_id, acme.id);
    const auto assigned = house.get<model::Dashboard>(board.id.uuid).assigned_customers;
    ASSERT_EQ(assigned.size(), 1u);
    EXPECT_EQ(assigned[0].customer_id, acme.id);

    ASSERT_TRUE(house.bench->make(unassign, R"({"customerNamePattern":"Acme"})"));
    for (const EntityId& each : {EntityId(device.id), EntityId(thing.id), EntityId(board.id)})
        EXPECT_EQ(house.bench->send(house.about(each)).way(), "Success");
    EXPECT_EQ(house.get<model::Device>(device.id.uuid).customer_id, model::no_customer);
    EXPECT_EQ(house.get<model::Asset>(thing.id.uuid).customer_id, model::no_customer);
    EXPECT_TRUE(house.get<model::Dashboard>(board.id.uuid).assigned_customers.empty());
    EXPECT_EQ(house.bench->send(house.about(device.id)).way(), "Success") << "it has none";
}

TEST(AssignToCustomerNode, MakesTheCustomerIfAsked) {
    EntityBench house;
    const auto device = house.device("d");
    ASSERT_TRUE(house.bench->make(
        assign, R"({"customerNamePattern":"New","createCustomerIfNotExists":true})"));
    const NodeAnswer answer = house.bench->send(house.about(device.id));
    EXPECT_EQ(answer.way(), "Success") << answer.error;
    const auto made = house.all<model::Customer>({
        {"title", std::string("New")}
    });
    ASSERT_EQ(made.size(), 1u);
    EXPECT_EQ(made[0].tenant_id, house.bench->house.tenant);
    EXPECT_EQ(house.get<model::Device>(device.id.uuid).customer_id, made[0].id);
    ASSERT_EQ(answer.queued.size(), 1u);
    EXPECT_EQ(answer.queued[0].msg.type, "ENTITY_CREATED");
    EXPECT_EQ(answer.queued[0].msg.originator, EntityId(made[0].id));
    EXPECT_EQ(answer.queued[0].msg.metadata.get("ruleNodeId"),
              house.bench->info().rule_node.to_string());
}

TEST(AssignToCustomerNode, FailsWithoutWhatItNeeds) {
    EntityBench house;
    model::Customer foreign;
    foreign.title = "Acme";
    house.save_for(house.other_tenant, foreign);
    const auto device = house.device("d");
    for (const char* type : {assign, unassign}) {
        SCOPED_TRACE(type);
        ASSERT_TRUE(house.bench->make(type, R"({"customerNamePattern":"Acme"})"));
        EXPECT_EQ(house.bench->send(house.about(house.bench->house.tenant)).error,
                  "Unsupported originator type 'TENANT'! Only 'ASSET', 'DEVICE', 'ENTITY_VIEW', "
                  "'DASHBOARD', 'EDGE' types are allowed.");
        EXPECT_EQ(house.bench->send(house.about({EntityType::edge, new_random_uuid()})).way(),
                  "Failure");
    }
    ASSERT_TRUE(house.bench->make(assign, R"({"customerNamePattern":"Acme"})"));
    EXPECT_EQ(house.bench->send(house.about(device.id)).error,
              "Customer with title 'Acme' doesn't exist!")
        << "another tenant's customer is none";
    EXPECT_EQ(house.bench->send(house.about(device.id, "no json")).error,
              "Failed to process pattern!");
    model::Device other;
    other.name = "theirs";
    other = house.save_for(house.other_tenant, other);
    house.customer("Acme");
    EXPECT_EQ(house.bench->send(house.about(other.id)).way(), "Failure");
    EXPECT_EQ(house.get<model::Device>(other.id.uuid).customer_id, model::no_customer);
}

TEST(CustomerNodes, ForgetTheCacheOfOlderVersions) {
    for (const char* type : {assign, unassign})
        EXPECT_EQ(upgraded(type, 0, R"({"customerNamePattern":"a","customerCacheExpiration":3})"),
                  R"({"customerNamePattern":"a"})");
}

TEST(CreateRelationNode, RelatesBothWays) {
    EntityBench house;
    const auto device = house.device("d");
    const auto thing = asset(house, "room 7");
    const std::string target = R"("entityType":"ASSET","entityNamePattern":"room ${n}",
                                  "relationType":"${type}")";
    const auto metadata = metadata_of({
        {"n",    "7" },
        {"type", "In"}
    });
    ASSERT_TRUE(house.bench->make(create_relation, R"({"direction":"FROM",)" + target + "}"));
    EXPECT_EQ(house.bench->send(house.about(device.id, "{}", metadata)).way(), "Success");
    EXPECT_EQ(house.related(device.id, "In"), std::vector<EntityId>{thing.id});
    EXPECT_EQ(house.bench->send(house.about(device.id, "{}", metadata)).way(), "Success")
        << "it is there already";
    ASSERT_TRUE(house.bench->make(create_relation, R"({"direction":"TO",)" + target + "}"));
    EXPECT_EQ(house.bench->send(house.about(device.id, "{}", metadata)).way(), "Success");
    EXPECT_EQ(house.related(thing.id, "In"), std::vector<EntityId>{device.id});
}

TEST(CreateRelationNode, ReplacesRelationsAndTheOriginator) {
    EntityBench house;
    const auto device = house.device("d"), old = house.device("old"), kept = house.device("kept");
    house.relate(device.id, old.id);
    house.relate(device.id, kept.id, "Other");
    ASSERT_TRUE(house.bench->make(create_relation,
                                  R"({"entityType":"TENANT","removeCurrentRelations":true,
                                      "changeOriginatorToRelatedEntity":true})"));
    const NodeAnswer answer = house.bench->send(house.about(device.id));
    EXPECT_EQ(answer.way(), "Success");
    EXPECT_EQ(answer.msg.originator, EntityId(house.bench->house.tenant));
    EXPECT_EQ(house.related(device.id, "Contains"),
              std::vector<EntityId>{house.bench->house.tenant});
    EXPECT_EQ(house.related(device.id, "Other"), std::vector<EntityId>{kept.id});
}

TEST(CreateRelationNode, MakesDevicesAssetsAndCustomers) {
    for (const char* type : {"DEVICE", "ASSET", "CUSTOMER"}) {
        SCOPED_TRACE(type);
        EntityBench house;
        const auto device = house.device("d");
        ASSERT_TRUE(house.bench->make(create_relation,
                                      R"({"entityType":")" + std::string(type) +
                                          R"(","entityNamePattern":"new","entityTypePattern":"sort",
                                     "createEntityIfNotExists":true})"));
        const NodeAnswer answer = house.bench->send(house.about(device.id));
        EXPECT_EQ(answer.way(), "Success") << answer.error;
        ASSERT_EQ(answer.queued.size(), 1u);
        EXPECT_EQ(answer.queued[0].msg.type, "ENTITY_CREATED");
        EXPECT_EQ(house.related(device.id, "Contains"),
                  std::vector<EntityId>{answer.queued[0].msg.originator});
        EXPECT_EQ(wire_name(answer.queued[0].msg.originator.type), type);
        if (std::string_view(type) == "DEVICE") {
            EXPECT_EQ(house.get<model::Device>(answer.queued[0].msg.originator.uuid).type, "sort");
        }
    }
}

struct Missing {
    const char* type;
    const char* text;
};
const Missing missing[] = {
    {"DEVICE",      "Device with name 'x' doesn't exist!"     },
    {"ASSET",       "Asset with name 'x' doesn't exist!"      },
    {"CUSTOMER",    "Customer with title 'x' doesn't exist!"  },
    {"ENTITY_VIEW", "Entity View with name 'x' doesn't exist!"},
    {"DASHBOARD",   "Dashboard with title 'x' doesn't exist!" },
    {"EDGE",        "Edge with name 'x' doesn't exist!"       },
    {"USER",        "User with email 'x' doesn't exist!"      },
};

TEST(RelationNodes, FailWithoutTheOtherEnd) {
    EntityBench house;
    const auto device = house.device("d");
    for (const Missing& row : missing) {
        SCOPED_TRACE(row.type);
        const std::string named =
            R"("entityType":")" + std::string(row.type) + R"(","entityNamePattern":"x")";
        ASSERT_TRUE(house.bench->make(create_relation, "{" + named + "}"));
        EXPECT_EQ(house.bench->send(house.about(device.id)).error, row.text);
        ASSERT_TRUE(
            house.bench->make(delete_relation, R"({"deleteForSingleEntity":true,)" + named + "}"));
        EXPECT_EQ(house.bench->send(house.about(device.id)).error, row.text);
    }
    for (const char* type : {create_relation, delete_relation}) {
        EXPECT_FALSE(
            house.bench->make(type, R"({"deleteForSingleEntity":true,"entityType":"RULE_CHAIN"})"));
        EXPECT_EQ(house.bench->make(type, R"({"deleteForSingleEntity":true})").error().message,
                  "Entity type should be specified!");
    }
}

TEST(DeleteRelationNode, DeletesOneOrAll) {
    EntityBench house;
    const auto device = house.device("d"), a = house.device("a"), b = house.device("b");
    house.relate(device.id, a.id);
    house.relate(device.id, b.id);
    house.relate(a.id, device.id);
    ASSERT_TRUE(house.bench->make(delete_relation,
                                  R"({"deleteForSingleEntity":true,"entityType":"DEVICE",
                                      "entityNamePattern":"a"})"));
    EXPECT_EQ(house.bench->send(house.about(device.id)).way(), "Success");
    EXPECT_EQ(house.related(device.id, "Contains"), std::vector<EntityId>{b.id});
    EXPECT_EQ(house.bench->send(house.about(device.id)).way(), "Success") << "it is gone already";
    house.relate(device.id, a.id);
    ASSERT_TRUE(house.bench->make(delete_relation));
    EXPECT_EQ(house.bench->send(house.about(device.id)).way(), "Success");
    EXPECT_TRUE(house.related(device.id, "Contains").empty());
    EXPECT_EQ(house.related(a.id, "Contains").size(), 1u) << "the other direction";
}

TEST(RelationNodes, TurnTheDirectionOfOlderVersions) {
    for (const char* type : {create_relation, delete_relation}) {
        EXPECT_EQ(upgraded(type, 0, R"({"direction":"FROM","entityCacheExpiration":300})"),
                  R"({"direction":"TO"})");
        EXPECT_EQ(upgraded(type, 0, R"({"direction":"FROM"})"), R"({"direction":"FROM"})");
    }
}

std::vector<model::Attribute> attributes(EntityBench& house, EntityId entity,
                                         AttributeScope scope) {
    return house.write<std::vector<model::Attribute>>(
        [&](store::Transaction& transaction) { return transaction.attributes(entity, scope, {}); });
}

bool has_attribute(EntityBench& house, EntityId entity, AttributeScope scope,
                   std::string_view key) {
    const auto found = attributes(house, entity, scope);
    return std::any_of(found.begin(), found.end(),
                       [&](const auto& each) { return each.key == key; });
}

void put_attributes(EntityBench& house, EntityId entity, AttributeScope scope,
                    std::vector<model::KeyValue> values) {
    house.write<bool>([&](store::Transaction& transaction) -> Result<bool> {
        const Result<> saved = transaction.save_attributes({entity, scope, values, 1});
        if (!saved) return saved.error();
        return true;
    });
}

TEST(DeleteAttributesNode, DeletesKeysThatPatternsName) {
    EntityBench house;
    const auto device = house.device("d");
    for (const AttributeScope scope : {AttributeScope::server, AttributeScope::shared})
        put_attributes(house, device.id, scope,
                       {
                           {"a", true},
                           {"b", true},
                           {"c", true}
        });
    ASSERT_TRUE(house.bench->make(delete_attributes,
                                  R"({"keys":["a","${k}"," ","a"],"scope":"SERVER_SCOPE",
                                      "sendAttributesDeletedNotification":true})"));
    NodeAnswer answer = house.bench->send(house.about(device.id, "{}",
                                                      metadata_of({
                                                          {"k", "b"}
    })));
    EXPECT_EQ(answer.way(), "Success");
    EXPECT_FALSE(has_attribute(house, device.id, AttributeScope::server, "a"));
    EXPECT_FALSE(has_attribute(house, device.id, AttributeScope::server, "b"));
    EXPECT_TRUE(has_attribute(house, device.id, AttributeScope::server, "c"));
    EXPECT_EQ(attributes(house, device.id, AttributeScope::shared).size(), 3u);
    ASSERT_EQ(answer.queued.size(), 1u);
    EXPECT_EQ(answer.queued[0].msg.type, "ATTRIBUTES_DELETED");
    EXPECT_EQ(answer.queued[0].msg.data, R"({"attributes":["a","b"]})");
    EXPECT_EQ(answer.queued[0].msg.metadata.get("scope"), "SERVER_SCOPE");

    answer = house.bench->send(house.about(device.id, "{}",
                                           metadata_of({
                                               {"k",     "b"           },
                                               {"scope", "SHARED_SCOPE"}
    })));
    EXPECT_EQ(answer.way(), "Success");
    EXPECT_EQ(attributes(house, device.id, AttributeScope::shared).size(), 1u);
    answer = house.bench->send(house.about(device.id, "{}",
                                           metadata_of({
                                               {"scope", "MY_SCOPE"}
    })));
    EXPECT_EQ(answer.error, "Unknown attribute scope: MY_SCOPE");
    ASSERT_TRUE(house.bench->make(delete_attributes));
    EXPECT_EQ(house.bench->send(house.about(device.id)).way(), "Success") << "no keys";
}

model::EntityView view(EntityBench& house, EntityId of, std::string_view keys) {
    model::EntityView made;
    made.name = "v";
    made.type = "t";
    made.entity_id = of;
    made.keys = parse_json(keys).value();
    return house.save(std::move(made));
}

TEST(CopyToViewNode, CopiesWhatTheViewShows) {
    EntityBench house;
    const auto device = house.device("d");
    const auto shown = view(house, device.id, R"({"attributes":{"cs":["a"],"ss":[],"sh":[]}})");
    ASSERT_TRUE(house.bench->make(copy_to_view));
    model::Msg msg = house.about(device.id, R"({"a":1,"b":2})",
                                 metadata_of({
                                     {"k", "v"}
    }));
    msg.type = model::msg_type::post_attributes;
    NodeAnswer answer = house.bench->send(msg);
    EXPECT_EQ(answer.way(), "consumed") << answer.error;
    ASSERT_EQ(answer.queued.size(), 1u);
    EXPECT_EQ(answer.queued[0].msg.originator, EntityId(shown.id));
    EXPECT_EQ(answer.queued[0].relations, std::vector<std::string>{"Success"});
    const auto copied = attributes(house, shown.id, AttributeScope::client);
    ASSERT_EQ(copied.size(), 1u);
    EXPECT_EQ(copied[0].key, "a");

    msg = house.about(device.id, R"({"attributes":["a"]})",
                      metadata_of({
                          {"scope", "CLIENT_SCOPE"}
    }));
    msg.type = model::msg_type::attributes_deleted;
    answer = house.bench->send(msg);
    EXPECT_EQ(answer.queued.size(), 1u);
    EXPECT_TRUE(attributes(house, shown.id, AttributeScope::client).empty());

    msg.metadata.put("scope", "SHARED_SCOPE");
    answer = house.bench->send(msg);
    EXPECT_EQ(answer.way(), "consumed") << "the view shows none of it";
    EXPECT_TRUE(answer.queued.empty());
}

TEST(CopyToViewNode, LeavesViewsAloneThatAreNotOpen) {
    EntityBench house;
    const auto device = house.device("d");
    auto closed = view(house, device.id, R"({"attributes":{"cs":["a"],"ss":[],"sh":[]}})");
    closed.end_time_ms = house.bench->house.clock.now_ms() - 1;
    house.save(closed);
    ASSERT_TRUE(house.bench->make(copy_to_view));
    model::Msg msg = house.about(device.id, R"({"a":1})",
                                 metadata_of({
                                     {"k", "v"}
    }));
    msg.type = model::msg_type::post_attributes;
    const NodeAnswer answer = house.bench->send(msg);
    EXPECT_EQ(answer.way(), "consumed");
    EXPECT_TRUE(answer.queued.empty());
}

TEST(CopyToViewNode, FailsForOtherMessages) {
    EntityBench house;
    ASSERT_TRUE(house.bench->make(copy_to_view));
    const auto device = house.device("d");
    EXPECT_EQ(house.bench->send(house.about(device.id)).error,
              "Unsupported msg type: POST_TELEMETRY_REQUEST");
    model::Msg msg = house.about(device.id, R"({"a":1})");
    msg.type = model::msg_type::attributes_updated;
    EXPECT_EQ(house.bench->send(msg).error, "Message metadata is empty");
    msg.metadata.put("scope", "NONE");
    EXPECT_EQ(house.bench->send(msg).error, "Unknown attribute scope: NONE");
}

}  // namespace
}  // namespace thingstead::rule::testing::action_nodes
