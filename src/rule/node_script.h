// The script of a rule node: its keys in the node's configuration, and its run with a message.
// Source: the interface's rule engine, script execution.
#pragma once
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/describe.h"
#include "model/msg.h"
#include "net/task.h"
#include "rule/node.h"
#include "rule/scripts.h"
#include "script/async_script.h"

namespace thingstead::rule {

/// Part of a node's configuration.
struct ScriptTexts {
    ScriptTexts() = default;
    /// The same text in both languages.
    explicit ScriptTexts(std::string_view text) : js_script(text), tbel_script(text) {}

    std::optional<std::string> language{};  ///< None: stored when there was JS alone.
    std::string js_script{};
    std::string tbel_script{};
};
constexpr auto describe(const ScriptTexts*) {
    return fields(field("scriptLang", &ScriptTexts::language, "TBEL or JS."),
                  field("jsScript", &ScriptTexts::js_script, "The script, if it is in JS."),
                  field("tbelScript", &ScriptTexts::tbel_script, "The script, if it is in TBEL."));
}

/// Of a new node, whose Config is made of ScriptTexts: in TBEL.
template <Described Config>
json::value new_script_configuration() {
    Config config;
    config.language = "TBEL";
    return to_json(config);
}

class NodeScript {
  public:
    /// `names`: what the script calls data, metadata and type.
    /// Errors: invalid_argument - an unknown language; as Scripts::compile().
    static Result<NodeScript> make(const ScriptTexts& texts, const NodeInfo& info,
                                   NodeServices& services,
                                   const std::vector<std::string>& names = {"msg", "metadata",
                                                                            "msgType"});

    /// Its answer to data, metadata and type, as Scripts::run_in_place() gives it: there until a
    /// script runs again. Errors: malformed - the data is no JSON; unavailable - it failed too
    /// often lately; as Scripts::run().
    Result<const json::value*> run(const model::Msg& msg);
    /// Whether it runs somewhere else: run() would hold up the worker.
    bool is_remote() const { return remote_ != nullptr; }
    /// The same, wherever it runs; the script outlives the task. Errors: as run().
    Task<Result<json::value>> ask(const model::Msg& msg);
    /// Likewise a script of other arguments: as many as `names` has.
    Task<Result<json::value>> ask(std::span<const script::Input> inputs);
    ScriptLanguage language() const { return language_; }

  private:
    NodeScript(ScriptLanguage language, script::ScriptRef script, const NodeInfo& info,
               NodeServices& services);
    Result<> admit();
    Result<const json::value*> run(std::span<const script::Input> inputs);
    Result<const json::value*> run_admitted(std::span<const script::Input> inputs);
    void note(const Error& failure);
    Result<json::value> data_of(const model::Msg& msg) const;
    Task<Result<json::value>> noted(Task<Result<json::value>> answer);

    ScriptLanguage language_;
    script::ScriptRef script_;
    const script::AsyncScript* remote_;  ///< script_, if it is one.
    std::string id_;
    NodeServices* services_;
    std::deque<EpochMs> failures_;  ///< Of those that cost, the last errors_max.
};

/// What `use` (Step of Visit& and the answer) makes of a script's answer to a visit: at once, or in
/// a task if the script runs somewhere else.
template <class Use>
Task<Outcome> answered_later(NodeScript& script, Visit& visit, Use use) {
    const Result<json::value> answer = co_await script.ask(visit.msg);
    if (!answer) co_return Outcome(answer.error());
    Step step = use(visit, *answer);
    if (Outcome* const outcome = step.outcome()) co_return std::move(*outcome);
    co_return co_await std::move(step.task());
}
template <class Use>
Step answered(NodeScript& script, Visit& visit, Use use) {
    if (script.is_remote()) return answered_later(script, visit, std::move(use));
    const Result<const json::value*> answer = script.run(visit.msg);
    if (!answer) return answer.error();
    return use(visit, **answer);
}

/// `original` as the answer of a script in `language` changes it: members msg, metadata and
/// msgType, if they are there. Errors: invalid_argument - "Wrong result type: …".
Result<model::Msg> changed_msg(model::Msg original, const json::value& answer,
                               ScriptLanguage language);

/// What an answer of the wrong kind is answered with.
Error wrong_result_type(const json::value& answer);

}  // namespace thingstead::rule
