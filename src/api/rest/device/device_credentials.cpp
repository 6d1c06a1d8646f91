// The credentials of a device.
#include "api/rest/device/handlers.h"

namespace thingstead::api::device {
namespace {

/// The interface wraps the id of credentials, which are no entity: {"id":"…"}.
std::string credentials_text(const model::DeviceCredentials& credentials) {
    std::string text = "{\"id\":{\"id\":";
    append_text(text, credentials.id);
    text += '}';
    std::string members;
    append_members(members, credentials);
    text += members.substr(members.find(','));  // after the plain id
    text += '}';
    return text;
}

}  // namespace

Result<model::DeviceCredentials> credentials_of(json::value body) {
    if (json::object* members = body.if_object())
        if (json::value* id = members->if_contains("id"))
            if (const json::object* wrapped = id->if_object()) {
                const json::value* inner = wrapped->if_contains("id");
                json::value plain = inner ? *inner : json::value(nullptr);
                *id = std::move(plain);
            }
    const json::object* members = body.if_object();
    const json::value* type = members ? members->if_contains("credentialsType") : nullptr;
    if (!type || type->is_null())
        return Error{ErrorCode::invalid_argument, "Device credentials type should be specified"};
    return from_json<model::DeviceCredentials>(body);
}

Task<Result<net::Reply>> get_device_credentials(Call call) {
    const auto id = call.id<model::DeviceId>("deviceId");
    if (!id) co_return id.error();
    const Result<model::DeviceCredentials> credentials =
        co_await core::device_credentials(call.services.platform, call.caller, *id);
    core::AuditNote note = note_of(model::ActionType::credentials_read, model::EntityId(*id));
    co_await audit(call.services, call.caller, std::move(note), credentials);
    if (!credentials) co_return credentials.error();
    co_return json_reply(credentials_text(*credentials));
}

Task<Result<net::Reply>> save_device_credentials(Call call) {
    Result<json::value> body = call.body();
    if (!body) co_return body.error();
    Result<model::DeviceCredentials> credentials = credentials_of(*std::move(body));
    if (!credentials) co_return credentials.error();
    core::AuditNote note =
        note_of(model::ActionType::credentials_updated, model::EntityId(credentials->device_id));
    add_data(note, "credentials", to_json(*credentials));
    const Result<model::DeviceCredentials> saved = co_await core::save_device_credentials(
        call.services.platform, call.caller, *std::move(credentials));
    co_await audit(call.services, call.caller, std::move(note), saved);
    if (!saved) co_return saved.error();
    co_return json_reply(credentials_text(*saved));
}

}  // namespace thingstead::api::device
