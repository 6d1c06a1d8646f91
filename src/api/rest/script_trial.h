// A script that somebody wants to try before it is saved.
#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "api/rest/call.h"
#include "script/script.h"

namespace thingstead::api {

/// Compiles and runs; answers the output's text. Its error is what the user is to read.
using ScriptTrial = std::function<Result<std::string>(script::Engine&)>;

/// Runs `trial` with the engine of the language, "TBEL" or "JS", where work may take its time:
/// {"output","error"}, one of them empty. A language that is not available is an error of the
/// trial. `trial` must be named by the caller, and outlives the call.
Task<Result<net::Reply>> try_script(const Services& services, std::string_view language,
                                    const ScriptTrial& trial);

/// Compiles and forgets, in the same place. Errors: those of script::Engine::compile().
Task<Result<>> check_script(const Services& services, std::string text,
                            std::vector<std::string> argument_names);

}  // namespace thingstead::api
