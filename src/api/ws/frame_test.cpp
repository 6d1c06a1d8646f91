#include "api/ws/frame.h"

#include <gtest/gtest.h>

#include "api/ws/update.h"

namespace thingstead::api::ws {
namespace {

TEST(Frame, HasTheTokenAndTheCommandsInOrder) {
    const Result<Frame> frame = parse_frame(
        R"({"authCmd":{"cmdId":0,"token":"t","type":"AUTH"},"cmds":[
            {"type":"TIMESERIES","cmdId":1,"entityType":"DEVICE","entityId":"x","keys":"a,b",
             "scope":"LATEST_TELEMETRY","startTs":5,"timeWindow":60000,"interval":1000,"limit":7,
             "agg":"AVG","unknown":{}},
            {"type":"ATTRIBUTES","cmdId":2,"keys":null,"unsubscribe":true}]})",
        Envelope::general);
    ASSERT_TRUE(frame.has_value()) << frame.error().message;
    EXPECT_EQ(frame->auth->token, "t");
    ASSERT_EQ(frame->commands.size(), 2u);
    const Command& series = frame->commands[0];
    EXPECT_EQ(series.type, "TIMESERIES");
    EXPECT_EQ(series.cmd_id, 1);
    EXPECT_EQ(series.keys, "a,b");
    EXPECT_EQ(series.scope, "LATEST_TELEMETRY");
    EXPECT_EQ(series.start_ts, 5);
    EXPECT_EQ(series.time_window, 60'000);
    EXPECT_EQ(series.interval, 1000);
    EXPECT_EQ(series.limit, 7);
    EXPECT_EQ(series.agg, "AVG");
    EXPECT_TRUE(frame->commands[1].unsubscribe);
    EXPECT_EQ(frame->commands[1].keys, "");
}

TEST(Frame, TheOlderEnvelopeRunsItsArraysInAFixedOrder) {
    const Result<Frame> frame = parse_frame(
        R"({"historyCmds":[{"cmdId":3,"keys":"a"}],"tsSubCmds":[{"cmdId":2}],"attrSubCmds":
            [{"cmdId":1}],"entityDataCmds":[{"cmdId":4,"query":{"keys":[1]}}],"authCmd":{}})",
        Envelope::telemetry);
    ASSERT_TRUE(frame.has_value()) << frame.error().message;
    EXPECT_FALSE(frame->auth.has_value());
    const char* types[] = {"ATTRIBUTES", "TIMESERIES", "TIMESERIES_HISTORY", "ENTITY_DATA"};
    ASSERT_EQ(frame->commands.size(), 4u);
    for (int i = 0; i < 4; ++i) {
        EXPECT_EQ(frame->commands[static_cast<std::size_t>(i)].type, types[i]);
        EXPECT_EQ(frame->commands[static_cast<std::size_t>(i)].cmd_id, i + 1);
    }
}

TEST(Frame, OtherShapesAreMalformed) {
    const char* texts[] = {
        "",
        "[]",
        "{",
        R"({"cmds":{}})",
        R"({"cmds":[1]})",
        R"({"cmds":[{"cmdId":1}]})",
        R"({"cmds":[{"type":"TIMESERIES","cmdId":"1"}]})",
        R"({"cmds":[{"type":"TIMESERIES","cmdId":99999999999}]})",
        R"({"authCmd":"token"})",
    };
    for (const char* text : texts) {
        const Result<Frame> frame = parse_frame(text, Envelope::general);
        ASSERT_FALSE(frame.has_value()) << text;
        EXPECT_EQ(frame.error().code, ErrorCode::malformed) << text;
    }
    EXPECT_TRUE(parse_frame(R"({"cmds":null,"authCmd":null})", Envelope::general).has_value());
}

TEST(Update, ValuesAreTextsAndADeletedKeyIsEmptyAtTimeZero) {
    Values values;
    add(values, {"t", 5, model::Value(21.0)});
    add(values, {"t", 4, model::Value(true)});
    add(values, {"gone", 9, std::nullopt});
    values["none"].push_back({7});
    EXPECT_EQ(update_text(3, values),
              R"({"subscriptionId":3,"errorCode":0,"errorMsg":null,"data":{"gone":[[0,""]],)"
              R"("none":[[7,null]],"t":[[5,"21.0"],[4,"true"]]},)"
              R"("latestValues":{"gone":0,"none":7,"t":4}})");
    EXPECT_EQ(error_text(1, CommandError::bad_request, "a \"b\""),
              R"({"subscriptionId":1,"errorCode":2,"errorMsg":"a \"b\"","data":null,)"
              R"("latestValues":{}})");
}

}  // namespace
}  // namespace thingstead::api::ws
