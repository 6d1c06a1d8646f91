#include "script/remote/protocol.h"

#include <gtest/gtest.h>

namespace thingstead::script::remote {
namespace {

TEST(JsProtocol, RequestsReadBackAsTheyWereWritten) {
    const std::vector<Request> requests{
        CompileRequest{"f", "hash", "function f() { return '\"\\u0000'; }"},
        InvokeRequest{"f", "hash", std::nullopt, 2'000, {"{}", "", "Жжж"}},
        InvokeRequest{"f", "hash", "function f() { }", 1, {}},
        ReleaseRequest{"f", "hash"}
    };
    for (const Request& each : requests) {
        const Result<Request> got = decode_request(encode(each));
        ASSERT_TRUE(got) << got.error().message;
        EXPECT_EQ(*got, each) << encode(each);
    }
}

TEST(JsProtocol, ResponsesReadBackAsTheyWereWritten) {
    const Uuid id{0xffffffffffffffffull, 1};
    const std::vector<Response> responses{
        {id,     CompileResponse{"hash", std::nullopt}                                             },
        {id,     CompileResponse{"hash", Failure{ErrorKind::compilation_error, "[Line: 1]"}}       },
        {id,     InvokeResponse{"{\"a\":1}", std::nullopt}                                         },
        {id,     InvokeResponse{std::nullopt, std::nullopt}                                        },
        {id,     InvokeResponse{std::nullopt, Failure{ErrorKind::not_found_error, "not known"}}    },
        {id,     InvokeResponse{std::nullopt, Failure{ErrorKind::timeout_error, "Script timeout!"}}},
        {Uuid{}, ReleaseResponse{"hash", true}                                                     },
    };
    for (const Response& each : responses) {
        const Result<Response> got = decode_response(encode(each));
        ASSERT_TRUE(got) << got.error().message;
        EXPECT_EQ(*got, each) << encode(each);
    }
}

TEST(JsProtocol, HasTheFormThatOthersExpect) {
    EXPECT_EQ(
        encode(Request(InvokeRequest{"f", "h", std::nullopt, 7, {"x"}})),
        R"({"invokeRequest":{"functionName":"f","scriptHash":"h","timeout":7,"args":["x"]}})");
    EXPECT_EQ(encode(Response{
                  Uuid{1,            0x8000000000000000ull                  },
                  InvokeResponse{std::nullopt, Failure{ErrorKind::runtime_error, "no"}}
    }),
              R"({"requestIdMSB":"1","requestIdLSB":"-9223372036854775808","invokeResponse":)"
              R"({"success":false,"errorCode":"RUNTIME_ERROR","errorDetails":"no"}})");
}

TEST(JsProtocol, ReadsWhatOthersWrite) {
    // Numbers for texts and enumerators, nulls, defaults left out, members of later versions.
    const auto response = decode_response(
        R"({"requestIdMSB":5,"requestIdLSB":"6","more":1,"invokeResponse":{"errorCode":2,"errorDetails":null}})");
    ASSERT_TRUE(response);
    EXPECT_EQ(*response, (Response{
                             Uuid{5,            6                                    },
                             InvokeResponse{std::nullopt, Failure{ErrorKind::timeout_error, ""}}
    }));
    const auto first = decode_response(R"({"invokeResponse":{}})");
    ASSERT_TRUE(first && failure_of(*first));
    EXPECT_EQ(failure_of(*first)->kind, ErrorKind::compilation_error);
    const auto request =
        decode_request(R"({"invokeRequest":{"scriptHash":"h","scriptBody":"","timeout":"9"}})");
    ASSERT_TRUE(request);
    EXPECT_EQ(*request, Request(InvokeRequest{"", "h", std::nullopt, 9, {}}));
}

struct BadMessage {
    const char* text;
    const char* why;
};

TEST(JsProtocol, NamesWhatIsWrongWithARequest) {
    const BadMessage rows[] = {
        {"",                                            "Invalid JSON"                   },
        {"[]",                                          "expected an object"             },
        {"{}",                                          "expected one of compileRequest" },
        {R"({"invokeRequest":7})",                      "invokeRequest: expected an obj" },
        {R"({"invokeRequest":{"args":7}})",             "invokeRequest.args: expected an"},
        {R"({"invokeRequest":{"args":["",7]}})",        "invokeRequest.args[1]: expected"},
        {R"({"invokeRequest":{"timeout":-1}})",         "invokeRequest.timeout: expected"},
        {R"({"invokeRequest":{"timeout":"soon"}})",     "invokeRequest.timeout: expected"},
        {R"({"invokeRequest":{"timeout":9999999999}})", "invokeRequest.timeout: expected"},
        {R"({"invokeRequest":{"scriptHash":1}})",       "invokeRequest.scriptHash: expec"},
        {R"({"compileRequest":{"scriptBody":{}}})",     "compileRequest.scriptBody: expe"},
        {R"({"releaseRequest":{"scriptHash":[]}})",     "releaseRequest.scriptHash: expe"},
    };
    for (const BadMessage& row : rows) {
        const Result<Request> got = decode_request(row.text);
        ASSERT_FALSE(got) << row.text;
        EXPECT_EQ(got.error().code, ErrorCode::malformed) << row.text;
        EXPECT_NE(got.error().message.find(row.why), std::string::npos)
            << row.text << " gave " << got.error().message;
    }
}

TEST(JsProtocol, NamesWhatIsWrongWithAResponse) {
    const BadMessage rows[] = {
        {"nonsense",                                               "Invalid JSON"          },
        {"{}",                                                     "expected one of"       },
        {R"({"requestIdMSB":"x","invokeResponse":{}})",            "requestIdMSB: expected"},
        {R"({"requestIdMSB":1.5,"invokeResponse":{}})",            "requestIdMSB: expected"},
        {R"({"invokeResponse":{"success":"yes"}})",                "invokeResponse.success"},
        {R"({"invokeResponse":{"errorCode":"NO_SUCH_ERROR"}})",    "errorCode: expected an"},
        {R"({"invokeResponse":{"errorCode":4}})",                  "errorCode: expected an"},
        {R"({"invokeResponse":{"success":true,"result":{}}})",     "result: expected a str"},
        {R"({"compileResponse":{"success":true,"scriptHash":0}})", "scriptHash: expected a"},
    };
    for (const BadMessage& row : rows) {
        const Result<Response> got = decode_response(row.text);
        ASSERT_FALSE(got) << row.text;
        EXPECT_NE(got.error().message.find(row.why), std::string::npos)
            << row.text << " gave " << got.error().message;
    }
}

}  // namespace
}  // namespace thingstead::script::remote
