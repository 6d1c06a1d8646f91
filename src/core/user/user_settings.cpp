#include "core/user/user_settings.h"

#include "core/entity/kind.h"
#include "model/validate.h"

namespace thingstead::core {
namespace {

using model::UserSettings;
using model::UserSettingsType;

using Change = std::function<void(json::object& settings)>;

Task<Result<>> change_settings(const Platform& platform, Caller caller, UserSettingsType type,
                               Change change) {
    const std::function<Result<>(store::Transaction&)> work =
        [&](store::Transaction& transaction) -> Result<> {
        Result<json::object> settings = read_settings(transaction, caller.user, type);
        if (!settings) return settings.error();
        change(*settings);
        return write_settings(transaction, caller.user, type, *std::move(settings));
    };
    co_return co_await platform.store.write(work);
}

store::Filter key_of(model::UserId user, UserSettingsType type) {
    return {
        {"userId", user.uuid                   },
        {"type",   std::string(enum_name(type))}
    };
}

}  // namespace

Result<> check_open_to_users(UserSettingsType type) {
    if (type != UserSettingsType::visited_dashboards && type != UserSettingsType::mobile) return {};
    return invalid("Settings with type: " + std::string(enum_name(type)) +
                   " are reserved for internal use!");
}

void remove_path(json::object& document, std::string_view path) {
    json::object* at = &document;
    for (std::size_t dot = path.find('.'); dot != std::string_view::npos; dot = path.find('.')) {
        json::value* const inner = at->if_contains(path.substr(0, dot));
        at = inner ? inner->if_object() : nullptr;
        if (!at) return;
        path.remove_prefix(dot + 1);
    }
    at->erase(path);
}

Result<json::object> read_settings(store::Reader& reader, model::UserId user,
                                   UserSettingsType type) {
    auto row = reader.find<UserSettings>(key_of(user, type));
    if (!row) return row.error();
    json::object* const settings = *row ? (*row)->settings.if_object() : nullptr;
    return settings ? std::move(*settings) : json::object();
}

Result<> write_settings(store::Transaction& transaction, model::UserId user, UserSettingsType type,
                        json::object settings) {
    const auto there = transaction.count<model::User>({
        {"id", user.uuid}
    });
    if (!there) return there.error();
    if (*there == 0) return permission_denied();
    const UserSettings row{user, type, std::move(settings)};
    if (Result<> valid = model::validate(row); !valid) return valid;
    return transaction.put(row);
}

Task<Result<json::object>> user_settings(const Platform& platform, Caller caller,
                                         UserSettingsType type) {
    json::object found;
    const std::function<Result<>(store::Reader&)> work = [&](store::Reader& reader) -> Result<> {
        Result<json::object> settings = read_settings(reader, caller.user, type);
        if (!settings) return settings.error();
        found = *std::move(settings);
        return {};
    };
    if (Result<> done = co_await platform.store.read(work); !done) co_return done.error();
    co_return found;
}

Task<Result<>> replace_user_settings(const Platform& platform, Caller caller, UserSettingsType type,
                                     json::object settings) {
    const Change change = [&](json::object& stored) { stored = settings; };
    co_return co_await change_settings(platform, std::move(caller), type, change);
}

Task<Result<>> merge_user_settings(const Platform& platform, Caller caller, UserSettingsType type,
                                   json::object settings) {
    const Change change = [&](json::object& stored) {
        for (const auto& member : settings) stored[member.key()] = member.value();
    };
    co_return co_await change_settings(platform, std::move(caller), type, change);
}

Task<Result<>> remove_user_settings(const Platform& platform, Caller caller, UserSettingsType type,
                                    std::vector<std::string> paths) {
    const Change change = [&](json::object& stored) {
        for (const std::string& path : paths) remove_path(stored, path);
    };
    co_return co_await change_settings(platform, std::move(caller), type, change);
}

}  // namespace thingstead::core
