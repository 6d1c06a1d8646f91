// Nodes about groups and owners, and those that make many messages of one.
#include <gtest/gtest.h>

#include <algorithm>

#include "core/customer/customer_rules.h"
#include "core/device/device_rules.h"
#include "core/group/groups.h"
#include "model/entity_group.h"
#include "rule/testing/entity_bench.h"

namespace thingstead::rule::testing::group_nodes {
namespace {

using model::EntityId;

const char* const add = "action.TbAddToGroupNode";
const char* const remove = "action.TbRemoveFromGroupNode";
const char* const change_owner = "action.TbChangeOwnerNode";
const char* const to_group = "transform.TbDuplicateMsgToGroupNode";
const char* const by_name = "transform.TbDuplicateMsgToGroupByNameNode";
const char* const to_related = "transform.TbDuplicateMsgToRelatedNode";

model::EntityGroup group(EntityBench& house, model::TenantId tenant, const std::string& name,
                         model::CustomerId owner = model::no_customer) {
    model::EntityGroup made;
    made.id = model::EntityGroupId::make();
    made.tenant_id = tenant;
    made.customer_id = owner;
    made.name = name;
    house.write<bool>([&](store::Transaction& transaction) -> Result<bool> {
        const Result<> inserted = transaction.insert(made);
        if (!inserted) return inserted.error();
        return true;
    });
    return made;
}

void join(EntityBench& house, model::EntityGroupId group, model::DeviceId device) {
    house.write<bool>([&](store::Transaction& transaction) -> Result<bool> {
        const Result<> put = transaction.put(model::EntityGroupMember{group, device.uuid, 0});
        if (!put) return put.error();
        return true;
    });
}

std::size_t members(EntityBench& house, model::EntityGroupId group) {
    return house
        .all<model::EntityGroupMember>({
            {"groupId", group.uuid}
    })
        .size();
}

std::vector<EntityId> originators(const NodeAnswer& answer) {
    std::vector<EntityId> all;
    for (const model::QueuedMsg& each : answer.queued) {
        EXPECT_EQ(each.relations, std::vector<std::string>{"Success"});
        all.push_back(each.msg.originator);
    }
    return all;
}

bool same(std::vector<EntityId> got, std::vector<EntityId> wanted) {
    return got.size() == wanted.size() &&
           std::is_permutation(got.begin(), got.end(), wanted.begin());
}

TEST(GroupNodes, AddAndRemove) {
    EntityBench house;
    const auto tenant = house.bench->house.tenant;
    const auto device = house.device("d");
    const auto red = group(house, tenant, "red"), blue = group(house, tenant, "blue");
    join(house, blue.id, device.id);
    const auto metadata = metadata_of({
        {"colour", "red"}
    });
    ASSERT_TRUE(house.bench->make(add, R"({"groupNamePattern":"${colour}"})"));
    EXPECT_EQ(house.bench->send(house.about(device.id, "{}", metadata)).way(), "Success");
    EXPECT_EQ(house.bench->send(house.about(device.id, "{}", metadata)).way(), "Success");
    EXPECT_EQ(members(house, red.id), 1u);
    EXPECT_EQ(members(house, blue.id), 1u);
    ASSERT_TRUE(house.bench->make(
        add, R"({"groupNamePattern":"${colour}","removeFromCurrentGroups":true})"));
    EXPECT_EQ(house.bench->send(house.about(device.id, "{}", metadata)).way(), "Success");
    EXPECT_EQ(members(house, red.id), 1u);
    EXPECT_EQ(members(house, blue.id), 0u);
    ASSERT_TRUE(house.bench->make(remove, R"({"groupNamePattern":"red"})"));
    EXPECT_EQ(house.bench->send(house.about(device.id)).way(), "Success");
    EXPECT_EQ(members(house, red.id), 0u);
    EXPECT_EQ(house.bench->send(house.about(device.id)).way(), "Success") << "it is not in it";
}

TEST(AddToGroupNode, MakesTheGroupAtTheOwnersLevel) {
    EntityBench house;
    const auto acme = house.customer("Acme");
    model::Device device;
    device.name = "d";
    device.customer_id = acme.id;
    device = house.save(device);
    group(house, house.bench->house.tenant, "red");
    ASSERT_TRUE(house.bench->make(add, R"({"groupNamePattern":"red"})"));
    EXPECT_EQ(house.bench->send(house.about(device.id)).error,
              "No entity group of type 'DEVICE' with name 'red' was found!")
        << "the tenant's group is not the owner's";
    ASSERT_TRUE(
        house.bench->make(add, R"({"groupNamePattern":"red","createGroupIfNotExists":true})"));
    EXPECT_EQ(house.bench->send(house.about(device.id)).way(), "Success");
    const auto made = house.all<model::EntityGroup>({
        {"customerId", acme.id.uuid      },
        {"name",       std::string("red")}
    });
    ASSERT_EQ(made.size(), 1u);
    EXPECT_EQ(members(house, made[0].id), 1u);
}

TEST(GroupNodes, FailForWhatIsInNoGroup) {
    EntityBench house;
    model::Device foreign;
    foreign.name = "theirs";
    foreign = house.save_for(house.other_tenant, foreign);
    for (const char* type : {add, remove}) {
        SCOPED_TRACE(type);
        ASSERT_TRUE(house.bench->make(type, R"({"groupNamePattern":"red"})"));
        EXPECT_EQ(house.bench->send(house.about(house.bench->house.tenant)).error,
                  "Unsupported originator type: TENANT");
        EXPECT_EQ(house.bench->send(house.about(foreign.id)).error, "Originator not found");
        EXPECT_EQ(house.bench->send(house.about(house.device(type).id)).error,
                  "No entity group of type 'DEVICE' with name 'red' was found!");
    }
}

TEST(ChangeOwnerNode, GivesToACustomerAndBack) {
    EntityBench house;
    const auto acme = house.customer("Acme");
    const auto device = house.device("d");
    ASSERT_TRUE(
        house.bench->make(change_owner, R"({"ownerType":"CUSTOMER","ownerNamePattern":"Acme"})"));
    for (int i = 0; i < 2; ++i) {
        EXPECT_EQ(house.bench->send(house.about(device.id)).way(), "Success");
        EXPECT_EQ(house.get<model::Device>(device.id.uuid).customer_id, acme.id);
    }
    ASSERT_TRUE(house.bench->make(change_owner));
    EXPECT_EQ(house.bench->send(house.about(device.id)).way(), "Success");
    EXPECT_EQ(house.get<model::Device>(device.id.uuid).customer_id, model::no_customer);
}

TEST(ChangeOwnerNode, MakesTheCustomerIfAsked) {
    EntityBench house;
    const auto device = house.device("d");
    ASSERT_TRUE(
        house.bench->make(change_owner, R"({"ownerType":"CUSTOMER","ownerNamePattern":"New"})"));
    EXPECT_EQ(house.bench->send(house.about(device.id)).error,
              "Customer with title 'New' doesn't exist!");
    ASSERT_TRUE(house.bench->make(change_owner,
                                  R"({"ownerType":"CUSTOMER","ownerNamePattern":"New",
                                      "createOwnerIfNotExists":true})"));
    EXPECT_EQ(house.bench->send(house.about(house.bench->house.tenant)).error,
              "Unsupported originator type: TENANT");
    EXPECT_TRUE(house
                    .all<model::Customer>({
                        {"title", std::string("New")}
    })
                    .empty());
    EXPECT_EQ(house.bench->send(house.about(device.id)).way(), "Success");
    EXPECT_NE(house.get<model::Device>(device.id.uuid).customer_id, model::no_customer);
}

std::string id_of(const model::EntityGroup& group) {
    return R"({"entityGroupIsMessageOriginator":false,
               "entityGroupId":{"entityType":"ENTITY_GROUP","id":")" +
           group.id.to_string() + R"("}})";
}

