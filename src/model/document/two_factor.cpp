// Shapes of two-factor authentication.
#include "model/document/shapes.h"

namespace thingstead::model {
namespace {

constexpr Member account_two_fa_settings_members[] = {
    {.name = "configs", .kind = Kind::object, .shape = "TwoFaAccountConfig", .map = true},
};

constexpr Member backup_code_two_fa_account_config_members[] = {
    {.name = "codes", .kind = Kind::text, .list = true, .required = true},
    {.name = "codesLeft", .kind = Kind::integer},
};

constexpr Member backup_code_two_fa_provider_config_members[] = {
    {.name = "codesQuantity", .kind = Kind::integer},
};

constexpr Member email_two_fa_account_config_members[] = {
    {.name = "email", .kind = Kind::text, .required = true},
};

constexpr Member email_two_fa_provider_config_members[] = {
    {.name = "verificationCodeLifetime", .kind = Kind::integer},
};

constexpr Member platform_two_fa_settings_members[] = {
    {.name = "enforceTwoFa", .kind = Kind::boolean},
    {.name = "enforcedUsersFilter", .kind = Kind::object, .shape = "SystemLevelUsersFilter"},
    {.name = "maxVerificationFailuresBeforeUserLockout", .kind = Kind::integer},
    {.name = "minVerificationCodeSendPeriod", .kind = Kind::integer, .required = true},
    {.name = "providers",
     .kind = Kind::object,
     .shape = "TwoFaProviderConfig",
     .list = true,
     .required = true},
    {.name = "totalAllowedTimeForVerification", .kind = Kind::integer, .required = true},
    {.name = "verificationCodeCheckRateLimit", .kind = Kind::text},
};

constexpr Member sms_two_fa_account_config_members[] = {
    {.name = "phoneNumber", .kind = Kind::text, .required = true},
};

constexpr Member sms_two_fa_provider_config_members[] = {
    {.name = "smsVerificationMessageTemplate", .kind = Kind::text, .required = true},
    {.name = "verificationCodeLifetime", .kind = Kind::integer},
};

constexpr Member totp_two_fa_account_config_members[] = {
    {.name = "authUrl", .kind = Kind::text, .required = true},
};

constexpr Member totp_two_fa_provider_config_members[] = {
    {.name = "issuerName", .kind = Kind::text, .required = true},
};

constexpr Member two_fa_account_config_members[] = {
    {.name = "providerType", .kind = Kind::text, .required = true},
    {.name = "useByDefault", .kind = Kind::boolean},
};
constexpr Variant two_fa_account_config_variants[] = {
    {"BACKUP_CODE", "BackupCodeTwoFaAccountConfig"},
    {"EMAIL",       "EmailTwoFaAccountConfig"     },
    {"SMS",         "SmsTwoFaAccountConfig"       },
    {"TOTP",        "TotpTwoFaAccountConfig"      },
};

constexpr Member two_fa_account_config_update_request_members[] = {
    {.name = "useByDefault", .kind = Kind::boolean},
};

constexpr Member two_fa_provider_config_members[] = {
    {.name = "providerType", .kind = Kind::text, .required = true},
};
constexpr Variant two_fa_provider_config_variants[] = {
    {"BACKUP_CODE", "BackupCodeTwoFaProviderConfig"},
    {"EMAIL",       "EmailTwoFaProviderConfig"     },
    {"SMS",         "SmsTwoFaProviderConfig"       },
    {"TOTP",        "TotpTwoFaProviderConfig"      },
};

constexpr Member two_fa_provider_info_members[] = {
    {.name = "contact", .kind = Kind::text},
    {.name = "default", .kind = Kind::boolean},
    {.name = "minVerificationCodeSendPeriod", .kind = Kind::integer},
    {.name = "type", .kind = Kind::text, .shape = "TwoFaProviderType"},
};

constexpr std::string_view two_fa_provider_type_names[] = {"TOTP", "SMS", "EMAIL", "BACKUP_CODE"};

constexpr Shape two_factor_table[] = {
    {.name = "AccountTwoFaSettings", .members = account_two_fa_settings_members},
    {.name = "BackupCodeTwoFaAccountConfig",
     .members = backup_code_two_fa_account_config_members,
     .extends = "TwoFaAccountConfig"},
    {.name = "BackupCodeTwoFaProviderConfig",
     .members = backup_code_two_fa_provider_config_members,
     .extends = "TwoFaProviderConfig"},
    {.name = "EmailTwoFaAccountConfig",
     .members = email_two_fa_account_config_members,
     .extends = "TwoFaAccountConfig"},
    {.name = "EmailTwoFaProviderConfig",
     .members = email_two_fa_provider_config_members,
     .extends = "TwoFaProviderConfig"},
    {.name = "PlatformTwoFaSettings", .members = platform_two_fa_settings_members},
    {.name = "SmsTwoFaAccountConfig",
     .members = sms_two_fa_account_config_members,
     .extends = "TwoFaAccountConfig"},
    {.name = "SmsTwoFaProviderConfig",
     .members = sms_two_fa_provider_config_members,
     .extends = "TwoFaProviderConfig"},
    {.name = "SystemLevelUsersFilter"},
    {.name = "TotpTwoFaAccountConfig",
     .members = totp_two_fa_account_config_members,
     .extends = "TwoFaAccountConfig"},
    {.name = "TotpTwoFaProviderConfig",
     .members = totp_two_fa_provider_config_members,
     .extends = "TwoFaProviderConfig"},
    {.name = "TwoFaAccountConfig",
     .members = two_fa_account_config_members,
     .discriminator = "providerType",
     .variants = two_fa_account_config_variants},
    {.name = "TwoFaAccountConfigUpdateRequest",
     .members = two_fa_account_config_update_request_members},
    {.name = "TwoFaProviderConfig",
     .members = two_fa_provider_config_members,
     .discriminator = "providerType",
     .variants = two_fa_provider_config_variants},
    {.name = "TwoFaProviderInfo", .members = two_fa_provider_info_members},
    {.name = "TwoFaProviderType", .names = two_fa_provider_type_names},
};

}  // namespace

std::span<const Shape> two_factor_shapes() { return two_factor_table; }

}  // namespace thingstead::model
