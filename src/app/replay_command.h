// `thingstead rules replay`: asks a running server to run stored messages again through a version
// of a rule chain, shows how far it is, and prints the report.
#pragma once
#include <cstdint>
#include <string>

#include "base/error.h"

namespace thingstead::app {

struct ReplayOptions {
    std::string url = "http://localhost:8080";
    std::string user;
    std::string password;
    std::string api_key;  ///< In place of user and password.
    std::string chain;
    std::string draft;  ///< File of a RuleChainMetaData document; empty: the chain as it is stored.
    std::string against;  ///< Likewise, of the version to compare with.
    bool compare = true;  ///< A draft, with the stored chain.
    std::string device;
    std::string profile;
    std::string from;
    std::string to = "now";
    std::int64_t messages_max = 1'000'000;
    std::int32_t differences_max = 100;
    bool outside_fails = false;
    bool json = false;
};

/// Milliseconds of "2026-11-30T10:00:00Z", of a number of milliseconds, of "now", or of "now-90m"
/// (s, m, h, d). Errors: invalid_argument.
Result<std::int64_t> time_of(const std::string& text, std::int64_t now_ms);

/// Returns the exit code: 0 done, 1 failed, 130 interrupted (the replay is cancelled).
int replay(const ReplayOptions& options);

}  // namespace thingstead::app
