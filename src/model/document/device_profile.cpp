// Shapes of device profiles.
#include "model/document/shapes.h"

namespace thingstead::model {
namespace {

constexpr Member client_attributes_querying_snmp_communication_config_members[] = {
    {.name = "mappings", .kind = Kind::object, .shape = "SnmpMapping", .list = true},
    {.name = "queryingFrequencyMs", .kind = Kind::long_integer},
};

constexpr Member coap_device_profile_transport_configuration_members[] = {
    {.name = "clientSettings",              .kind = Kind::object, .shape = "PowerSavingConfiguration"},
    {.name = "coapDeviceTypeConfiguration",
     .kind = Kind::object,
     .shape = "CoapDeviceTypeConfiguration"                                                          },
};

constexpr Member coap_device_type_configuration_members[] = {
    {.name = "coapDeviceType", .kind = Kind::text, .required = true},
};
constexpr Variant coap_device_type_configuration_variants[] = {
    {"DEFAULT", "DefaultCoapDeviceTypeConfiguration"},
    {"EFENTO",  "EfentoCoapDeviceTypeConfiguration" },
};

constexpr Member default_coap_device_type_configuration_members[] = {
    {.name = "transportPayloadTypeConfiguration",
     .kind = Kind::object,
     .shape = "TransportPayloadTypeConfiguration"},
};

constexpr Member device_profile_configuration_members[] = {
    {.name = "type", .kind = Kind::text, .required = true},
};
constexpr Variant device_profile_configuration_variants[] = {
    {"DEFAULT", "DefaultDeviceProfileConfiguration"},
};

constexpr Member device_profile_data_members[] = {
    {.name = "configuration",          .kind = Kind::object, .shape = "DeviceProfileConfiguration"},
    {.name = "provisionConfiguration",
     .kind = Kind::object,
     .shape = "DeviceProfileProvisionConfiguration"                                               },
    {.name = "transportConfiguration",
     .kind = Kind::object,
     .shape = "DeviceProfileTransportConfiguration"                                               },
};

constexpr Member device_profile_provision_configuration_members[] = {
    {.name = "provisionDeviceSecret", .kind = Kind::text},
    {.name = "type", .kind = Kind::text, .required = true},
};
constexpr Variant device_profile_provision_configuration_variants[] = {
    {"ALLOW_CREATE_NEW_DEVICES",      "AllowCreateNewDevicesDeviceProfileProvisionConfiguration"},
    {"CHECK_PRE_PROVISIONED_DEVICES",
     "CheckPreProvisionedDevicesDeviceProfileProvisionConfiguration"                            },
    {"DISABLED",                      "DisabledDeviceProfileProvisionConfiguration"             },
    {"X509_CERTIFICATE_CHAIN",        "X509CertificateChainProvisionConfiguration"              },
};

constexpr Member device_profile_transport_configuration_members[] = {
    {.name = "type", .kind = Kind::text, .required = true},
};
constexpr Variant device_profile_transport_configuration_variants[] = {
    {"COAP",    "CoapDeviceProfileTransportConfiguration"   },
    {"DEFAULT", "DefaultDeviceProfileTransportConfiguration"},
    {"LWM2M",   "Lwm2mDeviceProfileTransportConfiguration"  },
    {"MQTT",    "MqttDeviceProfileTransportConfiguration"   },
    {"SNMP",    "SnmpDeviceProfileTransportConfiguration"   },
};

constexpr Member lw_m2_m_bootstrap_server_credential_members[] = {
    {.name = "securityMode", .kind = Kind::text, .required = true},
};

constexpr Member lw_m2m_instance_members[] = {
    {.name = "id", .kind = Kind::integer},
    {.name = "resources", .kind = Kind::object, .shape = "LwM2mResourceObserve", .list = true},
};

constexpr Member lw_m2m_object_members[] = {
    {.name = "id", .kind = Kind::integer},
    {.name = "instances", .kind = Kind::object, .shape = "LwM2mInstance", .list = true},
    {.name = "keyId", .kind = Kind::text},
    {.name = "mandatory", .kind = Kind::boolean},
    {.name = "multiple", .kind = Kind::boolean},
    {.name = "name", .kind = Kind::text},
};

constexpr Member lw_m2m_resource_observe_members[] = {
    {.name = "attribute", .kind = Kind::boolean},
    {.name = "id",        .kind = Kind::integer},
    {.name = "keyName",   .kind = Kind::text   },
    {.name = "name",      .kind = Kind::text   },
    {.name = "observe",   .kind = Kind::boolean},
    {.name = "telemetry", .kind = Kind::boolean},
};

constexpr Member lw_m2m_version_members[] = {
    {.name = "supported", .kind = Kind::boolean},
};

constexpr Member lwm2m_device_profile_transport_configuration_members[] = {
    {.name = "bootstrap",
     .kind = Kind::object,
     .shape = "LwM2MBootstrapServerCredential",
     .list = true},
    {.name = "bootstrapServerUpdateEnable", .kind = Kind::boolean},
    {.name = "clientLwM2mSettings", .kind = Kind::object, .shape = "OtherConfiguration"},
    {.name = "observeAttr", .kind = Kind::object, .shape = "TelemetryMappingConfiguration"},
};

constexpr Member mqtt_device_profile_transport_configuration_members[] = {
    {.name = "deviceAttributesSubscribeTopic", .kind = Kind::text},
    {.name = "deviceAttributesTopic", .kind = Kind::text},
    {.name = "deviceTelemetryTopic", .kind = Kind::text},
    {.name = "sendAckOnValidationException", .kind = Kind::boolean},
    {.name = "sparkplug", .kind = Kind::boolean},
    {.name = "sparkplugAttributesMetricNames", .kind = Kind::text, .list = true},
    {.name = "transportPayloadTypeConfiguration",
     .kind = Kind::object,
     .shape = "TransportPayloadTypeConfiguration"},
};

constexpr Member object_attributes_members[] = {
    {.name = "dim", .kind = Kind::long_integer},
    {.name = "epmax", .kind = Kind::long_integer},
    {.name = "epmin", .kind = Kind::long_integer},
    {.name = "gt", .kind = Kind::number},
    {.name = "lt", .kind = Kind::number},
    {.name = "lwm2m", .kind = Kind::object, .shape = "LwM2mVersion"},
    {.name = "pmax", .kind = Kind::long_integer},
    {.name = "pmin", .kind = Kind::long_integer},
    {.name = "ssid", .kind = Kind::long_integer},
    {.name = "st", .kind = Kind::number},
    {.name = "uri", .kind = Kind::text},
    {.name = "ver", .kind = Kind::object, .shape = "Version"},
};

constexpr Member other_configuration_members[] = {
    {.name = "clientOnlyObserveAfterConnect", .kind = Kind::integer},
    {.name = "defaultObjectIDVer", .kind = Kind::text},
    {.name = "edrxCycle", .kind = Kind::long_integer},
    {.name = "fwUpdateResource", .kind = Kind::text},
    {.name = "fwUpdateStrategy", .kind = Kind::integer},
    {.name = "pagingTransmissionWindow", .kind = Kind::long_integer},
    {.name = "powerMode", .kind = Kind::text, .shape = "PowerMode"},
    {.name = "psmActivityTimer", .kind = Kind::long_integer},
    {.name = "swUpdateResource", .kind = Kind::text},
    {.name = "swUpdateStrategy", .kind = Kind::integer},
    {.name = "useObject19ForOtaInfo", .kind = Kind::boolean},
};

constexpr Member power_saving_configuration_members[] = {
    {.name = "edrxCycle", .kind = Kind::long_integer},
    {.name = "pagingTransmissionWindow", .kind = Kind::long_integer},
    {.name = "powerMode", .kind = Kind::text, .shape = "PowerMode"},
    {.name = "psmActivityTimer", .kind = Kind::long_integer},
};

constexpr Member proto_transport_payload_configuration_members[] = {
    {.name = "deviceAttributesProtoSchema",                  .kind = Kind::text   },
    {.name = "deviceRpcRequestProtoSchema",                  .kind = Kind::text   },
    {.name = "deviceRpcResponseProtoSchema",                 .kind = Kind::text   },
    {.name = "deviceTelemetryProtoSchema",                   .kind = Kind::text   },
    {.name = "enableCompatibilityWithJsonPayloadFormat",     .kind = Kind::boolean},
    {.name = "useJsonPayloadFormatForDefaultDownlinkTopics", .kind = Kind::boolean},
};

constexpr Member shared_attributes_setting_snmp_communication_config_members[] = {
    {.name = "mappings", .kind = Kind::object, .shape = "SnmpMapping", .list = true},
};

constexpr Member snmp_communication_config_members[] = {
    {.name = "spec", .kind = Kind::text, .shape = "SnmpCommunicationSpec", .required = true},
};
constexpr Variant snmp_communication_config_variants[] = {
    {"CLIENT_ATTRIBUTES_QUERYING", "ClientAttributesQueryingSnmpCommunicationConfig"},
    {"SHARED_ATTRIBUTES_SETTING",  "SharedAttributesSettingSnmpCommunicationConfig" },
    {"TELEMETRY_QUERYING",         "TelemetryQueryingSnmpCommunicationConfig"       },
    {"TO_DEVICE_RPC_REQUEST",      "ToDeviceRpcRequestSnmpCommunicationConfig"      },
    {"TO_SERVER_RPC_REQUEST",      "ToServerRpcRequestSnmpCommunicationConfig"      },
};

constexpr std::string_view snmp_communication_spec_names[] = {
    "TELEMETRY_QUERYING", "CLIENT_ATTRIBUTES_QUERYING", "SHARED_ATTRIBUTES_SETTING",
    "TO_DEVICE_RPC_REQUEST", "TO_SERVER_RPC_REQUEST"};

constexpr Member snmp_device_profile_transport_configuration_members[] = {
    {.name = "communicationConfigs",
     .kind = Kind::object,
     .shape = "SnmpCommunicationConfig",
     .list = true},
    {.name = "retries", .kind = Kind::integer},
    {.name = "timeoutMs", .kind = Kind::integer},
};

constexpr Member snmp_mapping_members[] = {
    {.name = "dataType", .kind = Kind::text, .shape = "DataType"},
    {.name = "key", .kind = Kind::text},
    {.name = "oid", .kind = Kind::text},
};

constexpr Member telemetry_mapping_configuration_members[] = {
    {.name = "attribute", .kind = Kind::text, .list = true},
    {.name = "attributeLwm2m", .kind = Kind::object, .shape = "ObjectAttributes", .map = true},
    {.name = "initAttrTelAsObsStrategy", .kind = Kind::boolean},
    {.name = "keyName", .kind = Kind::text, .map = true},
    {.name = "observe", .kind = Kind::text, .list = true},
    {.name = "observeStrategy", .kind = Kind::text, .shape = "TelemetryObserveStrategy"},
    {.name = "telemetry", .kind = Kind::text, .list = true},
};

constexpr std::string_view telemetry_observe_strategy_names[] = {
    "SINGLE (0): One resource equals one single observe request",
    "COMPOSITE_ALL (1): All resources in one composite observe request",
    "COMPOSITE_BY_OBJECT (2): Grouped composite observe requests by object"};

constexpr Member telemetry_querying_snmp_communication_config_members[] = {
    {.name = "mappings", .kind = Kind::object, .shape = "SnmpMapping", .list = true},
    {.name = "queryingFrequencyMs", .kind = Kind::long_integer},
};

constexpr Member to_device_rpc_request_snmp_communication_config_members[] = {
    {.name = "mappings", .kind = Kind::object, .shape = "SnmpMapping", .list = true},
};

constexpr Member to_server_rpc_request_snmp_communication_config_members[] = {
    {.name = "mappings", .kind = Kind::object, .shape = "SnmpMapping", .list = true},
};

constexpr Member transport_payload_type_configuration_members[] = {
    {.name = "transportPayloadType", .kind = Kind::text, .required = true},
};
constexpr Variant transport_payload_type_configuration_variants[] = {
    {"JSON",     "JsonTransportPayloadConfiguration" },
    {"PROTOBUF", "ProtoTransportPayloadConfiguration"},
};

constexpr Member x509_certificate_chain_provision_configuration_members[] = {
    {.name = "allowCreateNewDevicesByX509Certificate", .kind = Kind::boolean},
    {.name = "certificateRegExPattern",                .kind = Kind::text   },
};

constexpr Shape device_profile_table[] = {
    {.name = "AllowCreateNewDevicesDeviceProfileProvisionConfiguration",
     .extends = "DeviceProfileProvisionConfiguration"},
    {.name = "CheckPreProvisionedDevicesDeviceProfileProvisionConfiguration",
     .extends = "DeviceProfileProvisionConfiguration"},
    {.name = "ClientAttributesQueryingSnmpCommunicationConfig",
     .members = client_attributes_querying_snmp_communication_config_members,
     .extends = "SnmpCommunicationConfig"},
    {.name = "CoapDeviceProfileTransportConfiguration",
     .members = coap_device_profile_transport_configuration_members,
     .extends = "DeviceProfileTransportConfiguration"},
    {.name = "CoapDeviceTypeConfiguration",
     .members = coap_device_type_configuration_members,
     .discriminator = "coapDeviceType",
     .variants = coap_device_type_configuration_variants},
    {.name = "DefaultCoapDeviceTypeConfiguration",
     .members = default_coap_device_type_configuration_members,
     .extends = "CoapDeviceTypeConfiguration"},
    {.name = "DefaultDeviceProfileConfiguration", .extends = "DeviceProfileConfiguration"},
    {.name = "DefaultDeviceProfileTransportConfiguration",
     .extends = "DeviceProfileTransportConfiguration"},
    {.name = "DeviceProfileConfiguration",
     .members = device_profile_configuration_members,
     .discriminator = "type",
     .variants = device_profile_configuration_variants},
    {.name = "DeviceProfileData", .members = device_profile_data_members},
    {.name = "DeviceProfileProvisionConfiguration",
     .members = device_profile_provision_configuration_members,
     .discriminator = "type",
     .variants = device_profile_provision_configuration_variants},
    {.name = "DeviceProfileTransportConfiguration",
     .members = device_profile_transport_configuration_members,
     .discriminator = "type",
     .variants = device_profile_transport_configuration_variants},
    {.name = "DisabledDeviceProfileProvisionConfiguration",
     .extends = "DeviceProfileProvisionConfiguration"},
    {.name = "EfentoCoapDeviceTypeConfiguration", .extends = "CoapDeviceTypeConfiguration"},
    {.name = "JsonTransportPayloadConfiguration", .extends = "TransportPayloadTypeConfiguration"},
    {.name = "LwM2MBootstrapServerCredential",
     .members = lw_m2_m_bootstrap_server_credential_members},
    {.name = "LwM2mInstance", .members = lw_m2m_instance_members},
    {.name = "LwM2mObject", .members = lw_m2m_object_members},
    {.name = "LwM2mResourceObserve", .members = lw_m2m_resource_observe_members},
    {.name = "LwM2mVersion", .members = lw_m2m_version_members},
    {.name = "Lwm2mDeviceProfileTransportConfiguration",
     .members = lwm2m_device_profile_transport_configuration_members,
     .extends = "DeviceProfileTransportConfiguration"},
    {.name = "MqttDeviceProfileTransportConfiguration",
     .members = mqtt_device_profile_transport_configuration_members,
     .extends = "DeviceProfileTransportConfiguration"},
    {.name = "ObjectAttributes", .members = object_attributes_members},
    {.name = "OtherConfiguration", .members = other_configuration_members},
    {.name = "PowerSavingConfiguration", .members = power_saving_configuration_members},
    {.name = "ProtoTransportPayloadConfiguration",
     .members = proto_transport_payload_configuration_members,
     .extends = "TransportPayloadTypeConfiguration"},
    {.name = "SharedAttributesSettingSnmpCommunicationConfig",
     .members = shared_attributes_setting_snmp_communication_config_members,
     .extends = "SnmpCommunicationConfig"},
    {.name = "SnmpCommunicationConfig",
     .members = snmp_communication_config_members,
     .discriminator = "spec",
     .variants = snmp_communication_config_variants},
    {.name = "SnmpCommunicationSpec", .names = snmp_communication_spec_names},
    {.name = "SnmpDeviceProfileTransportConfiguration",
     .members = snmp_device_profile_transport_configuration_members,
     .extends = "DeviceProfileTransportConfiguration"},
    {.name = "SnmpMapping", .members = snmp_mapping_members},
    {.name = "TelemetryMappingConfiguration", .members = telemetry_mapping_configuration_members},
    {.name = "TelemetryObserveStrategy", .names = telemetry_observe_strategy_names},
    {.name = "TelemetryQueryingSnmpCommunicationConfig",
     .members = telemetry_querying_snmp_communication_config_members,
     .extends = "SnmpCommunicationConfig"},
    {.name = "ToDeviceRpcRequestSnmpCommunicationConfig",
     .members = to_device_rpc_request_snmp_communication_config_members,
     .extends = "SnmpCommunicationConfig"},
    {.name = "ToServerRpcRequestSnmpCommunicationConfig",
     .members = to_server_rpc_request_snmp_communication_config_members,
     .extends = "SnmpCommunicationConfig"},
    {.name = "TransportPayloadTypeConfiguration",
     .members = transport_payload_type_configuration_members,
     .discriminator = "transportPayloadType",
     .variants = transport_payload_type_configuration_variants},
    {.name = "X509CertificateChainProvisionConfiguration",
     .members = x509_certificate_chain_provision_configuration_members,
     .extends = "DeviceProfileProvisionConfiguration"},
};

}  // namespace

std::span<const Shape> device_profile_shapes() { return device_profile_table; }

}  // namespace thingstead::model
