// Compiled scripts by body and argument names: nodes with equal scripts share one.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

#include "base/lru_cache.h"
#include "script/script.h"

namespace thingstead::script {

/// Thread-safe. What was not used longest is forgotten; whoever holds a script keeps it. Scripts
/// that do not compile are not remembered.
class ScriptCache {
  public:
    explicit ScriptCache(Engine& engine, std::size_t scripts_max = 1000)
        : engine_(engine), scripts_(scripts_max) {}

    /// Errors: as Engine::compile.
    Result<ScriptRef> compile(std::string_view body, std::span<const std::string> argument_names);
    std::size_t size() const { return scripts_.size(); }

  private:
    Engine& engine_;
    LruCache<std::string, ScriptRef> scripts_;
};

}  // namespace thingstead::script
