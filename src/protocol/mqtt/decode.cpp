#include "protocol/mqtt/decode.h"

#include <stdexcept>

#include "base/error.h"
#include "protocol/mqtt/wire_reader.h"

namespace thingstead::mqtt {
namespace {

/// The properties in front of `in`, checked; none before version 5.
Properties read_properties(WireReader& in, Version version, PacketSet where) {
    if (version != Version::v5) return {};
    const std::string_view list = in.take(in.variable_number());
    if (const std::optional<DecodeError> error = check_properties(list, where))
        in.fail(error->reason, error->message);
    return Properties(list);
}

void expect_end(WireReader& in) {
    if (!in.empty()) in.malformed("bytes follow the packet's last field");
}

/// The low four bits of the first byte: reserved, save in PUBLISH. MQTT 3.1 sends three packets
/// with QoS 1 and lets a repeated one say so (DUP).
bool flags_are_valid(const Frame& frame, Version version) {
    switch (frame.type) {
        case PacketType::publish: return true;
        case PacketType::pubrel:
        case PacketType::subscribe:
        case PacketType::unsubscribe:
            return frame.flags == 2 || (version == Version::v3_1 && frame.flags == 10);
        default: return frame.flags == 0;
    }
}

constexpr DecodeError bad_flags{ReasonCode::malformed_packet, "reserved flags are set"};

template <class T>
Decoded<T> finish(const WireReader& in, T&& packet) {
    if (in.error()) return *in.error();
    return std::forward<T>(packet);
}

/// Protocol name and level. Errors are the reader's, or unsupported_protocol_version in `error`.
Version read_version(WireReader& in, std::optional<DecodeError>& error) {
    const std::string_view name = in.text();
    const auto level = in.number<std::uint8_t>();
    if (in.error()) return Version::unknown;
    if (name == "MQTT" && level == 5) return Version::v5;
    if (name == "MQTT" && level == 4) return Version::v3_1_1;
    if (name == "MQIsdp" && level == 3) return Version::v3_1;
    const Version answer = name == "MQTT" && level > 5          ? Version::v5
                           : name == "MQTT" || name == "MQIsdp" ? Version::v3_1_1
                                                                : Version::unknown;
    error = DecodeError{ReasonCode::unsupported_protocol_version, "protocol is not served", answer};
    return Version::unknown;
}

struct ConnectFlags {
    bool reserved, clean_start, will, will_retain, password, user_name;
    std::uint8_t will_qos;

