#include "transport/mqtt/status.h"

namespace thingstead::transport::mqtt {
namespace {

ReasonCode refused_credentials(const ConnectFields& fields, Version version) {
    const bool all = fields.user_name && fields.password && fields.client_id;
    const bool one = fields.user_name != fields.password;
    if (!fields.certificate && (all || one))
        // Before version 5 the interface answers 5, "not authorized", here too.
        return version == Version::v5 ? ReasonCode::bad_user_name_or_password
                                      : ReasonCode::not_authorized;
    if (!fields.certificate && !fields.user_name && !fields.password && fields.client_id)
        return ReasonCode::client_identifier_not_valid;
    return ReasonCode::not_authorized;
}

}  // namespace

ReasonCode connack_reason(const Error& error, const ConnectFields& fields, Version version) {
    switch (error.code) {
        case ErrorCode::unauthenticated:
        case ErrorCode::expired:
        case ErrorCode::forbidden:
        case ErrorCode::limit_reached:
        case ErrorCode::password_expired:
        case ErrorCode::password_violation:
        case ErrorCode::not_found:          return refused_credentials(fields, version);
        case ErrorCode::rate_limited:       return ReasonCode::connection_rate_exceeded;
        case ErrorCode::malformed:
        case ErrorCode::invalid_argument:
        case ErrorCode::conflict:
        case ErrorCode::too_large:
        case ErrorCode::timeout:
        case ErrorCode::unavailable:
        case ErrorCode::unsupported:
        case ErrorCode::internal:           return ReasonCode::server_unavailable;
    }
    return ReasonCode::server_unavailable;
}

ReasonCode publish_reason(ErrorCode code) {
    switch (code) {
        case ErrorCode::malformed:
        case ErrorCode::invalid_argument:
        case ErrorCode::unsupported:        return ReasonCode::payload_format_invalid;
        case ErrorCode::too_large:          return ReasonCode::packet_too_large;
        case ErrorCode::unauthenticated:
        case ErrorCode::expired:
        case ErrorCode::forbidden:
        case ErrorCode::limit_reached:
        case ErrorCode::password_expired:
        case ErrorCode::password_violation:
        case ErrorCode::not_found:          return ReasonCode::not_authorized;
        case ErrorCode::rate_limited:
        case ErrorCode::conflict:
        case ErrorCode::timeout:
        case ErrorCode::unavailable:
        case ErrorCode::internal:           return ReasonCode::implementation_specific_error;
    }
    return ReasonCode::unspecified_error;
}

ReasonCode close_reason(core::SessionCloseReason reason) {
    switch (reason) {
        case core::SessionCloseReason::credentials_updated:
        case core::SessionCloseReason::device_deleted:      return ReasonCode::administrative_action;
        case core::SessionCloseReason::newer_session:       return ReasonCode::session_taken_over;
    }
    return ReasonCode::unspecified_error;
}

}  // namespace thingstead::transport::mqtt
