#include "protocol/mqtt/client_session.h"

#include <algorithm>
#include <utility>

#include "protocol/mqtt/encode.h"
#include "protocol/mqtt/topic.h"

namespace thingstead::mqtt {
namespace {

constexpr char dup_flag = 0x08;
constexpr char connack_byte = 0x20;
constexpr std::size_t ids_at_all = 65'535;

ErrorCode code_of_refusal(ReasonCode reason) {
    switch (reason) {
        case ReasonCode::bad_user_name_or_password:
        case ReasonCode::not_authorized:
        case ReasonCode::banned:
        case ReasonCode::bad_authentication_method:    return ErrorCode::unauthenticated;
        case ReasonCode::client_identifier_not_valid:
        case ReasonCode::topic_name_invalid:
        case ReasonCode::topic_filter_invalid:
        case ReasonCode::payload_format_invalid:       return ErrorCode::invalid_argument;
        case ReasonCode::packet_too_large:             return ErrorCode::too_large;
        case ReasonCode::unsupported_protocol_version:
        case ReasonCode::qos_not_supported:
        case ReasonCode::retain_not_supported:         return ErrorCode::unsupported;
        default:                                       return ErrorCode::unavailable;
    }
}

std::string_view reason_text_of(const Properties& properties) {
    return properties.text(PropertyId::reason_string).value_or(std::string_view());
}

Error silent(std::string_view about) {
    return {ErrorCode::timeout, "the MQTT broker did not answer " + std::string(about)};
}

}  // namespace

Error refusal(std::string_view what, ReasonCode reason, std::string_view reason_text) {
    std::string text = "the MQTT broker refused " + std::string(what) + ": ";
    for (const char c : to_string(reason)) text += c == '_' ? ' ' : c;
    if (!reason_text.empty()) text += " (" + std::string(reason_text) + ")";
    return {code_of_refusal(reason), std::move(text)};
}

ClientSession::ClientSession(ClientSettings settings, ClientHandler& handler)
    : settings_(std::move(settings)), handler_(handler) {}

template <class Gone>
void ClientSession::drop(Gone gone) {
    std::erase_if(outgoing_, [&](const Outgoing& each) {
        const bool goes = gone(each);
        if (goes) outgoing_bytes_ -= each.packet.size();
        return goes;
    });
}

// --- the connection ---

void ClientSession::begin(TimePoint now) {
    TS_ASSERT(phase_ == Phase::idle);
    ++connection_;
    begun_at_ = last_sent_ = last_heard_ = now;
    output_.clear();
    input_.clear();
    ping_open_ = false;
    std::string properties;
    if (settings_.version == Version::v5) {
        if (settings_.session_expiry_s > 0)
            append_property(properties, PropertyId::session_expiry_interval,
                            settings_.session_expiry_s);
        append_property(properties, PropertyId::receive_maximum, settings_.incoming_max);
    }
    Connect connect;
    connect.version = settings_.version;
    connect.clean_start = settings_.clean_start;
    connect.keep_alive_s = settings_.keep_alive_s;
    connect.client_id = settings_.client_id;
    if (settings_.user_name) connect.user_name = *settings_.user_name;
    if (settings_.password) connect.password = *settings_.password;
    connect.properties = Properties(properties);
    phase_ = Phase::connecting;
    if (!encode(output_, connect))
        close({ErrorCode::invalid_argument, "client id, user name or password is too long"});
}

void ClientSession::feed(std::string_view chunk, TimePoint now) {
    if (phase_ != Phase::connecting && phase_ != Phase::connected) return;
    last_heard_ = now;
    input_.append(chunk);
    if (phase_ == Phase::connecting && !input_.empty() && input_.front() != connack_byte)
        return close({ErrorCode::malformed, "the server does not speak MQTT"});
    std::size_t used = 0;
    while (phase_ == Phase::connecting || phase_ == Phase::connected) {
        const auto frame =
            read_frame(std::string_view(input_).substr(used), settings_.packet_bytes_max);
        if (!frame) {
            close({ErrorCode::malformed,
                   "the MQTT broker sent what is not MQTT: " + std::string(frame.error().message)});
            break;
        }
        if (!*frame) break;
        used += (*frame)->size;
        take(**frame);
    }
    input_.erase(0, used);
}

void ClientSession::take(const Frame& frame) {
    std::vector<ReasonCode> reasons;
    const Decoded<Packet> packet = decode(frame, settings_.version, Sender::server, reasons);
    if (!packet)
        return close({ErrorCode::malformed,
                      "the MQTT broker sent a bad packet: " + std::string(packet.error().message)});
    const auto* connack = std::get_if<Connack>(&*packet);
    if ((phase_ == Phase::connecting) != (connack != nullptr))
        return close({ErrorCode::malformed, "the MQTT broker sent a packet out of turn"});
    if (connack) return take_connack(*connack);
    if (const auto* publish = std::get_if<Publish>(&*packet)) return take_publish(*publish);
    if (const auto* ack = std::get_if<Ack>(&*packet)) {
        ack->type == PacketType::pubrel ? take_pubrel(*ack) : take_ack(*ack);
    } else if (const auto* suback = std::get_if<Suback>(&*packet)) {
        take_reasons(suback->packet_id, PacketType::suback, suback->reasons);
    } else if (const auto* unsuback = std::get_if<Unsuback>(&*packet)) {
        take_reasons(unsuback->packet_id, PacketType::unsuback, unsuback->reasons);
    } else if (std::holds_alternative<Pingresp>(*packet)) {
        ping_open_ = false;
    } else if (const auto* disconnect = std::get_if<Disconnect>(&*packet)) {
        return close(
            refusal("to go on", disconnect->reason, reason_text_of(disconnect->properties)));
    } else {
        return close({ErrorCode::unsupported, "the MQTT broker wants another authentication"});
    }
    send_waiting();
}

void ClientSession::take_connack(const Connack& connack) {
    if (is_error(connack.reason))
        return close(refusal("the connection", connack.reason, reason_text_of(connack.properties)));
    learn(connack.properties);
    phase_ = Phase::connected;
    if (!connack.session_present) incoming_.clear();
    resume_outgoing(connack.session_present);
    if (!connack.session_present) resubscribe();
    handler_.on_connected(connack.session_present);
}

void ClientSession::learn(const Properties& properties) {
    const auto number = [&](PropertyId id, std::uint32_t otherwise) {
        return properties.number(id).value_or(otherwise);
    };
    window_ = static_cast<std::uint16_t>(std::min<std::uint32_t>(
        settings_.in_flight_max, number(PropertyId::receive_maximum, 0xFFFF)));
    keep_alive_s_ =
        static_cast<std::uint16_t>(number(PropertyId::server_keep_alive, settings_.keep_alive_s));
    broker_packet_bytes_max_ = number(PropertyId::maximum_packet_size, 0xFFFFFFFF);
    broker_qos_max_ = QoS{static_cast<std::uint8_t>(number(PropertyId::maximum_qos, 2))};
    broker_retains_ = number(PropertyId::retain_available, 1) != 0;
    if (const auto id = properties.text(PropertyId::assigned_client_identifier))
        settings_.client_id = *id;
}

/// What was sent on the connection before is sent again, in the old order; a broker that forgot the
/// session has what it said PUBREC to.
void ClientSession::resume_outgoing(bool session_present) {
    std::vector<Ticket> delivered;
    drop([&](const Outgoing& each) {
        const bool done = !session_present && each.expects == PacketType::pubcomp;
        if (done && each.ticket != 0) delivered.push_back(each.ticket);
        return done;
    });
    for (Outgoing& each : outgoing_) {
        each.sent = false;
        const bool is_publish =
            each.expects == PacketType::puback || each.expects == PacketType::pubrec;
        if (is_publish && each.sent_ever && session_present)
            each.packet.front() = static_cast<char>(each.packet.front() | dup_flag);
    }
    for (const Ticket ticket : delivered) handler_.on_done(ticket, {});
}

void ClientSession::resubscribe() {
    for (const auto& [filter, qos] : subscriptions_) {
        const bool asked = std::ranges::any_of(outgoing_, [&](const Outgoing& each) {
            return each.expects == PacketType::suback && each.filter == filter;
        });
        if (asked) continue;
        Outgoing again;
        again.expects = PacketType::suback;
        again.filter = filter;
        again.packet_id = next_packet_id();
        std::string list;
        static_cast<void>(append_subscription(list, {.filter = filter, .qos = qos}));
        static_cast<void>(encode(again.packet, Subscribe{again.packet_id, FilterList(list, true)},
                                 settings_.version));
        again.until = TimePoint::max();
        outgoing_bytes_ += again.packet.size();
        outgoing_.push_front(std::move(again));
    }
}

void ClientSession::swap_output(std::string& buffer, TimePoint now) {
    buffer.clear();
    if (connected()) send_waiting();
    output_.swap(buffer);
    if (!buffer.empty()) last_sent_ = now;
}

void ClientSession::disconnect() {
    if (connected()) static_cast<void>(encode(output_, Disconnect{}, settings_.version));
    close({ErrorCode::unavailable, "the connection was ended"});
}

void ClientSession::connection_lost() {
    phase_ = Phase::idle;
    output_.clear();
    input_.clear();
    // A QoS 2 id stays taken until the broker has let go of it, though nobody waits for it.
    drop([](const Outgoing& each) {
        return each.ticket == 0 && each.expects != PacketType::pubrec &&
               each.expects != PacketType::pubcomp;
    });
    // What the owner did not acknowledge comes again, if the session is kept.
    std::erase_if(incoming_, [](const Incoming& each) { return !each.answered; });
}

void ClientSession::close(Error why) {
    if (phase_ == Phase::closed) return;
    phase_ = Phase::closed;
    close_error_ = std::move(why);
}

std::optional<ClientSession::TimePoint> ClientSession::deadline() const {
    if (phase_ == Phase::closed) return std::nullopt;
    TimePoint first = TimePoint::max();
    if (phase_ == Phase::connecting) first = begun_at_ + settings_.answer_timeout;
    if (connected() && ping_open_)
        first = ping_at_ + settings_.answer_timeout;
    else if (connected() && keep_alive_s_ > 0)
        first = std::min(last_sent_, last_heard_) + std::chrono::seconds(keep_alive_s_);
    for (const Outgoing& each : outgoing_)
        if (each.ticket != 0) first = std::min(first, each.until);
    return first == TimePoint::max() ? std::nullopt : std::optional(first);
}

void ClientSession::check_deadline(TimePoint now) {
    if (phase_ == Phase::connecting && now >= begun_at_ + settings_.answer_timeout)
        close(silent("the connection request"));
    if (connected() && ping_open_ && now >= ping_at_ + settings_.answer_timeout)
        close(silent("a ping"));
    if (connected() && !ping_open_ && keep_alive_s_ > 0 &&
        now >= std::min(last_sent_, last_heard_) + std::chrono::seconds(keep_alive_s_)) {
        encode(output_, Pingreq{});
        ping_open_ = true;
        ping_at_ = now;
    }
    std::vector<Ticket> late;
    bool broker_is_silent = false;
    for (Outgoing& each : outgoing_) {
        if (each.ticket == 0 || each.until > now) continue;
        late.push_back(std::exchange(each.ticket, 0));
        broker_is_silent = broker_is_silent || each.sent;
    }
    drop([&](const Outgoing& each) {
        return each.ticket == 0 && !each.sent_ever && each.until <= now;
    });
    // Its ids would stay taken: only another connection can tell what became of them.
    if (broker_is_silent) close(silent("a publish"));
    for (const Ticket ticket : late) handler_.on_done(ticket, silent("in time"));
}

// --- what the owner wants ---

Result<> ClientSession::check_broker_takes(const Publish& publish) const {
    if (!is_topic_name(publish.topic))
        return Error{ErrorCode::invalid_argument,
                     "not an MQTT topic: '" + std::string(publish.topic) + "'"};
    if (!connected()) return {};
    if (publish.qos > broker_qos_max_)
        return Error{ErrorCode::unsupported, "the MQTT broker takes no QoS above " +
                                                 std::to_string(static_cast<int>(broker_qos_max_))};
    if (publish.retain && !broker_retains_)
        return Error{ErrorCode::unsupported, "the MQTT broker keeps no retained messages"};
    return {};
}

Result<> ClientSession::admit(std::size_t bytes) const {
    if (bytes > broker_packet_bytes_max_)
        return Error{ErrorCode::too_large, "the MQTT broker takes no packets above " +
                                               std::to_string(broker_packet_bytes_max_) + " bytes"};
    if (outgoing_.size() >= std::min(settings_.unacknowledged_max, ids_at_all) ||
        outgoing_bytes_ + bytes > settings_.unacknowledged_bytes_max)
        return Error{ErrorCode::unavailable, "too much waits for the MQTT broker"};
    return {};
}

Result<> ClientSession::publish(Ticket ticket, const Publish& publish, TimePoint now) {
    if (const Result<> fits = check_broker_takes(publish); !fits) return fits.error();
    Publish packet = publish;
    packet.dup = false;
    packet.packet_id = 0;
    if (packet.qos == QoS::at_most_once) {
        if (!connected()) return Error{ErrorCode::unavailable, "not connected to the MQTT broker"};
        if (output_.size() > settings_.output_bytes_max)
            return Error{ErrorCode::unavailable, "too much waits for the MQTT broker"};
        if (encoded_size(packet, settings_.version) > broker_packet_bytes_max_ ||
            !encode(output_, packet, settings_.version))
            return Error{ErrorCode::too_large, "the message is too large for MQTT"};
        handler_.on_done(ticket, {});
        return {};
    }
    Outgoing outgoing;
    outgoing.ticket = ticket;
    outgoing.expects = packet.qos == QoS::at_least_once ? PacketType::puback : PacketType::pubrec;
    outgoing.until = now + settings_.publish_timeout;
    outgoing.packet_id = packet.packet_id = next_packet_id();
    if (!encode(outgoing.packet, packet, settings_.version))
        return Error{ErrorCode::too_large, "the message is too large for MQTT"};
    return enqueue(std::move(outgoing));
}

Result<> ClientSession::subscribe(Ticket ticket, std::string_view filter, QoS qos, TimePoint now) {
    std::string list;
    if (!is_topic_filter(filter) || !append_subscription(list, {.filter = filter, .qos = qos}))
        return Error{ErrorCode::invalid_argument,
                     "not an MQTT topic filter: '" + std::string(filter) + "'"};
    Outgoing outgoing;
    outgoing.ticket = ticket;
    outgoing.expects = PacketType::suback;
    outgoing.filter = filter;
    outgoing.until = now + settings_.publish_timeout;
    outgoing.packet_id = next_packet_id();
    static_cast<void>(encode(outgoing.packet, Subscribe{outgoing.packet_id, FilterList(list, true)},
                             settings_.version));
    const Result<> queued = enqueue(std::move(outgoing));
    if (queued) subscriptions_[std::string(filter)] = qos;
    return queued;
}

Result<> ClientSession::unsubscribe(Ticket ticket, std::string_view filter, TimePoint now) {
    std::string list;
    if (!is_topic_filter(filter) || !append_filter(list, filter))
        return Error{ErrorCode::invalid_argument,
                     "not an MQTT topic filter: '" + std::string(filter) + "'"};
    Outgoing outgoing;
    outgoing.ticket = ticket;
    outgoing.expects = PacketType::unsuback;
    outgoing.until = now + settings_.publish_timeout;
    outgoing.packet_id = next_packet_id();
    static_cast<void>(encode(outgoing.packet,
                             Unsubscribe{outgoing.packet_id, FilterList(list, false)},
                             settings_.version));
    const Result<> queued = enqueue(std::move(outgoing));
    if (const auto known = subscriptions_.find(filter); queued && known != subscriptions_.end())
        subscriptions_.erase(known);
    return queued;
}

Result<> ClientSession::enqueue(Outgoing outgoing) {
    if (const Result<> admitted = admit(outgoing.packet.size()); !admitted) return admitted.error();
    outgoing_bytes_ += outgoing.packet.size();
    outgoing_.push_back(std::move(outgoing));
    return {};
}

/// REQUIRES that one is free: admit() comes before anything is kept.
std::uint16_t ClientSession::next_packet_id() {
    if (outgoing_.size() >= ids_at_all) return last_packet_id_;
    const auto is_used = [this](std::uint16_t id) {
        return std::ranges::any_of(outgoing_,
                                   [id](const Outgoing& each) { return each.packet_id == id; });
    };
    do {
        last_packet_id_ = static_cast<std::uint16_t>(last_packet_id_ % ids_at_all + 1);
    } while (is_used(last_packet_id_));
    return last_packet_id_;
}

void ClientSession::send_waiting() {
    if (!connected()) return;
    std::size_t in_flight = 0;
    for (Outgoing& each : outgoing_) {
        if (in_flight++ >= window_) return;
        if (!each.sent) send(each);
    }
}

void ClientSession::send(Outgoing& outgoing) {
    outgoing.sent = outgoing.sent_ever = true;
    if (outgoing.expects == PacketType::pubcomp)
        encode_ack(output_, PacketType::pubrel, outgoing.packet_id, ReasonCode::success,
                   settings_.version);
    else
        output_.append(outgoing.packet);
}

std::deque<ClientSession::Outgoing>::iterator ClientSession::find(std::uint16_t packet_id,
                                                                  PacketType expects) {
    return std::ranges::find_if(outgoing_, [&](const Outgoing& each) {
        return each.packet_id == packet_id && each.expects == expects && each.sent;
    });
}

void ClientSession::finish(std::deque<Outgoing>::iterator at, Result<> outcome) {
    const Ticket ticket = at->ticket;
    outgoing_bytes_ -= at->packet.size();
    outgoing_.erase(at);
    if (ticket != 0) handler_.on_done(ticket, std::move(outcome));
}

void ClientSession::fail_all(const Error& why) {
    std::vector<Ticket> failed;
    for (Outgoing& each : outgoing_)
        if (each.ticket != 0) failed.push_back(std::exchange(each.ticket, 0));
    drop([](const Outgoing& each) { return !each.sent_ever; });
    for (const Ticket ticket : failed) handler_.on_done(ticket, why);
}

// --- the broker's packets ---

void ClientSession::take_ack(const Ack& ack) {
    const auto at = find(ack.packet_id, ack.type);
    if (at == outgoing_.end()) {
        // A repeated PUBREC is answered again; other answers to nothing are harmless.
        if (ack.type == PacketType::pubrec && !is_error(ack.reason))
            encode_ack(output_, PacketType::pubrel, ack.packet_id, ReasonCode::success,
                       settings_.version);
        return;
    }
    if (is_error(ack.reason) && ack.type != PacketType::pubcomp)
        return finish(at, refusal("a message", ack.reason, reason_text_of(ack.properties)));
    if (ack.type != PacketType::pubrec) return finish(at, {});
    at->expects = PacketType::pubcomp;
    outgoing_bytes_ -= at->packet.size();
    std::string().swap(at->packet);
    send(*at);
}

void ClientSession::take_reasons(std::uint16_t packet_id, PacketType type,
                                 std::span<const ReasonCode> reasons) {
    const auto at = find(packet_id, type);
    if (at == outgoing_.end()) return;
    const bool refused = !reasons.empty() && is_error(reasons.front());
    if (!refused) return finish(at, {});
    if (type == PacketType::suback) subscriptions_.erase(at->filter);
    finish(at, refusal("the topic filter '" + at->filter + "'", reasons.front()));
}

void ClientSession::take_publish(const Publish& publish) {
    if (publish.topic.empty())
        return close({ErrorCode::malformed, "the MQTT broker uses a topic alias unasked"});
    if (publish.qos == QoS::at_most_once) return handler_.on_message(publish, 0);
    if (publish.qos == QoS::exactly_once) {
        const auto open = std::ranges::find_if(incoming_, [&](const Incoming& each) {
            return each.packet_id == publish.packet_id && each.qos == QoS::exactly_once;
        });
        if (open != incoming_.end()) {  // Repeated: the owner has it.
            if (open->answered)
                encode_ack(output_, PacketType::pubrec, publish.packet_id, ReasonCode::success,
                           settings_.version);
            return;
        }
    }
    incoming_.push_back({publish.packet_id, publish.qos, false});
    handler_.on_message(publish, connection_ << 16 | publish.packet_id);
}

bool ClientSession::acknowledge(Receipt receipt) {
    if (!connected() || receipt >> 16 != connection_) return false;
    const auto packet_id = static_cast<std::uint16_t>(receipt & 0xFFFF);
    const auto open = std::ranges::find_if(incoming_, [&](const Incoming& each) {
        return each.packet_id == packet_id && !each.answered;
    });
    if (open == incoming_.end()) return false;
    const bool once = open->qos == QoS::exactly_once;
    encode_ack(output_, once ? PacketType::pubrec : PacketType::puback, packet_id,
               ReasonCode::success, settings_.version);
    if (once)
        open->answered = true;
    else
        incoming_.erase(open);
    return true;
}

void ClientSession::take_pubrel(const Ack& ack) {
    std::erase_if(incoming_, [&](const Incoming& each) {
        return each.packet_id == ack.packet_id && each.qos == QoS::exactly_once && each.answered;
    });
    encode_ack(output_, PacketType::pubcomp, ack.packet_id, ReasonCode::success, settings_.version);
}

}  // namespace thingstead::mqtt
