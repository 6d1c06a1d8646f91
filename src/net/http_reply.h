// A Reply to bytes. For http_connection.cpp.
#pragma once
#include <string>

#include "net/http.h"

namespace thingstead::net {

enum class ConnectionWord { none, keep_alive, close };

/// Status line and headers with the empty line behind them. Headers that would break the framing
/// (a line break in them, or one that the server writes itself) are left out.
/// The length is that of the body, sent or not (HEAD).
std::string format_reply_head(const Reply& reply, ConnectionWord word);
/// 1xx, 204 and 304 have none whatever the reply says.
bool status_allows_body(int status);
/// "Sun, 06 Nov 1994 08:49:37 GMT", made once a second per thread.
const std::string& http_date_now();

}  // namespace thingstead::net
