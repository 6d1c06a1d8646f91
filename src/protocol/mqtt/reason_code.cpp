#include "protocol/mqtt/reason_code.h"

namespace thingstead::mqtt {
namespace {

constexpr PacketSet connack = bit(PacketType::connack);
constexpr PacketSet received = bit(PacketType::puback) | bit(PacketType::pubrec);
constexpr PacketSet released = bit(PacketType::pubrel) | bit(PacketType::pubcomp);
constexpr PacketSet suback = bit(PacketType::suback);
constexpr PacketSet unsuback = bit(PacketType::unsuback);
constexpr PacketSet disconnect = bit(PacketType::disconnect);
constexpr PacketSet auth = bit(PacketType::auth);

enum class Who : std::uint8_t { both, client, server };  // who may send it in DISCONNECT or AUTH

struct Row {
    ReasonCode code;
    PacketSet packets;
    Who who;
    std::string_view name;
};

#define ROW(name, packets, who) \
    Row { ReasonCode::name, static_cast<PacketSet>(packets), who, #name }
constexpr Row rows[] = {
    ROW(success, connack | received | released | suback | unsuback | disconnect | auth, Who::both),
    ROW(granted_qos_1, suback, Who::both),
    ROW(granted_qos_2, suback, Who::both),
    ROW(disconnect_with_will_message, disconnect, Who::client),
    ROW(no_matching_subscribers, received, Who::both),
    ROW(no_subscription_existed, unsuback, Who::both),
    ROW(continue_authentication, auth, Who::both),
    ROW(re_authenticate, auth, Who::client),
    ROW(unspecified_error, connack | received | suback | unsuback | disconnect, Who::both),
    ROW(malformed_packet, connack | disconnect, Who::both),
    ROW(protocol_error, connack | disconnect, Who::both),
    ROW(implementation_specific_error, connack | received | suback | unsuback | disconnect,
        Who::both),
    ROW(unsupported_protocol_version, connack, Who::both),
    ROW(client_identifier_not_valid, connack, Who::both),
    ROW(bad_user_name_or_password, connack, Who::both),
    ROW(not_authorized, connack | received | suback | unsuback | disconnect, Who::server),
    ROW(server_unavailable, connack, Who::both),
    ROW(server_busy, connack | disconnect, Who::server),
    ROW(banned, connack, Who::both),
    ROW(server_shutting_down, disconnect, Who::server),
    ROW(bad_authentication_method, connack | disconnect, Who::server),
    ROW(keep_alive_timeout, disconnect, Who::server),
    ROW(session_taken_over, disconnect, Who::server),
    ROW(topic_filter_invalid, suback | unsuback | disconnect, Who::server),
    ROW(topic_name_invalid, connack | received | disconnect, Who::both),
    ROW(packet_identifier_in_use, received | suback | unsuback, Who::both),
    ROW(packet_identifier_not_found, released, Who::both),
    ROW(receive_maximum_exceeded, disconnect, Who::both),
    ROW(topic_alias_invalid, disconnect, Who::both),
    ROW(packet_too_large, connack | disconnect, Who::both),
    ROW(message_rate_too_high, disconnect, Who::both),
    ROW(quota_exceeded, connack | received | suback | disconnect, Who::both),
    ROW(administrative_action, disconnect, Who::both),
    ROW(payload_format_invalid, connack | received | disconnect, Who::both),
    ROW(retain_not_supported, connack | disconnect, Who::server),
    ROW(qos_not_supported, connack | disconnect, Who::server),
    ROW(use_another_server, connack | disconnect, Who::server),
    ROW(server_moved, connack | disconnect, Who::server),
    ROW(shared_subscriptions_not_supported, suback | disconnect, Who::server),
    ROW(connection_rate_exceeded, connack | disconnect, Who::server),
    ROW(maximum_connect_time, disconnect, Who::server),
    ROW(subscription_identifiers_not_supported, suback | disconnect, Who::server),
    ROW(wildcard_subscriptions_not_supported, suback | disconnect, Who::server),
};
#undef ROW

const Row* find(ReasonCode code) {
    for (const Row& row : rows)
        if (row.code == code) return &row;
    return nullptr;
}

}  // namespace

std::string_view to_string(ReasonCode code) {
    const Row* row = find(code);
    return row ? row->name : "unknown";
}

bool is_allowed(ReasonCode code, PacketType type, Sender sender) {
    const Row* row = find(code);
    if (!row || !(row->packets & bit(type))) return false;
    if (row->who == Who::both || !(bit(type) & (disconnect | auth))) return true;
    return (row->who == Who::client) == (sender == Sender::client);
}

std::uint8_t connect_return_code(ReasonCode code) {
    if (!is_error(code)) return 0;
    switch (code) {
        case ReasonCode::unsupported_protocol_version: return 1;
        case ReasonCode::client_identifier_not_valid:  return 2;
        case ReasonCode::bad_user_name_or_password:    return 4;
        case ReasonCode::not_authorized:
        case ReasonCode::banned:
        case ReasonCode::bad_authentication_method:
        case ReasonCode::topic_name_invalid:
        case ReasonCode::payload_format_invalid:
        case ReasonCode::retain_not_supported:
        case ReasonCode::qos_not_supported:            return 5;
        default:                                       return 3;
    }
}

std::optional<ReasonCode> reason_of_return_code(std::uint8_t return_code) {
    switch (return_code) {
        case 0:  return ReasonCode::success;
        case 1:  return ReasonCode::unsupported_protocol_version;
        case 2:  return ReasonCode::client_identifier_not_valid;
        case 3:  return ReasonCode::server_unavailable;
        case 4:  return ReasonCode::bad_user_name_or_password;
        case 5:  return ReasonCode::not_authorized;
        default: return std::nullopt;
    }
}

}  // namespace thingstead::mqtt
