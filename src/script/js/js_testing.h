// For tests: runs a script and writes what it gives.
#pragma once
#include <string>
#include <string_view>

#include "script/js/engine.h"

namespace thingstead::script::js {

/// Those of a server, but a run may take long: a machine may be busy, and a sanitizer slow.
Limits patient();

/// `inputs` is a JSON object: name → value, or empty. The answer as JSON, or "error: code: text".
std::string outcome(std::string_view script, std::string_view inputs = {},
                    const Limits& limits = patient());

/// Of two scripts that follow each other, as outcome() writes it.
struct Outcomes {
    std::string script, neighbour;
};
/// `neighbour` was compiled before `script` and runs after it, where that ran.
Outcomes outcomes(std::string_view script, std::string_view neighbour, std::string_view inputs,
                  const Limits& limits);

/// On a busy machine a script may need more than one attempt within its time.
inline constexpr int attempts_max = 20;
inline bool is_late(std::string_view outcome) { return outcome.starts_with("error: timeout"); }

}  // namespace thingstead::script::js
