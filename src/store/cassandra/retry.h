// What to do about an error of a node.
#pragma once
#include <cstdint>

#include "protocol/cql/server_error.h"

namespace thingstead::store::cassandra {

enum class Verdict : std::uint8_t {
    next_host,  ///< Another node may do better.
    prepare,    ///< The node forgot the statement.
    fail,       ///< The caller decides.
};

/// `idempotent`: doing it twice does no harm, so that an unknown outcome may be tried again.
Verdict judge(cql::ServerErrorCode code, bool idempotent);

/// The request itself is at fault: it would fail again, for ever.
bool is_refusal(cql::ServerErrorCode code);

}  // namespace thingstead::store::cassandra
