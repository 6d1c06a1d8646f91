// Source: Amazon's Signature Version 4 test suite, and the example of its documentation.
#include "protocol/aws/sign.h"

#include <gtest/gtest.h>

namespace thingstead::aws {
namespace {

constexpr std::int64_t time_s = 1'440'938'160;  // 2015-08-30T12:36:00Z
const Credentials credentials{"AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"};
const Scope scope{"us-east-1", "service"};

using Pairs = std::vector<std::pair<std::string, std::string>>;

struct Vector {
    const char* name;
    const char* method;
    Pairs query;
    Pairs headers;
    const char* body;
    const char* signed_headers;
    const char* signature;
};

const Vector vectors[] = {
    {"get-vanilla",
     "GET",  {},
     {},
     "",              "host;x-amz-date",
     "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
    {"get-vanilla-query-order-key-case",
     "GET",  {{"Param2", "value2"}, {"Param1", "value1"}},
     {},
     "",              "host;x-amz-date",
     "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"},
    {"post-vanilla",
     "POST", {},
     {},
     "",              "host;x-amz-date",
     "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"},
    {"post-x-www-form-urlencoded",
     "POST", {},
     {{"Content-Type", "application/x-www-form-urlencoded"}},
     "Param1=value1", "content-type;host;x-amz-date",
     "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"},
};

TEST(AwsSign, SignsAsThePublishedVectors) {
    for (const Vector& row : vectors) {
        SCOPED_TRACE(row.name);
        Request request;
        request.method = row.method;
        request.host = "example.amazonaws.com";
        request.query = row.query;
        request.headers = row.headers;
        request.body = row.body;
        const Signed out = sign(request, credentials, scope, time_s);
        EXPECT_EQ(out.date, "20150830T123600Z");
        EXPECT_EQ(out.authorization,
                  std::string("AWS4-HMAC-SHA256 "
                              "Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
                              "SignedHeaders=") +
                      row.signed_headers + ", Signature=" + row.signature);
    }
}

TEST(AwsSign, SignsTheExampleOfTheDocumentation) {
    Request request;
    request.method = "GET";
    request.host = "iam.amazonaws.com";
    request.query = {
        {"Action",  "ListUsers" },
        {"Version", "2010-05-08"}
    };
    request.headers = {
        {"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"}
    };
    const Scope iam{"us-east-1", "iam"};
    EXPECT_TRUE(sign(request, credentials, iam, time_s)
                    .authorization.ends_with("5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5"
                                             "924a6f2b5d7"));
}

TEST(AwsSign, SignsEveryPartOfARequest) {
    Request first;
    first.host = "a.example";
    const std::string signature = sign(first, credentials, scope, time_s).authorization;
    const auto differs = [&](auto change) {
        Request request = first;
        change(request);
        return sign(request, credentials, scope, time_s).authorization != signature;
    };
    EXPECT_TRUE(differs([](Request& request) { request.host = "b.example"; }));
    EXPECT_TRUE(differs([](Request& request) { request.path = "/a%20b"; }));
    EXPECT_TRUE(differs([](Request& request) { request.body = "x"; }));
    EXPECT_TRUE(differs([](Request& request) {
        request.query = {
            {"a", "b"}
        };
    }));
    EXPECT_NE(sign(first, credentials, scope, time_s + 1).authorization, signature);
    EXPECT_NE(sign(first, credentials, Scope{"eu-west-1", "service"}, time_s).authorization,
              signature);
}

}  // namespace
}  // namespace thingstead::aws
