#include "queue/msg_codec.h"

#include <gtest/gtest.h>

namespace thingstead::queue {
namespace {

model::QueuedMsg full_message() {
    model::QueuedMsg queued;
    queued.tenant = model::TenantId::make();
    queued.relations = {"Success", "Other"};
    queued.failure = "why";
    model::Msg& msg = queued.msg;
    msg.id = new_random_uuid();
    msg.ts = -1;
    msg.type = "POST_TELEMETRY_REQUEST";
    msg.originator = model::DeviceId::make();
    msg.customer = model::CustomerId::make();
    msg.metadata.put("deviceName", std::string(300, 'x'));
    msg.metadata.put("ts", "1700000000000");
    msg.metadata.put("empty", "");
    msg.data_type = model::DataType::text;
    msg.data = std::string(70'000, 'd');
    msg.rule_chain = model::RuleChainId::make();
    msg.rule_node = model::RuleNodeId::make();
    msg.correlation = new_random_uuid();
    msg.node_executions = 7;
    msg.stack = {
        {model::RuleChainId::make(), model::RuleNodeId::make()}
    };
    msg.calculated_by = {model::CalculatedFieldId::make(), model::CalculatedFieldId::make()};
    return queued;
}

TEST(MsgCodec, AMessageReadsBackWhole) {
    for (const model::QueuedMsg& queued : {full_message(), model::QueuedMsg{}}) {
        std::string bytes;
        encode(queued, bytes);
        EXPECT_EQ(decode_queued_msg(as_bytes(bytes)).value(), queued);
    }
}

TEST(MsgCodec, EntitiesOfEveryKindSendMessages) {
    for (int type = 0; type <= static_cast<int>(model::entity_type_last); ++type) {
        model::QueuedMsg queued;
        queued.msg.originator.type = static_cast<model::EntityType>(type);
        std::string bytes;
        encode(queued, bytes);
        const auto read = decode_queued_msg(as_bytes(bytes));
        ASSERT_TRUE(read) << type;
        EXPECT_EQ(*read, queued);
    }
}

TEST(MsgCodec, ACutRecordIsRefusedOrLacksOnlyWholeFields) {
    model::QueuedMsg queued = full_message();
    queued.msg.data = "short";
    std::string bytes;
    encode(queued, bytes);
    std::size_t refused = 0;
    for (std::size_t cut = 0; cut < bytes.size(); ++cut) {
        const auto read = decode_queued_msg(as_bytes(bytes).first(cut));
        if (!read)
            ++refused;
        else
            EXPECT_EQ(read->msg, queued.msg);
    }
    EXPECT_GT(refused, bytes.size() - 30);
}

TEST(MsgCodec, UnknownFieldsAreSkipped) {
    std::string bytes;
    encode(full_message(), bytes);
    bytes += as_text(from_hex("f87f01"));  // field 2047, varint 1
    EXPECT_TRUE(decode_queued_msg(as_bytes(bytes)));
}

}  // namespace
}  // namespace thingstead::queue
