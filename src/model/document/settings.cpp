// Shapes of settings of the installation.
#include "model/document/shapes.h"

namespace thingstead::model {
namespace {

constexpr Member aws_sns_sms_provider_configuration_members[] = {
    {.name = "accessKeyId",     .kind = Kind::text},
    {.name = "region",          .kind = Kind::text},
    {.name = "secretAccessKey", .kind = Kind::text},
};

constexpr Member features_info_members[] = {
    {.name = "emailEnabled",        .kind = Kind::boolean},
    {.name = "notificationEnabled", .kind = Kind::boolean},
    {.name = "oauthEnabled",        .kind = Kind::boolean},
    {.name = "smsEnabled",          .kind = Kind::boolean},
    {.name = "twoFaEnabled",        .kind = Kind::boolean},
};

constexpr Member jwt_pair_members[] = {
    {.name = "refreshToken", .kind = Kind::text},
    {.name = "scope", .kind = Kind::text, .shape = "Authority"},
    {.name = "token", .kind = Kind::text},
};

constexpr std::string_view repository_auth_method_names[] = {"USERNAME_PASSWORD", "PRIVATE_KEY"};

constexpr Member repository_settings_members[] = {
    {.name = "authMethod", .kind = Kind::text, .shape = "RepositoryAuthMethod"},
    {.name = "defaultBranch", .kind = Kind::text},
    {.name = "localOnly", .kind = Kind::boolean},
    {.name = "password", .kind = Kind::text},
    {.name = "privateKey", .kind = Kind::text},
    {.name = "privateKeyFileName", .kind = Kind::text},
    {.name = "privateKeyPassword", .kind = Kind::text},
    {.name = "readOnly", .kind = Kind::boolean},
    {.name = "repositoryUri", .kind = Kind::text},
    {.name = "showMergeCommits", .kind = Kind::boolean},
    {.name = "username", .kind = Kind::text},
};

constexpr Member repository_settings_info_members[] = {
    {.name = "configured", .kind = Kind::boolean},
    {.name = "readOnly",   .kind = Kind::boolean},
};

constexpr std::string_view smpp_bind_type_names[] = {"TX", "RX", "TRX"};

constexpr Member smpp_sms_provider_configuration_members[] = {
    {.name = "addressRange", .kind = Kind::text},
    {.name = "bindType", .kind = Kind::text, .shape = "SmppBindType"},
    {.name = "codingScheme", .kind = Kind::text},
    {.name = "destinationNpi", .kind = Kind::text},
    {.name = "destinationTon", .kind = Kind::text},
    {.name = "host", .kind = Kind::text, .required = true},
    {.name = "password", .kind = Kind::text, .required = true},
    {.name = "port", .kind = Kind::integer, .required = true},
    {.name = "protocolVersion", .kind = Kind::text, .required = true},
    {.name = "serviceType", .kind = Kind::text},
    {.name = "sourceAddress", .kind = Kind::text},
    {.name = "sourceNpi", .kind = Kind::text},
    {.name = "sourceTon", .kind = Kind::text},
    {.name = "systemId", .kind = Kind::text, .required = true},
    {.name = "systemType", .kind = Kind::text},
};

constexpr Member sms_provider_configuration_members[] = {
    {.name = "type", .kind = Kind::text, .required = true},
};
constexpr Variant sms_provider_configuration_variants[] = {
    {"AWS_SNS", "AwsSnsSmsProviderConfiguration"},
    {"SMPP",    "SmppSmsProviderConfiguration"  },
    {"TWILIO",  "TwilioSmsProviderConfiguration"},
};

constexpr Member system_info_members[] = {
    {.name = "monolith", .kind = Kind::boolean},
    {.name = "systemData", .kind = Kind::object, .shape = "SystemInfoData", .list = true},
};

constexpr Member system_info_data_members[] = {
    {.name = "cpuCount",       .kind = Kind::long_integer},
    {.name = "cpuUsage",       .kind = Kind::long_integer},
    {.name = "discUsage",      .kind = Kind::long_integer},
    {.name = "memoryUsage",    .kind = Kind::long_integer},
    {.name = "serviceId",      .kind = Kind::text        },
    {.name = "serviceType",    .kind = Kind::text        },
    {.name = "totalDiscSpace", .kind = Kind::long_integer},
    {.name = "totalMemory",    .kind = Kind::long_integer},
};

constexpr Member test_sms_request_members[] = {
    {.name = "message", .kind = Kind::text},
    {.name = "numberTo", .kind = Kind::text},
    {.name = "providerConfiguration", .kind = Kind::object, .shape = "SmsProviderConfiguration"},
};

constexpr Member twilio_sms_provider_configuration_members[] = {
    {.name = "accountSid",   .kind = Kind::text},
    {.name = "accountToken", .kind = Kind::text},
    {.name = "numberFrom",   .kind = Kind::text},
};

constexpr Member update_message_members[] = {
    {.name = "currentVersion",                .kind = Kind::text   },
    {.name = "currentVersionReleaseNotesUrl", .kind = Kind::text   },
    {.name = "latestVersion",                 .kind = Kind::text   },
    {.name = "latestVersionReleaseNotesUrl",  .kind = Kind::text   },
    {.name = "updateAvailable",               .kind = Kind::boolean},
    {.name = "upgradeInstructionsUrl",        .kind = Kind::text   },
};

constexpr Shape settings_table[] = {
    {.name = "AutoCommitSettings"},
    {.name = "AwsSnsSmsProviderConfiguration",
     .members = aws_sns_sms_provider_configuration_members,
     .extends = "SmsProviderConfiguration"},
    {.name = "FeaturesInfo", .members = features_info_members},
    {.name = "JwtPair", .members = jwt_pair_members},
    {.name = "RepositoryAuthMethod", .names = repository_auth_method_names},
    {.name = "RepositorySettings", .members = repository_settings_members},
    {.name = "RepositorySettingsInfo", .members = repository_settings_info_members},
    {.name = "SmppBindType", .names = smpp_bind_type_names},
    {.name = "SmppSmsProviderConfiguration",
     .members = smpp_sms_provider_configuration_members,
     .extends = "SmsProviderConfiguration"},
    {.name = "SmsProviderConfiguration",
     .members = sms_provider_configuration_members,
     .discriminator = "type",
     .variants = sms_provider_configuration_variants},
    {.name = "SystemInfo", .members = system_info_members},
    {.name = "SystemInfoData", .members = system_info_data_members},
    {.name = "TestSmsRequest", .members = test_sms_request_members},
    {.name = "TwilioSmsProviderConfiguration",
     .members = twilio_sms_provider_configuration_members,
     .extends = "SmsProviderConfiguration"},
    {.name = "UpdateMessage", .members = update_message_members},
};

}  // namespace

std::span<const Shape> settings_shapes() { return settings_table; }

}  // namespace thingstead::model
