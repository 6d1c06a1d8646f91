// Second factors: what the installation offers, what the caller has set up.
#include "api/rest/json_text.h"
#include "api/rest/route.h"
#include "api/rest/two_factor/handlers.h"

namespace thingstead::api::two_factor {
namespace {

net::Reply json_value_reply(const json::value& value) { return json_reply(text_of(value)); }

Task<Result<net::Reply>> get_platform(Call call) {
    const auto document = co_await call.services.two_factor.platform_settings(call.caller);
    if (!document) co_return document.error();
    if (!*document) co_return net::Reply{};
    co_return json_value_reply(**document);
}

Task<Result<net::Reply>> save_platform(Call call) {
    Result<json::value> document = call.body();
    if (!document) co_return document.error();
    const Result<json::value> saved =
        co_await call.services.two_factor.save_platform_settings(call.caller, *std::move(document));
    if (!saved) co_return saved.error();
    co_return json_value_reply(*saved);
}

Task<Result<net::Reply>> list_offered(Call call) {
    const auto offered = co_await call.services.two_factor.offered();
    if (!offered) co_return offered.error();
    co_return json_reply_of(*offered);
}

Task<Result<net::Reply>> get_account(Call call) {
    const Result<json::value> settings =
        co_await call.services.two_factor.account_settings(call.caller);
    if (!settings) co_return settings.error();
    co_return json_value_reply(*settings);
}

Task<Result<net::Reply>> generate(Call call) {
    const auto provider = provider_parameter(call);
    if (!provider) co_return provider.error();
    const Result<json::value> config =
        co_await call.services.two_factor.generate(call.caller, *provider);
    if (!config) co_return config.error();
    co_return json_value_reply(*config);
}

Task<Result<net::Reply>> submit(Call call) {
    Result<json::value> config = call.body();
    if (!config) co_return config.error();
    const Result<> sent = co_await call.services.two_factor.submit(call.caller, *std::move(config));
    if (!sent) co_return sent.error();
    co_return net::Reply{};
}

Task<Result<net::Reply>> verify_and_save(Call call) {
    Result<json::value> config = call.body();
    if (!config) co_return config.error();
    const Result<json::value> settings = co_await call.services.two_factor.verify_and_save(
        call.caller, *std::move(config), call.parameter("verificationCode").value_or(""));
    if (!settings) co_return settings.error();
    co_return json_value_reply(*settings);
}

Task<Result<net::Reply>> set_default(Call call) {
    const auto provider = provider_parameter(call);
    if (!provider) co_return provider.error();
    const Result<json::value> body = call.body();
    if (!body) co_return body.error();
    const json::object* members = body->if_object();
    const json::value* wish = members ? members->if_contains("useByDefault") : nullptr;
    if (!wish || !wish->is_bool())
        co_return Error{ErrorCode::invalid_argument,
                        "Validation error: useByDefault must be true or false"};
    const Result<json::value> settings =
        co_await call.services.two_factor.set_default(call.caller, *provider, wish->get_bool());
    if (!settings) co_return settings.error();
    co_return json_value_reply(*settings);
}

Task<Result<net::Reply>> remove_factor(Call call) {
    const auto provider = provider_parameter(call);
    if (!provider) co_return provider.error();
    const Result<json::value> settings =
        co_await call.services.two_factor.remove(call.caller, *provider);
    if (!settings) co_return settings.error();
    co_return json_value_reply(*settings);
}

using enum net::Method;

constexpr Route routes[] = {
    {.method = get,
     .pattern = "/api/2fa/settings",
     .allowed = allow::system,
     .handler = &get_platform,
     .summary = "Which second factors the installation offers; nothing before they are set up",
     .answer = "PlatformTwoFaSettings"},
    {.method = post,
     .pattern = "/api/2fa/settings",
     .allowed = allow::system,
     .handler = &save_platform,
     .summary = "Saves which second factors the installation offers",
     .body = BodyKind::json,
     .answer = "PlatformTwoFaSettings",
     .takes = "PlatformTwoFaSettings"},
    {.method = get,
     .pattern = "/api/2fa/providers",
     .allowed = allow::users_and_newcomers,
     .handler = &list_offered,
     .summary = "Kinds of second factors that are offered",
     .answer = "[TwoFaProviderType]"},
    {.method = get,
     .pattern = "/api/2fa/account/settings",
     .allowed = allow::users_and_newcomers,
     .handler = &get_account,
     .summary = "The caller's second factors",
     .answer = "AccountTwoFaSettings"},
    {.method = post,
     .pattern = "/api/2fa/account/config/generate",
     .allowed = allow::users_and_newcomers,
     .handler = &generate,
     .summary = "A factor with a fresh secret, which is not saved yet",
     .parameters = "providerType!",
     .answer = "TwoFaAccountConfig"},
    {.method = post,
     .pattern = "/api/2fa/account/config/submit",
     .allowed = allow::users_and_newcomers,
     .handler = &submit,
     .summary = "Sends a code to the address of a factor that is to be saved",
     .body = BodyKind::json,
     .takes = "TwoFaAccountConfig"},
    {.method = post,
     .pattern = "/api/2fa/account/config",
     .allowed = allow::users_and_newcomers,
     .handler = &verify_and_save,
     .summary = "Saves a factor whose code is right",
     .body = BodyKind::json,
     .parameters = "verificationCode",
     .answer = "AccountTwoFaSettings",
     .takes = "TwoFaAccountConfig"},
    {.method = put,
     .pattern = "/api/2fa/account/config",
     .allowed = allow::users,
     .handler = &set_default,
     .summary = "Makes a factor the one that is asked for first",
     .body = BodyKind::json,
     .parameters = "providerType!",
     .answer = "AccountTwoFaSettings",
     .takes = "TwoFaAccountConfigUpdateRequest"},
    {.method = del,
     .pattern = "/api/2fa/account/config",
     .allowed = allow::users,
     .handler = &remove_factor,
     .summary = "Gives up a factor",
     .parameters = "providerType!",
     .answer = "AccountTwoFaSettings"},
    {.method = get,
     .pattern = "/api/auth/2fa/providers",
     .allowed = allow::half_logged_in,
     .handler = &list_factors,
     .summary = "The factors that the caller may prove",
     .answer = "[TwoFaProviderInfo]"},
    {.method = post,
     .pattern = "/api/auth/2fa/verification/send",
     .allowed = allow::half_logged_in,
     .handler = &send_code,
     .summary = "Sends a code to the caller",
     .parameters = "providerType!"},
    {.method = post,
     .pattern = "/api/auth/2fa/verification/check",
     .allowed = allow::half_logged_in,
     .handler = &check_code,
     .summary = "Tokens for a right code",
     .parameters = "providerType!,verificationCode!",
     .answer = "JwtPair"},
    {.method = post,
     .pattern = "/api/auth/2fa/login",
     .allowed = allow::newcomers,
     .handler = &finish_set_up,
     .summary = "Tokens for whoever has set up the second factor that was asked for",
     .answer = "JwtPair"},
};

}  // namespace

Result<core::TwoFactorProvider> provider_parameter(const Call& call) {
    const Result<std::string> name = call.required("providerType");
    if (!name) return name.error();
    if (const auto provider = enum_value<core::TwoFactorProvider>(std::string_view(*name)))
        return *provider;
    return Error{ErrorCode::invalid_argument,
                 "TwoFaProviderType \"" + *name + "\" is not supported!"};
}

extern const Resource descriptor{"two_factor", "Second factors of log-ins.", routes};

}  // namespace thingstead::api::two_factor
