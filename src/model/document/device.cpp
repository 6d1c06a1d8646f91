// Shapes of devices: configuration and transport.
#include "model/document/shapes.h"

namespace thingstead::model {
namespace {

constexpr std::string_view authentication_protocol_names[] = {"SHA_1",   "SHA_224", "SHA_256",
                                                              "SHA_384", "SHA_512", "MD5"};

constexpr Member claim_request_members[] = {
    {.name = "secretKey", .kind = Kind::text},
};

constexpr Member coap_device_transport_configuration_members[] = {
    {.name = "edrxCycle", .kind = Kind::long_integer},
    {.name = "pagingTransmissionWindow", .kind = Kind::long_integer},
    {.name = "powerMode", .kind = Kind::text, .shape = "PowerMode"},
    {.name = "psmActivityTimer", .kind = Kind::long_integer},
};

constexpr Member device_configuration_members[] = {
    {.name = "type", .kind = Kind::text, .shape = "DeviceProfileType", .required = true},
};
constexpr Variant device_configuration_variants[] = {
    {"DEFAULT", "DefaultDeviceConfiguration"},
};

constexpr Member device_data_members[] = {
    {.name = "configuration",          .kind = Kind::object, .shape = "DeviceConfiguration"},
    {.name = "transportConfiguration",
     .kind = Kind::object,
     .shape = "DeviceTransportConfiguration"                                               },
};

constexpr Member device_transport_configuration_members[] = {
    {.name = "type", .kind = Kind::text, .required = true},
};
constexpr Variant device_transport_configuration_variants[] = {
    {"COAP",    "CoapDeviceTransportConfiguration"   },
    {"DEFAULT", "DefaultDeviceTransportConfiguration"},
    {"LWM2M",   "Lwm2mDeviceTransportConfiguration"  },
    {"MQTT",    "MqttDeviceTransportConfiguration"   },
    {"SNMP",    "SnmpDeviceTransportConfiguration"   },
};

constexpr Member lwm2m_device_transport_configuration_members[] = {
    {.name = "edrxCycle", .kind = Kind::long_integer},
    {.name = "pagingTransmissionWindow", .kind = Kind::long_integer},
    {.name = "powerMode", .kind = Kind::text, .shape = "PowerMode"},
    {.name = "psmActivityTimer", .kind = Kind::long_integer},
};

constexpr std::string_view power_mode_names[] = {"PSM", "DRX", "E_DRX"};

constexpr std::string_view privacy_protocol_names[] = {"DES", "AES_128", "AES_192", "AES_256"};

constexpr Member save_device_with_credentials_request_members[] = {
    {.name = "credentials", .kind = Kind::object, .shape = "DeviceCredentials", .required = true},
    {.name = "device",      .kind = Kind::object, .shape = "Device",            .required = true},
};

constexpr Member snmp_device_transport_configuration_members[] = {
    {.name = "authenticationPassphrase", .kind = Kind::text},
    {.name = "authenticationProtocol", .kind = Kind::text, .shape = "AuthenticationProtocol"},
    {.name = "community", .kind = Kind::text},
    {.name = "contextName", .kind = Kind::text},
    {.name = "engineId", .kind = Kind::text},
    {.name = "host", .kind = Kind::text},
    {.name = "port", .kind = Kind::integer},
    {.name = "privacyPassphrase", .kind = Kind::text},
    {.name = "privacyProtocol", .kind = Kind::text, .shape = "PrivacyProtocol"},
    {.name = "protocolVersion", .kind = Kind::text, .shape = "SnmpProtocolVersion"},
    {.name = "securityName", .kind = Kind::text},
    {.name = "username", .kind = Kind::text},
};

constexpr std::string_view snmp_protocol_version_names[] = {"V1", "V2C", "V3"};

constexpr Shape device_table[] = {
    {.name = "AuthenticationProtocol", .names = authentication_protocol_names},
    {.name = "ClaimRequest", .members = claim_request_members},
    {.name = "CoapDeviceTransportConfiguration",
     .members = coap_device_transport_configuration_members,
     .extends = "DeviceTransportConfiguration"},
    {.name = "DefaultDeviceConfiguration", .extends = "DeviceConfiguration"},
    {.name = "DefaultDeviceTransportConfiguration", .extends = "DeviceTransportConfiguration"},
    {.name = "DeviceConfiguration",
     .members = device_configuration_members,
     .discriminator = "type",
     .variants = device_configuration_variants},
    {.name = "DeviceData", .members = device_data_members},
    {.name = "DeviceTransportConfiguration",
     .members = device_transport_configuration_members,
     .discriminator = "type",
     .variants = device_transport_configuration_variants},
    {.name = "Lwm2mDeviceTransportConfiguration",
     .members = lwm2m_device_transport_configuration_members,
     .extends = "DeviceTransportConfiguration"},
    {.name = "MqttDeviceTransportConfiguration", .extends = "DeviceTransportConfiguration"},
    {.name = "PowerMode", .names = power_mode_names},
    {.name = "PrivacyProtocol", .names = privacy_protocol_names},
    {.name = "SaveDeviceWithCredentialsRequest",
     .members = save_device_with_credentials_request_members},
    {.name = "SnmpDeviceTransportConfiguration",
     .members = snmp_device_transport_configuration_members,
     .extends = "DeviceTransportConfiguration"},
    {.name = "SnmpProtocolVersion", .names = snmp_protocol_version_names},
};

}  // namespace

std::span<const Shape> device_shapes() { return device_table; }

}  // namespace thingstead::model
