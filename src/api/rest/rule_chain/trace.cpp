// Where messages went last: what the rule engine's flight recorder remembers.
#include <algorithm>

#include "api/rest/json_text.h"
#include "api/rest/rule_chain/handlers.h"
#include "core/event_log.h"

namespace thingstead::api::rule_chain {
namespace {

constexpr std::int64_t hops_max = 10'000;
constexpr std::int64_t minutes_max = 1'440;

Result<std::optional<Uuid>> id_parameter(const Call& call, std::string_view name) {
    const auto text = call.parameter(name);
    if (!text) return std::optional<Uuid>();
    const Result<Uuid> id = parse_uuid(*text);
    if (!id) return id.error();
    return std::optional<Uuid>(*id);
}

Result<core::TraceQuery> query_of(const Call& call) {
    core::TraceQuery query;
    const auto message = id_parameter(call, "messageId");
    if (!message) return message.error();
    const auto originator = id_parameter(call, "deviceId");
    if (!originator) return originator.error();
    const auto minutes = call.integer("slowestOfMinutes");
    if (!minutes) return minutes.error();
    const Result<std::int64_t> limit = call.integer("limit", 1'000);
    if (!limit) return limit.error();
    if (!*message && !*originator && !*minutes)
        return Error{ErrorCode::invalid_argument,
                     "One of messageId, deviceId and slowestOfMinutes should be specified!"};
    if (*minutes && (**minutes < 1 || **minutes > minutes_max))
        return Error{ErrorCode::invalid_argument,
                     "slowestOfMinutes should be between 1 and " + std::to_string(minutes_max)};
    query.message = *message;
    query.originator = *originator;
    if (*minutes) {
        query.slowest_first = true;
        query.since_ms = call.services.clock.now_ms() - **minutes * 60'000;
    }
    query.limit = static_cast<std::size_t>(std::clamp<std::int64_t>(*limit, 1, hops_max));
    return query;
}

}  // namespace

Task<Result<net::Reply>> trace_messages(Call call) {
    const Result<core::TraceQuery> query = query_of(call);
    if (!query) co_return query.error();
    const auto hops = call.services.events.trace(call.caller, *query);
    if (!hops) co_return hops.error();
    co_return json_reply_of(*hops);
}

}  // namespace thingstead::api::rule_chain
