// What nodes have in common that ask systems outside, and the call of REST interfaces.
#include <gtest/gtest.h>

#include "core/crypto.h"
#include "rule/testing/web_stand_in.h"

namespace thingstead::rule::testing::external {
namespace {

const char* const rest = "rest.TbRestApiCallNode";

/// The default configuration with `changes`, members of an object.
std::string rest_config(const std::string& url, std::string_view changes = "{}") {
    json::object config = parse_json(default_of(rest)).value().as_object();
    config["restEndpointUrlPattern"] = url;
    const json::value changed = parse_json(changes).value();
    for (const auto& [key, value] : changed.as_object()) config[key] = value;
    return json::serialize(config);
}

TEST(External, RefusesWhatIsTooMuchAndRunsTheRestInTurn) {
    NodeBench bench;
    WebStandIn web(bench);
    bench.house.settings.external.pending_requests_max = 2;
    ASSERT_TRUE(bench.make(rest, rest_config(web.url(), R"({"maxParallelRequestsCount":1})")));
    std::vector<model::Msg> msgs(4, bench.message("{}"));
    const std::vector<NodeAnswer> answers = bench.send_together(std::move(msgs));
    for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(answers[i].way(), "Success") << i;
    EXPECT_EQ(answers[3].way(), "Failure");
    EXPECT_EQ(answers[3].error, "Max pending requests limit exceeded!");
    EXPECT_EQ(answers[3].msg.metadata.get("error"),
              "class java.net.ConnectException: Max pending requests limit exceeded!");
    EXPECT_EQ(web.requests().size(), 3u);
    // The places are free again.
    EXPECT_EQ(bench.send("{}").way(), "Success");
}

TEST(External, EndsARequestAtItsDeadline) {
    NodeBench bench;
    WebStandIn web(bench);
    web.keep_silent();
    bench.house.settings.external.request_timeout = std::chrono::milliseconds(300);
    ASSERT_TRUE(bench.make(rest, rest_config(web.url(), R"({"maxParallelRequestsCount":1})")));
    // The one that waits for its turn is over at the same time.
    std::vector<model::Msg> msgs(2, bench.message("{}"));
    for (const NodeAnswer& each : bench.send_together(std::move(msgs))) {
        EXPECT_EQ(each.way(), "Failure");
        EXPECT_EQ(each.error, "timed out");
        EXPECT_EQ(each.msg.data, "{}");
    }
}

TEST(External, AcknowledgesFirstIfTheSettingsSay) {
    NodeBench bench;
    WebStandIn web(bench);
    web.answer(reply_of(200, R"({"x":1})"));
    bench.house.settings.external.force_ack = true;
    ASSERT_TRUE(bench.make(rest, rest_config(web.url())));
    const NodeAnswer answer = bench.send("{}", metadata_of({
                                                   {"k", "v"}
    }));
    EXPECT_EQ(answer.way(), "consumed");
    bench.drop_node();  // The chain is changed meanwhile.
    const std::vector<model::QueuedMsg> queued = queued_later(bench, 0);
    ASSERT_EQ(queued.size(), 1u);
    EXPECT_EQ(queued[0].relations, std::vector<std::string>{"Success"});
    EXPECT_EQ(queued[0].msg.rule_node, bench.info().rule_node);
    EXPECT_EQ(queued[0].msg.data, R"({"x":1})");
    EXPECT_EQ(queued[0].msg.metadata.get("statusCode"), "200");
    EXPECT_EQ(queued[0].msg.metadata.get("k"), "v");
    EXPECT_NE(queued[0].msg.id, answer.msg.id);
    EXPECT_EQ(bench.held.size(), 0u);
}

TEST(External, HoldsAnAcknowledgedMessageAndPutsItsFailureIntoTheQueue) {
    NodeBench bench;
    WebStandIn web(bench);
    web.keep_silent();
    bench.house.settings.external.force_ack = true;
    bench.house.settings.external.request_timeout = std::chrono::milliseconds(300);
    ASSERT_TRUE(bench.make(rest, rest_config(web.url())));
    EXPECT_EQ(bench.send("{}").way(), "consumed");
    EXPECT_EQ(bench.held.size(), 1u);
    const std::vector<model::QueuedMsg> queued = queued_later(bench, 0);
    ASSERT_EQ(queued.size(), 1u);
    EXPECT_EQ(queued[0].relations, std::vector<std::string>{"Failure"});
    EXPECT_EQ(queued[0].failure, "timed out");
    EXPECT_EQ(queued[0].msg.metadata.get("error"),
              "class java.util.concurrent.TimeoutException: timed out");
    EXPECT_EQ(bench.held.size(), 0u);
    EXPECT_FALSE(bench.held.any_returned());
}

TEST(RestApiCall, SendsTheDataAndTakesTheAnswer) {
    NodeBench bench;
    WebStandIn web(bench);
    web.answer(reply_of(201, R"({"id":7})",
                        {
                            {"X-One",  "1"},
                            {"X-Many", "a"},
                            {"X-Many", "b"}
    }));
    ASSERT_TRUE(bench.make(
        rest, rest_config(web.url("/v1/${name}?a=b"),
                          R"({"headers":{"Content-Type":"application/json","X-${k}":"$[t]"},
                              "queryParams":[{"key":"q q","value":"${name}&"}]})")));
    const NodeAnswer answer = bench.send(R"({"t":21})", metadata_of({
                                                            {"name", "x"},
                                                            {"k",    "T"}
    }));
    EXPECT_EQ(answer.way(), "Success") << answer.error;
    EXPECT_EQ(answer.msg.data, R"({"id":7})");
    EXPECT_EQ(answer.msg.metadata.get("status"), "CREATED");
    EXPECT_EQ(answer.msg.metadata.get("statusCode"), "201");
    EXPECT_EQ(answer.msg.metadata.get("statusReason"), "Created");
    EXPECT_EQ(answer.msg.metadata.get("X-One"), "1");
    EXPECT_EQ(answer.msg.metadata.get("X-Many"), R"(["a","b"])");
    const net::Request asked = web.last();
    EXPECT_EQ(asked.method_text, "POST");
    EXPECT_EQ(asked.target, "/v1/x?a=b&q%20q=x%26");
    EXPECT_EQ(asked.body, R"({"t":21})");
    EXPECT_EQ(asked.header("X-T"), "21");
    EXPECT_EQ(asked.header("Content-Type"), "application/json");
}

struct Asked {
    const char* changes;
    const char* data;
    const char* method;
    const char* target;
    const char* body;
};
const Asked asked_for[] = {
    {R"({"requestMethod":"GET"})",                                           R"({"a":1})",    "GET",    "/p", ""          },
    {R"({"requestMethod":"PUT"})",                                           R"({"a":1})",    "PUT",    "/p", R"({"a":1})"},
    {R"({"requestMethod":"PATCH"})",                                         R"([1])",        "PATCH",  "/p", "[1]"       },
    {R"({"requestMethod":"DELETE"})",                                        R"({"a":1})",    "DELETE", "/p", R"({"a":1})"},
    {R"({"requestMethod":"DELETE","ignoreRequestBody":true})",               R"({"a":1})",    "DELETE", "/p", ""          },
    {R"({"parseToPlainText":true})",                                         R"("a\"b")",     "POST",   "/p", "a\"b"      },
    {R"({"parseToPlainText":true})",                                         R"({"a":1})",    "POST",   "/p", R"({"a":1})"},
    {R"({"requestBodyTemplate":"{\"t\":\"$[a]\"}"})",                        R"({"a":"\""})", "POST",   "/p",
     R"({"t":"\""})"                                                                                                      },
    {R"({"requestBodyTemplate":"t=$[a]","parseToPlainText":true})",          R"({"a":1})",    "POST",   "/p",
     "t=1"                                                                                                                },
    {R"({"queryParams":null,"restEndpointUrlPattern":"URL/ä b?x={1}&y=%"})", "{}",            "POST",
     "/%C3%A4%20b?x=%7B1%7D&y=%25",                                                                           "{}"        },
};

