// What the nodes about alarms share: the script that makes details, and what they tell of an alarm.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/describe.h"
#include "core/alarm/alarms.h"
#include "rule/enqueue.h"
#include "rule/node_script.h"

namespace thingstead::rule {

/// The details that stay as they were.
inline constexpr std::string_view keep_details_script =
    "var details = {};\n"
    "if (metadata.prevAlarmDetails != null) {\n"
    "    details = JSON.parse(metadata.prevAlarmDetails);\n"
    "}\n"
    "return details;";

/// Part of a configuration.
struct AlarmScriptTexts {
    std::optional<std::string> language{};  ///< None: stored when there was JS alone.
    std::string js_script{keep_details_script};
    std::string tbel_script{keep_details_script};
};
constexpr auto describe(const AlarmScriptTexts*) {
    return fields(field("scriptLang", &AlarmScriptTexts::language, "TBEL or JS."),
                  field("alarmDetailsBuildJs", &AlarmScriptTexts::js_script,
                        "The script that makes the details, if it is in JS."),
                  field("alarmDetailsBuildTbel", &AlarmScriptTexts::tbel_script,
                        "The script that makes the details, if it is in TBEL."));
}

/// Errors: as NodeScript::make().
Result<NodeScript> alarm_script(const AlarmScriptTexts& texts, const NodeInfo& info,
                                NodeServices& services);
/// The script's answer; `previous`, the details so far, are its metadata prevAlarmDetails. What is
/// asked is read before it returns; the script outlives the task. Errors: as NodeScript::run().
Task<Result<json::value>> alarm_details(NodeScript& script, const model::Msg& msg,
                                        const json::value* previous);

/// The message becomes one of the alarm, with `flag` "true" in its metadata.
void become_alarm(model::Msg& msg, const model::AlarmInfo& alarm, std::string_view flag);
/// What happened to the alarm, as a message of its own about the originator.
Notice alarm_notice(std::string_view type, const model::AlarmInfo& alarm);

}  // namespace thingstead::rule
