#include "core/identity/two_factor_rules.h"

#include <algorithm>
#include <charconv>

#include "core/entity/kind.h"
#include "core/identity/settings.h"
#include "model/document.h"
#include "model/validate.h"

namespace thingstead::core {
namespace {

using std::chrono::seconds;

constexpr std::int64_t send_period_s_min = 5;
constexpr std::int64_t log_in_time_s_min = 60;
constexpr seconds log_in_time_otherwise{1'800};
constexpr std::int64_t seconds_max = 31'536'000;
constexpr std::int64_t backup_codes_max = 100;

Error wrong(std::string_view field, const std::string& text) {
    return invalid("Validation error: " + std::string(field) + " " + text);
}

/// Errors: it is missing, or below `least`, or beyond reason.
Result<std::int64_t> bounded(const json::object& members, std::string_view name, std::int64_t least,
                             std::int64_t most = seconds_max) {
    const json::value* value = members.if_contains(name);
    if (!value || value->is_null()) return wrong(name, "must not be null");
    const std::int64_t number = number_member(members, name, least - 1);
    if (number < least)
        return wrong(name, "must be greater than or equal to " + std::to_string(least));
    if (number > most) return wrong(name, "must be less than or equal to " + std::to_string(most));
    return number;
}

/// "N:seconds"
bool read_rate_limit(std::string_view text, TwoFactorPlatform& platform) {
    std::int64_t count = 0, length_s = 0;
    const char* const end = text.data() + text.size();
    const auto first = std::from_chars(text.data(), end, count);
    if (first.ec != std::errc() || first.ptr == end || *first.ptr != ':') return false;
    const auto second = std::from_chars(first.ptr + 1, end, length_s);
    if (second.ec != std::errc() || second.ptr != end || count < 1 || length_s < 1 ||
        length_s > seconds_max)
        return false;
    platform.checks_max = count;
    platform.checks_window = seconds(length_s);
    return true;
}

Result<> read_provider(const json::object& members, TwoFactorPlatform& platform) {
    const auto type = enum_value<TwoFactorProvider>(text_member(members, "providerType"));
    if (!type) return wrong("providerType", "is not supported");
    if (platform.has(*type)) return wrong("providers", "should not have one provider twice");
    platform.providers.push_back(*type);
    switch (*type) {
        case TwoFactorProvider::totp:
            platform.totp_issuer = text_member(members, "issuerName");
            if (model::is_blank(platform.totp_issuer))
                return wrong("issuerName", "must not be blank");
            return {};
        case TwoFactorProvider::backup_code: {
            const Result<std::int64_t> codes =
                bounded(members, "codesQuantity", 1, backup_codes_max);
            if (!codes) return codes.error();
            platform.backup_codes = *codes;
            return {};
        }
        case TwoFactorProvider::sms:
        case TwoFactorProvider::email: break;
    }
    const Result<std::int64_t> life = bounded(members, "verificationCodeLifetime", 1);
    if (!life) return life.error();
    if (*type == TwoFactorProvider::email) {
        platform.email_code_life = seconds(*life);
        return {};
    }
    platform.sms_code_life = seconds(*life);
    platform.sms_template = text_member(members, "smsVerificationMessageTemplate");
    if (platform.sms_template.find("${code}") == std::string::npos)
        return wrong("smsVerificationMessageTemplate", "must contain '${code}'");
    return {};
}

Result<> read_enforcement(const json::object& members, TwoFactorPlatform& platform) {
    platform.enforced = flag_member(members, "enforceTwoFa");
    const json::value* filter = members.if_contains("enforcedUsersFilter");
    if (filter && filter->is_object()) platform.enforced_users = filter->get_object();
    if (!platform.enforced) return {};
    if (platform.enforced_users.empty()) return wrong("enforcedUsersFilter", "must not be null");
    const std::string type = text_member(platform.enforced_users, "type");
    for (const std::string_view known :
         {"TENANT_ADMINISTRATORS", "SYSTEM_ADMINISTRATORS", "ALL_USERS"})
        if (type == known) return {};
    return wrong("enforcedUsersFilter.type", "is not supported");
}

/// Whether the list has the id; an empty or missing list has every one.
bool lists(const json::object& filter, std::string_view name, const Uuid& id) {
    const json::value* value = filter.if_contains(name);
    const json::array* list = value ? value->if_array() : nullptr;
    if (!list || list->empty()) return true;
    const std::string text = id.to_string();
    return std::any_of(list->begin(), list->end(), [&](const json::value& each) {
        return each.is_string() && each.get_string() == text;
    });
}

bool has_entries(const json::object& filter, std::string_view name) {
    const json::value* value = filter.if_contains(name);
    const json::array* list = value ? value->if_array() : nullptr;
    return list && !list->empty();
}

Result<bool> is_enforced(store::Reader& reader, const TwoFactorPlatform& platform,
                         const model::User& user) {
    if (!platform.enforced) return false;
    const std::string type = text_member(platform.enforced_users, "type");
    if (type == "ALL_USERS") return true;
    if (type == "SYSTEM_ADMINISTRATORS") return user.authority == model::Authority::sys_admin;
    if (user.authority != model::Authority::tenant_admin) return false;
    if (has_entries(platform.enforced_users, "tenantsIds"))
        return lists(platform.enforced_users, "tenantsIds", user.tenant_id.uuid);
    if (!has_entries(platform.enforced_users, "tenantProfilesIds")) return true;
    const auto tenant = reader.find<model::Tenant>({
        {"id", user.tenant_id.uuid}
    });
    if (!tenant) return tenant.error();
    return *tenant &&
           lists(platform.enforced_users, "tenantProfilesIds", (*tenant)->tenant_profile_id.uuid);
}

}  // namespace

Result<TwoFactorPlatform> TwoFactorPlatform::of(const json::value& document) {
    if (Result<> shaped = model::check_document("PlatformTwoFaSettings", document); !shaped)
        return invalid("Validation error: " + shaped.error().message);
    const json::object& members = document.as_object();
    TwoFactorPlatform platform;
    const json::value* listed = members.if_contains("providers");
    if (!listed || !listed->is_array()) return wrong("providers", "must not be null");
    for (const json::value& each : listed->get_array()) {
        if (!each.is_object()) return wrong("providers", "must not be null");
        if (Result<> read = read_provider(each.get_object(), platform); !read) return read.error();
    }
    const auto period = bounded(members, "minVerificationCodeSendPeriod", send_period_s_min);
    if (!period) return period.error();
    const auto time = bounded(members, "totalAllowedTimeForVerification", log_in_time_s_min);
    if (!time) return time.error();
    platform.send_period = seconds(*period);
    platform.log_in_time = seconds(*time);
    const std::string limit = text_member(members, "verificationCodeCheckRateLimit");
    if (!limit.empty() && !read_rate_limit(limit, platform))
        return wrong("verificationCodeCheckRateLimit", "is malformed");
    platform.failures_max = number_member(members, "maxVerificationFailuresBeforeUserLockout", 0);
    if (platform.failures_max < 0)
        return wrong("maxVerificationFailuresBeforeUserLockout",
                     "must be greater than or equal to 0");
    if (Result<> read = read_enforcement(members, platform); !read) return read.error();
    return platform;
}

bool TwoFactorPlatform::has(TwoFactorProvider provider) const {
    return std::find(providers.begin(), providers.end(), provider) != providers.end();
}

std::chrono::seconds TwoFactorPlatform::code_life(TwoFactorProvider provider) const {
    return provider == TwoFactorProvider::email ? email_code_life : sms_code_life;
}

Result<std::optional<TwoFactorPlatform>> two_factor_platform(store::Reader& reader) {
    const auto stored = find_setting(reader, setting_key::two_factor);
    if (!stored) return stored.error();
    if (!*stored) return std::optional<TwoFactorPlatform>();
    Result<TwoFactorPlatform> platform = TwoFactorPlatform::of((*stored)->json_value);
    if (!platform) return platform.error();
    return std::optional<TwoFactorPlatform>(*std::move(platform));
}

Result<json::object> account_factors(store::Reader& reader, const TwoFactorPlatform& platform,
                                     model::UserId user) {
    const auto stored = reader.find<model::UserAuthSettings>({
        {"userId", user.uuid}
    });
    if (!stored) return stored.error();
    json::object factors;
    const json::object* settings = *stored ? (*stored)->two_fa_settings.if_object() : nullptr;
    const json::value* configs = settings ? settings->if_contains("configs") : nullptr;
    if (!configs || !configs->is_object()) return factors;
    for (const auto& each : configs->get_object()) {
        const auto type = enum_value<TwoFactorProvider>(std::string_view(each.key()));
        if (type && platform.has(*type) && each.value().is_object())
            factors[each.key()] = each.value();
    }
    return factors;
}

Result<LoginStep> login_step(store::Reader& reader, const model::User& user) {
    const auto platform = two_factor_platform(reader);
    if (!platform) return platform.error();
    if (!*platform || (*platform)->providers.empty()) return LoginStep{};
    const seconds life =
        (*platform)->log_in_time.count() > 0 ? (*platform)->log_in_time : log_in_time_otherwise;
    const Result<json::object> factors = account_factors(reader, **platform, user.id);
    if (!factors) return factors.error();
    if (!factors->empty()) return LoginStep{TokenScope::pre_verification, life};
    const Result<bool> enforced = is_enforced(reader, **platform, user);
    if (!enforced) return enforced.error();
    return *enforced ? LoginStep{TokenScope::mfa_configuration, life} : LoginStep{};
}

}  // namespace thingstead::core
