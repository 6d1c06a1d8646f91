#include "api/rest/status.h"

#include "model/kv.h"

namespace thingstead::api {

RestStatus rest_status(ErrorCode code) {
    switch (code) {
        // The reference answers a body that cannot be read as a failure of its own, 500.
        case ErrorCode::malformed:          return {400, RestCode::bad_request};
        case ErrorCode::invalid_argument:   return {400, RestCode::bad_request};
        case ErrorCode::unauthenticated:    return {401, RestCode::authentication};
        case ErrorCode::expired:            return {401, RestCode::token_expired};
        case ErrorCode::forbidden:          return {403, RestCode::permission_denied};
        case ErrorCode::not_found:          return {404, RestCode::not_found};
        case ErrorCode::conflict:           return {409, RestCode::version_conflict};
        case ErrorCode::too_large:          return {413, RestCode::bad_request};
        case ErrorCode::rate_limited:       return {429, RestCode::too_many_requests};
        case ErrorCode::timeout:            return {500, RestCode::general};
        case ErrorCode::unavailable:        return {503, RestCode::general};
        case ErrorCode::unsupported:        return {400, RestCode::bad_request};
        case ErrorCode::internal:           return {500, RestCode::general};
        case ErrorCode::limit_reached:      return {403, RestCode::entities_limit};
        case ErrorCode::password_expired:   return {401, RestCode::credentials_expired};
        case ErrorCode::password_violation: return {401, RestCode::password_violation};
    }
    return {500, RestCode::general};
}

net::Reply error_document(RestStatus status, std::string_view message, EpochMs now_ms,
                          std::string_view members) {
    net::Reply reply;
    reply.status = status.http;
    reply.content_type = "application/json";
    reply.body = "{\"status\":" + std::to_string(status.http) + ",\"message\":";
    model::append_json_string(reply.body, message);
    reply.body += ",\"errorCode\":" + std::to_string(static_cast<int>(status.code)) +
                  ",\"timestamp\":" + std::to_string(now_ms);
    if (!members.empty()) reply.body += ',' + std::string(members);
    reply.body += '}';
    return reply;
}

net::Reply error_document(const Error& error, EpochMs now_ms) {
    return error_document(rest_status(error.code), error.message, now_ms, error.members);
}

net::Reply error_text(const Error& error) {
    net::Reply reply;
    reply.status = rest_status(error.code).http;
    if (error.code == ErrorCode::internal) return reply;
    reply.content_type = "text/plain;charset=UTF-8";
    reply.body = error.message;
    return reply;
}

}  // namespace thingstead::api
