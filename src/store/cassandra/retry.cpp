#include "store/cassandra/retry.h"

namespace thingstead::store::cassandra {

using cql::ServerErrorCode;

Verdict judge(ServerErrorCode code, bool idempotent) {
    switch (code) {
        case ServerErrorCode::unprepared: return Verdict::prepare;
        // Nothing was done.
        case ServerErrorCode::unavailable:
        case ServerErrorCode::overloaded:
        case ServerErrorCode::is_bootstrapping: return Verdict::next_host;
        // Perhaps it was done.
        case ServerErrorCode::server_error:
        case ServerErrorCode::write_timeout:
        case ServerErrorCode::write_failure:
        case ServerErrorCode::cdc_write_failure:
        case ServerErrorCode::cas_write_unknown:
        case ServerErrorCode::read_timeout:
        case ServerErrorCode::read_failure:
        case ServerErrorCode::truncate_error:
            return idempotent ? Verdict::next_host : Verdict::fail;
        case ServerErrorCode::protocol_error:
        case ServerErrorCode::bad_credentials:
        case ServerErrorCode::function_failure:
        case ServerErrorCode::syntax_error:
        case ServerErrorCode::unauthorized:
        case ServerErrorCode::invalid:
        case ServerErrorCode::config_error:
        case ServerErrorCode::already_exists:   return Verdict::fail;
    }
    return Verdict::fail;
}

bool is_refusal(ServerErrorCode code) {
    return code == ServerErrorCode::invalid || code == ServerErrorCode::syntax_error ||
           code == ServerErrorCode::protocol_error;
}

}  // namespace thingstead::store::cassandra
