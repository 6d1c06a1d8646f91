#include "api/rest/origin.h"

#include <gtest/gtest.h>

namespace thingstead::api {
namespace {

struct Seen {
    const char *host, *forwarded_proto, *forwarded_host, *forwarded_port;
    bool secure;
    const char* url;
};

constexpr Seen seen[] = {
    {"example.com",      "",           "",                "",     false, "http://example.com"     },
    {"Example.com:8080", "",           "",                "",     false, "http://example.com:8080"},
    {"example.com:443",  "",           "",                "",     true,  "https://example.com"    },
    {"example.com:80",   "",           "",                "",     true,  "https://example.com:80" },
    {"10.0.0.1:8080",    "https",      "iot.example.com", "",     false, "https://iot.example.com"},
    {"10.0.0.1:8080",    "https,http", "a.com, b.com",    "8443", false, "https://a.com:8443"     },
    {"[::1]:8080",       "",           "",                "",     false, "http://[::1]:8080"      },
    {"[::1]",            "",           "",                "8080", false, "http://[::1]:8080"      },
    {"evil.com/path",    "",           "",                "",     false, "http://localhost"       },
    {"a.com",            "",           "evil.com\"",      "",     false, "http://a.com"           },
    {"",                 "",           "",                "",     false, "http://localhost"       },
};

TEST(Origin, IsWhatTheCallerSees) {
    for (const Seen& row : seen) {
        SCOPED_TRACE(row.url);
        net::Request request;
        request.secure = row.secure;
        request.headers.emplace_back("Host", row.host);
        if (*row.forwarded_proto)
            request.headers.emplace_back("X-Forwarded-Proto", row.forwarded_proto);
        if (*row.forwarded_host)
            request.headers.emplace_back("X-Forwarded-Host", row.forwarded_host);
        if (*row.forwarded_port)
            request.headers.emplace_back("X-Forwarded-Port", row.forwarded_port);
        EXPECT_EQ(origin_of(request).url(), row.url);
    }
}

}  // namespace
}  // namespace thingstead::api
