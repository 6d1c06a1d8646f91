// The installation's settings as documents by key: of mail, of log-ins, of the address that links
// begin with.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/json.h"
#include "core/platform.h"
#include "model/entities.h"
#include "model/security.h"
#include "net/task.h"
#include "store/entity_store.h"

namespace thingstead::core {

namespace setting_key {
inline constexpr std::string_view general = "general";
inline constexpr std::string_view mail = "mail";
inline constexpr std::string_view sms = "sms";
inline constexpr std::string_view security = "securitySettings";
inline constexpr std::string_view jwt = "jwt";
inline constexpr std::string_view former_jwt_keys = "jwtFormerKeys";
inline constexpr std::string_view two_factor = "twoFaSettings";
inline constexpr std::string_view connectivity = "connectivity";
inline constexpr std::string_view notifications = "notifications";
}  // namespace setting_key

/// The installation's document `key`, if it was ever saved.
Result<std::optional<model::AdminSettings>> find_setting(store::Reader& reader,
                                                         std::string_view key);
/// Its members; an empty object if there is none.
Result<json::object> setting_members(store::Reader& reader, std::string_view key);
/// Inserts the document or replaces it.
Result<> put_setting(store::Transaction& transaction, std::string_view key, json::value document,
                     EpochMs now_ms);

/// What is saved, else the defaults.
Result<model::SecuritySettings> security_settings(store::Reader& reader);

/// What the links of mails begin with: `general.baseUrl` where it is the only one allowed or
/// nothing is known of the request, else the address that the request was sent to (`from_request`,
/// api/rest/origin.h), so that a link leads back to where it was asked for. No '/' at the end.
Result<std::string> base_url(store::Reader& reader, std::string from_request = {});
Task<Result<std::string>> base_url(const Platform& platform, std::string from_request);

/// Documents that a new installation begins with; those that are there stay.
Result<> ensure_settings(store::Transaction& transaction, EpochMs now_ms);

/// A text member; empty if it is missing or something else.
std::string text_member(const json::object& members, std::string_view name);
/// "true" passes for true, as forms send it.
bool flag_member(const json::object& members, std::string_view name, bool otherwise = false);
/// A text that reads as a number passes for it.
std::int64_t number_member(const json::object& members, std::string_view name,
                           std::int64_t otherwise);

}  // namespace thingstead::core