TEST(RestApiCall, AsksAsItIsConfigured) {
    NodeBench bench;
    WebStandIn web(bench);
    for (const Asked& row : asked_for) {
        SCOPED_TRACE(row.changes);
        std::string config = rest_config(web.url("/p"), row.changes);
        if (const std::size_t at = config.find("URL"); at != std::string::npos)
            config.replace(at, 3, web.url());
        ASSERT_TRUE(bench.make(rest, config));
        const NodeAnswer answer = bench.send(row.data);
        EXPECT_EQ(answer.way(), "Success") << answer.error;
        EXPECT_EQ(answer.msg.data, "{}");
        EXPECT_EQ(web.last().method_text, row.method);
        EXPECT_EQ(web.last().target, row.target);
        EXPECT_EQ(web.last().body, row.body);
    }
}

TEST(RestApiCall, FailsWithWhatTheServerSaid) {
    NodeBench bench;
    WebStandIn web(bench);
    web.answer(reply_of(404, "none here"));
    web.answer(reply_of(302, "",
                        {
                            {"Location", web.url("/away")}
    }));
    ASSERT_TRUE(bench.make(rest, rest_config(web.url())));
    const NodeAnswer missing = bench.send(R"({"a":1})");
    EXPECT_EQ(missing.way(), "Failure");
    EXPECT_EQ(missing.msg.data, R"({"a":1})");
    EXPECT_EQ(missing.msg.metadata.get("status"), "NOT_FOUND");
    EXPECT_EQ(missing.msg.metadata.get("statusCode"), "404");
    EXPECT_EQ(missing.msg.metadata.get("statusReason"), "Not Found");
    EXPECT_EQ(missing.msg.metadata.get("error_body"), "none here");
    EXPECT_EQ(missing.msg.metadata.get("error"), "class java.lang.RuntimeException: 404 Not Found");
    const NodeAnswer away = bench.send("{}");
    EXPECT_EQ(away.way(), "Failure");
    EXPECT_EQ(away.msg.metadata.get("statusCode"), "302");
    EXPECT_EQ(web.requests().size(), 2u);
}

