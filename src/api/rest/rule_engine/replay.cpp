// Replays: stored messages run again through a version of a rule chain, without effects.
#include "api/rest/json_text.h"
#include "api/rest/rule_engine/handlers.h"
#include "core/permission/check.h"
#include "core/rule_replay.h"

namespace thingstead::api::rule_engine {
namespace {

Result<core::RuleReplays*> replays_of(const Call& call) {
    if (Result<> may = core::check(call.caller, core::Operation::read, core::Resource::rule_chain);
        !may)
        return may.error();
    if (!call.services.replays)
        return Error{ErrorCode::unsupported, "Messages cannot be replayed here!"};
    return call.services.replays;
}

}  // namespace

Task<Result<net::Reply>> start_replay(Call call) {
    const Result<core::RuleReplays*> replays = replays_of(call);
    if (!replays) co_return replays.error();
    Result<core::ReplayRequest> request = call.body_as<core::ReplayRequest>();
    if (!request) co_return request.error();
    const Result<Uuid> id = co_await (*replays)->start(call.caller, *std::move(request));
    if (!id) co_return id.error();
    co_return json_reply("{\"id\":\"" + id->to_string() + "\"}");
}

Task<Result<net::Reply>> get_replay(Call call) {
    const Result<core::RuleReplays*> replays = replays_of(call);
    if (!replays) co_return replays.error();
    const Result<Uuid> id = call.uuid("replayId");
    if (!id) co_return id.error();
    const Result<core::ReplayState> state = (*replays)->find(call.caller, *id);
    if (!state) co_return state.error();
    co_return json_reply_of(*state);
}

Task<Result<net::Reply>> list_replays(Call call) {
    const Result<core::RuleReplays*> replays = replays_of(call);
    if (!replays) co_return replays.error();
    co_return json_reply_of((*replays)->list(call.caller));
}

Task<Result<net::Reply>> remove_replay(Call call) {
    const Result<core::RuleReplays*> replays = replays_of(call);
    if (!replays) co_return replays.error();
    const Result<Uuid> id = call.uuid("replayId");
    if (!id) co_return id.error();
    if (const Result<> removed = (*replays)->remove(call.caller, *id); !removed)
        co_return removed.error();
    co_return net::Reply{};
}

}  // namespace thingstead::api::rule_engine
