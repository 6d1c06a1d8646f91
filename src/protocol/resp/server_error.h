// What a server's error means for a client.
// Source: the error prefixes of Redis 7 and Valkey; "Redis cluster specification", redirection.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace thingstead::resp {

enum class ServerErrorKind : std::uint8_t {
    moved,          ///< The slot lives at `host`:`port` for good.
    ask,            ///< Ask there for this one command, after ASKING.
    try_again,      ///< The keys of the command are on their way to another node.
    cluster_down,   ///< The slot has no master, or the node does not see most of the others.
    loading,        ///< Reads its data after a start.
    no_auth,        ///< Wants AUTH first.
    wrong_pass,     ///< AUTH failed.
    no_permission,  ///< The user may not do this.
    read_only,      ///< A replica.
    master_down,    ///< A replica without its master.
    out_of_memory,
    no_script,    ///< EVALSHA of a script that the server does not know.
    no_protocol,  ///< HELLO with a version that it does not speak.
    other,
};

struct ServerError {
    ServerErrorKind kind = ServerErrorKind::other;
    std::uint16_t slot = 0;  ///< Of moved and ask, as the next two.
    std::string host{};      ///< Empty: that of the node that said so.
    std::uint16_t port = 0;
};

/// Reads the text of an error. A MOVED or ASK that cannot be read is `other`.
ServerError read_server_error(std::string_view text);

}  // namespace thingstead::resp
