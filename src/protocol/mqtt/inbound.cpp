// The client's packets, one by one: the inbound half of ServerSession.
#include <algorithm>

#include "base/error.h"
#include "protocol/mqtt/encode.h"
#include "protocol/mqtt/server_session.h"

namespace thingstead::mqtt {
namespace {

std::unique_ptr<StoredWill> store_will(const Will& will) {
    auto out = std::make_unique<StoredWill>();
    out->topic = will.topic;
    out->payload = will.payload;
    out->qos = will.qos;
    out->retain = will.retain;
    for (const Property& property : will.properties)
        if (property.id == PropertyId::will_delay_interval)
            out->delay_s = property.number;
        else
            out->properties.append(property.wire);
    return out;
}

/// 1..23 characters; later versions leave the length to the server.
bool is_client_id_of_3_1(std::string_view client_id) {
    const auto characters = std::ranges::count_if(
        client_id, [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; });
    return characters >= 1 && characters <= 23;
}

}  // namespace

void ServerSession::take(const Frame& frame) {
    if (phase_ == Phase::waiting_for_connect) return take_connect(frame);
    switch (frame.type) {
        case PacketType::publish: return take_publish(frame);
        case PacketType::puback:
        case PacketType::pubrec:
        case PacketType::pubrel:
        case PacketType::pubcomp: return take_ack(frame);
        default:                  return take_rare(frame);
    }
}

void ServerSession::take_connect(const Frame& frame) {
    if (frame.type != PacketType::connect)
        return close(ReasonCode::protocol_error, "the first packet is not CONNECT");
    const Decoded<Connect> got = decode_connect(frame);
    if (!got) return fail(got.error());
    const Connect& connect = *got;
    version_ = connect.version;
    phase_ = Phase::authenticating;
    if (version_ == Version::v3_1 && !is_client_id_of_3_1(connect.client_id)) {
        refuse(ReasonCode::client_identifier_not_valid);
        return;
    }
    if (connect.properties.text(PropertyId::authentication_method)) {
        refuse(ReasonCode::bad_authentication_method);
        return;
    }
    if (connect.will && connect.will->qos > settings_.qos_max && version_ == Version::v5) {
        refuse(ReasonCode::qos_not_supported);
        return;
    }
    keep_alive_s_ = connect.keep_alive_s;
    const std::uint16_t longest = settings_.keep_alive_max_s;
    if (version_ == Version::v5 && longest > 0 && (keep_alive_s_ == 0 || keep_alive_s_ > longest)) {
        keep_alive_s_ = longest;
        keep_alive_changed_ = true;
    }
    const auto number = [&](PropertyId id, std::uint32_t otherwise) {
        return connect.properties.number(id).value_or(otherwise);
    };
    session_expiry_s_ = number(PropertyId::session_expiry_interval, 0);
    client_packet_bytes_max_ = number(PropertyId::maximum_packet_size, 0xFFFFFFFF);
    window_ = static_cast<std::uint16_t>(std::min<std::uint32_t>(
        number(PropertyId::receive_maximum, 0xFFFF), settings_.in_flight_max));
    if (connect.will) will_ = store_will(*connect.will);
    handler_.on_connect(connect);
}

void ServerSession::take_publish(const Frame& frame) {
    const Decoded<Publish> got = decode_publish(frame, version_, Sender::client);
    if (!got) return fail(got.error());
    Publish publish = *got;
    if (!publish.properties.empty() && !resolve_alias(publish)) return;
    if (publish.qos == QoS::at_most_once) return after_event(handler_.on_publish(publish));

    if (publish.qos == QoS::exactly_once) {
        const auto open = find_qos_2(publish.packet_id);
        if (open != qos_2_open_.end()) {  // repeated: the owner has it
            if (open->answered)
                encode_ack(output_, PacketType::pubrec, publish.packet_id, ReasonCode::success,
                           version_);
            return;
        }
    }
    if (!admit(publish)) return;
    if (publish.qos == QoS::exactly_once)
        qos_2_open_.push_back({publish.packet_id, false});
    else
        ++qos_1_open_;
    after_event(handler_.on_publish(publish));
}

/// Checks what the client was told in CONNACK; closes the session and returns false beyond it.
bool ServerSession::admit(const Publish& publish) {
    if (publish.qos > settings_.qos_max) {
        close(ReasonCode::qos_not_supported);
        return false;
    }
    if (version_ == Version::v5) {
        if (unacknowledged() < settings_.receive_maximum) return true;
        close(ReasonCode::receive_maximum_exceeded);
        return false;
    }
    if (publish.qos != QoS::exactly_once || qos_2_open_.size() < settings_.qos_2_open_max)
        return true;
    close(ReasonCode::quota_exceeded);
    return false;
}

/// Defines or looks up the topic alias of `publish`, if it has one; closes the session and returns
/// false when it cannot be.
bool ServerSession::resolve_alias(Publish& publish) {
    const auto alias = publish.properties.number(PropertyId::topic_alias);
    if (!alias) return true;
    if (*alias > settings_.topic_alias_maximum) {
        close(ReasonCode::topic_alias_invalid, "topic alias is over the maximum");
        return false;
    }
    if (publish.topic.empty()) {
        if (*alias > aliases_.size() || aliases_[*alias - 1].empty()) {
            close(ReasonCode::topic_alias_invalid, "topic alias is not defined");
            return false;
        }
        publish.topic = aliases_[*alias - 1];
        return true;
    }
    if (aliases_.size() < *alias) aliases_.resize(*alias);
    std::string& topic = aliases_[*alias - 1];
    const std::size_t bytes = alias_bytes_ - topic.size() + publish.topic.size();
    if (bytes > settings_.topic_alias_bytes_max) {
        close(ReasonCode::quota_exceeded, "topics of the topic aliases are too long");
        return false;
    }
    alias_bytes_ = static_cast<std::uint32_t>(bytes);
    topic = publish.topic;
    return true;
}

std::vector<ServerSession::OpenQos2>::iterator ServerSession::find_qos_2(std::uint16_t packet_id) {
    return std::ranges::find(qos_2_open_, packet_id, &OpenQos2::packet_id);
}

void ServerSession::take_ack(const Frame& frame) {
    const Decoded<Ack> got = decode_ack(frame, version_);
    if (!got) return fail(got.error());
    if (got->type == PacketType::pubrel)
        take_pubrel(*got);
    else
        take_outbound_ack(*got);
}

void ServerSession::take_pubrel(const Ack& ack) {
    const auto open = find_qos_2(ack.packet_id);
    if (open == qos_2_open_.end())
        return encode_ack(output_, PacketType::pubcomp, ack.packet_id,
                          ReasonCode::packet_identifier_not_found, version_);
    if (!open->answered) return close(ReasonCode::protocol_error, "PUBREL before PUBREC");
    qos_2_open_.erase(open);
    encode_ack(output_, PacketType::pubcomp, ack.packet_id, ReasonCode::success, version_);
}

/// PUBACK, PUBREC and PUBCOMP for our own publishes. One for an unknown id is answered as the
/// specification says, or ignored.
void ServerSession::take_outbound_ack(const Ack& ack) {
    using Expects = OutboundWindow::Expects;
    const std::optional<Expects> expects = outbound_.expects(ack.packet_id);
    if (ack.type == PacketType::pubrec) {
        if (expects == Expects::puback)
            return close(ReasonCode::protocol_error, "PUBREC for a publish of QoS 1");
        if (!expects || !is_error(ack.reason)) {
            if (expects) outbound_.received(ack.packet_id);
            return encode_ack(
                output_, PacketType::pubrel, ack.packet_id,
                expects ? ReasonCode::success : ReasonCode::packet_identifier_not_found, version_);
        }
    } else {
        if (!expects) return;
        if (*expects != (ack.type == PacketType::puback ? Expects::puback : Expects::pubcomp))
            return close(ReasonCode::protocol_error, "answer is not for a publish of this QoS");
    }
    outbound_.done(ack.packet_id);
    handler_.on_delivered(ack.packet_id, ack.reason);
    send_waiting();
}

void ServerSession::take_rare(const Frame& frame) {
    std::vector<ReasonCode> unused;
    const Decoded<Packet> got = decode(frame, version_, Sender::client, unused);
    if (!got) return fail(got.error());
    if (const auto* subscribe = std::get_if<Subscribe>(&*got)) {
        if (!settings_.subscription_identifiers_available &&
            subscribe->properties.number(PropertyId::subscription_identifier))
            return close(ReasonCode::subscription_identifiers_not_supported);
        return after_event(handler_.on_subscribe(*subscribe));
    }
    if (const auto* unsubscribe = std::get_if<Unsubscribe>(&*got))
        return after_event(handler_.on_unsubscribe(*unsubscribe));
    if (std::holds_alternative<Pingreq>(*got)) {
        encode(output_, Pingresp{});
        return handler_.on_ping();
    }
    if (const auto* disconnect = std::get_if<Disconnect>(&*got))
        return take_disconnect(*disconnect);
    if (std::holds_alternative<Auth>(*got)) return close(ReasonCode::bad_authentication_method);
    close(ReasonCode::protocol_error, "a second CONNECT");
}

void ServerSession::take_disconnect(const Disconnect& disconnect) {
    const auto expiry = disconnect.properties.number(PropertyId::session_expiry_interval);
    if (expiry && *expiry != 0 && session_expiry_s_ == 0)
        return close(ReasonCode::protocol_error, "session expiry was 0 at CONNECT");
    if (expiry) session_expiry_s_ = *expiry;
    end(disconnect.reason);
    if (disconnect.reason == ReasonCode::normal_disconnection) will_.reset();
    handler_.on_disconnect(disconnect);
}

}  // namespace thingstead::mqtt
