// Settings of the installation, and what it says about itself to its administrators.
#include "api/rest/admin/handlers.h"
#include "api/rest/audit_note.h"
#include "api/rest/json_text.h"
#include "api/rest/route.h"
#include "api/rest/token_reply.h"
#include "core/identity/admin_settings.h"
#include "core/identity/auth.h"
#include "core/identity/mail_texts.h"
#include "core/sms.h"
#include "model/security.h"

namespace thingstead::api::admin {
namespace {

Task<Result<net::Reply>> get_settings(Call call) {
    std::string key = call.variable("key");
    const Result<model::AdminSettings> settings =
        co_await core::admin_settings(call.services.platform, call.caller, std::move(key));
    if (!settings) co_return settings.error();
    co_return json_reply_of(*settings);
}

Task<Result<net::Reply>> save_settings(Call call) {
    Result<model::AdminSettings> settings = call.body_as<model::AdminSettings>();
    if (!settings) co_return settings.error();
    const Result<model::AdminSettings> saved = co_await core::save_admin_settings(
        call.services.platform, call.caller, *std::move(settings));
    if (!saved) co_return saved.error();
    co_return json_reply_of(*saved);
}

Task<Result<net::Reply>> test_mail(Call call) {
    Result<model::AdminSettings> settings = call.body_as<model::AdminSettings>();
    if (!settings) co_return settings.error();
    Result<core::MailServer> server = co_await core::mail_server_of(
        call.services.platform, call.caller, std::move(settings->json_value));
    if (!server) co_return server.error();
    const Result<> sent = co_await call.services.mailer.send_over(
        *std::move(server), core::test_mail(call.caller.email));
    // Who tries settings needs to know what is wrong with them.
    if (!sent)
        co_return Error{sent.error().code, sent.error().message + ": " + sent.error().detail};
    co_return net::Reply{};
}

Task<Result<net::Reply>> test_sms(Call call) {
    const Result<json::value> body = call.body();
    if (!body) co_return body.error();
    const json::object* members = body->if_object();
    const json::value* provider = members ? members->if_contains("providerConfiguration") : nullptr;
    if (!provider || provider->is_null()) {
        const Result<> sent = co_await call.services.texts.send(body_text(call, "numberTo"),
                                                                body_text(call, "message"));
        if (!sent) co_return sent.error();
        co_return net::Reply{};
    }
    json::value configuration = *provider;
    const Result<> sent = co_await call.services.texts.send_over(
        std::move(configuration), body_text(call, "numberTo"), body_text(call, "message"));
    core::AuditNote note = note_of(model::ActionType::sms_sent, model::EntityId(call.caller.user));
    note.entity_name = call.caller.email;
    add_data(note, "recipientNumber", json::value(body_text(call, "numberTo")));
    co_await audit(call.services, call.caller, std::move(note), sent);
    if (!sent) co_return sent.error();
    co_return net::Reply{};
}

Task<Result<net::Reply>> get_security(Call call) {
    const auto settings = co_await core::security_settings(call.services.platform, call.caller);
    if (!settings) co_return settings.error();
    co_return json_reply_of(*settings);
}

Task<Result<net::Reply>> save_security(Call call) {
    Result<model::SecuritySettings> settings = call.body_as<model::SecuritySettings>();
    if (!settings) co_return settings.error();
    const auto saved = co_await core::save_security_settings(call.services.platform, call.caller,
                                                             *std::move(settings));
    if (!saved) co_return saved.error();
    co_return json_reply_of(*saved);
}

Task<Result<net::Reply>> get_jwt(Call call) {
    const Result<model::JwtSettings> settings =
        co_await call.services.auth.jwt_settings(call.caller);
    if (!settings) co_return settings.error();
    co_return json_reply_of(*settings);
}

Task<Result<net::Reply>> save_jwt(Call call) {
    Result<model::JwtSettings> settings = call.body_as<model::JwtSettings>();
    if (!settings) co_return settings.error();
    const Result<core::TokenPair> pair =
        co_await call.services.auth.save_jwt_settings(call.caller, *std::move(settings));
    co_return token_reply(pair);
}

Task<Result<net::Reply>> rotate_jwt(Call call) {
    const Result<core::TokenPair> pair =
        co_await call.services.auth.rotate_signing_key(call.caller);
    co_return token_reply(pair);
}

Task<Result<net::Reply>> get_features(Call call) {
    const Result<core::Features> found =
        co_await core::features(call.services.platform, call.caller);
    if (!found) co_return found.error();
    json::object body;
    body["smsEnabled"] = found->sms;
    body["emailEnabled"] = found->email;
    body["notificationEnabled"] = found->notification;
    body["oauthEnabled"] = found->oauth;
    body["twoFaEnabled"] = found->two_factor;
    co_return json_reply(text_of(json::value(std::move(body))));
}

/// This server asks nobody whether there is a newer one.
Task<Result<net::Reply>> get_updates(Call call) {
    json::object body;
    body["updateAvailable"] = false;
    body["currentVersion"] = call.services.facts.version;
    body["latestVersion"] = call.services.facts.version;
    body["upgradeInstructionsUrl"] = nullptr;
    body["currentVersionReleaseNotesUrl"] = nullptr;
    body["latestVersionReleaseNotesUrl"] = nullptr;
    co_return json_reply(text_of(json::value(std::move(body))));
}

Task<Result<net::Reply>> mail_callback_path(Call) {
    co_return json_reply(R"("/api/admin/mail/oauth2/code")");
}

Task<Result<net::Reply>> no_mail_oauth2(Call) {
    co_return Error{ErrorCode::unsupported, "Mail with OAuth2 is not supported"};
}

using enum net::Method;

constexpr Route routes[] = {
    {.method = get,
     .pattern = "/api/admin/settings/{key}",
     .allowed = allow::system,
     .handler = &get_settings,
     .summary = "Settings of the installation by their key",
     .answer = "AdminSettings"},
    {.method = post,
     .pattern = "/api/admin/settings",
     .allowed = allow::system,
     .handler = &save_settings,
     .summary = "Saves settings of the installation",
     .body = BodyKind::json,
     .answer = "AdminSettings",
     .takes = "AdminSettings"},
    {.method = post,
     .pattern = "/api/admin/settings/testMail",
     .allowed = allow::system,
     .handler = &test_mail,
     .summary = "Sends the caller a mail over settings that need not be saved",
     .body = BodyKind::json,
     .takes = "AdminSettings"},
    {.method = post,
     .pattern = "/api/admin/settings/testSms",
     .allowed = allow::system,
     .handler = &test_sms,
     .summary = "Sends a short message over settings that need not be saved",
     .body = BodyKind::json,
     .takes = "TestSmsRequest"},
    {.method = get,
     .pattern = "/api/admin/securitySettings",
     .allowed = allow::system,
     .handler = &get_security,
     .summary = "What passwords must have, and when accounts are locked",
     .answer = "SecuritySettings"},
    {.method = post,
     .pattern = "/api/admin/securitySettings",
     .allowed = allow::system,
     .handler = &save_security,
     .summary = "Saves what passwords must have, and when accounts are locked",
     .body = BodyKind::json,
     .answer = "SecuritySettings",
     .takes = "SecuritySettings"},
    {.method = get,
     .pattern = "/api/admin/jwtSettings",
     .allowed = allow::system,
     .handler = &get_jwt,
     .summary = "How tokens are signed, and how long they live",
     .answer = "JwtSettings"},
    {.method = post,
     .pattern = "/api/admin/jwtSettings",
     .allowed = allow::system,
     .handler = &save_jwt,
     .summary = "Saves how tokens are signed; what another key has signed opens nothing then",
     .body = BodyKind::json,
     .answer = "JwtPair",
     .takes = "JwtSettings"},
    {.method = post,
     .pattern = "/api/admin/jwtSettings/rotate",
     .allowed = allow::system,
     .handler = &rotate_jwt,
     .summary = "Signs tokens with a new key; what the former one has signed is good until it "
                "expires", .answer = "JwtPair"},
    {.method = get,
     .pattern = "/api/admin/featuresInfo",
     .allowed = allow::system,
     .handler = &get_features,
     .summary = "What is set up",
     .answer = "FeaturesInfo"},
    {.method = get,
     .pattern = "/api/admin/systemInfo",
     .allowed = allow::system,
     .handler = &system_info,
     .summary = "How busy this machine is",
     .answer = "SystemInfo"},
    {.method = get,
     .pattern = "/api/admin/updates",
     .allowed = allow::system,
     .handler = &get_updates,
     .summary = "The version of this server",
     .answer = "UpdateMessage"},
    {.method = get,
     .pattern = "/api/admin/mail/oauth2/loginProcessingUrl",
     .allowed = allow::system,
     .handler = &mail_callback_path,
     .summary = "Where a provider of mail with OAuth2 sends the browser back to",
     .answer = "string"},
    {.method = get,
     .pattern = "/api/admin/mail/oauth2/authorize",
     .allowed = allow::system,
     .handler = &no_mail_oauth2,
     .summary = "Where mail with OAuth2 begins; it is not supported",
     .answer = "string"},
    {.method = get,
     .pattern = "/api/admin/mail/oauth2/code",
     .allowed = allow::everyone,
     .handler = &no_mail_oauth2,
     .summary = "Where mail with OAuth2 ends; it is not supported",
     .selected_by = "code,state"},
    {.method = get,
     .pattern = "/api/admin/repositorySettings",
     .allowed = allow::tenant,
     .handler = &nothing_configured,
     .summary = "The repository of versions",
     .answer = "RepositorySettings"},
    {.method = post,
     .pattern = "/api/admin/repositorySettings",
     .allowed = allow::tenant,
     .handler = &no_version_control,
     .summary = "Saves the repository of versions",
     .body = BodyKind::json,
     .answer = "RepositorySettings",
     .takes = "RepositorySettings"},
    {.method = del,
     .pattern = "/api/admin/repositorySettings",
     .allowed = allow::tenant,
     .handler = &nothing_to_delete,
     .summary = "Deletes the settings of the repository"},
    {.method = get,
     .pattern = "/api/admin/repositorySettings/exists",
     .allowed = allow::tenant,
     .handler = &does_not_exist,
     .summary = "Whether a repository is set up",
     .answer = "boolean"},
    {.method = get,
     .pattern = "/api/admin/repositorySettings/info",
     .allowed = allow::tenant,
     .handler = &repository_info,
     .summary = "Whether a repository is set up, and may be written to",
     .answer = "RepositorySettingsInfo"},
    {.method = post,
     .pattern = "/api/admin/repositorySettings/checkAccess",
     .allowed = allow::tenant,
     .handler = &no_version_control,
     .summary = "Tries settings of a repository",
     .body = BodyKind::json,
     .takes = "RepositorySettings"},
    {.method = get,
     .pattern = "/api/admin/autoCommitSettings",
     .allowed = allow::tenant,
     .handler = &nothing_configured,
     .summary = "What is committed by itself",
     .answer = "AutoCommitSettings"},
    {.method = post,
     .pattern = "/api/admin/autoCommitSettings",
     .allowed = allow::tenant,
     .handler = &no_version_control,
     .summary = "Saves what is committed by itself",
     .body = BodyKind::json,
     .answer = "AutoCommitSettings",
     .takes = "AutoCommitSettings"},
    {.method = del,
     .pattern = "/api/admin/autoCommitSettings",
     .allowed = allow::tenant,
     .handler = &nothing_to_delete,
     .summary = "Commits nothing by itself"},
    {.method = get,
     .pattern = "/api/admin/autoCommitSettings/exists",
     .allowed = allow::tenant,
     .handler = &does_not_exist,
     .summary = "Whether anything is committed by itself",
     .answer = "boolean"},
};

constexpr SchemaEntry schemas[] = {
    {"AdminSettings",    &struct_schema<model::AdminSettings>   },
    {"JwtSettings",      &struct_schema<model::JwtSettings>     },
    {"SecuritySettings", &struct_schema<model::SecuritySettings>},
};

}  // namespace

extern const Resource descriptor{"admin", "Settings of the installation.", routes, schemas};

}  // namespace thingstead::api::admin
