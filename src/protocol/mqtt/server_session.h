// One MQTT connection as a server sees it, without I/O: bytes and time points in, events and bytes
// out. The owner reads the socket, feeds what it read, and writes what it finds in output().
//
// Life: CONNECT -> on_connect -> accept() or refuse() -> publishes, subscriptions, pings -> closed.
// Once closed() the owner writes what is left of the output, closes the socket and asks
// take_will(). A session never closes itself by a callback: ask closed() after every call.
//
// Source: OASIS MQTT 5.0 and 3.1.1, chapters 3 and 4; MQTT 3.1. No session state outlives the
// connection: session present is always 0.
#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/mqtt/decode.h"
#include "protocol/mqtt/outbound_window.h"
#include "protocol/mqtt/packet.h"
#include "protocol/mqtt/session_settings.h"

namespace thingstead::mqtt {

/// What a handler says after an event: go on with the next packet, or keep the rest until resume().
enum class Flow : std::uint8_t { more, pause };

/// The owner's side of a session. Called within feed(), resume() and accept(); every view dies with
/// the call. A handler may call the session's answers (accept, acknowledge, publish, close, ...),
/// but not feed() or resume(), and must not destroy the session.
class SessionHandler {
  public:
    virtual ~SessionHandler() = default;
    /// Comes once. The session stands still until accept() or refuse(), now or later.
    virtual void on_connect(const Connect& connect) = 0;
    /// The topic is never empty: aliases are resolved. At QoS 1 and 2 the owner answers with
    /// acknowledge(packet_id) when the message is safe. A repeated QoS 2 publish comes once.
    virtual Flow on_publish(const Publish& publish) = 0;
    /// Answered with suback(), one reason per filter.
    virtual Flow on_subscribe(const Subscribe& subscribe) = 0;
    /// Answered with unsuback(), one reason per filter.
    virtual Flow on_unsubscribe(const Unsubscribe& unsubscribe) = 0;
    /// The client's last word on an outbound publish of QoS 1 or 2; version 5 may say an error.
    virtual void on_delivered(std::uint16_t packet_id, ReasonCode reason) = 0;
    /// Already answered: a sign of life.
    virtual void on_ping() = 0;
    /// The client says good-bye; the session is closed when this is called.
    virtual void on_disconnect(const Disconnect& disconnect) = 0;
};

/// A will, kept for the time after its CONNECT. `properties` are those of the PUBLISH to make of
/// it: the delay is taken out.
struct StoredWill {
    std::string topic, payload, properties;
    QoS qos = QoS::at_most_once;
    bool retain = false;
    std::uint32_t delay_s = 0;  ///< The session expiry, if sooner, ends the delay.
};

enum class PublishStatus : std::uint8_t {
    sent,              ///< In the output.
    waiting,           ///< QoS 1, 2: goes out when the client answers or takes its output.
    queue_full,        ///< Dropped: a limit on what waits, or at QoS 0 on the output, is reached.
    packet_too_large,  ///< Dropped: over the client's Maximum Packet Size, or over MQTT's.
    invalid_topic,     ///< Dropped: not a topic name.
    not_connected,     ///< Dropped: before accept(), or closed.
};

struct PublishOutcome {
    PublishStatus status;
    std::uint16_t packet_id = 0;  ///< Of a publish sent or waiting at QoS 1 or 2: see on_delivered.
};

/// Owned by one thread; small, because there may be a million: 192 bytes and no heap while
/// idle. Never moves.
class ServerSession {
  public:
    using TimePoint = std::chrono::steady_clock::time_point;

    /// Both references must outlive the session.
    ServerSession(const SessionSettings& settings, SessionHandler& handler, TimePoint now);
    ServerSession(const ServerSession&) = delete;
    ServerSession& operator=(const ServerSession&) = delete;

    // --- input ---

    /// Takes the next bytes of the connection. Whole packets are read in place and become events;
    /// an incomplete packet at the end, or what follows a pause, is copied and kept. A paused
    /// session keeps up to paused_bytes_max more and closes beyond: stop reading when paused().
    void feed(std::string_view chunk, TimePoint now);
    /// Goes on after Flow::pause. No effect when the session is not paused by its handler.
    void resume(TimePoint now);
    /// Whether feed() would only keep bytes: paused by the handler, or waiting for accept().
    bool paused() const { return paused_ || phase_ == Phase::authenticating; }
    /// Bytes kept: an incomplete packet, or what waits for resume() or accept().
    std::size_t kept_bytes() const { return kept_.size() - kept_used_; }

    // --- output ---

    /// Bytes for the client. The owner may swap or move them out when its last write is done; what
    /// piles up here counts against output_bytes_max.
    const std::string& output() const { return output_; }
    /// Swaps the output with `buffer`, emptied, whose memory the session then uses: hand in one per
    /// connection to save allocations, or a new string so that an idle session holds none. Lets
    /// publishes that waited for room follow: call until it comes back empty.
    void swap_output(std::string& buffer);

    // --- answers ---

    struct Acceptance {
        std::string_view assigned_client_id{};  ///< Version 5: for a client that gave none.
        std::string_view properties{};  ///< Version 5: more CONNACK properties, by append_property.
    };
    /// CONNACK "accepted"; packets that waited become events before this returns.
    /// Returns false when the session does not wait for it (any more), or is closed because the
    /// client's Maximum Packet Size does not hold a CONNACK.
    bool accept(const Acceptance& acceptance, TimePoint now);
    /// CONNACK with `reason`, in the older versions as connect_return_code() says; then closed.
    bool refuse(ReasonCode reason);
    /// PUBACK or PUBREC for an inbound publish, in any order. Older versions cannot be told an
    /// error and get the plain answer. Returns false when no such publish is open, or closed.
    bool acknowledge(std::uint16_t packet_id, ReasonCode reason = ReasonCode::success);
    bool suback(std::uint16_t packet_id, std::span<const ReasonCode> reasons);
    bool unsuback(std::uint16_t packet_id, std::span<const ReasonCode> reasons);

