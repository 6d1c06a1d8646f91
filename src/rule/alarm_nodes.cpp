#include "rule/alarm_nodes.h"

#include "model/msg.h"
#include "rule/message_body.h"

namespace thingstead::rule {

Result<NodeScript> alarm_script(const AlarmScriptTexts& texts, const NodeInfo& info,
                                NodeServices& services) {
    ScriptTexts both;
    both.language = texts.language;
    both.js_script = texts.js_script;
    both.tbel_script = texts.tbel_script;
    return NodeScript::make(both, info, services);
}

Task<Result<json::value>> alarm_details(NodeScript& script, const model::Msg& msg,
                                        const json::value* previous) {
    model::Msg asked = msg;
    if (previous) asked.metadata.put("prevAlarmDetails", json_text(*previous));
    return script.ask(asked);
}

void become_alarm(model::Msg& msg, const model::AlarmInfo& alarm, std::string_view flag) {
    msg.type = "ALARM";
    set_body(msg, to_json(alarm));
    msg.metadata.put(flag, "true");
}

Notice alarm_notice(std::string_view type, const model::AlarmInfo& alarm) {
    Notice notice;
    notice.tenant = alarm.tenant_id;
    notice.originator = alarm.originator;
    notice.customer = alarm.customer_id;
    notice.type = type;
    notice.data = json_text(to_json(alarm));
    return notice;
}

}  // namespace thingstead::rule
