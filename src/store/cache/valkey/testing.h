// What the tests with real servers share.
#pragma once
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <support/server_control.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/log_testing.h"
#include "base/random.h"
#include "net/connect.h"
#include "protocol/resp/encode.h"
#include "protocol/resp/parser.h"
#include "store/cache/valkey/valkey_cache.h"
#include "store/cache_testing.h"

namespace thingstead::store::valkey {
using namespace std::chrono_literals;

inline constexpr const char* nothing = "(nothing)";

inline std::vector<std::string> split_addresses(const std::string& list) {
    std::vector<std::string> out;
    for (std::size_t from = 0; from <= list.size();) {
        const std::size_t end = std::min(list.find(',', from), list.size());
        out.push_back(list.substr(from, end - from));
        from = end + 1;
    }
    return out;
}

/// Settings for the single server, with keys that no other test has.
inline Settings single_settings() {
    Settings settings;
    settings.addresses = {test::server_variable("THINGSTEAD_TEST_REDIS")};
    settings.prefix = "test-" + random_alphanumeric(12) + ":";
    settings.reconnect_delay_min = 20ms;
    settings.reconnect_delay_max = 100ms;
    return settings;
}
inline Settings cluster_settings() {
    Settings settings = single_settings();
    settings.addresses = split_addresses(test::server_variable("THINGSTEAD_TEST_REDIS_CLUSTER"));
    settings.cluster = true;
    settings.topology_period = 1s;
    return settings;
}

/// Threads, a log and metrics that outlive the caches of a test.
struct Process {
    net::IoThreads io{2, "cache-test"};
    MetricsRegistry metrics{};
    MemoryLog log = open_memory_log();

    Result<std::unique_ptr<Cache>> try_open(Settings settings, const CacheRegions& regions = {}) {
        return open_valkey_cache(io, std::move(settings), regions, log.log, metrics);
    }
    BlockingCache open(Settings settings, const CacheRegions& regions = {}) {
        auto cache = try_open(std::move(settings), regions);
        if (!cache) throw std::runtime_error(cache.error().message + " " + cache.error().detail);
        return BlockingCache(*std::move(cache));
    }
    /// The value of a metric without labels; -1: there is none.
    double metric(const std::string& name) const {
        const std::string said = metrics.expose();
        const std::size_t at = said.find("\n" + name + " ");
        return at == std::string::npos ? -1 : std::stod(said.substr(at + name.size() + 2));
    }
};

/// A connection of an administrator: commands that block.
class Admin {
  public:
    explicit Admin(const std::string& address) {
        const net::Address at = *net::parse_address(address);
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(at.port);
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        descriptor_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (::connect(descriptor_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0)
            throw std::runtime_error("cannot connect to " + address);
    }
    ~Admin() { ::close(descriptor_); }
    Admin(const Admin&) = delete;
    Admin& operator=(const Admin&) = delete;

    template <class... Words>
    resp::Value ask(const Words&... words) {
        std::string command;
        resp::append_command_of(command, words...);
        if (::send(descriptor_, command.data(), command.size(), MSG_NOSIGNAL) !=
            static_cast<ssize_t>(command.size()))
            throw std::runtime_error("cannot send to the server");
        char buffer[4096];
        while (true) {
            const ssize_t got = ::recv(descriptor_, buffer, sizeof buffer, 0);
            if (got <= 0) throw std::runtime_error("the server closed the connection");
            std::string_view input(buffer, static_cast<std::size_t>(got));
            const auto value = parser_.next(input);
            if (!value) throw std::runtime_error(value.error().message);
            if (*value) return **value;
        }
    }

  private:
    int descriptor_ = -1;
    resp::Parser parser_;
};

/// Asks again until it is so; false after half a minute.
inline bool comes_true(const std::function<bool()>& condition) {
    const auto deadline = std::chrono::steady_clock::now() + 30s;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > deadline) return false;
        std::this_thread::sleep_for(5ms);
    }
    return true;
}

}  // namespace thingstead::store::valkey
