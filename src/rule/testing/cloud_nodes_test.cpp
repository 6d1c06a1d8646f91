// Nodes that hand messages to Amazon's and Google's services.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/crypto.h"
#include "net/url.h"
#include "protocol/aws/sign.h"
#include "protocol/google/key_testing.h"
#include "rule/aws_call.h"
#include "rule/testing/web_stand_in.h"

namespace thingstead::rule::testing::cloud {
namespace {

const char* const lambda = "aws.lambda.TbAwsLambdaNode";
const char* const sns = "aws.sns.TbSnsNode";
const char* const sqs = "aws.sqs.TbSqsNode";
const char* const pubsub = "gcp.pubsub.TbPubSubNode";

// --- Amazon ---

/// Whether the request carries the signature that it must have.
void expect_signed(const WebStandIn& web, const aws::Scope& scope,
                   const std::vector<std::string>& signed_headers, std::int64_t now_s) {
    const net::Request asked = web.last();
    aws::Request request;
    request.method = asked.method_text;
    request.host = web.url().substr(7);
    request.path = asked.target.substr(0, asked.target.find('?'));
    const net::Query query = net::Query::parse(asked.query);
    for (const auto& [key, value] : query.parameters())
        request.query.emplace_back(net::percent_encode(key), net::percent_encode(value));
    for (const std::string& name : signed_headers)
        request.headers.emplace_back(name, asked.header(name).value_or(""));
    request.body = asked.body;
    const aws::Signed expected = aws::sign(request, {"AK", "SK"}, scope, now_s);
    EXPECT_EQ(asked.header("Authorization"), expected.authorization);
    EXPECT_EQ(asked.header("X-Amz-Date"), expected.date);
}

struct Amazon : NodeBench {
    Amazon() { house.settings.external.aws_url = web.url(); }
    std::int64_t now_s() const { return house.clock.now_ms() / 1000; }
    WebStandIn web{*this};
};

TEST(AwsLambda, CallsAFunction) {
    Amazon bench;
    bench.web.answer(reply_of(200, R"({"sum":3})",
                              {
                                  {"x-amzn-RequestId", "r1"}
    }));
    ASSERT_TRUE(bench.make(lambda, R"({"accessKey":"AK","secretKey":"SK","region":"eu-west-1",
                                       "functionName":"f:${k}","qualifier":" "})"));
    const NodeAnswer answer = bench.send(R"({"a":1})", metadata_of({
                                                           {"k", "v"}
    }));
    EXPECT_EQ(answer.way(), "Success") << answer.error;
    EXPECT_EQ(answer.msg.data, R"({"sum":3})");
    EXPECT_EQ(answer.msg.metadata.get("requestId"), "r1");
    EXPECT_EQ(bench.web.last().target,
              "/2015-03-31/functions/f%3Av/invocations?Qualifier=%24LATEST");
    EXPECT_EQ(bench.web.last().body, R"({"a":1})");
    expect_signed(bench.web, {"eu-west-1", "lambda"}, {"Content-Type", "X-Amz-Invocation-Type"},
                  bench.now_s());
}

TEST(AwsLambda, FailsWithTheFunctionIfItIsToldTo) {
    Amazon bench;
    const net::Reply thrown = reply_of(200, R"({"errorMessage":"x"})",
                                       {
                                           {"X-Amz-Function-Error", "Unhandled"}
    });
    bench.web.answer(thrown);
    bench.web.answer(thrown);
    bench.web.answer(reply_of(403, "denied"));
    const std::string keys = R"({"accessKey":"AK","secretKey":"SK","functionName":"f")";
    ASSERT_TRUE(bench.make(lambda, keys + "}"));
    EXPECT_EQ(bench.send("{}").msg.data, R"({"errorMessage":"x"})");
    ASSERT_TRUE(bench.make(lambda, keys + R"(,"tellFailureIfFuncThrowsExc":true})"));
    EXPECT_EQ(bench.send("{}").error, R"({"errorMessage":"x"})");
    EXPECT_EQ(bench.send("{}").error, "Status 403 of AWS Lambda: denied");
}

TEST(AwsLambda, DoesNotHeedTheSettingsOfAcknowledging) {
    Amazon bench;
    bench.house.settings.external.force_ack = true;
    ASSERT_TRUE(bench.make(lambda, R"({"accessKey":"AK","secretKey":"SK","functionName":"f"})"));
    EXPECT_EQ(bench.send("{}").way(), "Success");
}

TEST(AwsSns, Publishes) {
    Amazon bench;
    bench.web.answer(reply_of(200,
                              "<R><PublishResult><MessageId>m1</MessageId></PublishResult>"
                              "<M><RequestId>r1</RequestId></M></R>"));
    bench.web.answer(reply_of(
        400, "<E><Error><Code>InvalidParameter</Code><Message>no topic</Message></Error></E>"));
    ASSERT_TRUE(bench.make(
        sns, R"({"topicArnPattern":"arn:${k}","accessKeyId":"AK","secretAccessKey":"SK"})"));
    const model::Metadata metadata = metadata_of({
        {"k", "v"}
    });
    const NodeAnswer answer = bench.send(R"({"a":"b c"})", metadata);
    EXPECT_EQ(answer.way(), "Success") << answer.error;
    EXPECT_EQ(answer.msg.metadata.get("messageId"), "m1");
    EXPECT_EQ(answer.msg.metadata.get("requestId"), "r1");
    const net::Query form = net::Query::parse(bench.web.last().body);
    EXPECT_EQ(form.find("Action"), "Publish");
    EXPECT_EQ(form.find("TopicArn"), "arn:v");
    EXPECT_EQ(form.find("Message"), R"({"a":"b c"})");
    expect_signed(bench.web, {"us-east-1", "sns"}, {"Content-Type"}, bench.now_s());
    EXPECT_EQ(bench.send("{}", metadata).error,
              "no topic (Status Code: 400; Error Code: InvalidParameter)");
}

TEST(AwsSqs, PutsIntoAQueue) {
    Amazon bench;
    const net::Reply taken = reply_of(
        200,
        "<S><R><MessageId>m1</MessageId><MD5OfMessageBody>b</MD5OfMessageBody>"
        "<MD5OfMessageAttributes>a</MD5OfMessageAttributes><SequenceNumber>7</SequenceNumber>"
        "</R><M><RequestId>r1</RequestId></M></S>");
    bench.web.answer(taken);
    bench.web.answer(taken);
    ASSERT_TRUE(bench.make(
        sqs, R"({"queueUrlPattern":"https://sqs.us-east-1.amazonaws.com/1/${k}","delaySeconds":5,
                 "messageAttributes":{"n ${k}":"$[a]"},"accessKeyId":"AK",
                 "secretAccessKey":"SK"})"));
    const model::Metadata metadata = metadata_of({
        {"k", "v"}
    });
    const NodeAnswer answer = bench.send(R"({"a":1})", metadata);
    EXPECT_EQ(answer.way(), "Success") << answer.error;
    for (const auto& [key, value] : {
             std::pair{"messageId",            "m1"},
             std::pair{"requestId",            "r1"},
             std::pair{"messageBodyMd5",       "b" },
             std::pair{"messageAttributesMd5", "a" },
             std::pair{"sequenceNumber",       "7" }
    })
        EXPECT_EQ(answer.msg.metadata.get(key), value);
    EXPECT_EQ(bench.web.last().target, "/1/v");
    const net::Query form = net::Query::parse(bench.web.last().body);
    EXPECT_EQ(form.find("Action"), "SendMessage");
    EXPECT_EQ(form.find("MessageBody"), R"({"a":1})");
    EXPECT_EQ(form.find("DelaySeconds"), "5");
    EXPECT_EQ(form.find("MessageAttribute.1.Name"), "n v");
    EXPECT_EQ(form.find("MessageAttribute.1.Value.StringValue"), "1");
    expect_signed(bench.web, {"us-east-1", "sqs"}, {"Content-Type"}, bench.now_s());
    ASSERT_TRUE(bench.make(
        sqs, R"({"queueType":"FIFO","queueUrlPattern":"https://x/q.fifo","accessKeyId":"AK",
                 "secretAccessKey":"SK"})"));
    const model::Msg sent = bench.message("{}");
    EXPECT_EQ(bench.send(sent).way(), "Success");
    const net::Query fifo = net::Query::parse(bench.web.last().body);
    EXPECT_EQ(fifo.find("MessageDeduplicationId"), sent.id.to_string());
    EXPECT_EQ(fifo.find("MessageGroupId"), sent.originator.uuid.to_string());
    EXPECT_FALSE(fifo.find("DelaySeconds"));
}

TEST(Aws, AsksEachServiceInItsRegionUnlessTheSettingsSay) {
    const AwsAccess access{"AK", "SK", "eu-west-1"};
    const net::HttpCall call = aws_call(aws_form("sns", net::Query()), access, "", 0);
    EXPECT_EQ(call.url, "https://sns.eu-west-1.amazonaws.com/");
    AwsRequest elsewhere = aws_form("sqs", net::Query());
    elsewhere.url = "https://queue.example";
    elsewhere.path = "/1/q";
    EXPECT_EQ(aws_call(elsewhere, access, "", 0).url, "https://queue.example/1/q");
    EXPECT_EQ(aws_call(elsewhere, access, "http://here", 0).url, "http://here/1/q");
    for (const char* url : {"", "https://", "ftp://x/", "https://x/?a", "https://x y/"})
        EXPECT_FALSE(split_url(url)) << url;
}

struct BadAws {
    const char* type;
    const char* configuration;
    const char* why;
};
const BadAws bad_aws[] = {
    {lambda, "{}",                                                                  "Access key ID should be specified!"    },
    {lambda, R"({"accessKey":"a"})",                                                "Secret access key should be specified!"},
    {lambda, R"({"accessKey":"a","secretKey":"b"})",                                "Function name should be specified!"    },
    {sns,    R"({"accessKeyId":"a","secretAccessKey":"b","region":"x/y"})",
     "AWS region should be specified!"                                                                                      },
    {sns,    R"({"accessKeyId":"a","secretAccessKey":"b","topicArnPattern":""})",
     "Topic ARN should be specified!"                                                                                       },
    {sqs,    R"({"accessKeyId":"a","secretAccessKey":"b","queueUrlPattern":""})",
     "Queue URL should be specified!"                                                                                       },
    {sqs,    R"({"accessKeyId":"a","secretAccessKey":"b","messageAttributes":[]})",
     "Message attributes should be an object!"                                                                              },
    {sqs,    R"({"accessKeyId":"a","secretAccessKey":"b","delaySeconds":901})",
     "delaySeconds: must be between 0 and 900"                                                                              },
};

TEST(Aws, RefusesAWrongConfiguration) {
    NodeBench bench;
    for (const BadAws& row : bad_aws) {
        const Result<> made = bench.make(row.type, row.configuration);
        ASSERT_FALSE(made) << row.configuration;
        EXPECT_EQ(made.error().message, row.why);
    }
}

// --- Google ---

std::string pubsub_config(const WebStandIn& web) {
    json::object account, config;
    account["client_email"] = "me@project.example";
    account["private_key"] = google::test_private_key;
    account["private_key_id"] = "kid1";
    account["token_uri"] = web.url("/token");
    config["projectId"] = "p1";
    config["topicName"] = "t1";
    config["messageAttributes"] = json::object({
        {"${k}", "$[a]"}
    });
    config["serviceAccountKey"] = json::serialize(account);
    return json::serialize(config);
}

TEST(PubSub, PublishesWithATokenThatItKeeps) {
    NodeBench bench;
    WebStandIn web(bench);
    bench.house.settings.external.pubsub_url = web.url();
    web.answer(reply_of(200, R"({"access_token":"tok1","expires_in":3600})"));
    web.answer(reply_of(200, R"({"messageIds":["m1"]})"));
    web.answer(reply_of(200, R"({"messageIds":["m2"]})"));
    ASSERT_TRUE(bench.make(pubsub, pubsub_config(web)));
    const model::Metadata metadata = metadata_of({
        {"k", "v"}
    });
    const NodeAnswer first = bench.send(R"({"a":1})", metadata);
    EXPECT_EQ(first.way(), "Success") << first.error;
    EXPECT_EQ(first.msg.metadata.get("messageId"), "m1");
    ASSERT_EQ(web.requests().size(), 2u);
    const net::Query form = net::Query::parse(web.requests()[0].body);
    EXPECT_EQ(form.find("grant_type"), "urn:ietf:params:oauth:grant-type:jwt-bearer");
    const std::string assertion(form.find("assertion").value());
    const std::size_t dot = assertion.find('.');
    const std::string claims =
        core::base64url_decode(assertion.substr(dot + 1, assertion.rfind('.') - dot - 1)).value();
    const json::value read = parse_json(claims).value();
    EXPECT_EQ(read.at("iss"), json::value("me@project.example"));
    EXPECT_EQ(read.at("aud"), json::value(web.url("/token")));
    EXPECT_EQ(web.last().target, "/v1/projects/p1/topics/t1:publish");
    EXPECT_EQ(web.last().header("Authorization"), "Bearer tok1");
    EXPECT_EQ(web.last().body, R"({"messages":[{"data":")" + core::base64(R"({"a":1})") +
                                   R"(","attributes":{"v":"1"}}]})");
    EXPECT_EQ(bench.send("{}", metadata).msg.metadata.get("messageId"), "m2");
    EXPECT_EQ(web.requests().size(), 3u);  // The token was used again.
    web.answer(reply_of(200, R"({"access_token":"tok2","expires_in":3600})"));
    web.answer(reply_of(200, R"({"messageIds":["m3"]})"));
    bench.turn(std::chrono::hours(1));
    EXPECT_EQ(bench.send("{}", metadata).msg.metadata.get("messageId"), "m3");
    EXPECT_EQ(web.last().header("Authorization"), "Bearer tok2");
}

