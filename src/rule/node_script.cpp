#include "rule/node_script.h"

#include <array>
#include <utility>

#include "rule/message_body.h"

namespace thingstead::rule {
namespace {

/// A script that only fails by itself costs nobody else anything.
bool costs(ErrorCode code) {
    return code == ErrorCode::timeout || code == ErrorCode::limit_reached ||
           code == ErrorCode::too_large;
}

Result<model::Metadata> metadata_of(const json::value& value, ScriptLanguage language) {
    const json::object* members = value.if_object();
    if (!members) return wrong_result_type(value);
    model::Metadata metadata;
    for (const auto& [key, each] : *members) {
        // TBEL writes out what a value of metadata holds; JavaScript takes texts and what reads as
        // one.
        if (language == ScriptLanguage::js && (each.is_object() || each.is_array())) {
            Error error = wrong_result_type(each);
            error.message += " as metadata." + std::string(key);
            return error;
        }
        if (!each.is_null()) metadata.put(key, text_of(each));
    }
    return metadata;
}

/// A task that need not wait.
Task<Result<json::value>> script_known(Result<json::value> answer) { co_return answer; }

/// A copy, which the next call of a script leaves alone.
Result<json::value> copied_answer(const Result<const json::value*>& answer) {
    if (!answer) return answer.error();
    return json::value(**answer, json::storage_ptr());
}

}  // namespace

NodeScript::NodeScript(ScriptLanguage language, script::ScriptRef script, const NodeInfo& info,
                       NodeServices& services)
    : language_(language),
      script_(std::move(script)),
      remote_(dynamic_cast<const script::AsyncScript*>(script_.get())),
      id_(info.rule_node.to_string()),
      services_(&services) {}

Result<NodeScript> NodeScript::make(const ScriptTexts& texts, const NodeInfo& info,
                                    NodeServices& services, const std::vector<std::string>& names) {
    const std::string name = texts.language.value_or("JS");
    const auto language = enum_value<ScriptLanguage>(std::string_view(name));
    if (!language) return Error{ErrorCode::invalid_argument, "Unknown script language: " + name};
    const std::string& body =
        *language == ScriptLanguage::tbel ? texts.tbel_script : texts.js_script;
    Result<script::ScriptRef> script = services.scripts.compile(*language, body, names);
    if (!script) return script.error();
    return NodeScript(*language, *std::move(script), info, services);
}

Result<const json::value*> NodeScript::run(const model::Msg& msg) {
    if (Result<> admitted = admit(); !admitted) return admitted.error();
    const Result<json::value> data = data_of(msg);
    if (!data) return data.error();
    const std::array<script::Input, 3> inputs{&*data, &msg.metadata, std::string_view(msg.type)};
    return run_admitted(inputs);
}

Result<const json::value*> NodeScript::run(std::span<const script::Input> inputs) {
    if (Result<> admitted = admit(); !admitted) return admitted.error();
    return run_admitted(inputs);
}

Result<const json::value*> NodeScript::run_admitted(std::span<const script::Input> inputs) {
    Result<const json::value*> answer =
        services_->scripts.run_in_place(language_, *script_, inputs);
    if (!answer) note(answer.error());
    return answer;
}

Task<Result<json::value>> NodeScript::ask(const model::Msg& msg) {
    if (!remote_) return script_known(copied_answer(run(msg)));
    if (Result<> admitted = admit(); !admitted) return script_known(admitted.error());
    const Result<json::value> data = data_of(msg);
    if (!data) return script_known(data.error());
    const std::array<script::Input, 3> inputs{&*data, &msg.metadata, std::string_view(msg.type)};
    return noted(remote_->ask(inputs));
}

Task<Result<json::value>> NodeScript::ask(std::span<const script::Input> inputs) {
    if (!remote_) return script_known(copied_answer(run(inputs)));
    if (Result<> admitted = admit(); !admitted) return script_known(admitted.error());
    return noted(remote_->ask(inputs));
}

Task<Result<json::value>> NodeScript::noted(Task<Result<json::value>> answer) {
    Result<json::value> got = co_await std::move(answer);
    if (!got) note(got.error());
    co_return got;
}

/// In JavaScript a message without data fails, for it is no JSON; in TBEL it is an empty map.
Result<json::value> NodeScript::data_of(const model::Msg& msg) const {
    if (msg.data.empty() && language_ == ScriptLanguage::tbel) return json::value(json::object());
    return body(msg);
}

Result<> NodeScript::admit() {
    const ScriptErrorLimit& limit = services_->scripts.error_limit();
    if (failures_.size() < static_cast<std::size_t>(limit.errors_max)) return {};
    if (services_->clock.now_ms() - failures_.back() >= limit.time.count()) {
        failures_.clear();
        return {};
    }
    return Error{ErrorCode::unavailable,
                 "Script invocation is blocked due to maximum error count " +
                     std::to_string(limit.errors_max) + ", scriptId " + id_ + "!"};
}

void NodeScript::note(const Error& failure) {
    if (!costs(failure.code)) return;
    const EpochMs now = services_->clock.now_ms();
    const ScriptErrorLimit& limit = services_->scripts.error_limit();
    while (!failures_.empty() && now - failures_.front() >= limit.time.count())
        failures_.pop_front();
    failures_.push_back(now);
}

Error wrong_result_type(const json::value& answer) {
    const char* kind = "number";
    if (answer.is_null()) kind = "null";
    if (answer.is_bool()) kind = "boolean";
    if (answer.is_string()) kind = "string";
    if (answer.is_array()) kind = "array";
    if (answer.is_object()) kind = "object";
    return {ErrorCode::invalid_argument, std::string("Wrong result type: ") + kind};
}

Result<model::Msg> changed_msg(model::Msg original, const json::value& answer,
                               ScriptLanguage language) {
    const json::object* members = answer.if_object();
    if (!members) return wrong_result_type(answer);
    if (const json::value* data = members->if_contains("msg")) set_body(original, *data);
    if (const json::value* metadata = members->if_contains("metadata");
        metadata && !metadata->is_null()) {
        Result<model::Metadata> changed = metadata_of(*metadata, language);
        if (!changed) return changed.error();
        original.metadata = *std::move(changed);
    }
    if (const json::value* type = members->if_contains("msgType"); type && !type->is_null())
        if (std::string text = text_of(*type); !text.empty()) original.type = std::move(text);
    return original;
}

}  // namespace thingstead::rule
