#include "core/identity/admin_settings.h"

#include <algorithm>
#include <utility>

#include "core/entity/read.h"
#include "core/entity_events.h"
#include "core/identity/password_policy.h"
#include "core/identity/settings.h"
#include "core/identity/two_factor_rules.h"
#include "core/sms.h"
#include "model/oauth2.h"
#include "model/validate.h"

namespace thingstead::core {
namespace {

constexpr std::string_view mail_secrets[] = {"password", "refreshToken"};
constexpr std::int32_t token_ttl_h_max = 24;
constexpr std::int32_t mobile_secret_least = 32, mobile_secret_most = 255;

/// Settings with a key inside, which have operations of their own.
bool is_reserved(std::string_view key) {
    return key == setting_key::jwt || key == setting_key::former_jwt_keys;
}

Error no_settings(const std::string& key) {
    return {ErrorCode::not_found, "No Administration settings found for key: " + key};
}

void hide_secrets(model::AdminSettings& settings) {
    json::object* members = settings.json_value.if_object();
    if (!members || settings.key != setting_key::mail) return;
    for (const std::string_view secret : mail_secrets) members->erase(secret);
}

/// What the interface does not answer, it does not send back either.
void keep_secrets(json::value& document, const json::value& stored) {
    json::object* members = document.if_object();
    const json::object* before = stored.if_object();
    if (!members || !before) return;
    for (const std::string_view secret : mail_secrets)
        if (!members->contains(secret))
            if (const json::value* kept = before->if_contains(secret)) (*members)[secret] = *kept;
}

Result<> check_ttl(std::string_view field, std::optional<std::int32_t> hours) {
    const std::string prefix = "Validation error: " + std::string(field);
    if (hours.value_or(0) < 1) return invalid(prefix + " must be greater than or equal to 1");
    if (*hours > token_ttl_h_max) return invalid(prefix + " must be less than or equal to 24");
    return {};
}

Result<> check_security(const model::SecuritySettings& settings) {
    if (Result<> valid = model::validate(settings); !valid) return valid;
    if (Result<> good = check_policy(settings.password_policy); !good) return good;
    if (Result<> good = check_ttl("userActivationTokenTtl", settings.activation_token_ttl_h); !good)
        return good;
    if (Result<> good = check_ttl("passwordResetTokenTtl", settings.reset_token_ttl_h); !good)
        return good;
    if (settings.failed_logins_max.value_or(0) < 0)
        return invalid(
            "Validation error: maxFailedLoginAttempts must be greater than or equal to 0");
    const std::int32_t length = settings.mobile_secret_key_length.value_or(64);
    if (length < mobile_secret_least || length > mobile_secret_most)
        return invalid("Validation error: mobileSecretKeyLength must be between 32 and 255");
    return {};
}

Result<> check_general(const json::value& document) {
    const json::object* members = document.if_object();
    const std::string url = members ? text_member(*members, "baseUrl") : std::string();
    if (url.starts_with("http://") || url.starts_with("https://")) return {};
    return invalid("Base URL should begin with http:// or https://!");
}

Result<> check_mail(const json::value& document) {
    const json::object* members = document.if_object();
    if (!members) return invalid("Mail settings should be an object!");
    if (flag_member(*members, "enableOauth2"))
        return Error{ErrorCode::unsupported, "Mail with OAuth2 is not supported"};
    const Result<MailServer> server = MailServer::of(*members);
    return server ? Result<>() : Result<>(server.error());
}

Result<> check_value(const std::string& key, const json::value& document) {
    if (key == setting_key::general) return check_general(document);
    if (key == setting_key::mail) return check_mail(document);
    if (key == setting_key::sms) return check_sms_configuration(document);
    if (key == setting_key::security) {
        const auto settings = from_json<model::SecuritySettings>(document);
        return settings ? check_security(*settings) : Result<>(settings.error());
    }
    if (key == setting_key::two_factor) {
        const auto platform = TwoFactorPlatform::of(document);
        return platform ? Result<>() : Result<>(platform.error());
    }
    return {};
}

Result<model::AdminSettings> save_settings(store::Transaction& transaction,
                                           model::AdminSettings settings, EpochMs now_ms) {
    if (Result<> valid = model::validate(settings); !valid) return valid.error();
    if (model::is_blank(settings.key)) return invalid("Key should be specified!");
    if (is_reserved(settings.key))
        return invalid("Settings with key '" + settings.key + "' have an operation of their own!");
    if (settings.json_value.is_null()) return invalid("Json value should be specified!");
    auto stored = find_setting(transaction, settings.key);
    if (!stored) return stored.error();
    settings.tenant_id = model::system_tenant;
    if (settings.id.uuid == Uuid{}) {
        if (*stored) return invalid("Admin settings with such name already exists!");
        if (Result<> good = check_value(settings.key, settings.json_value); !good)
            return good.error();
        settings.id = model::AdminSettingsId::make();
        settings.created_time = now_ms;
        if (Result<> done = transaction.insert(settings); !done) return done.error();
        return settings;
    }
    const auto by_id = transaction.find<model::AdminSettings>({
        {"id",       settings.id.uuid         },
        {"tenantId", model::system_tenant.uuid}
    });
    if (!by_id) return by_id.error();
    if (!*by_id) return not_found("Admin settings", settings.id.uuid);
    if ((*by_id)->key != settings.key)
        return invalid("Changing key of admin settings entry is prohibited!");
    if (settings.key == setting_key::mail) keep_secrets(settings.json_value, (*by_id)->json_value);
    if (Result<> good = check_value(settings.key, settings.json_value); !good) return good.error();
    settings.created_time = (*by_id)->created_time;
    if (Result<> done = transaction.update(settings); !done) return done.error();
    return settings;
}

bool has_delivery_method(const json::object& notifications) {
    const json::value* configs = notifications.if_contains("deliveryMethodsConfigs");
    const json::object* members = configs ? configs->if_object() : nullptr;
    return members && !members->empty();
}

Result<Features> load_features(store::Reader& reader) {
    Features out;
    const auto mail = setting_members(reader, setting_key::mail);
    if (!mail) return mail.error();
    out.email = is_mail_set_up(*mail);
    const auto sms = find_setting(reader, setting_key::sms);
    if (!sms) return sms.error();
    out.sms = sms->has_value() && check_sms_configuration((*sms)->json_value).has_value();
    const auto notifications = setting_members(reader, setting_key::notifications);
    if (!notifications) return notifications.error();
    out.notification = has_delivery_method(*notifications);
    const auto clients = reader.count<model::OAuth2Client>({});
    if (!clients) return clients.error();
    out.oauth = *clients > 0;
    const auto platform = two_factor_platform(reader);
    if (!platform) return platform.error();
    out.two_factor = platform->has_value() && !(*platform)->providers.empty();
    return out;
}

}  // namespace

Task<Result<model::AdminSettings>> admin_settings(const Platform& platform, Caller caller,
                                                  std::string key) {
    if (Result<> allowed = check(caller, Operation::read, Resource::admin_settings); !allowed)
        co_return allowed.error();
    const std::function<Result<model::AdminSettings>(store::Reader&)> work =
        [&](store::Reader& reader) -> Result<model::AdminSettings> {
        auto found = find_setting(reader, key);
        if (!found) return found.error();
        if (!*found || is_reserved(key)) return no_settings(key);
        hide_secrets(**found);
        return **std::move(found);
    };
    co_return co_await read<model::AdminSettings>(platform, work);
}

Task<Result<model::AdminSettings>> save_admin_settings(const Platform& platform, Caller caller,
                                                       model::AdminSettings settings) {
    if (Result<> allowed = check(caller, Operation::write, Resource::admin_settings); !allowed)
        co_return allowed.error();
    const std::function<Result<model::AdminSettings>(store::Transaction&)> work =
        [&](store::Transaction& transaction) {
            return save_settings(transaction, settings, platform.clock.now_ms());
        };
    Result<model::AdminSettings> saved = co_await write<model::AdminSettings>(platform, work);
    if (!saved) co_return saved.error();
    platform.events.publish(
        EntityChange{ChangeKind::updated, model::system_tenant, model::EntityId(saved->id)});
    hide_secrets(*saved);
    co_return saved;
}

Task<Result<model::SecuritySettings>> security_settings(const Platform& platform, Caller caller) {
    if (Result<> allowed = check(caller, Operation::read, Resource::admin_settings); !allowed)
        co_return allowed.error();
    const std::function<Result<model::SecuritySettings>(store::Reader&)> work =
        [](store::Reader& reader) { return security_settings(reader); };
    co_return co_await read<model::SecuritySettings>(platform, work);
}

Task<Result<model::SecuritySettings>> save_security_settings(const Platform& platform,
                                                             Caller caller,
                                                             model::SecuritySettings settings) {
    if (Result<> allowed = check(caller, Operation::write, Resource::admin_settings); !allowed)
        co_return allowed.error();
    if (Result<> good = check_security(settings); !good) co_return good.error();
    const json::value document = to_json(settings);
    const std::function<Result<>(store::Transaction&)> work = [&](store::Transaction& transaction) {
        return put_setting(transaction, setting_key::security, document, platform.clock.now_ms());
    };
    if (Result<> done = co_await platform.store.write(work); !done) co_return done.error();
    co_return settings;
}

Task<Result<MailServer>> mail_server_of(const Platform& platform, Caller caller,
                                        json::value document) {
    if (Result<> allowed = check(caller, Operation::read, Resource::admin_settings); !allowed)
        co_return allowed.error();
    const std::function<Result<json::object>(store::Reader&)> work = [](store::Reader& reader) {
        return setting_members(reader, setting_key::mail);
    };
    const Result<json::object> stored = co_await read<json::object>(platform, work);
    if (!stored) co_return stored.error();
    keep_secrets(document, json::value(*stored));
    if (Result<> good = check_mail(document); !good) co_return good.error();
    co_return MailServer::of(document.as_object());
}

Task<Result<Features>> features(const Platform& platform, Caller caller) {
    if (Result<> allowed = check(caller, Operation::read, Resource::admin_settings); !allowed)
        co_return allowed.error();
    const std::function<Result<Features>(store::Reader&)> work = [](store::Reader& reader) {
        return load_features(reader);
    };
    co_return co_await read<Features>(platform, work);
}

}  // namespace thingstead::core
