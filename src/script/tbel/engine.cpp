#include "script/tbel/engine.h"

#include "script/tbel/builtin/rolling.h"
#include "script/tbel/code.h"
#include "script/tbel/collections.h"
#include "script/tbel/compiler.h"
#include "script/tbel/java/text.h"
#include "script/tbel/json_text.h"

namespace thingstead::script::tbel {
namespace {

Value from_metadata(Run& run, const model::Metadata& metadata) {
    Value out = run.map(static_cast<std::uint32_t>(metadata.size()));
    Table& table = out.map->own;
    for (const auto& [key, value] : metadata)
        table.data[table.size++] = {run.borrowed_text(key), run.borrowed_text(value)};
    rebuild_index(run, table);
    return out;
}

Value from_context(Run& run, const ArgumentsContext& context, std::size_t& characters_left) {
    const Value args = run.map();
    for (const auto& [name, argument] : context.args) {
        Value value;
        if (const auto* rolling = std::get_if<const RollingArgument*>(&argument)) {
            value = from_rolling(run, **rolling);
        } else {
            const SingleArgument& single = std::get<SingleArgument>(argument);
            value = run.map();
            put(run, *value.map, run.borrowed_text("ts"), make_long(single.ts));
            put(run, *value.map, run.borrowed_text("value"),
                from_json(run, *single.value, characters_left));
        }
        put(run, *args.map, run.borrowed_text(name), value);
    }
    const Value out = run.map();
    put(run, *out.map, run.borrowed_text("latestTs"), make_long(context.latest_ts));
    put(run, *out.map, run.borrowed_text("args"), args);
    return out;
}

Value from_input(Run& run, const Input& input, std::size_t& characters_left) {
    if (const auto* document = std::get_if<const json::value*>(&input))
        return from_json(run, **document, characters_left);
    if (const auto* metadata = std::get_if<const model::Metadata*>(&input))
        return from_metadata(run, **metadata);
    if (const auto* rolling = std::get_if<const RollingArgument*>(&input))
        return from_rolling(run, **rolling);
    if (const auto* context = std::get_if<const ArgumentsContext*>(&input))
        return from_context(run, **context, characters_left);
    return run.borrowed_text(std::get<std::string_view>(input));
}

class TbelContext final : public Context {
  public:
    explicit TbelContext(const Environment& environment) : run_(environment) {}

    Result<json::value> run(const Script& script, std::span<const Input> inputs,
                            const std::atomic<bool>* stop, json::storage_ptr storage) override {
        const auto* const code = dynamic_cast<const Code*>(&script);
        if (!code) return Error{ErrorCode::internal, "Script is of another language"};
        Result<json::value> result = json::value(storage);
        try {
            const Value value = execute(run_, *code, inputs, stop);
            result = to_json(run_, value, run_.environment().limits.result_characters_max,
                             std::move(storage));
        } catch (const Failure& failure) {
            result = Error{failure.code, describe_failure(failure, code->source)};
        } catch (const std::bad_alloc&) {
            result = Error{ErrorCode::limit_reached, "Script memory overflow!"};
        }
        run_.finish();
        return result;
    }

  private:
    Run run_;
};

}  // namespace

Value execute(Run& run, const Code& code, std::span<const Input> inputs,
              const std::atomic<bool>* stop) {
    run.start(code.slots, stop);
    if (inputs.size() != code.inputs)
        fail("The script takes " + std::to_string(code.inputs) + " arguments");
    std::size_t characters_left = run.environment().limits.arguments_characters_max;
    for (std::size_t i = 0; i < inputs.size(); ++i)
        run.globals()[i] = from_input(run, inputs[i], characters_left);
    code.body->exec(run);
    return run.result;
}

Result<ScriptRef> TbelEngine::compile(std::string_view body,
                                      std::span<const std::string> argument_names) {
    const std::size_t longest = environment_.limits.body_characters_max;
    if (body.size() > longest && static_cast<std::size_t>(java::text_length(body)) > longest)
        return Error{ErrorCode::too_large, "Script body exceeds maximum allowed size of " +
                                               std::to_string(longest) + " symbols"};
    if (java::is_blank(body)) return Error{ErrorCode::malformed, "TBEL script is blank!"};
    Result<std::shared_ptr<const Code>> code = tbel::compile(body, argument_names, environment_);
    if (!code) return code.error();
    return ScriptRef(*std::move(code));
}

std::unique_ptr<Context> TbelEngine::make_context() {
    return std::make_unique<TbelContext>(environment_);
}

}  // namespace thingstead::script::tbel
