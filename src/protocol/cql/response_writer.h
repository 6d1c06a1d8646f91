// A server's side of the protocol: for tests, fuzzing and fake nodes.
#pragma once
#include <string>

#include "protocol/cql/response.h"

namespace thingstead::cql {

/// Appends the frame of a response; decode_response() gives it back.
void append_response(std::string& out, std::int16_t stream, const Response& response);

}  // namespace thingstead::cql
