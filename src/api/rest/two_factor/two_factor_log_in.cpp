// The second half of a log-in.
#include "api/rest/audit_note.h"
#include "api/rest/json_text.h"
#include "api/rest/token_reply.h"
#include "api/rest/two_factor/handlers.h"

namespace thingstead::api::two_factor {
namespace {

void append_factor(std::string& out, const core::FactorInfo& info) {
    out += "{\"type\":";
    append_text(out, info.type);
    out += ",\"default\":";
    append_text(out, info.is_default);
    out += ",\"contact\":";
    append_text(out, info.contact);
    out += ",\"minVerificationCodeSendPeriod\":";
    append_text(out, info.send_period_s);
    out += '}';
}

}  // namespace

Task<Result<net::Reply>> list_factors(Call call) {
    const auto factors = co_await call.services.two_factor.factors(call.caller);
    if (!factors) co_return factors.error();
    std::string body = "[";
    for (const core::FactorInfo& each : *factors) {
        if (&each != factors->data()) body += ',';
        append_factor(body, each);
    }
    body += ']';
    co_return json_reply(std::move(body));
}

Task<Result<net::Reply>> send_code(Call call) {
    const auto provider = provider_parameter(call);
    if (!provider) co_return provider.error();
    const Result<> sent = co_await call.services.two_factor.send_code(call.caller, *provider);
    if (!sent) co_return sent.error();
    co_return net::Reply{};
}

Task<Result<net::Reply>> check_code(Call call) {
    const auto provider = provider_parameter(call);
    if (!provider) co_return provider.error();
    Result<std::string> code = call.required("verificationCode");
    if (!code) co_return code.error();
    const Result<core::TokenPair> pair = co_await call.services.two_factor.check_code(
        call.caller, *provider, *std::move(code), client_of(call.request));
    co_return token_reply(pair);
}

Task<Result<net::Reply>> finish_set_up(Call call) {
    const Result<core::TokenPair> pair =
        co_await call.services.two_factor.finish_set_up(call.caller, client_of(call.request));
    co_return token_reply(pair);
}

}  // namespace thingstead::api::two_factor
