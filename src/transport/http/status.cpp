#include "transport/http/status.h"

#include "model/kv.h"

namespace thingstead::transport::http {

int status_of(ErrorCode code) {
    switch (code) {
        case ErrorCode::malformed:
        case ErrorCode::invalid_argument:   return 400;
        case ErrorCode::unauthenticated:
        case ErrorCode::expired:
        case ErrorCode::password_expired:
        case ErrorCode::password_violation: return 401;
        case ErrorCode::limit_reached:
        case ErrorCode::forbidden:          return 403;
        case ErrorCode::not_found:          return 404;
        case ErrorCode::conflict:           return 409;
        case ErrorCode::too_large:          return 413;
        case ErrorCode::rate_limited:       return 429;
        case ErrorCode::timeout:            return 408;
        case ErrorCode::unsupported:        return 501;
        case ErrorCode::unavailable:        return 503;
        case ErrorCode::internal:           return 500;
    }
    return 500;
}

int payload_status(ErrorCode code) {
    const bool wrong_payload = code == ErrorCode::malformed || code == ErrorCode::invalid_argument;
    return wrong_payload ? 400 : status_of(code);
}

net::Reply error_json(int status, std::string_view message, EpochMs now_ms) {
    int error_code = 2;
    switch (status) {
        case 400:
        case 405: error_code = 31; break;
        case 401: error_code = 10; break;
        case 403: error_code = 20; break;
        case 404: error_code = 32; break;
        case 429: error_code = 33; break;
        default:  break;
    }
    net::Reply reply;
    reply.status = status;
    reply.content_type = "application/json";
    reply.body = "{\"status\":" + std::to_string(status) + ",\"message\":";
    model::append_json_string(reply.body, message);
    reply.body += ",\"errorCode\":" + std::to_string(error_code) +
                  ",\"timestamp\":" + std::to_string(now_ms) + "}";
    return reply;
}

}  // namespace thingstead::transport::http
