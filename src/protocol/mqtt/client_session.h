// MQTT as a client speaks it, without I/O: bytes and time points in, events and bytes out. A
// session lives over many connections: what was not acknowledged when one broke is sent again on
// the next.
//
// Life: begin() -> CONNECT -> on_connected -> publishes, subscriptions, pings -> closed -> begin()
// … The owner writes what swap_output() gives after every call, and asks closed(): then it closes
// the socket and calls connection_lost().
//
// Source: OASIS MQTT 5.0 and 3.1.1, chapters 3 and 4; MQTT 3.1.
#pragma once
#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "protocol/mqtt/decode.h"
#include "protocol/mqtt/packet.h"

namespace thingstead::mqtt {

struct ClientSettings {
    Version version = Version::v3_1_1;
    std::string client_id{};  ///< Empty: the broker chooses one (3.1.1: with a clean start only).
    bool clean_start = true;
    /// Version 5: seconds that the broker keeps the session when the connection is gone.
    std::uint32_t session_expiry_s = 0;
    std::uint16_t keep_alive_s = 60;  ///< 0: no pings.
    std::optional<std::string> user_name{}, password{};
    /// Largest "remaining length" accepted, in bytes.
    std::uint32_t packet_bytes_max = 1u << 20;
    /// Publishes and subscriptions sent and not answered; a broker of version 5 may grant fewer.
    std::uint16_t in_flight_max = 100;
    /// With those that wait for their turn: how many, and their bytes.
    std::size_t unacknowledged_max = 1'000;
    std::size_t unacknowledged_bytes_max = 16u << 20;
    /// Output not taken by the owner from which on QoS 0 is refused.
    std::size_t output_bytes_max = 1u << 20;
    /// Messages of the broker that are not acknowledged, from which on the owner stops reading.
    std::uint16_t incoming_max = 100;
    /// For CONNACK and PINGRESP.
    std::chrono::milliseconds answer_timeout{10'000};
    /// For the acknowledgement of a publish or subscription, from the call on.
    std::chrono::milliseconds publish_timeout{10'000};
};

/// Which message of the broker is meant; of a connection that is gone it means nothing.
using Receipt = std::uint64_t;

/// The owner's side. Called within the session's methods; views die with the call. A handler may
/// call publish(), subscribe(), unsubscribe() and acknowledge(), no other method.
class ClientHandler {
  public:
    virtual ~ClientHandler() = default;
    virtual void on_connected(bool session_present) = 0;
    /// At QoS 1 and 2 the owner answers with acknowledge(receipt) when the message is safe. A
    /// repeated QoS 2 message of one session comes once.
    virtual void on_message(const Publish& publish, Receipt receipt) = 0;
    /// The end of what was begun with this ticket, once. Errors: timeout; the broker's refusal;
    /// those of fail_all().
    virtual void on_done(std::uint64_t ticket, Result<> outcome) = 0;
};

/// Owned by one thread. Never moves.
class ClientSession {
  public:
    using TimePoint = std::chrono::steady_clock::time_point;
    /// The owner's name for a publish or subscription, not 0.
    using Ticket = std::uint64_t;

    /// `handler` outlives the session.
    ClientSession(ClientSettings settings, ClientHandler& handler);
    ClientSession(const ClientSession&) = delete;
    ClientSession& operator=(const ClientSession&) = delete;

    /// For the next connection: passwords that expire.
    void set_password(std::string password) { settings_.password = std::move(password); }
    const ClientSettings& settings() const { return settings_; }

    // --- the connection ---

    /// A connection is there: CONNECT goes out.
    void begin(TimePoint now);
    void feed(std::string_view chunk, TimePoint now);
    /// Swaps what is to be written with `buffer`, emptied.
    void swap_output(std::string& buffer, TimePoint now);
    /// Says good-bye; then closed.
    void disconnect();
    void connection_lost();
    bool connected() const { return phase_ == Phase::connected; }
    bool closed() const { return phase_ == Phase::closed; }
    /// Why it is closed. unauthenticated, invalid_argument, unsupported - the broker's refusal;
    /// timeout; malformed - it speaks no MQTT; unavailable.
    const Error& close_error() const { return close_error_; }
    /// False: too much of what came is not acknowledged; read on later.
    bool wants_input() const { return incoming_.size() < settings_.incoming_max; }
    /// When check_deadline() should be called; nullopt - nothing is waited for.
    std::optional<TimePoint> deadline() const;
    void check_deadline(TimePoint now);

    // --- what the owner wants ---

    /// `publish.packet_id` and `dup` are not looked at. QoS 1 and 2 wait for a connection, if there
    /// is none. QoS 0 is done when it is in the output, and needs a connection.
    /// Errors: on_done() does not follow. invalid_argument - no topic name; too_large; unsupported
    /// - the broker does not take the QoS, or retained messages; unavailable - too much is
    /// unacknowledged, or QoS 0 without a connection.
    Result<> publish(Ticket ticket, const Publish& publish, TimePoint now);
    /// Lasts until unsubscribe(): asked for again on a connection for which the broker kept no
    /// session. Errors: as publish().
    Result<> subscribe(Ticket ticket, std::string_view filter, QoS qos, TimePoint now);
    Result<> unsubscribe(Ticket ticket, std::string_view filter, TimePoint now);
    /// False: not to be acknowledged (any more).
    bool acknowledge(Receipt receipt);
    /// What waits for an answer is done, with this error; subscriptions are not forgotten.
    void fail_all(const Error& why);
    /// Publishes and subscriptions that are not done.
    std::size_t unacknowledged() const { return outgoing_.size(); }

  private:
    enum class Phase : std::uint8_t { idle, connecting, connected, closed };
    struct Outgoing {
        Ticket ticket = 0;  ///< 0: nobody waits for it (any more).
        std::uint16_t packet_id = 0;
        PacketType expects = PacketType::puback;
        bool sent = false;       ///< On this connection.
        bool sent_ever = false;  ///< The broker may have it.
        std::string packet{};    ///< Empty once PUBREC came: PUBREL takes its place.
        std::string filter{};    ///< Of a subscription.
        TimePoint until{};
    };
    struct Incoming {
        std::uint16_t packet_id;
        QoS qos;
        bool answered;
    };

    void take(const Frame& frame);
    void take_connack(const Connack& connack);
    void take_publish(const Publish& publish);
    void take_ack(const Ack& ack);
    void take_pubrel(const Ack& ack);
    void take_reasons(std::uint16_t packet_id, PacketType type,
                      std::span<const ReasonCode> reasons);
    void learn(const Properties& properties);
    void resume_outgoing(bool session_present);
    void resubscribe();
    Result<> admit(std::size_t bytes) const;
    Result<> check_broker_takes(const Publish& publish) const;
    Result<> enqueue(Outgoing outgoing);
    std::uint16_t next_packet_id();
    void send_waiting();
    void send(Outgoing& outgoing);
    std::deque<Outgoing>::iterator find(std::uint16_t packet_id, PacketType expects);
    template <class Gone>
    void drop(Gone gone);
    void finish(std::deque<Outgoing>::iterator at, Result<> outcome);
    void close(Error why);

    ClientSettings settings_;
    ClientHandler& handler_;
    Phase phase_ = Phase::idle;
    Error close_error_{ErrorCode::unavailable, "not connected"};
    std::string output_, input_;
    std::deque<Outgoing> outgoing_;  ///< In the order of the calls.
    std::size_t outgoing_bytes_ = 0;
    std::vector<Incoming> incoming_;
    std::map<std::string, QoS, std::less<>> subscriptions_;
    std::uint64_t connection_ = 0;  ///< Counts them.
    std::uint16_t last_packet_id_ = 0;
    TimePoint begun_at_{}, last_sent_{}, last_heard_{}, ping_at_{};
    bool ping_open_ = false;
    // What the broker said in CONNACK.
    std::uint16_t window_ = 0, keep_alive_s_ = 0;
    std::uint32_t broker_packet_bytes_max_ = 0xFFFFFFFF;
    QoS broker_qos_max_ = QoS::exactly_once;
    bool broker_retains_ = true;
};

/// A broker's refusal in our words. `reason_text`: what it added; may be empty.
Error refusal(std::string_view what, ReasonCode reason, std::string_view reason_text = {});

}  // namespace thingstead::mqtt