TEST(DuplicateToGroupNode, MakesOneForEachMember) {
    EntityBench house;
    const auto red = group(house, house.bench->house.tenant, "red");
    const auto a = house.device("a"), b = house.device("b");
    house.device("c");
    join(house, red.id, a.id);
    join(house, red.id, b.id);
    ASSERT_TRUE(house.bench->make(to_group, id_of(red)));
    NodeAnswer answer = house.bench->send(house.about(a.id, R"({"x":1})"));
    EXPECT_EQ(answer.way(), "consumed") << answer.error;
    EXPECT_TRUE(same(originators(answer), {a.id, b.id}));
    EXPECT_EQ(answer.queued[0].msg.data, R"({"x":1})");
    ASSERT_TRUE(house.bench->make(to_group));
    answer = house.bench->send(house.about(red.id));
    EXPECT_TRUE(same(originators(answer), {a.id, b.id}));
}

TEST(DuplicateToGroupNode, FailsWithoutMembers) {
    EntityBench house;
    const auto empty = group(house, house.bench->house.tenant, "empty");
    const auto foreign = group(house, house.other_tenant, "foreign");
    const auto device = house.device("d");
    ASSERT_TRUE(house.bench->make(to_group));
    EXPECT_EQ(house.bench->send(house.about(device.id)).error,
              "Message originator is not an entity group!");
    EXPECT_EQ(house.bench->send(house.about(empty.id)).error, "Entity group is empty!");
    ASSERT_TRUE(house.bench->make(to_group, id_of(foreign)));
    EXPECT_EQ(house.bench->send(house.about(device.id)).error, "Requested item wasn't found!");
    EXPECT_EQ(
        house.bench->make(to_group, R"({"entityGroupIsMessageOriginator":false})").error().message,
        "Entity group should be specified!");
    EXPECT_EQ(upgraded(to_group, 0, R"({"groupOwnerId":null})"), "{}");
}

