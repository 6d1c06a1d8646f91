#include "api/ws/frame.h"

#include <utility>

#include "base/json.h"

namespace thingstead::api::ws {
namespace {

/// Members of the older envelope, in the order of their handling, with the types they stand for.
constexpr std::pair<std::string_view, std::string_view> older_members[] = {
    {"attrSubCmds",                "ATTRIBUTES"              },
    {"tsSubCmds",                  "TIMESERIES"              },
    {"historyCmds",                "TIMESERIES_HISTORY"      },
    {"entityDataCmds",             "ENTITY_DATA"             },
    {"entityDataUnsubscribeCmds",  "ENTITY_DATA_UNSUBSCRIBE" },
    {"alarmDataCmds",              "ALARM_DATA"              },
    {"alarmDataUnsubscribeCmds",   "ALARM_DATA_UNSUBSCRIBE"  },
    {"entityCountCmds",            "ENTITY_COUNT"            },
    {"entityCountUnsubscribeCmds", "ENTITY_COUNT_UNSUBSCRIBE"},
    {"alarmCountCmds",             "ALARM_COUNT"             },
    {"alarmCountUnsubscribeCmds",  "ALARM_COUNT_UNSUBSCRIBE" },
};

/// A command of a type that is not served may have any members: only what is needed to refuse it
/// is read.
bool is_served(std::string_view type) {
    return type == "ATTRIBUTES" || type == "TIMESERIES" || type == "TIMESERIES_HISTORY";
}

Result<Command> command_of(const json::value& value, std::string_view type) {
    const json::object* members = value.if_object();
    if (!members) return json_expected("a command");
    std::string name(type);
    if (type.empty())
        if (const json::value* own = members->if_contains("type"); own && own->is_string())
            name = own->get_string();
    if (name.empty()) return json_member_error("type", json_expected("a string"));
    Command command;
    if (is_served(name)) {
        Result<Command> whole = from_json<Command>(value);
        if (!whole) return whole;
        command = *std::move(whole);
    } else if (const json::value* id = members->if_contains("cmdId")) {
        const Result<std::int32_t> number = from_json<std::int32_t>(*id);
        if (!number) return json_member_error("cmdId", number.error());
        command.cmd_id = *number;
    }
    command.type = std::move(name);
    return command;
}

Result<> add_commands(Frame& frame, const json::object& members, std::string_view name,
                      std::string_view type) {
    const json::value* value = members.if_contains(name);
    if (!value || value->is_null()) return {};
    const json::array* items = value->if_array();
    if (!items) return json_member_error(name, json_expected("an array"));
    for (const json::value& each : *items) {
        Result<Command> command = command_of(each, type);
        if (!command) return json_member_error(name, command.error());
        frame.commands.push_back(*std::move(command));
    }
    return {};
}

}  // namespace

Result<Frame> parse_frame(std::string_view text, Envelope envelope) {
    const Result<json::value> value = parse_json(text);
    if (!value) return value.error();
    const json::object* members = value->if_object();
    if (!members) return json_expected("an object");
    Frame frame;
    if (envelope == Envelope::telemetry) {
        for (const auto& [name, type] : older_members)
            if (Result<> added = add_commands(frame, *members, name, type); !added)
                return added.error();
        return frame;
    }
    if (const json::value* auth = members->if_contains("authCmd"); auth && !auth->is_null()) {
        Result<AuthCommand> command = from_json<AuthCommand>(*auth);
        if (!command) return json_member_error("authCmd", command.error());
        frame.auth = *std::move(command);
    }
    if (Result<> added = add_commands(frame, *members, "cmds", {}); !added) return added.error();
    return frame;
}

}  // namespace thingstead::api::ws
