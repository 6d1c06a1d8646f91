// What a server refuses or fails with: every code of the protocol and its extra fields.
// Source: native_protocol_v4.spec section 9; two codes of version 5 that servers of version 4 know.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/cql/request.h"

namespace thingstead::cql {

enum class ServerErrorCode : std::int32_t {
    server_error = 0x0000,
    protocol_error = 0x000A,
    bad_credentials = 0x0100,
    unavailable = 0x1000,
    overloaded = 0x1001,
    is_bootstrapping = 0x1002,
    truncate_error = 0x1003,
    write_timeout = 0x1100,
    read_timeout = 0x1200,
    read_failure = 0x1300,
    function_failure = 0x1400,
    write_failure = 0x1500,
    cdc_write_failure = 0x1600,
    cas_write_unknown = 0x1700,
    syntax_error = 0x2000,
    unauthorized = 0x2100,
    invalid = 0x2200,
    config_error = 0x2300,
    already_exists = 0x2400,
    unprepared = 0x2500,
};

/// The protocol's name in lower case; "unknown" for a code that is in no table.
std::string_view to_string(ServerErrorCode code);

/// Fields that the code does not have stay zero or empty. Views point into the frame.
struct ServerError {
    ServerErrorCode code{};
    std::string_view message{};
    Consistency consistency{};      ///< unavailable, timeouts, failures
    std::int32_t required = 0;      ///< unavailable; timeouts and failures: replicas waited for
    std::int32_t received = 0;      ///< timeouts, failures; unavailable: replicas alive
    std::int32_t failures = 0;      ///< failures: replicas that said so
    bool data_present = false;      ///< read timeout, read failure
    std::string_view write_type{};  ///< write timeout, write failure: SIMPLE, UNLOGGED_BATCH, …
    std::string_view keyspace{};    ///< already exists, function failure
    std::string_view name{};        ///< already exists: the table; function failure: the function
    std::vector<std::string_view> arguments{};  ///< function failure: types of the arguments
    std::string_view statement_id{};            ///< unprepared

    friend bool operator==(const ServerError&, const ServerError&) = default;
};

}  // namespace thingstead::cql
