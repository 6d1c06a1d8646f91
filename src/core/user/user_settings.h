// What the web application keeps of a user, by type: documents that are replaced, merged, and
// emptied path by path.
#pragma once
#include <string>
#include <vector>

#include "base/error.h"
#include "base/json.h"
#include "core/caller.h"
#include "core/platform.h"
#include "model/user_settings.h"
#include "net/task.h"
#include "store/entity_store.h"

namespace thingstead::core {

/// Errors: invalid_argument - VISITED_DASHBOARDS and MOBILE are the server's own.
Result<> check_open_to_users(model::UserSettingsType type);

/// An empty object if nothing was ever written.
Task<Result<json::object>> user_settings(const Platform& platform, Caller caller,
                                         model::UserSettingsType type);
/// Errors: invalid_argument - too long; forbidden - nobody is logged in as this user.
Task<Result<>> replace_user_settings(const Platform& platform, Caller caller,
                                     model::UserSettingsType type, json::object settings);
/// Members of `settings` take the place of those that have the same name. Errors: as above.
Task<Result<>> merge_user_settings(const Platform& platform, Caller caller,
                                   model::UserSettingsType type, json::object settings);
/// Each path is names of members with dots between them; what is not there is no error.
Task<Result<>> remove_user_settings(const Platform& platform, Caller caller,
                                    model::UserSettingsType type, std::vector<std::string> paths);

/// Takes the member at `path` out of `document`.
void remove_path(json::object& document, std::string_view path);

/// The same within a transaction, for what the server itself keeps there.
Result<json::object> read_settings(store::Reader& reader, model::UserId user,
                                   model::UserSettingsType type);
Result<> write_settings(store::Transaction& transaction, model::UserId user,
                        model::UserSettingsType type, json::object settings);

}  // namespace thingstead::core
