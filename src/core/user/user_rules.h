// What is asked of a user that is saved, and what goes with it.
#pragma once
#include "core/entity/remove.h"
#include "core/entity/save.h"
#include "model/entities.h"

namespace thingstead::core {

template <>
struct EntityRules<model::User> {
    static Result<> prepare(Save<model::User>& save);
    /// A new user has credentials that are not enabled yet.
    static Result<> written(Save<model::User>& save);
    /// Errors: invalid_argument - the last administrator of a tenant; forbidden - a system
    /// administrator itself.
    static Result<> removing(Removal<model::User>& removal);
    static constexpr std::string_view limit = "maxUsers";
};

/// Removes a user with all its rows; whether it may go is not asked.
Result<> remove_user_in(store::Transaction& transaction, const model::User& user, EpochMs now_ms);
/// Removes what only this user has: credentials, settings, sessions of phones.
Result<> remove_user_rows(store::Transaction& transaction, model::UserId user, EpochMs now_ms);

}  // namespace thingstead::core
