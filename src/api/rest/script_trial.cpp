#include "api/rest/script_trial.h"

#include "api/rest/json_text.h"
#include "net/blocking_pool.h"

namespace thingstead::api {
namespace {

script::Engine* script_engine(const Services& services, std::string_view language) {
    return language == "TBEL" ? services.tbel : services.js;
}

Task<Result<std::string>> run_aside(const Services& services, script::Engine& engine,
                                    const ScriptTrial& trial) {
    const auto work = [&] { return trial(engine); };
    if (net::BlockingPool* const pool = services.platform.files) co_return co_await pool->run(work);
    co_return work();
}

}  // namespace

Task<Result<net::Reply>> try_script(const Services& services, std::string_view language,
                                    const ScriptTrial& trial) {
    Result<std::string> output =
        Error{ErrorCode::unsupported,
              "scripts of language " + std::string(language) + " are not available"};
    if (script::Engine* const engine = script_engine(services, language))
        output = co_await run_aside(services, *engine, trial);
    const json::object answer{
        {"output", output ? *output : ""               },
        {"error",  output ? "" : output.error().message}
    };
    co_return json_reply(json::serialize(answer));
}

Task<Result<>> check_script(const Services& services, std::string text,
                            std::vector<std::string> argument_names) {
    script::Engine* const engine = script_engine(services, "TBEL");
    if (!engine) co_return Result<>();
    const ScriptTrial compile = [&](script::Engine& with) -> Result<std::string> {
        const auto compiled = with.compile(text, argument_names);
        if (!compiled) return compiled.error();
        return std::string();
    };
    const auto done = co_await run_aside(services, *engine, compile);
    if (!done) co_return done.error();
    co_return Result<>();
}

}  // namespace thingstead::api
