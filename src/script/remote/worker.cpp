#include "script/remote/worker.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

#include "base/json.h"
#include "base/lru_cache.h"
#include "script/remote/frames.h"
#include "script/remote/sandbox.h"

namespace thingstead::script::remote {
namespace {

constexpr int channel = 0;
/// What who asks puts around a body: the function's head, and what reads and writes its texts.
constexpr std::size_t around_body_characters = 8'192;

/// Whatever reads files when it is used for the first time: it cannot, later.
constexpr std::string_view first_script =
    "var day = new Date(0), said = [day.toString(), day.getHours(), 'a'.localeCompare('b')];"
    "try { said.push(day.toLocaleString(), (1.5).toLocaleString('de-DE'), 'x'.normalize('NFD'),"
    " new Intl.DateTimeFormat().resolvedOptions().timeZone); } catch (e) { said.push(String(e)); }"
    "return said.length;";

Limits limits_of(const WorkerOptions& options) {
    Limits limits;
    limits.memory_bytes_max = options.call_memory_bytes_max;
    limits.body_characters_max = options.body_characters_max + around_body_characters;
    // Texts of arguments come in an array, and what was counted by characters is counted here.
    limits.arguments_characters_max = 4 * options.arguments_characters_max + 1'024;
    limits.result_characters_max = options.result_characters_max;
    return limits;
}

Failure failure_from(const Error& error) {
    switch (error.code) {
        case ErrorCode::timeout:   return {ErrorKind::timeout_error, error.message};
        case ErrorCode::malformed: return {ErrorKind::compilation_error, error.message};
        default:                   return {ErrorKind::runtime_error, error.message};
    }
}

/// The text that a function answered; anything else as JSON. None: null.
std::optional<std::string> text_of_result(const json::value& value) {
    if (value.is_null()) return std::nullopt;
    if (const json::string* text = value.if_string()) return std::string(*text);
    return json::serialize(value);
}

class Worker {
  public:
    Worker(const WorkerOptions& options, const MakeEngine& make_engine)
        : limits_(limits_of(options)),
          make_engine_(make_engine),
          engine_(make_engine_(limits_)),
          scripts_(options.compiled_scripts_max) {}

    Result<> warm_up() {
        const Result<ScriptRef> script = engine_->compile(first_script, {});
        if (!script) return script.error();
        const auto patient = with_time(std::chrono::seconds(60));
        const Result<json::value> ran = patient->make_context()->run(**script, {});
        if (!ran) return ran.error();
        return {};
    }

    Response answer(const Request& request) {
        if (const auto* invoke = std::get_if<InvokeRequest>(&request)) return invoked(*invoke);
        if (const auto* compile = std::get_if<CompileRequest>(&request)) {
            Response response;
            const Result<ScriptRef> script = compiled(compile->script_hash, compile->script_body);
            response.answer = CompileResponse{
                compile->script_hash,
                script ? std::nullopt : std::optional<Failure>(failure_from(script.error()))};
            return response;
        }
        scripts_.erase(hash_of(request));
        return {
            {},
            ReleaseResponse{hash_of(request), true}
        };
    }

  private:
    std::unique_ptr<Engine> with_time(std::chrono::milliseconds time) const {
        Limits limits = limits_;
        limits.time_max = time;
        return make_engine_(limits);
    }

    Result<ScriptRef> compiled(const std::string& hash, std::string_view function) {
        const std::array<std::string, 1> names{"args"};
        Result<ScriptRef> script =
            engine_->compile("return (" + std::string(function) + "\n)(...args);", names);
        if (script) scripts_.put(hash, *script);
        return script;
    }

    Response invoked(const InvokeRequest& request) {
        std::optional<ScriptRef> script = scripts_.get(request.script_hash);
        if (!script) {
            if (!request.script_body)
                return failed(request, {ErrorKind::not_found_error, "the script is not known"});
            Result<ScriptRef> fresh = compiled(request.script_hash, *request.script_body);
            if (!fresh) return failed(request, failure_from(fresh.error()));
            script = *std::move(fresh);
        }
        const json::value args(json::array(request.args.begin(), request.args.end()));
        const std::array<Input, 1> inputs{&args};
        const auto engine = with_time(std::chrono::milliseconds(std::max(request.timeout_ms, 1)));
        const Result<json::value> ran = engine->make_context()->run(**script, inputs);
        if (!ran) return failed(request, failure_from(ran.error()));
        return {
            {},
            InvokeResponse{text_of_result(*ran), std::nullopt}
        };
    }

    const Limits limits_;
    const MakeEngine& make_engine_;  ///< Outlives it.
    const std::unique_ptr<Engine> engine_;
    LruCache<std::string, ScriptRef> scripts_;
};

/// From the first frame to the seal.
Result<std::unique_ptr<Worker>> prepared(const WorkerOptions& options,
                                         const MakeEngine& make_engine) {
    if (Result<> done = drop_privileges(options.parent); !done) return done.error();
    // Asked for again at every turn of the clock, the system's zone would be lost with its file.
    setenv("TZ", ":/etc/localtime", 0);
    auto worker = std::make_unique<Worker>(options, make_engine);
    if (Result<> done = worker->warm_up(); !done) return done.error();
    const SandboxLimits limits{options.memory_bytes_max,
                               std::chrono::seconds(options.cpu_seconds_max)};
    if (Result<> done = seal(limits); !done) return done.error();
    return worker;
}

Result<WorkerOptions> options_from_channel() {
    const Result<std::string> first = read_frame(channel);
    if (!first) return first.error();
    const Result<json::value> document = parse_json(*first);
    if (!document) return document.error();
    return from_json<WorkerOptions>(*document, Binding::stored);
}

}  // namespace

int run_worker(const MakeEngine& make_engine, const WorkerHook& hook) {
    const Result<WorkerOptions> options = options_from_channel();
    if (!options) return 2;
    const Result<std::unique_ptr<Worker>> worker = prepared(*options, make_engine);
    const std::string_view first = worker ? worker_ready : worker.error().message;
    if (!write_frame(channel, first) || !worker) return 2;
    while (const Result<std::string> frame = read_frame(channel)) {
        const Result<Request> request = decode_request(*frame);
        if (!request) return 2;
        if (hook) hook(*request);
        if (!write_frame(channel, encode((*worker)->answer(*request)))) return 2;
    }
    return 0;
}

}  // namespace thingstead::script::remote
