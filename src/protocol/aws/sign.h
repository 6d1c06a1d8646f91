// Signatures of requests to Amazon's web services, without I/O.
// Source: AWS General Reference, "Signature Version 4 signing process".
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace thingstead::aws {

struct Credentials {
    std::string access_key_id;
    std::string secret_access_key;
};

/// What is signed. Nothing but this may be sent: neither another path nor another query.
struct Request {
    std::string method = "POST";
    std::string host;        ///< With the port, if it is not the scheme's own.
    std::string path = "/";  ///< Percent-coded, as it is sent.
    /// Percent-coded keys and values.
    std::vector<std::pair<std::string, std::string>> query{};
    /// Beside host and x-amz-date; names in any case.
    std::vector<std::pair<std::string, std::string>> headers{};
    std::string body{};
};

/// Where a request goes; both are part of what is signed.
struct Scope {
    std::string region;
    std::string service;  ///< "sqs"
};

struct Signed {
    std::string date;           ///< Header X-Amz-Date.
    std::string authorization;  ///< Header Authorization.
};

/// `time_s`: seconds since 1970; the service refuses those that differ much from its own clock.
/// Every header of the request is signed.
Signed sign(const Request& request, const Credentials& credentials, const Scope& scope,
            std::int64_t time_s);

}  // namespace thingstead::aws
