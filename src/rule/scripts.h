// The script languages that rule nodes can be written in, and what one worker runs them with.
#pragma once
#include <array>
#include <boost/json/monotonic_resource.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/json.h"
#include "script/script.h"
#include "script/script_cache.h"

namespace thingstead::rule {

enum class ScriptLanguage : std::uint8_t { tbel, js };
constexpr auto enum_names(ScriptLanguage) {
    using namespace std::literals;
    return std::array{
        std::pair{ScriptLanguage::tbel, "TBEL"sv},
        std::pair{ScriptLanguage::js,   "JS"sv  }
    };
}

/// A language's engine and what was compiled in it; both outlive the rule engine.
struct ScriptEngine {
    script::Engine* engine = nullptr;  ///< Null: the language is not available.
    /// Null: equal scripts are not shared, for what one leaves behind another would see.
    script::ScriptCache* compiled = nullptr;
};

struct ScriptEngines {
    ScriptEngine tbel{};
    ScriptEngine js{};
};

/// How many failures of a script that cost time or memory are let through: more than so many within
/// a time, and it is not run until that time has passed without one.
struct ScriptErrorLimit {
    std::int32_t errors_max = 3;
    std::chrono::milliseconds time{60'000};
};

/// Belongs to one worker's thread.
class Scripts {
  public:
    Scripts(const ScriptEngines& engines, ScriptErrorLimit limit);

    /// Errors: unsupported - the language is not available; malformed - it does not compile;
    /// invalid_argument - it is blank; too_large.
    Result<script::ScriptRef> compile(ScriptLanguage language, std::string_view body,
                                      std::span<const std::string> names) const;
    /// Errors: as script::Context::run().
    Result<json::value> run(ScriptLanguage language, const script::Script& script,
                            std::span<const script::Input> inputs);
    /// The same for an answer that is looked at and dropped: nothing is asked of the heap for it.
    /// It is there until the next call; a copy that is to last longer names its own storage.
    Result<const json::value*> run_in_place(ScriptLanguage language, const script::Script& script,
                                            std::span<const script::Input> inputs);
    const ScriptErrorLimit& error_limit() const { return limit_; }

  private:
    const ScriptEngine& of(ScriptLanguage language) const;

    ScriptEngines engines_;
    ScriptErrorLimit limit_;
    std::array<std::unique_ptr<script::Context>, 2> contexts_;  ///< By language.
    std::array<unsigned char, 8 * 1024> answer_bytes_{};        ///< Enough for most answers.
    json::monotonic_resource answer_memory_{answer_bytes_.data(), answer_bytes_.size()};
    std::optional<json::value> answer_;  ///< Of run_in_place().
};

}  // namespace thingstead::rule
