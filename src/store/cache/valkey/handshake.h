// The first words on a connection: protocol, log-in, database, tracking, the script.
#pragma once
#include "base/error.h"
#include "net/stream_socket.h"
#include "net/task.h"
#include "protocol/resp/parser.h"
#include "store/cache/valkey/settings.h"

namespace thingstead::store::valkey {

/// All of it, in one write. The three live until it returns. Errors: invalid_argument - a setting
/// is wrong, and the message names it; unavailable - the server is not ready, or was lost.
Task<Result<>> shake_hands(net::Stream& stream, resp::Parser& parser, const Settings& settings);

/// A part of it, for tests: what an answer to HELLO, to SELECT, or to one of the others means.
Result<> check_hello(const resp::Value& answer, const Settings& settings);
Result<> check_select(const resp::Value& answer);
Result<> check_other(const resp::Value& answer);

}  // namespace thingstead::store::valkey
