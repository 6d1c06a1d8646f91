// Our own address as the caller sees it, behind proxies too.
#pragma once
#include <string>

#include "net/http.h"

namespace thingstead::api {

struct Origin {
    bool secure = false;
    std::string host;  ///< Lower case, with the port unless it is the usual one.

    std::string url() const { return (secure ? "https://" : "http://") + host; }
};

/// By X-Forwarded-Proto, -Host and -Port, else by the request itself; "localhost" if that is no
/// host.
Origin origin_of(const net::Request& request);

}  // namespace thingstead::api