TEST(DuplicateToGroupByNameNode, ClimbsFromTheOwnerToTheTenant) {
    EntityBench house;
    const auto tenant = house.bench->house.tenant;
    const auto acme = house.customer("Acme");
    model::Device sender;
    sender.name = "sender";
    sender.customer_id = acme.id;
    sender = house.save(sender);
    const auto a = house.device("a");
    const auto high = group(house, tenant, "red");
    join(house, high.id, a.id);
    const std::string config = R"("groupType":"DEVICE","groupName":"${name}")";
    const auto metadata = metadata_of({
        {"name", "red"}
    });
    ASSERT_TRUE(house.bench->make(by_name, "{" + config + "}"));
    EXPECT_TRUE(
        same(originators(house.bench->send(house.about(sender.id, "{}", metadata))), {a.id}));
    const auto low = group(house, tenant, "red", acme.id);
    join(house, low.id, sender.id);
    EXPECT_TRUE(
        same(originators(house.bench->send(house.about(sender.id, "{}", metadata))), {sender.id}));
    EXPECT_TRUE(same(originators(house.bench->send(house.about(acme.id, "{}", metadata))), {a.id}))
        << "the tenant owns the customer";
    ASSERT_TRUE(house.bench->make(
        by_name, R"({"considerMessageOriginatorAsAGroupOwner":true,)" + config + "}"));
    EXPECT_TRUE(
        same(originators(house.bench->send(house.about(acme.id, "{}", metadata))), {sender.id}));
    ASSERT_TRUE(
        house.bench->make(by_name, R"({"searchEntityGroupForTenantOnly":true,)" + config + "}"));
    EXPECT_TRUE(
        same(originators(house.bench->send(house.about(sender.id, "{}", metadata))), {a.id}));
    EXPECT_EQ(house.bench
                  ->send(house.about(sender.id, "{}",
                                     metadata_of({
                                         {"name", "none"}
    })))
                  .error,
              "No entity group of type 'DEVICE' with name 'none' was found!");
}

TEST(DuplicateToGroupByNameNode, RefusesWhatIsNoGroup) {
    EntityBench house;
    EXPECT_EQ(
        house.bench->make(by_name, R"({"groupType":"TENANT","groupName":"x"})").error().message,
        "Entity groups of type TENANT are not supported!");
    EXPECT_EQ(
        house.bench->make(by_name, R"({"groupType":"DEVICE","groupName":""})").error().message,
        "Group name should be specified!");
}

TEST(DuplicateToRelatedNode, MakesOneForEachRelatedEntityOfTheTenant) {
    EntityBench house;
    const auto root = house.device("root"), a = house.device("a"), b = house.device("b");
    model::Device foreign;
    foreign.name = "theirs";
    foreign = house.save_for(house.other_tenant, foreign);
    house.relate(root.id, a.id);
    house.relate(root.id, b.id);
    house.relate(root.id, foreign.id);
    ASSERT_TRUE(house.bench->make(to_related));
    EXPECT_TRUE(same(originators(house.bench->send(house.about(root.id))), {a.id, b.id}));
    EXPECT_EQ(house.bench->send(house.about(a.id)).error, "No related entities were found!");
}

}  // namespace
}  // namespace thingstead::rule::testing::group_nodes
