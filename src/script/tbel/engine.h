// TBEL, the default script language of rule nodes: MVEL 2 with Java's semantics, in a sandbox
// without anything of the host.
#pragma once
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "script/script.h"
#include "script/tbel/run.h"

namespace thingstead::script::tbel {

class TbelEngine final : public Engine {
  public:
    explicit TbelEngine(Environment environment = {}) : environment_(std::move(environment)) {}

    Result<ScriptRef> compile(std::string_view body,
                              std::span<const std::string> argument_names) override;
    /// Outlived by the engine.
    std::unique_ptr<Context> make_context() override;

  private:
    const Environment environment_;
};

/// Runs code; the result lives in `run` until its next start. Throws Failure.
class Code;
Value execute(Run& run, const Code& code, std::span<const Input> inputs,
              const std::atomic<bool>* stop = nullptr);

}  // namespace thingstead::script::tbel
