// What rule nodes, calculated fields and converters use, whatever the language: a script is
// compiled once and shared, a context runs it on one thread. Limits and texts: docs of the
// platform's rule engine, "script execution".
#pragma once
#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/error.h"
#include "base/json.h"
#include "model/msg.h"

namespace thingstead::script {

struct Limits {
    std::size_t memory_bytes_max = std::size_t{8} << 20;  ///< Values that a call may hold.
    std::chrono::milliseconds time_max{500};              ///< Of one call.
    std::size_t body_characters_max = 50'000;
    std::size_t arguments_characters_max = 100'000;
    std::size_t result_characters_max = 300'000;
};

/// A compiled body. Immutable: any number of threads may run one at a time.
class Script {
  public:
    virtual ~Script() = default;
    Script(const Script&) = delete;
    Script& operator=(const Script&) = delete;

  protected:
    Script() = default;
};

using ScriptRef = std::shared_ptr<const Script>;

/// A time series of a calculated field, oldest first.
struct RollingArgument {
    std::int64_t start_ts = 0;  ///< The window asked for, in ms.
    std::int64_t end_ts = 0;
    std::vector<std::pair<std::int64_t, double>> values{};  ///< Time in ms, value.
};

/// One value of a calculated field.
struct SingleArgument {
    std::int64_t ts = 0;
    const json::value* value = nullptr;
};

/// The variable `ctx` of calculated fields.
struct ArgumentsContext {
    std::int64_t latest_ts = 0;
    std::vector<std::pair<std::string, std::variant<SingleArgument, const RollingArgument*>>>
        args{};
};

/// What a script gets: a document, a map of texts, one text, or what calculated fields have.
/// Borrowed until run() returns.
using Input = std::variant<const json::value*, const model::Metadata*, std::string_view,
                           const RollingArgument*, const ArgumentsContext*>;

/// Runs scripts of its engine, one at a time, on one thread; keeps its buffers between calls.
class Context {
  public:
    virtual ~Context() = default;

    /// `inputs` belong to the argument names of the script, in their order. The result as JSON:
    /// non-finite numbers, characters and dates are texts. It is made in `storage`, which copies of
    /// it ask too, and which outlives it. `stop` may be raised by another thread.
    /// Errors: invalid_argument - the script failed, the message says where; timeout - over
    /// time_max or stopped; limit_reached - memory; too_large - inputs or result.
    virtual Result<json::value> run(const Script& script, std::span<const Input> inputs,
                                    const std::atomic<bool>* stop = nullptr,
                                    json::storage_ptr storage = {}) = 0;
};

/// A language. Thread-safe.
class Engine {
  public:
    virtual ~Engine() = default;

    /// Errors: malformed - does not compile, the message says where; too_large - the body is.
    virtual Result<ScriptRef> compile(std::string_view body,
                                      std::span<const std::string> argument_names) = 0;
    virtual std::unique_ptr<Context> make_context() = 0;
};

}  // namespace thingstead::script
