// What the parts of this folder do within a transaction of theirs.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/alarm/alarms.h"

namespace thingstead::core {

/// The alarm of the originator and type that is not cleared.
Result<std::optional<model::Alarm>> active_alarm(store::Reader& reader, model::EntityId originator,
                                                 const std::string& type);

/// With the names of originators and assignees, in the same order.
Result<std::vector<model::AlarmInfo>> with_names(store::Reader& reader,
                                                 std::vector<model::Alarm> alarms);
Result<model::AlarmInfo> with_names(store::Reader& reader, model::Alarm alarm);

/// Whose the originator is, which the caller must be able to read. Errors: not_found, forbidden.
struct AlarmOrigin {
    model::TenantId tenant;
    std::optional<model::CustomerId> customer{};
};
Result<AlarmOrigin> origin_of(store::Reader& reader, const Caller& caller, model::EntityId entity);

/// Makes the alarm show where its settings say, and nowhere else. Errors: as related_relations().
Result<std::vector<model::EntityId>> spread_alarm(store::Transaction& transaction,
                                                  const model::Alarm& alarm, const Clock& clock);
/// Where it shows.
Result<std::vector<model::EntityId>> shown_on(store::Reader& reader, model::AlarmId alarm);

/// Notes the type among those of the tenant.
Result<> note_alarm_type(store::Transaction& transaction, const model::Alarm& alarm);

/// A comment of the server's: `members` beside `text` and `subtype`.
Result<> add_system_comment(store::Transaction& transaction, model::AlarmId alarm,
                            std::optional<model::UserId> user, std::string text,
                            std::string_view subtype, json::object members, EpochMs now_ms);
/// "Ann Smith", or the address if there is no name.
std::string user_title(const std::optional<std::string>& first_name,
                       const std::optional<std::string>& last_name, const std::string& email);
std::string user_title(const Caller& caller);
/// Whether a user did it, and not a rule chain.
bool by_user(const Caller& caller);

}  // namespace thingstead::core
