// Settings of the cache server's client; YAML section `store.cache`.
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/describe.h"

namespace thingstead::store::valkey {

struct Settings {
    std::vector<std::string> addresses{"127.0.0.1:6379"};
    bool cluster = false;
    std::string user{};
    std::string password{};
    std::uint32_t database = 0;
    std::string prefix = "thingstead:";
    bool tls = false;
    std::string tls_authority_file{};
    bool tls_verify = true;
    std::string tls_certificate_file{};
    std::string tls_private_key_file{};
    std::size_t connections_per_node = 2;
    std::chrono::milliseconds connect_timeout{2'000};
    std::chrono::milliseconds command_timeout{500};
    std::chrono::milliseconds reconnect_delay_min{100};
    std::chrono::milliseconds reconnect_delay_max{5'000};
    std::chrono::milliseconds staleness_max{3'000};
    std::chrono::milliseconds lease_life{30'000};
    std::chrono::milliseconds topology_period{15'000};
    std::size_t commands_waiting_max = 10'000;
    std::size_t bytes_waiting_max = 16 << 20;
    std::size_t erases_waiting_max = 100'000;
};

constexpr auto describe(const Settings*) {
    return fields(
        field("addresses", &Settings::addresses,
              "Where the server is, host:port; of a cluster some of its nodes.", on_restart),
        field("cluster", &Settings::cluster, "The server is a cluster.", on_restart),
        field("user", &Settings::user, "User of the server; empty: its default user.", on_restart),
        field("password", &Settings::password, "The user's password; empty: none is given.", secret,
              on_restart),
        field("database", &Settings::database, "Number of the database; a cluster has only 0.",
              between(0, 65'535), on_restart),
        field("prefix", &Settings::prefix,
              "Begin of every key, so that installations can share a server.", between(1, 200),
              on_restart),
        field("tls", &Settings::tls, "Speak TLS with the server.", on_restart),
        field("tls_authority_file", &Settings::tls_authority_file,
              "PEM file of the authority of the server's certificate; empty: the system's.",
              on_restart),
        field("tls_verify", &Settings::tls_verify,
              "False accepts any certificate: for tests, not for a network.", on_restart),
        field("tls_certificate_file", &Settings::tls_certificate_file,
              "PEM file of our own certificate, if the server wants one.", on_restart),
        field("tls_private_key_file", &Settings::tls_private_key_file,
              "PEM file of our own private key.", on_restart),
        field("connections_per_node", &Settings::connections_per_node,
              "Connections to each server; commands share them.", between(1, 64), on_restart),
        field("connect_timeout", &Settings::connect_timeout,
              "Longest time until a connection is made and the server has let us in.",
              between(10, 60'000), on_restart),
        field("command_timeout", &Settings::command_timeout,
              "Longest wait for an answer: then the store is asked, and the connection given up.",
              between(10, 60'000), on_restart),
        field("reconnect_delay_min", &Settings::reconnect_delay_min,
              "Rest before a lost connection is made again; doubled with each failure.",
              between(10, 60'000), on_restart),
        field("reconnect_delay_max", &Settings::reconnect_delay_max, "Longest such rest.",
              between(10, 600'000), on_restart),
        field("staleness_max", &Settings::staleness_max,
              "How long a process that has lost the server unnoticed may answer what another "
              "process has erased.",
              between(100, 600'000), on_restart),
        field("lease_life", &Settings::lease_life,
              "Longest time between asking the cache and putting what the store said.",
              between(100, 600'000), on_restart),
        field("topology_period", &Settings::topology_period,
              "How often a cluster is asked which node has which keys; also when a node says so.",
              between(100, 3'600'000), on_restart),
        field("commands_waiting_max", &Settings::commands_waiting_max,
              "Commands that may wait on a connection; for more the store is asked.",
              between(1, 1'000'000), on_restart),
        field("bytes_waiting_max", &Settings::bytes_waiting_max,
              "Bytes of commands that a connection may hold unsent.",
              between(64 << 10, std::int64_t{1} << 32), in_bytes, on_restart),
        field("erases_waiting_max", &Settings::erases_waiting_max,
              "Erased keys remembered for a server that is away; beyond that whole regions are "
              "erased when it is back.",
              between(1, 10'000'000), on_restart));
}

}  // namespace thingstead::store::valkey