TEST(RestApiCall, FailsWithoutAServerOrWithTooLargeAnAnswer) {
    NodeBench bench;
    WebStandIn web(bench);
    web.answer(reply_of(200, std::string(2000, 'x')));
    ASSERT_TRUE(bench.make(rest, rest_config(web.url(), R"({"maxInMemoryBufferSizeInKb":1})")));
    EXPECT_EQ(bench.send("{}").error, "the answer is too large");
    ASSERT_TRUE(bench.make(rest, rest_config("http://127.0.0.1:1/")));
    EXPECT_EQ(bench.send("{}").error, "the server cannot be reached");
    ASSERT_TRUE(bench.make(rest, rest_config("http://10.0.0.1/")));
    EXPECT_EQ(bench.send("{}").error, "the address of the server is not permitted");
    ASSERT_TRUE(bench.make(rest, rest_config("http://127.0.0.1/a b")));
    EXPECT_EQ(bench.send("{}").error, "The URL is not encoded: 'http://127.0.0.1/a b'!");
    EXPECT_EQ(bench.send("no json").error, "Failed to process pattern!");
    ASSERT_TRUE(bench.make(rest, rest_config(web.url(), R"({"requestBodyTemplate":"{$[a]"})")));
    EXPECT_TRUE(bench.send(R"({"a":1})").error.starts_with("The request body is not JSON: "));
    bench.outside.http = nullptr;
    ASSERT_TRUE(bench.make(rest, rest_config(web.url())));
    EXPECT_EQ(bench.send("{}").error, "No HTTP calls are made by this server!");
}

TEST(RestApiCall, ShowsItsCredentials) {
    NodeBench bench;
    WebStandIn web(bench);
    ASSERT_TRUE(bench.make(
        rest, rest_config(web.url(),
                          R"({"credentials":{"type":"basic","username":"a","password":"b:c"}})")));
    EXPECT_EQ(bench.send("{}").way(), "Success");
    EXPECT_EQ(web.last().header("Authorization"), "Basic " + core::base64("a:b:c"));
}

TEST(RestApiCall, GoesThroughItsProxy) {
    NodeBench bench;
    WebStandIn web(bench);
    const std::string port = web.url().substr(web.url().rfind(':') + 1);
    ASSERT_TRUE(
        bench.make(rest, rest_config("http://nowhere.example/path",
                                     R"({"enableProxy":true,"proxyHost":"127.0.0.1","proxyUser":"u",
                              "proxyPassword":"p","proxyPort":)" +
                                         port + "}")));
    EXPECT_EQ(bench.send("{}").way(), "Success");
    EXPECT_EQ(web.last().target, "http://nowhere.example/path");
    EXPECT_EQ(web.last().header("Proxy-Authorization"), "Basic " + core::base64("u:p"));
    bench.house.settings.external.proxy = web.url();
    ASSERT_TRUE(
        bench.make(rest, rest_config("http://elsewhere.example/",
                                     R"({"enableProxy":true,"useSystemProxyProperties":true})")));
    EXPECT_EQ(bench.send("{}").way(), "Success");
    EXPECT_EQ(web.last().target, "http://elsewhere.example/");
}