    explicit ConnectFlags(std::uint8_t bits)
        : reserved(bits & 0x01),
          clean_start(bits & 0x02),
          will(bits & 0x04),
          will_retain(bits & 0x20),
          password(bits & 0x40),
          user_name(bits & 0x80),
          will_qos((bits >> 3) & 3) {}
};

void check_connect_flags(WireReader& in, const ConnectFlags& flags, Version version) {
    if (flags.reserved && version != Version::v3_1) in.malformed("reserved CONNECT flag is set");
    if (flags.will_qos == 3) in.malformed("will has QoS 3");
    if (!flags.will && (flags.will_qos != 0 || flags.will_retain))
        in.malformed("will flags without a will");
    if (flags.password && !flags.user_name && version != Version::v5)
        in.malformed("password without a user name");
}

Will read_will(WireReader& in, const ConnectFlags& flags, Version version) {
    Will will;
    will.properties = read_properties(in, version, will_bit);
    will.qos = static_cast<QoS>(flags.will_qos);
    will.retain = flags.will_retain;
    will.topic = in.binary();
    if (!in.error() && !is_topic_name(will.topic)) in.malformed("will topic is not a topic name");
    will.payload = in.binary();
    return will;
}

/// Checks the filters of SUBSCRIBE (`has_options`) or UNSUBSCRIBE, the rest of the packet.
FilterList read_filters(WireReader& in, Version version, bool has_options) {
    const std::string_view wire = in.rest();
    if (wire.empty()) in.fail(ReasonCode::protocol_error, "no topic filter");
    while (!in.empty()) {
        const std::string_view filter = in.binary();
        if (in.error()) break;
        if (!is_topic_filter(filter)) in.malformed("topic filter is ill formed");
        const bool shared = version == Version::v5 && is_shared(filter);
        if (shared && !shared_subscription(filter))
            in.malformed("shared subscription is ill formed");
        if (!has_options) continue;
        const auto options = in.number<std::uint8_t>();
        if (options & (version == Version::v5 ? 0xC0 : 0xFC))
            in.malformed("reserved subscription options are set");
        if ((options & 3) == 3) in.fail(ReasonCode::protocol_error, "subscription with QoS 3");
        if ((options & 0x30) == 0x30) in.fail(ReasonCode::protocol_error, "retain handling is 3");
        if (shared && (options & 0x04))
            in.fail(ReasonCode::protocol_error, "no-local on a shared subscription");
    }
    return FilterList(wire, has_options);
}

template <class T>
Decoded<Packet> decode_filters(const Frame& frame, Version version, bool has_options) {
    WireReader in(frame.body);
    T out;
    out.packet_id = in.packet_id();
    out.properties = read_properties(in, version, bit(frame.type));
    out.filters = read_filters(in, version, has_options);
    return finish<Packet>(in, out);
}

template <class T>
Decoded<Packet> decode_answers(const Frame& frame, Version version,
                               std::vector<ReasonCode>& reasons) {
    WireReader in(frame.body);
    T out;
    out.packet_id = in.packet_id();
    out.properties = read_properties(in, version, bit(frame.type));
    const bool has_reasons = version == Version::v5 || frame.type == PacketType::suback;
    if (has_reasons && in.empty()) in.fail(ReasonCode::protocol_error, "no reason code");
    reasons.clear();
    while (has_reasons && !in.empty()) {
        const auto code = in.number<std::uint8_t>();
        const bool known = version == Version::v5
                               ? is_allowed(ReasonCode{code}, frame.type, Sender::server)
                               : code <= 2 || code == 0x80;
        if (!known) in.fail(ReasonCode::protocol_error, "reason code is not for this packet");
        reasons.push_back(ReasonCode{code});
    }
    expect_end(in);
    out.reasons = reasons;
    return finish<Packet>(in, out);
}

Decoded<Packet> decode_connack(const Frame& frame, Version version) {
    WireReader in(frame.body);
    Connack out;
    const auto flags = in.number<std::uint8_t>();
    const auto code = in.number<std::uint8_t>();
    if (flags > 1) in.malformed("reserved flags are set");
    out.session_present = flags == 1;
    out.properties = read_properties(in, version, bit(frame.type));
    expect_end(in);
    const std::optional<ReasonCode> reason =
        version != Version::v5                                     ? reason_of_return_code(code)
        : is_allowed(ReasonCode{code}, frame.type, Sender::server) ? std::optional(ReasonCode{code})
                                                                   : std::nullopt;
    if (!reason) in.fail(ReasonCode::protocol_error, "reason code is not for this packet");
    if (flags == 1 && code != 0) in.fail(ReasonCode::protocol_error, "session of a refusal");
    out.reason = reason.value_or(ReasonCode::success);
    return finish<Packet>(in, out);
}

/// DISCONNECT and AUTH: a reason and properties that may both be left away.
template <class T>
Decoded<Packet> decode_closing(const Frame& frame, Version version, Sender sender) {
    WireReader in(frame.body);
    T out;
    if (version == Version::v5 && !in.empty()) {
        out.reason = ReasonCode{in.number<std::uint8_t>()};
        if (!is_allowed(out.reason, frame.type, sender))
            in.fail(ReasonCode::protocol_error, "reason code is not for this packet");
        if (!in.empty()) out.properties = read_properties(in, version, bit(frame.type));
    }
    expect_end(in);
    if (frame.type == PacketType::auth && !frame.body.empty() && !in.error() &&
        !out.properties.text(PropertyId::authentication_method))
        in.fail(ReasonCode::protocol_error, "authentication method is missing");
    if (frame.type == PacketType::disconnect && sender == Sender::server && !in.error() &&
        out.properties.number(PropertyId::session_expiry_interval))
        in.fail(ReasonCode::protocol_error, "session expiry in a server's DISCONNECT");
    return finish<Packet>(in, out);
}

template <class T>
Decoded<Packet> decode_empty(const Frame& frame) {
    if (!frame.body.empty())
        return DecodeError{ReasonCode::malformed_packet, "bytes follow the packet's last field"};
    return Packet(T{});
}

bool is_sent_by(PacketType type, Version version, Sender sender) {
    switch (type) {
        case PacketType::connect:
        case PacketType::subscribe:
        case PacketType::unsubscribe:
        case PacketType::pingreq:     return sender == Sender::client;
        case PacketType::connack:
        case PacketType::suback:
        case PacketType::unsuback:
        case PacketType::pingresp:    return sender == Sender::server;
        case PacketType::disconnect:  return sender == Sender::client || version == Version::v5;
        case PacketType::auth:        return version == Version::v5;
        default:                      return true;
    }
}

template <class T>
Decoded<Packet> as_packet(const Decoded<T>& got) {
    if (!got) return got.error();
    return Packet(*got);
}

}  // namespace

void throw_exception_from_error(const DecodeError& error, const boost::source_location&) {
    throw std::logic_error("value() of a decode error: " + std::string(error.message));
}

Decoded<std::optional<FrameHeader>> read_frame_header(std::string_view input,
                                                      std::uint32_t body_bytes_max) {
    if (input.empty()) return std::optional<FrameHeader>();
    const auto first = static_cast<std::uint8_t>(input[0]);
    if (first < 0x10) return DecodeError{ReasonCode::malformed_packet, "packet type 0"};
    const Decoded<std::optional<RemainingLength>> length = decode_remaining_length(input.substr(1));
    if (!length) return length.error();
    if (!*length) return std::optional<FrameHeader>();
    const RemainingLength& body = **length;
    if (body.value > body_bytes_max)
        return DecodeError{ReasonCode::packet_too_large, "packet is over the maximum size"};
    return std::optional(FrameHeader{static_cast<PacketType>(first >> 4),
                                     static_cast<std::uint8_t>(first & 0x0F),
                                     static_cast<std::uint8_t>(1 + body.field_bytes), body.value});
}

Decoded<std::optional<Frame>> read_frame(std::string_view input, std::uint32_t body_bytes_max) {
    const Decoded<std::optional<FrameHeader>> got = read_frame_header(input, body_bytes_max);
    if (!got) return got.error();
    if (!*got) return std::optional<Frame>();
    const FrameHeader& header = **got;
    const std::size_t size = header.header_bytes + std::size_t{header.body_bytes};
    if (input.size() < size) return std::optional<Frame>();
    return std::optional(Frame{header.type, header.flags,
                               input.substr(header.header_bytes, header.body_bytes), size});
}

Decoded<Connect> decode_connect(const Frame& frame) {
    if (frame.flags != 0) return bad_flags;
    WireReader in(frame.body);
    std::optional<DecodeError> unsupported;
    Connect out;
    out.version = read_version(in, unsupported);
    if (unsupported) return *unsupported;
    const ConnectFlags flags(in.number<std::uint8_t>());
    check_connect_flags(in, flags, out.version);
    out.clean_start = flags.clean_start;
    out.keep_alive_s = in.number<std::uint16_t>();
    out.properties = read_properties(in, out.version, bit(PacketType::connect));
    out.client_id = in.text();
    if (flags.will) out.will = read_will(in, flags, out.version);
    // MQTT 3.1 allows the packet to end before a user name or password that its flags announce.
    const bool may_end = out.version == Version::v3_1;
    if (flags.user_name && !(may_end && in.empty())) out.user_name = in.text();
    if (flags.password && !(may_end && in.empty())) out.password = in.binary();
    expect_end(in);
    if (!in.error()) return out;
    DecodeError error = *in.error();
    error.version = out.version;
    return error;
}

Decoded<Publish> decode_publish(const Frame& frame, Version version, Sender sender) {
    WireReader in(frame.body);
    Publish out;
    out.dup = (frame.flags & 0x08) != 0;
    out.retain = (frame.flags & 0x01) != 0;
    const std::uint8_t qos = (frame.flags >> 1) & 3;
    if (qos == 3) in.malformed("PUBLISH with QoS 3");
    if (qos == 0 && out.dup) in.malformed("DUP with QoS 0");
    out.qos = static_cast<QoS>(qos);
    out.topic = in.binary();
    const bool aliased = version == Version::v5 && out.topic.empty();
    if (!aliased && !is_topic_name(out.topic)) in.malformed("topic is not a topic name");
    if (qos > 0) out.packet_id = in.packet_id();
    out.properties = read_properties(in, version, bit(PacketType::publish));
    out.payload = in.rest();
    if (!in.error() && !out.properties.empty() && sender == Sender::client &&
        out.properties.number(PropertyId::subscription_identifier))
        in.fail(ReasonCode::protocol_error, "subscription identifier from a client");
    if (!in.error() && aliased && !out.properties.number(PropertyId::topic_alias))
        in.fail(ReasonCode::protocol_error, "neither topic nor topic alias");
    return finish(in, std::move(out));
}

Decoded<Ack> decode_ack(const Frame& frame, Version version) {
    if (!flags_are_valid(frame, version)) return bad_flags;
    WireReader in(frame.body);
    Ack out;
    out.type = frame.type;
    out.packet_id = in.packet_id();
    if (version == Version::v5 && !in.empty()) {
        out.reason = ReasonCode{in.number<std::uint8_t>()};
        if (!is_allowed(out.reason, frame.type, Sender::client))
            in.fail(ReasonCode::protocol_error, "reason code is not for this packet");
        if (!in.empty()) out.properties = read_properties(in, version, bit(frame.type));
    }
    expect_end(in);
    return finish(in, std::move(out));
}

Decoded<Packet> decode(const Frame& frame, Version version, Sender sender,
                       std::vector<ReasonCode>& reasons) {
    if (!is_sent_by(frame.type, version, sender))
        return DecodeError{ReasonCode::protocol_error, "packet is not for this side"};
    if (!flags_are_valid(frame, version)) return bad_flags;
    switch (frame.type) {
        case PacketType::connect:     return as_packet(decode_connect(frame));
        case PacketType::connack:     return decode_connack(frame, version);
        case PacketType::publish:     return as_packet(decode_publish(frame, version, sender));
        case PacketType::puback:
        case PacketType::pubrec:
        case PacketType::pubrel:
        case PacketType::pubcomp:     return as_packet(decode_ack(frame, version));
        case PacketType::subscribe:   return decode_filters<Subscribe>(frame, version, true);
        case PacketType::suback:      return decode_answers<Suback>(frame, version, reasons);
        case PacketType::unsubscribe: return decode_filters<Unsubscribe>(frame, version, false);
        case PacketType::unsuback:    return decode_answers<Unsuback>(frame, version, reasons);
        case PacketType::pingreq:     return decode_empty<Pingreq>(frame);
        case PacketType::pingresp:    return decode_empty<Pingresp>(frame);
        case PacketType::disconnect:  return decode_closing<Disconnect>(frame, version, sender);
        case PacketType::auth:        return decode_closing<Auth>(frame, version, sender);
    }
    return DecodeError{ReasonCode::malformed_packet, "packet type 0"};
}

}  // namespace thingstead::mqtt
