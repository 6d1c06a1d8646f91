// Shapes of what several subjects use.
#include "model/document/shapes.h"

namespace thingstead::model {
namespace {

constexpr Member attributes_entity_view_members[] = {
    {.name = "cs", .kind = Kind::text, .list = true, .required = true},
    {.name = "sh", .kind = Kind::text, .list = true, .required = true},
    {.name = "ss", .kind = Kind::text, .list = true, .required = true},
};

constexpr Member auto_version_create_config_members[] = {
    {.name = "branch",               .kind = Kind::text   },
    {.name = "saveAttributes",       .kind = Kind::boolean},
    {.name = "saveCalculatedFields", .kind = Kind::boolean},
    {.name = "saveCredentials",      .kind = Kind::boolean},
    {.name = "saveRelations",        .kind = Kind::boolean},
};

constexpr std::string_view bulk_import_column_type_names[] = {
    "NAME",
    "TYPE",
    "LABEL",
    "SHARED_ATTRIBUTE",
    "SERVER_ATTRIBUTE",
    "TIMESERIES",
    "ACCESS_TOKEN",
    "X509",
    "MQTT_CLIENT_ID",
    "MQTT_USER_NAME",
    "MQTT_PASSWORD",
    "LWM2M_CLIENT_ENDPOINT",
    "LWM2M_CLIENT_SECURITY_CONFIG_MODE",
    "LWM2M_CLIENT_IDENTITY",
    "LWM2M_CLIENT_KEY",
    "LWM2M_CLIENT_CERT",
    "LWM2M_BOOTSTRAP_SERVER_SECURITY_MODE",
    "LWM2M_BOOTSTRAP_SERVER_PUBLIC_KEY_OR_ID",
    "LWM2M_BOOTSTRAP_SERVER_SECRET_KEY",
    "LWM2M_SERVER_SECURITY_MODE",
    "LWM2M_SERVER_CLIENT_PUBLIC_KEY_OR_ID",
    "LWM2M_SERVER_CLIENT_SECRET_KEY",
    "SNMP_HOST",
    "SNMP_PORT",
    "SNMP_VERSION",
    "SNMP_COMMUNITY_STRING",
    "IS_GATEWAY",
    "DESCRIPTION",
    "ROUTING_KEY",
    "SECRET"};

constexpr Member bulk_import_request_members[] = {
    {.name = "file", .kind = Kind::text},
    {.name = "mapping", .kind = Kind::object, .shape = "Mapping"},
};

constexpr Member bulk_import_result_asset_members[] = {
    {.name = "created", .kind = Kind::integer},
    {.name = "errors", .kind = Kind::integer},
    {.name = "errorsList", .kind = Kind::text, .list = true},
    {.name = "updated", .kind = Kind::integer},
};

constexpr Member bulk_import_result_device_members[] = {
    {.name = "created", .kind = Kind::integer},
    {.name = "errors", .kind = Kind::integer},
    {.name = "errorsList", .kind = Kind::text, .list = true},
    {.name = "updated", .kind = Kind::integer},
};

constexpr Member column_mapping_members[] = {
    {.name = "key", .kind = Kind::text},
    {.name = "type", .kind = Kind::text, .shape = "BulkImportColumnType"},
};

constexpr std::string_view data_type_names[] = {"BOOLEAN", "LONG", "DOUBLE", "STRING", "JSON"};

constexpr Member entity_subtype_members[] = {
    {.name = "entityType", .kind = Kind::text, .shape = "EntityType"},
    {.name = "tenantId", .kind = Kind::id, .shape = "TenantId"},
    {.name = "type", .kind = Kind::text},
};

constexpr Member mapping_members[] = {
    {.name = "columns", .kind = Kind::object, .shape = "ColumnMapping", .list = true},
    {.name = "delimiter", .kind = Kind::text},
    {.name = "header", .kind = Kind::boolean},
    {.name = "update", .kind = Kind::boolean},
};

constexpr std::string_view name_conflict_policy_names[] = {"FAIL", "UNIQUIFY"};

constexpr Member telemetry_entity_view_members[] = {
    {.name = "attributes", .kind = Kind::object, .shape = "AttributesEntityView", .required = true},
    {.name = "timeseries", .kind = Kind::text,   .list = true,                    .required = true},
};

constexpr Shape shared_table[] = {
    {.name = "AttributesEntityView", .members = attributes_entity_view_members},
    {.name = "AutoVersionCreateConfig", .members = auto_version_create_config_members},
    {.name = "BulkImportColumnType", .names = bulk_import_column_type_names},
    {.name = "BulkImportRequest", .members = bulk_import_request_members},
    {.name = "BulkImportResultAsset", .members = bulk_import_result_asset_members},
    {.name = "BulkImportResultDevice", .members = bulk_import_result_device_members},
    {.name = "ColumnMapping", .members = column_mapping_members},
    {.name = "DataType", .names = data_type_names},
    {.name = "EntitySubtype", .members = entity_subtype_members},
    {.name = "Mapping", .members = mapping_members},
    {.name = "NameConflictPolicy", .names = name_conflict_policy_names},
    {.name = "TelemetryEntityView", .members = telemetry_entity_view_members},
    {.name = "Version"},
};

}  // namespace

std::span<const Shape> shared_shapes() { return shared_table; }

}  // namespace thingstead::model
