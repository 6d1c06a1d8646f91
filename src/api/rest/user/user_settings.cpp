// What the web application keeps of the caller.
#include "core/user/user_settings.h"

#include <algorithm>

#include "api/rest/json_text.h"
#include "api/rest/user/handlers.h"
#include "core/entity/kind.h"

namespace thingstead::api::user {
namespace {

using model::UserSettingsType;

Result<UserSettingsType> type_of(const Call& call) {
    const std::string& name = call.variable("type");
    const auto type = enum_value<UserSettingsType>(name);
    if (!type) return core::invalid("UserSettingsType \"" + name + "\" is not supported!");
    if (Result<> open = core::check_open_to_users(*type); !open) return open.error();
    return *type;
}

Result<json::object> object_of(const Call& call) {
    Result<json::value> body = call.body();
    if (!body) return body.error();
    if (!body->is_object()) return json_expected("an object");
    return std::move(body->get_object());
}

/// Paths in the path, commas between them.
std::vector<std::string> paths_of(const Call& call) {
    std::vector<std::string> paths;
    std::string_view text = call.variable("paths");
    while (!text.empty()) {
        const std::size_t comma = std::min(text.find(','), text.size());
        if (comma != 0) paths.emplace_back(text.substr(0, comma));
        text.remove_prefix(std::min(comma + 1, text.size()));
    }
    return paths;
}

Task<Result<net::Reply>> answer_settings(Call call, UserSettingsType type) {
    const Result<json::object> settings =
        co_await core::user_settings(call.services.platform, call.caller, type);
    if (!settings) co_return settings.error();
    co_return json_reply_of(json::value(*settings));
}

Task<Result<net::Reply>> merge_into(Call call, UserSettingsType type) {
    Result<json::object> settings = object_of(call);
    if (!settings) co_return settings.error();
    const Result<> done = co_await core::merge_user_settings(call.services.platform, call.caller,
                                                             type, *std::move(settings));
    if (!done) co_return done.error();
    co_return net::Reply{};
}

Task<Result<net::Reply>> remove_from(Call call, UserSettingsType type) {
    const Result<> done = co_await core::remove_user_settings(call.services.platform, call.caller,
                                                              type, paths_of(call));
    if (!done) co_return done.error();
    co_return net::Reply{};
}

}  // namespace

Task<Result<net::Reply>> get_general_settings(Call call) {
    return answer_settings(std::move(call), UserSettingsType::general);
}

Task<Result<net::Reply>> replace_general_settings(Call call) {
    Result<json::object> settings = object_of(call);
    if (!settings) co_return settings.error();
    const Result<> done = co_await core::replace_user_settings(
        call.services.platform, call.caller, UserSettingsType::general, *settings);
    if (!done) co_return done.error();
    co_return json_reply_of(json::value(*settings));
}

Task<Result<net::Reply>> merge_general_settings(Call call) {
    return merge_into(std::move(call), UserSettingsType::general);
}

Task<Result<net::Reply>> remove_general_settings(Call call) {
    return remove_from(std::move(call), UserSettingsType::general);
}

Task<Result<net::Reply>> get_settings(Call call) {
    const Result<UserSettingsType> type = type_of(call);
    if (!type) co_return type.error();
    co_return co_await answer_settings(std::move(call), *type);
}

Task<Result<net::Reply>> merge_settings(Call call) {
    const Result<UserSettingsType> type = type_of(call);
    if (!type) co_return type.error();
    co_return co_await merge_into(std::move(call), *type);
}

Task<Result<net::Reply>> remove_settings(Call call) {
    const Result<UserSettingsType> type = type_of(call);
    if (!type) co_return type.error();
    co_return co_await remove_from(std::move(call), *type);
}

}  // namespace thingstead::api::user
