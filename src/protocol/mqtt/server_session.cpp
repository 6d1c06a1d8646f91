#include "protocol/mqtt/server_session.h"

#include <algorithm>

#include "base/error.h"
#include "protocol/mqtt/encode.h"
#include "protocol/mqtt/topic.h"

namespace thingstead::mqtt {

ServerSession::ServerSession(const SessionSettings& settings, SessionHandler& handler,
                             TimePoint now)
    : settings_(settings), handler_(handler), last_heard_(now) {}

void ServerSession::feed(std::string_view chunk, TimePoint now) {
    TS_ASSERT(!in_process_);
    if (closed() || chunk.empty()) return;
    if (paused()) {
        if (kept_bytes() + chunk.size() > settings_.paused_bytes_max)
            return close(ReasonCode::quota_exceeded, "too much sent while the session is paused");
        return keep(chunk);
    }
    if (!kept_.empty()) chunk = complete_kept(chunk, now);
    if (!paused()) chunk.remove_prefix(process(chunk, now));
    keep(chunk);
}

void ServerSession::resume(TimePoint now) {
    TS_ASSERT(!in_process_);
    if (!paused_) return;
    paused_ = false;
    last_heard_ = now;
    if (!paused()) process_kept(now);
}

/// Moves to kept_ just the bytes of `chunk` that its packet lacks and reads it; returns the others.
std::string_view ServerSession::complete_kept(std::string_view chunk, TimePoint now) {
    while (!chunk.empty() && !kept_.empty() && !paused() && !closed()) {
        const std::string_view kept = std::string_view(kept_).substr(kept_used_);
        const auto header = read_frame_header(kept, settings_.packet_bytes_max);
        if (!header) {
            fail(header.error());
            break;
        }
        // One byte more at a time until the header says how many.
        const std::size_t missing =
            *header ? (*header)->header_bytes + std::size_t{(*header)->body_bytes} - kept.size()
                    : 1;
        const std::string_view part = chunk.substr(0, missing);
        keep(part);
        chunk.remove_prefix(part.size());
        process_kept(now);
    }
    return chunk;
}

void ServerSession::keep(std::string_view bytes) {
    if (bytes.empty() || closed()) return;
    if (kept_used_ > 0) {
        kept_.erase(0, kept_used_);
        kept_used_ = 0;
    }
    kept_.append(bytes);
}

void ServerSession::process_kept(TimePoint now) {
    const std::size_t used = process(std::string_view(kept_).substr(kept_used_), now);
    kept_used_ += static_cast<std::uint32_t>(used);
    if (kept_used_ < kept_.size() && !closed()) return;
    drop_kept();
}

/// Gives the memory back, which an assignment would not: most sessions keep nothing.
void ServerSession::drop_kept() {
    std::string().swap(kept_);
    kept_used_ = 0;
}

/// Reads packets until the input, the handler's patience or the session ends; returns bytes used.
std::size_t ServerSession::process(std::string_view input, TimePoint now) {
    in_process_ = true;
    std::size_t used = 0;
    while (!paused() && !closed()) {
        const auto frame = read_frame(input.substr(used), settings_.packet_bytes_max);
        if (!frame) {
            fail(frame.error());
            break;
        }
        if (!*frame) break;
        used += (*frame)->size;
        last_heard_ = now;
        take(**frame);
    }
    in_process_ = false;
    return used;
}

void ServerSession::swap_output(std::string& buffer) {
    buffer.clear();
    output_.swap(buffer);
    send_waiting();
}

bool ServerSession::accept(const Acceptance& acceptance, TimePoint now) {
    if (phase_ != Phase::authenticating) return false;
    const std::string properties =
        version_ == Version::v5 ? connack_properties(acceptance) : std::string();
    const Connack connack{false, ReasonCode::success, Properties(properties)};
    const std::size_t before = output_.size();
    TS_ASSERT(encode(output_, connack, version_));
    if (!fits_client(before)) {
        end(ReasonCode::packet_too_large);
        return false;
    }
    phase_ = Phase::connected;
    last_heard_ = now;
    if (!in_process_) process_kept(now);
    return true;
}

/// Only what differs from the protocol's defaults.
std::string ServerSession::connack_properties(const Acceptance& acceptance) const {
    std::string list;
    if (settings_.receive_maximum != 0xFFFF)
        append_property(list, PropertyId::receive_maximum, settings_.receive_maximum);
    if (settings_.qos_max != QoS::exactly_once)
        append_property(list, PropertyId::maximum_qos,
                        static_cast<std::uint32_t>(settings_.qos_max));
    append_property(list, PropertyId::maximum_packet_size, settings_.packet_bytes_max);
    if (settings_.topic_alias_maximum > 0)
        append_property(list, PropertyId::topic_alias_maximum, settings_.topic_alias_maximum);
    if (!settings_.subscription_identifiers_available)
        append_property(list, PropertyId::subscription_identifier_available, 0);
    if (!settings_.shared_subscriptions_available)
        append_property(list, PropertyId::shared_subscription_available, 0);
    if (keep_alive_changed_) append_property(list, PropertyId::server_keep_alive, keep_alive_s_);
    if (!acceptance.assigned_client_id.empty())
        TS_ASSERT(append_property(list, PropertyId::assigned_client_identifier,
                                  acceptance.assigned_client_id));
    return list.append(acceptance.properties);
}

bool ServerSession::refuse(ReasonCode reason) {
    if (phase_ != Phase::authenticating) return false;
    TS_ASSERT(is_error(reason));
    TS_ASSERT(encode(output_, Connack{false, reason, {}}, version_));
    end(reason);
    return true;
}

bool ServerSession::acknowledge(std::uint16_t packet_id, ReasonCode reason) {
    if (!connected()) return false;
    const auto open = find_qos_2(packet_id);
    if (open == qos_2_open_.end()) {
        if (qos_1_open_ == 0) return false;
        --qos_1_open_;
        encode_ack(output_, PacketType::puback, packet_id, reason, version_);
        return true;
    }
    if (open->answered) return false;
    encode_ack(output_, PacketType::pubrec, packet_id, reason, version_);
    open->answered = true;
    // Version 5 ends here with an error; an older client goes on to PUBREL all the same.
    if (version_ == Version::v5 && is_error(reason)) qos_2_open_.erase(open);
    return true;
}

bool ServerSession::suback(std::uint16_t packet_id, std::span<const ReasonCode> reasons) {
    return answer_filters(Suback{packet_id, reasons, {}});
}

bool ServerSession::unsuback(std::uint16_t packet_id, std::span<const ReasonCode> reasons) {
    return answer_filters(Unsuback{packet_id, reasons, {}});
}

template <class T>
bool ServerSession::answer_filters(const T& packet) {
    if (!connected()) return false;
    const std::size_t before = output_.size();
    if (encode(output_, packet, version_) && fits_client(before)) return true;
    close(ReasonCode::packet_too_large, "the answer is over your maximum packet size");
    return false;
}

/// Whether the packet at the end of the output, from `before` on, may be sent; takes it back if
/// not. CONNACK, SUBACK and UNSUBACK pass here, PUBLISH has its own check, and no other packet is
/// longer than the shortest CONNACK.
bool ServerSession::fits_client(std::size_t before) {
    if (output_.size() - before <= client_packet_bytes_max_) return true;
    output_.resize(before);
    return false;
}

bool ServerSession::has_window() const { return outbound_.in_flight() < window_; }

/// A packet over the limit goes alone, or it never would.
bool ServerSession::has_output_room(std::size_t bytes) const {
    return output_.empty() || output_.size() + bytes <= settings_.output_bytes_max;
}

PublishOutcome ServerSession::publish(const Publish& publish) {
    if (!connected()) return {PublishStatus::not_connected};
    if (!is_topic_name(publish.topic)) return {PublishStatus::invalid_topic};
    Publish packet = publish;
    packet.packet_id = 0;
    packet.dup = false;
    const std::size_t size = encoded_size(packet, version_);
    if (size == 0 || size > client_packet_bytes_max_) return {PublishStatus::packet_too_large};

    const bool goes_now = has_output_room(size) && (packet.qos == QoS::at_most_once ||
                                                    (has_window() && outbound_.waiting() == 0));
    if (!goes_now &&
        (packet.qos == QoS::at_most_once || outbound_.waiting() >= settings_.waiting_max ||
         outbound_.waiting_bytes() + size > settings_.waiting_bytes_max))
        return {PublishStatus::queue_full};

    if (packet.qos != QoS::at_most_once) {
        const std::optional<std::uint16_t> id = outbound_.next_packet_id();
        if (!id) return {PublishStatus::queue_full};
        packet.packet_id = *id;
    }
    if (goes_now) {
        TS_ASSERT(encode(output_, packet, version_));
        if (packet.packet_id != 0) outbound_.sent(packet.packet_id, packet.qos);
        return {PublishStatus::sent, packet.packet_id};
    }
    std::string bytes;
    TS_ASSERT(encode(bytes, packet, version_));
    outbound_.wait(packet.packet_id, packet.qos, std::move(bytes));
    return {PublishStatus::waiting, packet.packet_id};
}

void ServerSession::send_waiting() {
    while (connected() && outbound_.waiting() > 0 && has_window() &&
           has_output_room(outbound_.front().size())) {
        output_.append(outbound_.front());
        outbound_.send_front();
    }
}

std::optional<ServerSession::TimePoint> ServerSession::deadline() const {
    if (phase_ == Phase::waiting_for_connect) return last_heard_ + settings_.connect_timeout;
    if (!connected() || keep_alive_s_ == 0 || paused_ || !reading_) return std::nullopt;
    return last_heard_ + std::chrono::milliseconds(keep_alive_s_ * 1'500LL);
}

bool ServerSession::check_deadline(TimePoint now) {
    const std::optional<TimePoint> at = deadline();
    if (!at || now < *at) return false;
    close(ReasonCode::keep_alive_timeout);
    return true;
}

void ServerSession::start_reading(TimePoint now) {
    if (!reading_ && connected()) last_heard_ = now;
    reading_ = true;
}

void ServerSession::close(ReasonCode reason, std::string_view reason_text) {
    if (closed()) return;
    if (connected() && version_ == Version::v5) {
        std::string list;
        // The longest DISCONNECT around a text: 2 + 3 bytes, the property 3 and its length 3.
        if (!reason_text.empty() && reason_text.size() + 11 <= client_packet_bytes_max_)
            append_property(list, PropertyId::reason_string, reason_text);
        TS_ASSERT(encode(output_, Disconnect{reason, Properties(list)}, version_));
    }
    end(reason);
}

void ServerSession::connection_lost() {
    if (!closed()) end(ReasonCode::unspecified_error);
}

void ServerSession::end(ReasonCode reason) {
    will_due_ = connected();
    phase_ = Phase::closed;
    close_reason_ = reason;
    paused_ = false;
    if (!in_process_) drop_kept();  // within process() the event's views may point there
}

std::unique_ptr<StoredWill> ServerSession::take_will() {
    return will_due_ ? std::move(will_) : nullptr;
}

void ServerSession::fail(const DecodeError& error) {
    if (phase_ == Phase::waiting_for_connect && error.version != Version::unknown) {
        const bool unsupported = error.reason == ReasonCode::unsupported_protocol_version;
        // Before version 5 a CONNECT that cannot be read is answered by closing, says section 4.8.
        if (error.version == Version::v5 || unsupported)
            TS_ASSERT(encode(output_, Connack{false, error.reason, {}}, error.version));
        return end(error.reason);
    }
    close(error.reason, error.message);
}

}  // namespace thingstead::mqtt
