// What a client sends: a frame of commands, in the current or the older envelope.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/describe.h"
#include "base/error.h"

namespace thingstead::api::ws {

enum class Envelope : std::uint8_t {
    general,    ///< {"authCmd":{…},"cmds":[{"type":…},…]}
    telemetry,  ///< {"attrSubCmds":[…],"tsSubCmds":[…],"historyCmds":[…],…}
};

struct AuthCommand {
    std::int32_t cmd_id = 0;
    std::string token;
    std::string api_key;
};
constexpr auto describe(const AuthCommand*) {
    return fields(field("cmdId", &AuthCommand::cmd_id), field("token", &AuthCommand::token),
                  field("apiKey", &AuthCommand::api_key));
}

/// A command about one entity; members that a type does not know are ignored.
struct Command {
    std::string type;  ///< ATTRIBUTES, TIMESERIES, TIMESERIES_HISTORY or one not served.
    std::int32_t cmd_id = 0;
    std::string entity_type;
    std::string entity_id;
    std::string keys;  ///< Separated by commas; empty: all.
    std::string scope;
    bool unsubscribe = false;
    EpochMs start_ts = 0;
    EpochMs end_ts = 0;
    std::int64_t time_window = 0;  ///< Milliseconds.
    std::int64_t interval = 0;     ///< Milliseconds.
    std::int32_t limit = 0;        ///< 0: the default.
    std::string agg;
};
constexpr auto describe(const Command*) {
    return fields(field("type", &Command::type), field("cmdId", &Command::cmd_id),
                  field("entityType", &Command::entity_type),
                  field("entityId", &Command::entity_id), field("keys", &Command::keys),
                  field("scope", &Command::scope), field("unsubscribe", &Command::unsubscribe),
                  field("startTs", &Command::start_ts), field("endTs", &Command::end_ts),
                  field("timeWindow", &Command::time_window), field("interval", &Command::interval),
                  field("limit", &Command::limit), field("agg", &Command::agg));
}

struct Frame {
    std::optional<AuthCommand> auth;
    std::vector<Command> commands;  ///< In the order in which they are to be run.
};

/// Errors: malformed.
Result<Frame> parse_frame(std::string_view text, Envelope envelope);

}  // namespace thingstead::api::ws
