// Settings of the REST and WebSocket interface; YAML section `api`.
#pragma once
#include <chrono>
#include <cstddef>

#include "base/describe.h"

namespace thingstead::api {

struct Settings {
    std::size_t body_bytes_max = 16'777'216;
    std::size_t file_bytes_max = 52'428'800;
    std::chrono::milliseconds rule_event_timeout{10'000};
    std::chrono::milliseconds ws_auth_timeout{10'000};
    std::size_t ws_subscriptions_max = 1'000;
    std::size_t ws_pending_values_max = 100'000;
    std::size_t rule_calls_waiting_max = 10'000;
    std::size_t rule_calls_waiting_of_tenant_max = 1'000;
    std::chrono::milliseconds rule_call_timeout_max{300'000};
};

constexpr auto describe(const Settings*) {
    return fields(
        field("body_bytes_max", &Settings::body_bytes_max,
              "Largest request body; over it the answer is 413.", between(1024, 1 << 30), in_bytes,
              on_restart),
        field(
            "file_bytes_max", &Settings::file_bytes_max,
            "Largest request body with an image, a resource or an OTA package; over it the answer "
            "is 413.",
            between(1024, 1 << 30), in_bytes, on_restart),
        field("rule_event_timeout", &Settings::rule_event_timeout,
              "Milliseconds that a write waits for room in the rule engine's queue; then it is "
              "answered without the rule engine hearing of it.",
              between(1, 3'600'000), on_restart),
        field("ws_auth_timeout", &Settings::ws_auth_timeout,
              "Milliseconds within which a WebSocket has to name its user.", between(1, 600'000),
              on_restart),
        field("ws_subscriptions_max", &Settings::ws_subscriptions_max,
              "Live subscriptions of one WebSocket.", between(1, 1'000'000), on_restart),
        field("ws_pending_values_max", &Settings::ws_pending_values_max,
              "Values waiting to be written into the next message of one subscription; more close "
              "the WebSocket.",
              between(1, 10'000'000), on_restart),
        field("rule_calls_waiting_max", &Settings::rule_calls_waiting_max,
              "Calls of the rule engine that wait for its answer; more are answered 503.",
              between(1, 1'000'000), on_restart),
        field("rule_calls_waiting_of_tenant_max", &Settings::rule_calls_waiting_of_tenant_max,
              "The same of one tenant; more are answered 429.", between(1, 1'000'000), on_restart),
        field("rule_call_timeout_max", &Settings::rule_call_timeout_max,
              "Milliseconds that a call of the rule engine waits at most, whatever it asks for.",
              between(1, 86'400'000), on_restart));
}

}  // namespace thingstead::api
