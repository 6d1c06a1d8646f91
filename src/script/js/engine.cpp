#include "script/js/engine.h"

#include <utility>

#include "script/js/runtime.h"
#include "script/js/script_source.h"

namespace thingstead::script::js {
namespace {

/// As JavaScript counts them: in units of UTF-16.
std::size_t characters_of(std::string_view utf8) {
    std::size_t count = 0;
    for (const char each : utf8) {
        const auto byte = static_cast<unsigned char>(each);
        if ((byte & 0xC0) != 0x80) count += byte >= 0xF0 ? 2 : 1;
    }
    return count;
}

class JsContext final : public Context {
  public:
    explicit JsContext(const Limits& limits) : limits_(limits) {}

    Result<json::value> run(const Script& script, std::span<const Input> inputs,
                            const std::atomic<bool>* stop, json::storage_ptr storage) override {
        const auto* const source = dynamic_cast<const Source*>(&script);
        if (!source) return Error{ErrorCode::internal, "Script is of another language"};
        const Result<Runtime*> runtime = Runtime::of_this_thread();
        if (!runtime) return runtime.error();
        return (*runtime)->run(*source, inputs, limits_, stop, std::move(storage));
    }

  private:
    const Limits& limits_;
};

}  // namespace

Result<ScriptRef> JsEngine::compile(std::string_view body,
                                    std::span<const std::string> argument_names) {
    if (body.size() > limits_.body_characters_max &&
        characters_of(body) > limits_.body_characters_max)
        return Error{ErrorCode::too_large, "Script body exceeds maximum allowed size of " +
                                               std::to_string(limits_.body_characters_max) +
                                               " symbols"};
    if (body.find_first_not_of(" \t\r\n") == std::string_view::npos)
        return Error{ErrorCode::malformed, "JS script is blank!"};
    auto source = std::make_shared<const Source>(
        std::string(body), std::vector<std::string>(argument_names.begin(), argument_names.end()));
    const Result<Runtime*> runtime = Runtime::of_this_thread();
    if (!runtime) return runtime.error();
    if (Result<> compiled = (*runtime)->compile(*source); !compiled) return compiled.error();
    return ScriptRef(std::move(source));
}

std::unique_ptr<Context> JsEngine::make_context() { return std::make_unique<JsContext>(limits_); }

}  // namespace thingstead::script::js
