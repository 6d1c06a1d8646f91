// Settings of what processes tell each other; YAML section `cluster`.
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "base/describe.h"

namespace thingstead::core::cluster {

struct Settings {
    std::int32_t partitions = 10;
    std::chrono::milliseconds request_timeout{10'000};
    std::size_t requests_in_flight_max = 10'000;
    std::size_t answers_in_flight_max = 1'000;
    std::size_t outbox_bytes_max = 16u << 20;
    std::chrono::milliseconds announce_period{3'000};
    std::chrono::milliseconds silence_max{15'000};
    std::chrono::milliseconds activity_period{3'000};
    std::chrono::milliseconds session_period{60'000};
};
constexpr auto describe(const Settings*) {
    using S = Settings;
    return fields(
        field("partitions", &S::partitions,
              "Partitions of the topics that nodes share; fixed at the first start.",
              between(1, 256), on_restart),
        field("request_timeout", &S::request_timeout,
              "How long a transport waits for a node's answer.", between(100, 300'000), on_restart),
        field("requests_in_flight_max", &S::requests_in_flight_max,
              "Questions of a transport that wait for an answer; more are refused.",
              between(1, 1'000'000), on_restart),
        field("answers_in_flight_max", &S::answers_in_flight_max,
              "Questions a node works on at a time; more wait in the queue.", between(1, 1'000'000),
              on_restart),
        field("outbox_bytes_max", &S::outbox_bytes_max,
              "What waits for the queue on its way to other processes; more is refused.",
              between(1 << 16, 1 << 30), in_bytes, on_restart),
        field("announce_period", &S::announce_period, "A service says this often that it is there.",
              between(100, 60'000), on_restart),
        field("silence_max", &S::silence_max, "A service silent for so long is gone.",
              between(1'000, 600'000), on_restart),
        field("activity_period", &S::activity_period,
              "Activity of devices is told to their nodes this often.", between(100, 60'000),
              on_restart),
        field("session_period", &S::session_period,
              "Each session is told to its node again this often; one that was not told three "
              "times is over.",
              between(1'000, 3'600'000), on_restart));
}

}  // namespace thingstead::core::cluster
