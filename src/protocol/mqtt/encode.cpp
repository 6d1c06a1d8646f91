#include "protocol/mqtt/encode.h"

#include <type_traits>

#include "protocol/mqtt/remaining_length.h"
#include "protocol/mqtt/wire_writer.h"

namespace thingstead::mqtt {
namespace {

constexpr char first_byte(PacketType type, unsigned flags = 0) {
    return static_cast<char>((static_cast<unsigned>(type) << 4) | flags);
}

constexpr char reserved_flags(PacketType type) {
    const bool two = type == PacketType::pubrel || type == PacketType::subscribe ||
                     type == PacketType::unsubscribe;
    return first_byte(type, two ? 2 : 0);
}

/// False when `body_bytes` is more than a packet can have.
bool begin(std::string& out, char first, std::size_t body_bytes) {
    if (body_bytes > remaining_length_max) return false;
    out.push_back(first);
    append_remaining_length(out, static_cast<std::uint32_t>(body_bytes));
    return true;
}

/// Bytes of a property list with its length; 0 before version 5. A list that is too long makes the
/// packet too long as well, so begin() refuses it.
std::size_t properties_size(const Properties& properties, Version version) {
    if (version != Version::v5) return 0;
    const std::size_t bytes = properties.wire().size();
    if (bytes > remaining_length_max) return bytes;
    return remaining_length_bytes(static_cast<std::uint32_t>(bytes)) + bytes;
}

void append_properties(std::string& out, const Properties& properties, Version version) {
    if (version != Version::v5) return;
    append_remaining_length(out, static_cast<std::uint32_t>(properties.wire().size()));
    out.append(properties.wire());
}

bool is_short(std::string_view text) { return text.size() <= text_bytes_max; }

std::string_view protocol_name(Version version) {
    return version == Version::v3_1 ? "MQIsdp" : "MQTT";
}

std::uint8_t connect_flags(const Connect& packet) {
    unsigned flags = packet.clean_start ? 0x02 : 0;
    if (packet.will)
        flags |= 0x04u | (static_cast<unsigned>(packet.will->qos) << 3) |
                 (packet.will->retain ? 0x20u : 0u);
    if (packet.password) flags |= 0x40;
    if (packet.user_name) flags |= 0x80;
    return static_cast<std::uint8_t>(flags);
}

std::size_t connect_size(const Connect& packet, Version version) {
    std::size_t bytes = 2 + protocol_name(version).size() + 4 +
                        properties_size(packet.properties, version) + 2 + packet.client_id.size();
    if (packet.will)
        bytes += properties_size(packet.will->properties, version) + 4 + packet.will->topic.size() +
                 packet.will->payload.size();
    if (packet.user_name) bytes += 2 + packet.user_name->size();
    if (packet.password) bytes += 2 + packet.password->size();
    return bytes;
}

std::size_t publish_body_bytes(const Publish& packet, Version version) {
    return 2 + packet.topic.size() + (packet.qos == QoS::at_most_once ? 0 : 2) +
           properties_size(packet.properties, version) + packet.payload.size();
}

template <class T>
bool encode_filters(std::string& out, PacketType type, const T& packet, Version version) {
    const std::size_t bytes =
        2 + properties_size(packet.properties, version) + packet.filters.wire().size();
    if (!begin(out, reserved_flags(type), bytes)) return false;
    append_number(out, packet.packet_id);
    append_properties(out, packet.properties, version);
    out.append(packet.filters.wire());
    return true;
}

/// DISCONNECT and AUTH of version 5, in the shortest form.
bool encode_closing(std::string& out, PacketType type, ReasonCode reason,
                    const Properties& properties) {
    const bool has_properties = !properties.empty();
    const bool has_reason = has_properties || reason != ReasonCode::success;
    const std::size_t bytes =
        (has_reason ? 1 : 0) + (has_properties ? properties_size(properties, Version::v5) : 0);
    if (!begin(out, first_byte(type), bytes)) return false;
    if (has_reason) out.push_back(static_cast<char>(reason));
    if (has_properties) append_properties(out, properties, Version::v5);
    return true;
}

}  // namespace

bool encode(std::string& out, const Connect& packet) {
    const Version version = packet.version;
    const bool fits =
        is_short(packet.client_id) && is_short(packet.user_name.value_or("")) &&
        is_short(packet.password.value_or("")) &&
        (!packet.will || (is_short(packet.will->topic) && is_short(packet.will->payload)));
    if (!fits || !begin(out, first_byte(PacketType::connect), connect_size(packet, version)))
        return false;
    append_text(out, protocol_name(version));
    out.push_back(static_cast<char>(version));
    append_number(out, connect_flags(packet));
    append_number(out, packet.keep_alive_s);
    append_properties(out, packet.properties, version);
    append_text(out, packet.client_id);
    if (packet.will) {
        append_properties(out, packet.will->properties, version);
        append_text(out, packet.will->topic);
        append_text(out, packet.will->payload);
    }
    if (packet.user_name) append_text(out, *packet.user_name);
    if (packet.password) append_text(out, *packet.password);
    return true;
}

bool encode(std::string& out, const Connack& packet, Version version) {
    const std::size_t bytes = 2 + properties_size(packet.properties, version);
    if (!begin(out, first_byte(PacketType::connack), bytes)) return false;
    out.push_back(packet.session_present ? 1 : 0);
    out.push_back(static_cast<char>(version == Version::v5
                                        ? static_cast<std::uint8_t>(packet.reason)
                                        : connect_return_code(packet.reason)));
    append_properties(out, packet.properties, version);
    return true;
}

bool encode(std::string& out, const Publish& packet, Version version) {
    const unsigned flags = (packet.dup ? 8u : 0u) | (static_cast<unsigned>(packet.qos) << 1) |
                           (packet.retain ? 1u : 0u);
    if (!is_short(packet.topic) ||
        !begin(out, first_byte(PacketType::publish, flags), publish_body_bytes(packet, version)))
        return false;
    append_text(out, packet.topic);
    if (packet.qos != QoS::at_most_once) append_number(out, packet.packet_id);
    append_properties(out, packet.properties, version);
    out.append(packet.payload);
    return true;
}

std::size_t encoded_size(const Publish& packet, Version version) {
    const std::size_t body = publish_body_bytes(packet, version);
    if (!is_short(packet.topic) || body > remaining_length_max) return 0;
    return 1 + remaining_length_bytes(static_cast<std::uint32_t>(body)) + body;
}

void encode_ack(std::string& out, PacketType type, std::uint16_t packet_id, ReasonCode reason,
                Version version) {
    const bool has_reason = version == Version::v5 && reason != ReasonCode::success;
    const char bytes[] = {reserved_flags(type), static_cast<char>(has_reason ? 3 : 2),
                          static_cast<char>(packet_id >> 8), static_cast<char>(packet_id & 0xFF),
                          static_cast<char>(reason)};
    out.append(bytes, has_reason ? 5 : 4);
}

bool encode(std::string& out, const Ack& packet, Version version) {
    if (version != Version::v5 || packet.properties.empty()) {
        encode_ack(out, packet.type, packet.packet_id, packet.reason, version);
        return true;
    }
    const std::size_t bytes = 3 + properties_size(packet.properties, version);
    if (!begin(out, reserved_flags(packet.type), bytes)) return false;
    append_number(out, packet.packet_id);
    out.push_back(static_cast<char>(packet.reason));
    append_properties(out, packet.properties, version);
    return true;
}

bool encode(std::string& out, const Subscribe& packet, Version version) {
    return encode_filters(out, PacketType::subscribe, packet, version);
}

bool encode(std::string& out, const Unsubscribe& packet, Version version) {
    return encode_filters(out, PacketType::unsubscribe, packet, version);
}

bool encode(std::string& out, const Suback& packet, Version version) {
    const std::size_t bytes =
        2 + properties_size(packet.properties, version) + packet.reasons.size();
    if (!begin(out, first_byte(PacketType::suback), bytes)) return false;
    append_number(out, packet.packet_id);
    append_properties(out, packet.properties, version);
    for (const ReasonCode reason : packet.reasons)
        out.push_back(static_cast<char>(version == Version::v5 ? static_cast<std::uint8_t>(reason)
                                                               : suback_return_code(reason)));
    return true;
}

bool encode(std::string& out, const Unsuback& packet, Version version) {
    const std::size_t reasons = version == Version::v5 ? packet.reasons.size() : 0;
    const std::size_t bytes = 2 + properties_size(packet.properties, version) + reasons;
    if (!begin(out, first_byte(PacketType::unsuback), bytes)) return false;
    append_number(out, packet.packet_id);
    append_properties(out, packet.properties, version);
    for (const ReasonCode reason : packet.reasons.first(reasons))
        out.push_back(static_cast<char>(reason));
    return true;
}

bool encode(std::string& out, const Disconnect& packet, Version version) {
    if (version == Version::v5)
        return encode_closing(out, PacketType::disconnect, packet.reason, packet.properties);
    return begin(out, first_byte(PacketType::disconnect), 0);
}

bool encode(std::string& out, const Auth& packet) {
    return encode_closing(out, PacketType::auth, packet.reason, packet.properties);
}

void encode(std::string& out, Pingreq) {
    out.push_back(first_byte(PacketType::pingreq));
    out.push_back(0);
}

void encode(std::string& out, Pingresp) {
    out.push_back(first_byte(PacketType::pingresp));
    out.push_back(0);
}

bool encode(std::string& out, const Packet& packet, Version version) {
    return std::visit(
        [&]<class T>(const T& p) {
            if constexpr (std::is_same_v<T, Pingreq> || std::is_same_v<T, Pingresp>) {
                encode(out, p);
                return true;
            } else if constexpr (std::is_same_v<T, Connect> || std::is_same_v<T, Auth>) {
                return encode(out, p);
            } else {
                return encode(out, p, version);
            }
        },
        packet);
}

bool append_subscription(std::string& list, const Subscription& subscription) {
    if (!append_filter(list, subscription.filter)) return false;
    list.push_back(static_cast<char>(static_cast<unsigned>(subscription.qos) |
                                     (subscription.no_local ? 4u : 0u) |
                                     (subscription.retain_as_published ? 8u : 0u) |
                                     (static_cast<unsigned>(subscription.retain_handling) << 4)));
    return true;
}

bool append_filter(std::string& list, std::string_view filter) {
    if (!is_short(filter)) return false;
    append_text(list, filter);
    return true;
}

}  // namespace thingstead::mqtt