    // --- outbound ---

    /// Sends `publish` to the client; its packet_id and dup are not looked at. Properties are left
    /// out before version 5.
    PublishOutcome publish(const Publish& publish);
    std::size_t in_flight() const { return outbound_.in_flight(); }
    std::size_t waiting() const { return outbound_.waiting(); }

    // --- time ---

    /// When check_deadline() should be called; nullopt - no time limit runs. Moves with every
    /// packet, so a timer that fires early just asks again.
    std::optional<TimePoint> deadline() const;
    /// Closes the session when its deadline has passed; returns whether it did.
    bool check_deadline(TimePoint now);
    /// The owner does not read the socket: silence is not the client's fault. A paused session
    /// needs no telling.
    void stop_reading() { reading_ = false; }
    void start_reading(TimePoint now);

    // --- the end ---

    /// Ends the session from our side: version 5 is told why by DISCONNECT, with `reason_text` when
    /// it fits; older versions, and clients not accepted yet, see the connection close.
    void close(ReasonCode reason, std::string_view reason_text = {});
    /// The connection is gone; nothing can be written.
    void connection_lost();
    bool closed() const { return phase_ == Phase::closed; }
    /// Why; normal_disconnection until then. After connection_lost(): unspecified_error.
    ReasonCode close_reason() const { return close_reason_; }
    /// The will, when it is now to be published: the session was accepted and has ended by anything
    /// but a normal DISCONNECT of the client. Gives it once.
    std::unique_ptr<StoredWill> take_will();

    // --- facts ---

    bool connected() const { return phase_ == Phase::connected; }
    Version version() const { return version_; }  ///< unknown before on_connect.
    /// Seconds to keep the session after the connection, as the client last said; 0xFFFFFFFF - for
    /// ever. A fact for the owner: nothing is kept here.
    std::uint32_t session_expiry_s() const { return session_expiry_s_; }
    std::uint16_t keep_alive_s() const { return keep_alive_s_; }  ///< In force; 0 - none.
    /// Inbound publishes of any version that are open: QoS 1 until acknowledge(), QoS 2 until the
    /// client's PUBREL. A measure for pausing.
    std::size_t unacknowledged() const { return qos_1_open_ + qos_2_open_.size(); }

  private:
    enum class Phase : std::uint8_t { waiting_for_connect, authenticating, connected, closed };
    struct OpenQos2 {
        std::uint16_t packet_id;
        bool answered;  ///< PUBREC was sent.
    };

    // server_session.cpp
    void keep(std::string_view bytes);
    void drop_kept();
    void process_kept(TimePoint now);
    std::string_view complete_kept(std::string_view chunk, TimePoint now);
    std::size_t process(std::string_view input, TimePoint now);
    void fail(const DecodeError& error);
    void end(ReasonCode reason);

    // inbound.cpp
    void take(const Frame& frame);
    void take_connect(const Frame& frame);
    void take_publish(const Frame& frame);
    void take_ack(const Frame& frame);
    void take_disconnect(const Disconnect& disconnect);
    void take_rare(const Frame& frame);
    bool resolve_alias(Publish& publish);
    bool admit(const Publish& publish);
    void take_pubrel(const Ack& ack);
    void take_outbound_ack(const Ack& ack);
    std::vector<OpenQos2>::iterator find_qos_2(std::uint16_t packet_id);
    void after_event(Flow flow) { paused_ = !closed() && flow == Flow::pause; }

    // server_session.cpp
    std::string connack_properties(const Acceptance& acceptance) const;
    template <class T>
    bool answer_filters(const T& packet);
    bool fits_client(std::size_t before);
    bool has_window() const;
    bool has_output_room(std::size_t bytes) const;
    void send_waiting();

    const SessionSettings& settings_;
    SessionHandler& handler_;
    TimePoint last_heard_;
    std::string output_;
    std::string kept_;  ///< Bytes not read yet, from kept_used_ on.
    std::vector<OpenQos2> qos_2_open_;
    std::vector<std::string> aliases_;  ///< By topic alias - 1; empty ones are not defined.
    OutboundWindow outbound_;
    std::unique_ptr<StoredWill> will_;
    std::uint32_t kept_used_ = 0;
    std::uint32_t qos_1_open_ = 0;
    std::uint32_t session_expiry_s_ = 0;
    std::uint32_t client_packet_bytes_max_ = 0xFFFFFFFF;
    std::uint32_t alias_bytes_ = 0;
    std::uint16_t keep_alive_s_ = 0;
    std::uint16_t window_ = 0;  ///< Outbound publishes that may be in flight.
    Version version_ = Version::unknown;
    Phase phase_ = Phase::waiting_for_connect;
    ReasonCode close_reason_ = ReasonCode::normal_disconnection;
    bool paused_ = false;
    bool reading_ = true;
    bool in_process_ = false;
    bool keep_alive_changed_ = false;
    bool will_due_ = false;
};

static_assert(sizeof(ServerSession) <= 256, "an idle session must stay small");

}  // namespace thingstead::mqtt
