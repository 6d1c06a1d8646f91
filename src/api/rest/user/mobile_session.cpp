// The caller's sessions on phones. Which phone: header X-Mobile-Token.
#include "api/rest/json_text.h"
#include "api/rest/user/handlers.h"
#include "core/user/users.h"

namespace thingstead::api::user {

/// The body and answer: when the phone got its token.
struct SessionInfo {
    EpochMs token_time = 0;
};
constexpr auto describe(const SessionInfo*) {
    return fields(field("fcmTokenTimestamp", &SessionInfo::token_time));
}

namespace {

Result<std::string> token_of(const Call& call) {
    const auto token = call.request.header("X-Mobile-Token");
    if (!token)
        return Error{ErrorCode::malformed,
                     "Required request header 'X-Mobile-Token' for method parameter type String is "
                     "not present"};
    return std::string(*token);
}

}  // namespace

Task<Result<net::Reply>> get_mobile_session(Call call) {
    Result<std::string> token = token_of(call);
    if (!token) co_return token.error();
    const auto session =
        co_await core::mobile_session(call.services.platform, call.caller, *std::move(token));
    if (!session) co_return session.error();
    if (!*session) co_return net::Reply{};
    const SessionInfo info{(*session)->token_time};
    co_return json_reply_of(info);
}

Task<Result<net::Reply>> save_mobile_session(Call call) {
    Result<std::string> token = token_of(call);
    if (!token) co_return token.error();
    const Result<SessionInfo> info = call.body_as<SessionInfo>();
    if (!info) co_return info.error();
    const Result<> done = co_await core::save_mobile_session(call.services.platform, call.caller,
                                                             *std::move(token), info->token_time);
    if (!done) co_return done.error();
    co_return net::Reply{};
}

Task<Result<net::Reply>> remove_mobile_session(Call call) {
    Result<std::string> token = token_of(call);
    if (!token) co_return token.error();
    const Result<> done = co_await core::remove_mobile_session(call.services.platform, call.caller,
                                                               *std::move(token));
    if (!done) co_return done.error();
    co_return net::Reply{};
}

}  // namespace thingstead::api::user
