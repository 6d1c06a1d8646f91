#include "protocol/cql/server_error.h"

namespace thingstead::cql {

std::string_view to_string(ServerErrorCode code) {
    switch (code) {
        case ServerErrorCode::server_error:      return "server_error";
        case ServerErrorCode::protocol_error:    return "protocol_error";
        case ServerErrorCode::bad_credentials:   return "bad_credentials";
        case ServerErrorCode::unavailable:       return "unavailable";
        case ServerErrorCode::overloaded:        return "overloaded";
        case ServerErrorCode::is_bootstrapping:  return "is_bootstrapping";
        case ServerErrorCode::truncate_error:    return "truncate_error";
        case ServerErrorCode::write_timeout:     return "write_timeout";
        case ServerErrorCode::read_timeout:      return "read_timeout";
        case ServerErrorCode::read_failure:      return "read_failure";
        case ServerErrorCode::function_failure:  return "function_failure";
        case ServerErrorCode::write_failure:     return "write_failure";
        case ServerErrorCode::cdc_write_failure: return "cdc_write_failure";
        case ServerErrorCode::cas_write_unknown: return "cas_write_unknown";
        case ServerErrorCode::syntax_error:      return "syntax_error";
        case ServerErrorCode::unauthorized:      return "unauthorized";
        case ServerErrorCode::invalid:           return "invalid";
        case ServerErrorCode::config_error:      return "config_error";
        case ServerErrorCode::already_exists:    return "already_exists";
        case ServerErrorCode::unprepared:        return "unprepared";
    }
    return "unknown";
}

}  // namespace thingstead::cql
