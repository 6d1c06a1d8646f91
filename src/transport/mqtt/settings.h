// Settings of the MQTT door; section `transport.mqtt`.
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/describe.h"

namespace thingstead::transport::mqtt {

struct Settings {
    bool enabled = true;
    std::string address = "127.0.0.1";
    std::uint16_t port = 1883;
    std::size_t connections_max = 100'000;
    std::uint32_t packet_bytes_max = 65'536;
    std::chrono::seconds connect_timeout{10};
    std::uint16_t keep_alive_s_max = 0;
    std::uint16_t receive_maximum = 1'000;
    std::size_t unacknowledged_max = 1'000;
    std::size_t calls_waiting_max = 100;
    std::chrono::seconds inactivity_timeout{600};
    std::chrono::seconds write_timeout{30};
    bool tls_enabled = false;
    std::uint16_t tls_port = 8883;
    std::string certificate_file;
    std::string private_key_file;
};

constexpr auto describe(const Settings*) {
    return fields(
        field("enabled", &Settings::enabled, "Whether devices may connect over MQTT.", on_restart),
        field("address", &Settings::address,
              "Address of the listeners; 0.0.0.0 is every IPv4 interface.", on_restart),
        field("port", &Settings::port, "TCP port of the plain listener; 0 lets the system choose.",
              between(0, 65535), on_restart),
        field("connections_max", &Settings::connections_max,
              "Connections at a time; more are closed at once.", between(1, 10'000'000),
              on_restart),
        field("packet_bytes_max", &Settings::packet_bytes_max,
              "Largest packet accepted (its remaining length); a longer one ends the session.",
              between(1'024, 268'435'455), in_bytes, on_restart),
        field("connect_timeout", &Settings::connect_timeout,
              "Time from the connection's start to the end of its CONNECT.", between(1, 3'600),
              on_restart),
        field("keep_alive_s_max", &Settings::keep_alive_s_max,
              "Longest keep-alive granted to MQTT 5 clients, in seconds; 0 grants any.",
              between(0, 65'535), on_restart),
        field("receive_maximum", &Settings::receive_maximum,
              "Unanswered QoS 1 and 2 publishes that an MQTT 5 client may have.",
              between(1, 65'535), on_restart),
        field("unacknowledged_max", &Settings::unacknowledged_max,
              "Unanswered publishes of one connection at which its socket is no longer read.",
              between(1, 1'000'000), on_restart),
        field("calls_waiting_max", &Settings::calls_waiting_max,
              "Calls of one device that wait for an answer of its rule chain; more are refused.",
              between(1, 100'000), on_restart),
        field("inactivity_timeout", &Settings::inactivity_timeout,
              "Silence after which a session without keep-alive ends.", between(1, 7 * 86'400),
              on_restart),
        field("write_timeout", &Settings::write_timeout,
              "Time without progress after which a client that does not read is dropped.",
              between(1, 3'600), on_restart),
        field("tls_enabled", &Settings::tls_enabled, "Whether the TLS listener is open.",
              on_restart),
        field("tls_port", &Settings::tls_port,
              "TCP port of the TLS listener; 0 lets the system choose.", between(0, 65535),
              on_restart),
        field("certificate_file", &Settings::certificate_file,
              "Certificate chain of the TLS listener, PEM.", on_restart),
        field("private_key_file", &Settings::private_key_file,
              "Private key of the TLS listener, PEM.", on_restart));
}

}  // namespace thingstead::transport::mqtt
