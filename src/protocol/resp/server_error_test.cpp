#include "protocol/resp/server_error.h"

#include <gtest/gtest.h>

namespace thingstead::resp {
namespace {

struct Row {
    const char* text;
    ServerErrorKind kind;
    std::uint16_t slot = 0;
    const char* host = "";
    std::uint16_t port = 0;
};

TEST(ServerError, ReadsEachRow) {
    using enum ServerErrorKind;
    const Row rows[] = {
        {"MOVED 3999 127.0.0.1:6381", moved, 3999, "127.0.0.1", 6381},
        {"MOVED 0 :6381", moved, 0, "", 6381},
        {"MOVED 16383 node-1.example:6381", moved, 16383, "node-1.example", 6381},
        {"ASK 3999 ::1:6381", ask, 3999, "::1", 6381},
        {"MOVED 16384 127.0.0.1:6381", other},
        {"MOVED 1 127.0.0.1", other},
        {"MOVED 1 127.0.0.1:0", other},
        {"MOVED 1 127.0.0.1:65536", other},
        {"MOVED", other},
        {"TRYAGAIN Multiple keys request during rehashing", try_again},
        {"CLUSTERDOWN Hash slot not served", cluster_down},
        {"LOADING Redis is loading the dataset in memory", loading},
        {"NOAUTH Authentication required.", no_auth},
        {"WRONGPASS invalid username-password pair", wrong_pass},
        {"NOPERM this user has no permissions", no_permission},
        {"READONLY You can't write against a read only replica.", read_only},
        {"MASTERDOWN Link with MASTER is down", master_down},
        {"OOM command not allowed when used memory > 'maxmemory'.", out_of_memory},
        {"NOSCRIPT No matching script.", no_script},
        {"NOPROTO unsupported protocol version", no_protocol},
        {"ERR unknown command", other},
        {"MOVEDX 1 a:1", other},
        {"", other},
    };
    for (const Row& row : rows) {
        SCOPED_TRACE(row.text);
        const ServerError error = read_server_error(row.text);
        EXPECT_EQ(error.kind, row.kind);
        EXPECT_EQ(error.slot, row.slot);
        EXPECT_EQ(error.host, row.host);
        EXPECT_EQ(error.port, row.port);
    }
}

}  // namespace
}  // namespace thingstead::resp
