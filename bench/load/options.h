// What one run of ts-load does. Filled from the command line, never changed afterwards.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace thingstead::bench {

struct Options {
    std::string host = "127.0.0.1";  ///< A loopback address, checked by parse_options().
    /// Connection i begins with the i-th of them, in turn, and takes the next when it is lost.
    std::vector<std::uint16_t> ports{1883};
    std::uint32_t connections = 1;
    std::uint32_t threads = 1;
    std::uint32_t connect_burst =
        200;                           ///< Connections of one thread that are being set up at once.
    std::uint32_t connect_s_max = 60;  ///< For all connections together.

    bool anonymous = false;                     ///< No user name.
    std::string token_prefix = "bench-token-";  ///< User name of connection i: prefix and i.
    std::vector<std::string> tokens;            ///< When not empty: user name of connection i.
    std::string client_id_prefix = "ts-load-";
    std::string topic = "v1/devices/me/telemetry";  ///< `{}` stands for the connection.
    std::uint16_t keep_alive_s = 60;

    int qos = 1;
    double rate_per_s = 0;      ///< 0 = closed loop.
    std::uint32_t window = 10;  ///< Most unacknowledged messages of one connection.
    double seconds = 10;
    double warmup_s = 0;
    double drain_s = 10;     ///< Longest wait for outstanding acknowledgements at the end.
    bool client_ts = false;  ///< Message n of a connection carries ts_base_ms + n.
    std::int64_t ts_base_ms = 0;
    bool idle = false;       ///< Hold the connections, send only pings.
    bool reconnect = false;  ///< Try again for ever when the server closes or refuses.
    std::string acked_file;  ///< Empty = none.
    bool json_only = false;

    std::string username(std::uint32_t connection) const;  ///< Meaningless when anonymous.
    std::string topic_of(std::uint32_t connection) const;
};

/// Reads the command line. When the process should end instead, prints why and sets `exit_status`.
std::optional<Options> parse_options(int argc, char** argv, int& exit_status);

}  // namespace thingstead::bench
