#include "rule/scripts.h"

#include "base/describe.h"

namespace thingstead::rule {

Scripts::Scripts(const ScriptEngines& engines, ScriptErrorLimit limit)
    : engines_(engines), limit_(limit) {
    for (const ScriptLanguage each : {ScriptLanguage::tbel, ScriptLanguage::js})
        if (of(each).engine)
            contexts_[static_cast<std::size_t>(each)] = of(each).engine->make_context();
}

const ScriptEngine& Scripts::of(ScriptLanguage language) const {
    return language == ScriptLanguage::tbel ? engines_.tbel : engines_.js;
}

Result<script::ScriptRef> Scripts::compile(ScriptLanguage language, std::string_view body,
                                           std::span<const std::string> names) const {
    const std::string name(enum_name(language));
    const ScriptEngine& available = of(language);
    if (!available.engine)
        return Error{ErrorCode::unsupported, "scripts of language " + name + " are not available"};
    if (body.find_first_not_of(" \t\r\n") == std::string_view::npos)
        return Error{ErrorCode::invalid_argument, name + " script is blank!"};
    return available.compiled ? available.compiled->compile(body, names)
                              : available.engine->compile(body, names);
}

Result<json::value> Scripts::run(ScriptLanguage language, const script::Script& script,
                                 std::span<const script::Input> inputs) {
    return contexts_[static_cast<std::size_t>(language)]->run(script, inputs);
}

Result<const json::value*> Scripts::run_in_place(ScriptLanguage language,
                                                 const script::Script& script,
                                                 std::span<const script::Input> inputs) {
    answer_.reset();
    answer_memory_.release();
    Result<json::value> answer = contexts_[static_cast<std::size_t>(language)]->run(
        script, inputs, nullptr, &answer_memory_);
    if (!answer) return answer.error();
    return &answer_.emplace(*std::move(answer));
}

}  // namespace thingstead::rule
