// Claiming a device, and taking it back.
#include "api/rest/device/handlers.h"
#include "core/device/claiming.h"

namespace thingstead::api::device {
namespace {

/// {"secretKey"}, or nothing at all.
Result<std::string> secret_key_of(const Call& call) {
    if (call.request.body.empty()) return std::string();
    const Result<json::value> body = call.body();
    if (!body) return body.error();
    const json::object* members = body->if_object();
    const json::value* key = members ? members->if_contains("secretKey") : nullptr;
    if (!key || key->is_null()) return std::string();
    if (!key->is_string()) return json_member_error("secretKey", json_expected("a string"));
    return std::string(key->get_string());
}

std::string claimed_text(const core::Claim& claim) {
    std::string out = "{\"device\":";
    append_text(out, claim.device);
    out += ",\"response\":";
    append_text(out, claim.outcome);
    out += '}';
    return out;
}

}  // namespace

Task<Result<net::Reply>> claim_device(Call call) {
    Result<std::string> secret_key = secret_key_of(call);
    if (!secret_key) co_return secret_key.error();
    Result<core::Claim> claim = co_await core::claim_device(
        call.services.platform, call.caller, call.variable("deviceName"), *std::move(secret_key));
    if (!claim) co_return claim.error();
    if (claim->outcome != core::ClaimOutcome::success) {
        net::Reply refused = json_reply_of(claim->outcome);
        refused.status = 400;
        co_return refused;
    }
    std::string body = claimed_text(*claim);
    core::Assigned<model::Device> done{std::move(claim->device), std::move(claim->customer)};
    const model::DeviceId id = done.entity.id;
    Result<core::Assigned<model::Device>> outcome(std::move(done));
    Result<net::Reply> told = co_await detail::answer_assignment<model::Device>(
        std::move(call), id, true, std::move(outcome));
    if (!told) co_return told.error();
    co_return json_reply(std::move(body));
}

Task<Result<net::Reply>> reclaim_device(Call call) {
    Result<std::optional<core::Assigned<model::Device>>> reclaimed = co_await core::reclaim_device(
        call.services.platform, call.caller, call.variable("deviceName"));
    if (!reclaimed) co_return reclaimed.error();
    if (!*reclaimed) co_return net::Reply{};
    const model::DeviceId id = (*reclaimed)->entity.id;
    Result<core::Assigned<model::Device>> outcome(**std::move(reclaimed));
    const Result<net::Reply> told = co_await detail::answer_assignment<model::Device>(
        std::move(call), id, false, std::move(outcome));
    if (!told) co_return told.error();
    co_return net::Reply{};
}

}  // namespace thingstead::api::device
