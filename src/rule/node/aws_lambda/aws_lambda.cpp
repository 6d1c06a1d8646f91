// Source: AWS Lambda's API reference, Invoke (2015-03-31).
#include <chrono>
#include <memory>
#include <utility>

#include "rule/aws_call.h"
#include "rule/external.h"
#include "rule/pattern.h"

namespace thingstead::rule::aws_lambda {
namespace {

constexpr const char* latest = "$LATEST";

struct Config {
    std::string access_key;
    std::string secret_key;
    std::string region = "us-east-1";
    std::string function;
    std::string qualifier = latest;
    std::int32_t connection_timeout_s = 10;
    std::int32_t request_timeout_s = 5;
    bool fails_with_function = false;
};
constexpr auto describe(const Config*) {
    using C = Config;
    return fields(
        field("accessKey", &C::access_key), field("secretKey", &C::secret_key, {}, secret),
        field("region", &C::region), field("functionName", &C::function, "A pattern."),
        field("qualifier", &C::qualifier, "A pattern; blank: $LATEST."),
        field("connectionTimeout", &C::connection_timeout_s, "Seconds.", between(0, 86'400)),
        field("requestTimeout", &C::request_timeout_s, "Seconds.", between(0, 86'400)),
        field("tellFailureIfFuncThrowsExc", &C::fails_with_function,
              "Whether a function that throws fails the message."));
}

ExternalAnswer answer_of(Result<net::HttpAnswer> got, bool fails_with_function) {
    if (!got) return ExternalAnswer::failed(got.error());
    const auto header = [&](std::string_view name) -> std::string {
        for (const auto& [key, value] : got->headers)
            if (net::same_header_name(key, name)) return value;
        return {};
    };
    ExternalAnswer answer;
    const std::string function_error = header("X-Amz-Function-Error");
    if (got->status < 200 || got->status > 299) {
        answer = ExternalAnswer::failed(
            Error{ErrorCode::internal,
                  "Status " + std::to_string(got->status) + " of AWS Lambda: " + got->body});
    } else if (fails_with_function && !function_error.empty()) {
        answer = ExternalAnswer::failed(Error{ErrorCode::internal, got->body});
    } else {
        answer.data = std::move(got->body);
    }
    answer.metadata.put("requestId", header("x-amzn-RequestId"));
    return answer;
}

/// Not of the node, which it may outlive.
Task<ExternalAnswer> invoke(net::HttpClient* http, net::HttpCall call, bool fails_with_function) {
    co_return answer_of(co_await send_http(http, std::move(call)), fails_with_function);
}

class AwsLambdaNode final : public Node {
  public:
    static Result<std::unique_ptr<Node>> make(const Config& config, const NodeInfo& info,
                                              NodeServices& services) {
        const AwsAccess access{config.access_key, config.secret_key, config.region};
        if (Result<> valid = check_aws_access(access); !valid) return valid.error();
        if (config.function.empty())
            return Error{ErrorCode::invalid_argument, "Function name should be specified!"};
        return std::unique_ptr<Node>(
            std::make_unique<AwsLambdaNode>(config, access, info, services));
    }

    AwsLambdaNode(const Config& config, AwsAccess access, const NodeInfo& info,
                  NodeServices& services)
        : access_(std::move(access)),
          function_(config.function),
          qualifier_(config.qualifier),
          timeout_(config.connection_timeout_s + config.request_timeout_s),
          fails_with_function_(config.fails_with_function),
          services_(services),
          requests_(info, services, limits()) {}

    Step on_message(Visit& visit) override {
        const Result<PatternSource> source = PatternSource::of(visit.msg);
        if (!source) return source.error();
        std::string qualifier = qualifier_.fill(*source);
        if (qualifier.find_first_not_of(" \t") == std::string::npos) qualifier = latest;
        AwsRequest request;
        request.service = "lambda";
        request.path = "/2015-03-31/functions/" + net::percent_encode(function_.fill(*source)) +
                       "/invocations";
        request.query.emplace_back("Qualifier", std::move(qualifier));
        request.headers.emplace_back("Content-Type", "application/json");
        request.headers.emplace_back("X-Amz-Invocation-Type", "RequestResponse");
        request.body = visit.msg.data;
        net::HttpCall call = aws_call(std::move(request), access_, services_.external.aws_url,
                                      services_.clock.now_ms());
        call.timeout = timeout_;
        return requests_.run(visit,
                             invoke(services_.outside.http, std::move(call), fails_with_function_));
    }

  private:
    static ExternalLimits limits() {
        ExternalLimits limits;
        limits.heeds_settings = false;  // As the interface's node.
        return limits;
    }

    AwsAccess access_;
    Pattern function_, qualifier_;
    std::chrono::seconds timeout_;
    bool fails_with_function_;
    NodeServices& services_;
    ExternalRequests requests_;
};

}  // namespace

extern const NodeDescriptor descriptor{
    .type = "org.thingsboard.rule.engine.aws.lambda.TbAwsLambdaNode",
    .name = "aws lambda",
    .kind = NodeKind::external,
    .summary = "Calls a function of AWS Lambda with the data of a message.",
    .form = "tbExternalNodeLambdaConfig",
    .icon = "functions",
    .default_configuration = &default_configuration<Config>,
    .make = &make_node<AwsLambdaNode, Config>,
};

}  // namespace thingstead::rule::aws_lambda
