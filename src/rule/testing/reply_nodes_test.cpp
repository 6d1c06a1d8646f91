// The nodes that answer who called the rule engine.
#include <gtest/gtest.h>

#include "rule/testing/node_bench.h"

namespace thingstead::rule::testing {
namespace {

const Uuid call = new_random_uuid();
const Uuid session = new_random_uuid();

/// Takes answers to the server "here".
struct FakeReplies final : core::Replies {
    Result<> to_user(const std::string& service, core::UserReply reply) override {
        if (service != "here") return core::no_such_service(service);
        users.push_back(std::move(reply));
        return {};
    }
    Result<> to_device(const std::string& service, core::DeviceReply reply) override {
        if (service != "here") return core::no_such_service(service);
        devices.push_back(std::move(reply));
        return {};
    }
    std::vector<core::UserReply> users;
    std::vector<core::DeviceReply> devices;
};

struct ReplyNodes : ::testing::Test {
    ReplyNodes() { bench.replies = &replies; }

    NodeAnswer send(std::string_view type, const model::Metadata& metadata,
                    std::string_view data = R"({"a":1})") {
        EXPECT_TRUE(bench.make(type));
        return bench.send(data, metadata);
    }
    static model::Metadata of_user() {
        return metadata_of({
            {"serviceId",   "here"          },
            {"requestUUID", call.to_string()}
        });
    }
    static model::Metadata of_device() {
        return metadata_of({
            {"serviceId", "here"             },
            {"sessionId", session.to_string()},
            {"requestId", "-7"               }
        });
    }
    static model::Metadata with(model::Metadata metadata, const char* key, const char* value) {
        metadata.put(key, value);
        return metadata;
    }

    FakeReplies replies;
    NodeBench bench;
};

constexpr const char* to_user = "rest.TbSendRestApiCallReplyNode";
constexpr const char* to_device = "rpc.TbSendRPCReplyNode";

TEST_F(ReplyNodes, AnswerTheUserWhoCalls) {
    EXPECT_EQ(send(to_user, of_user()).way(), "Success");
    ASSERT_EQ(replies.users.size(), 1u);
    EXPECT_EQ(replies.users[0].request, call);
    EXPECT_EQ(replies.users[0].tenant, bench.house.tenant);
    EXPECT_EQ(replies.users[0].data, R"({"a":1})");
}

TEST_F(ReplyNodes, AnswerTheDeviceThatCalls) {
    EXPECT_EQ(send(to_device, of_device(), "any text").way(), "Success");
    ASSERT_EQ(replies.devices.size(), 1u);
    EXPECT_EQ(replies.devices[0].device, bench.house.device);
    EXPECT_EQ(replies.devices[0].session, session);
    EXPECT_EQ(replies.devices[0].request_id, -7);
    EXPECT_EQ(replies.devices[0].data, "any text");
}

TEST_F(ReplyNodes, ReadTheKeysThatAreConfigured) {
    ASSERT_TRUE(bench.make(to_user, R"({"serviceIdMetaDataAttribute":"s",
                                        "requestIdMetaDataAttribute":""})"));
    EXPECT_EQ(bench.send("{}", with(of_user(), "s", "there")).error,
              "There is no server 'there' to answer to!");
    EXPECT_EQ(bench.send("{}", with(of_user(), "s", "here")).way(), "Success");
    ASSERT_TRUE(bench.make(to_device, R"({"requestIdMetaDataAttribute":"r"})"));
    EXPECT_EQ(bench.send("{}", with(of_device(), "r", "5")).way(), "Success");
    EXPECT_EQ(replies.devices.at(0).request_id, 5);
}

TEST_F(ReplyNodes, FailWithoutWhatTheyNeed) {
    struct Row {
        const char* type;
        model::Metadata metadata;
        const char* data;
        const char* error;
    };
    const Row rows[] = {
        {to_user, with(of_user(), "serviceId", ""), "{}",
         "Service id is not present in the metadata!"},
        {to_user, with(of_user(), "requestUUID", ""), "{}",
         "Request id is not present in the metadata!"},
        {to_user, with(of_user(), "requestUUID", "x"), "{}", "Invalid UUID string: x"},
        {to_user, of_user(), "", "The message has no data to answer with!"},
        {to_user, with(of_user(), "serviceId", "gone"), "{}",
         "There is no server 'gone' to answer to!"},
        {to_device, with(of_device(), "serviceId", ""), "{}",
         "Service id is not present in the metadata!"},
        {to_device, with(of_device(), "sessionId", ""), "{}",
         "Session id is not present in the metadata!"},
        {to_device, with(of_device(), "requestId", ""), "{}",
         "Request id is not present in the metadata!"},
        {to_device, with(of_device(), "requestId", "1x"), "{}", "Request id '1x' is not a number!"},
        {to_device, with(of_device(), "edgeId", "e"), "{}",
         "Devices behind an edge cannot be answered!"},
        {to_device, of_device(), "", "The message has no data to answer with!"},
    };
    for (const Row& row : rows) {
        SCOPED_TRACE(row.error);
        const NodeAnswer answer = send(row.type, row.metadata, row.data);
        EXPECT_EQ(answer.way(), "Failure");
        EXPECT_EQ(answer.error, row.error);
    }
    ASSERT_TRUE(bench.make(to_device));
    model::Msg msg = bench.message("{}", of_device());
    msg.originator = model::AssetId::make();
    EXPECT_EQ(bench.send(std::move(msg)).error, "Message originator is not a device entity!");
    EXPECT_TRUE(replies.users.empty() && replies.devices.empty());
}

}  // namespace
}  // namespace thingstead::rule::testing
