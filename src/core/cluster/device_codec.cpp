#include "core/cluster/device_codec.h"

namespace thingstead::core::cluster::codec {
namespace {

bool read_profile_field(const Field& field, TransportProfile& into) {
    switch (field.number) {
        case 1:  return read_id(field, into.id.uuid);
        case 2:  return read_enum(field, model::TransportType::snmp, into.transport_type);
        case 3:  return read_id(field, into.rule_chain.emplace().uuid);
        case 4:  return read_text(field, into.queue_name);
        case 5:  return read_text(field, into.telemetry_topic);
        case 6:  return read_text(field, into.attributes_topic);
        case 7:  return read_text(field, into.attributes_subscribe_topic);
        case 8:  return read_bool(field, into.ack_invalid_payload);
        case 9:  return read_bool(field, into.protobuf);
        default: return true;
    }
}

}  // namespace

void write(Writer& out, const TransportProfile& profile) {
    static const TransportProfile usual{};
    const auto topic = [&](std::uint32_t number, const std::string& value,
                           const std::string& usually) {
        if (value != usually) out.bytes_field(number, value);
    };
    id(out, 1, profile.id.uuid);
    integer(out, 2, static_cast<std::uint64_t>(profile.transport_type));
    if (profile.rule_chain) out.uuid_field(3, profile.rule_chain->uuid);
    text(out, 4, profile.queue_name);
    topic(5, profile.telemetry_topic, usual.telemetry_topic);
    topic(6, profile.attributes_topic, usual.attributes_topic);
    topic(7, profile.attributes_subscribe_topic, usual.attributes_subscribe_topic);
    integer(out, 8, profile.ack_invalid_payload);
    integer(out, 9, profile.protobuf);
}

bool read_profile(std::string_view bytes, TransportProfile& into) {
    return read(bytes, [&](const Field& field) { return read_profile_field(field, into); });
}

void write(Writer& out, const DeviceIdentity& device) {
    id(out, 1, device.tenant.uuid);
    if (device.customer != model::no_customer) out.uuid_field(2, device.customer.uuid);
    id(out, 3, device.device.uuid);
    text(out, 4, device.name);
    text(out, 5, device.type);
    integer(out, 6, device.gateway);
    out.message_field(7, [&](Writer& nested) { write(nested, *device.profile); });
    time(out, 8, device.credentials_version);
}

DeviceIdentityPtr read_device(const Field& whole) {
    DeviceIdentity device{};
    auto profile = std::make_shared<TransportProfile>();
    const bool fine =
        whole.type == WireType::bytes && read(whole.bytes, [&](const Field& field) {
            switch (field.number) {
                case 1:  return read_id(field, device.tenant.uuid);
                case 2:  return read_id(field, device.customer.uuid);
                case 3:  return read_id(field, device.device.uuid);
                case 4:  return read_text(field, device.name);
                case 5:  return read_text(field, device.type);
                case 6:  return read_bool(field, device.gateway);
                case 7:  return field.type == WireType::bytes && read_profile(field.bytes, *profile);
                case 8:  return read_time(field, device.credentials_version);
                default: return true;
            }
        });
    if (!fine || device.device.uuid == Uuid{}) return nullptr;
    device.profile = std::move(profile);
    return std::make_shared<const DeviceIdentity>(std::move(device));
}

void write(Writer& out, const CredentialsEntry& entry) {
    integer(out, 1, static_cast<std::uint64_t>(entry.type));
    text(out, 2, entry.value);
    out.message_field(3, [&](Writer& device) { write(device, *entry.identity); });
}

CredentialsEntryPtr read_credentials(const Field& whole) {
    CredentialsEntry entry;
    const bool fine =
        whole.type == WireType::bytes && read(whole.bytes, [&](const Field& field) {
            switch (field.number) {
                case 1:
                    return read_enum(field, model::CredentialsType::lwm2m_credentials, entry.type);
                case 2:  return read_text(field, entry.value);
                case 3:  entry.identity = read_device(field); return entry.identity != nullptr;
                default: return true;
            }
        });
    if (!fine || !entry.identity) return nullptr;
    return std::make_shared<const CredentialsEntry>(std::move(entry));
}

}  // namespace thingstead::core::cluster::codec