struct Refused {
    const char* changes;
    const char* why;
};
const Refused refused[] = {
    {R"({"requestMethod":"TRACE"})",                      "Unknown HTTP method: 'TRACE'!"                  },
    {R"({"restEndpointUrlPattern":""})",                  "Endpoint URL pattern should be specified!"      },
    {R"({"headers":[]})",                                 "Headers should be an object!"                   },
    {R"({"maxInMemoryBufferSizeInKb":25001})",
     "maxInMemoryBufferSizeInKb: must be between 0 and 25000"                                              },
    {R"({"readTimeoutMs":-1})",                           "readTimeoutMs: must be between 0 and 2147483647"},
    {R"({"enableProxy":true})",                           "Proxy host should be specified!"                },
    {R"({"enableProxy":true,"proxyHost":"x"})",           "Proxy port should be between 1 and 65535!"      },
    {R"({"credentials":"x"})",                            "Credentials should be an object!"               },
    {R"({"credentials":{"type":"sas"}})",                 "Unknown type of credentials: 'sas'!"            },
    {R"({"credentials":{"type":"basic"}})",
     "Username of the basic credentials should be specified!"                                              },
    {R"({"credentials":{"type":"cert.PEM","cert":"x"}})",
     "A certificate and its private key should be specified together!"                                     },
    {R"({"credentials":{"type":"cert.PEM"}})",
     "Either a CA certificate or a client certificate should be specified!"                                },
};

TEST(RestApiCall, RefusesAWrongConfiguration) {
    NodeBench bench;
    for (const Refused& row : refused) {
        const Result<> made = bench.make(rest, rest_config("http://127.0.0.1/", row.changes));
        ASSERT_FALSE(made) << row.changes;
        EXPECT_EQ(made.error().message, row.why);
    }
}

TEST(RestApiCall, TellsThatACertificateCannotBeUsed) {
    NodeBench bench;
    WebStandIn web(bench);
    ASSERT_TRUE(bench.make(
        rest, rest_config("https" + web.url().substr(4),
                          R"({"credentials":{"type":"cert.PEM","cert":"x","privateKey":"y"}})")));
    EXPECT_EQ(bench.send("{}").error, "a certificate or key cannot be used");
}

struct Upgrade {
    std::int32_t from;
    const char* old;
    const char* now;
};
const Upgrade upgrades[] = {
    {0, R"({"requestMethod":"GET","trimDoubleQuotes":true,"trimQueue":false,"maxQueueSize":0})",
     R"({"requestMethod":"GET","parseToPlainText":true,"maxInMemoryBufferSizeInKb":256,"requestBodyTemplate":null})"},
    {1, R"({"parseToPlainText":false,"useRedisQueueForMsgPersistence":true})",
     R"({"parseToPlainText":false,"maxInMemoryBufferSizeInKb":256,"requestBodyTemplate":null})"                     },
    {2, R"({"readTimeoutMs":5})",
     R"({"readTimeoutMs":5,"maxInMemoryBufferSizeInKb":256,"requestBodyTemplate":null})"                            },
    {3, R"({"maxInMemoryBufferSizeInKb":10,"queryParams":[],"whatever":1})",
     R"({"maxInMemoryBufferSizeInKb":10,"requestBodyTemplate":null})"                                               },
};

TEST(RestApiCall, BringsOldConfigurationsUpToDate) {
    for (const Upgrade& row : upgrades)
        EXPECT_EQ(parse_json(upgraded(rest, row.from, row.old)).value(),
                  parse_json(row.now).value())
            << row.old;
    const json::value fresh = parse_json(default_of(rest)).value();
    EXPECT_EQ(fresh.at("queryParams"), json::value(json::array()));
    EXPECT_EQ(fresh.at("maxInMemoryBufferSizeInKb"), json::value(256));
}

}  // namespace
}  // namespace thingstead::rule::testing::external
