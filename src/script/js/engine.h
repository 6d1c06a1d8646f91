// JavaScript by SpiderMonkey: the ECMAScript library and nothing of the host.
#pragma once
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "script/script.h"

namespace thingstead::script::js {

class JsEngine final : public Engine {
  public:
    explicit JsEngine(Limits limits = {}) : limits_(limits) {}

    /// Each script keeps what it makes global to itself: do not share one among those that should
    /// not see each other.
    Result<ScriptRef> compile(std::string_view body,
                              std::span<const std::string> argument_names) override;
    /// Outlived by the engine. Made anywhere; runs on any thread, which ends before the process.
    std::unique_ptr<Context> make_context() override;

  private:
    const Limits limits_;
};

}  // namespace thingstead::script::js
