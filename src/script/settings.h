// Limits of scripts; YAML section `script`.
#pragma once
#include <chrono>
#include <cstddef>

#include "base/describe.h"
#include "script/remote_settings.h"
#include "script/script.h"

namespace thingstead::script {

struct Settings {
    std::size_t memory_bytes_max = Limits{}.memory_bytes_max;
    std::chrono::milliseconds time_max = Limits{}.time_max;
    std::size_t body_characters_max = Limits{}.body_characters_max;
    std::size_t arguments_characters_max = Limits{}.arguments_characters_max;
    std::size_t result_characters_max = Limits{}.result_characters_max;
    std::size_t compiled_scripts_max = 1000;
    remote::Settings js;
};

constexpr auto describe(const Settings*) {
    using S = Settings;
    return fields(
        field("memory_bytes_max", &S::memory_bytes_max, "Memory of one call.", in_bytes,
              between(64 * 1024, 1 << 30), on_restart),
        field("time_max", &S::time_max,
              "Milliseconds that one call may take; its thread runs nothing else meanwhile.",
              between(1, 60'000), on_restart),
        field("body_characters_max", &S::body_characters_max, "Length of a script.",
              between(1, 10'000'000), on_restart),
        field("arguments_characters_max", &S::arguments_characters_max,
              "Size of what a call is given.", between(1, 1'000'000'000), on_restart),
        field("result_characters_max", &S::result_characters_max, "Size of what a call answers.",
              between(1, 1'000'000'000), on_restart),
        field("compiled_scripts_max", &S::compiled_scripts_max,
              "Different scripts that are kept compiled though no node uses them.",
              between(1, 1'000'000), on_restart),
        field("js", &S::js, "JavaScript in processes of its own."));
}

inline Limits limits_of(const Settings& settings) {
    return {.memory_bytes_max = settings.memory_bytes_max,
            .time_max = settings.time_max,
            .body_characters_max = settings.body_characters_max,
            .arguments_characters_max = settings.arguments_characters_max,
            .result_characters_max = settings.result_characters_max};
}

}  // namespace thingstead::script