TEST(PubSub, TellsWhatGoogleSays) {
    NodeBench bench;
    WebStandIn web(bench);
    bench.house.settings.external.pubsub_url = web.url();
    web.answer(reply_of(400, R"({"error":"invalid_grant","error_description":"Bad key"})"));
    web.answer(reply_of(200, R"({"access_token":"tok1","expires_in":3600})"));
    web.answer(reply_of(404, R"({"error":{"code":404,"message":"No topic"}})"));
    web.answer(reply_of(401, "{}"));
    web.answer(reply_of(503, "busy"));
    ASSERT_TRUE(bench.make(pubsub, pubsub_config(web)));
    EXPECT_EQ(bench.send("{}").error, "Google Pub/Sub refused: status 400: Bad key");
    EXPECT_EQ(bench.send("{}").error, "Google Pub/Sub refused: status 404: No topic");
    EXPECT_EQ(bench.send("{}").error, "Google Pub/Sub refused: status 401");
    // The token was not good any more: a new one is asked for.
    EXPECT_EQ(bench.send("{}").error, "Google Pub/Sub refused: status 503");
    EXPECT_EQ(web.last().target, "/token");
}

struct BadAccount {
    const char* configuration;
    const char* why;
};
const BadAccount bad_accounts[] = {
    {R"({})",                                               "Service account key is not JSON!"        },
    {R"({"serviceAccountKey":"x"})",                        "Service account key is not JSON!"        },
    {R"({"serviceAccountKey":"[]"})",                       "Service account key: expected an object" },
    {R"({"serviceAccountKey":"{}"})",                       "Service account key has no client_email!"},
    {R"({"serviceAccountKey":"{\"client_email\":\"a\"}"})",
     "The private key of the service account cannot be used!"                                         },
    {R"({"serviceAccountKey":"{}","projectId":""})",        "Project ID should be specified!"         },
    {R"({"serviceAccountKey":"{}","topicName":""})",        "Topic name should be specified!"         },
    {R"({"serviceAccountKey":"{}","messageAttributes":1})",
     "Message attributes should be an object!"                                                        },
};

TEST(PubSub, RefusesAWrongConfiguration) {
    NodeBench bench;
    for (const BadAccount& row : bad_accounts) {
        const Result<> made = bench.make(pubsub, row.configuration);
        ASSERT_FALSE(made) << row.configuration;
        EXPECT_EQ(made.error().message, row.why);
    }
}

}  // namespace
}  // namespace thingstead::rule::testing::cloud
