// Publishes of QoS 1 and 2 on their way to one client: packet ids, the window in flight and the
// queue behind it. Knows no bytes of the protocol besides those it is given to keep.
// Source: OASIS MQTT 5.0 sections 2.2.1, 4.3 and 4.9. Belongs to its session's thread.
#pragma once
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "protocol/mqtt/packet_type.h"

namespace thingstead::mqtt {

/// Takes no memory of its own while nothing is on its way.
class OutboundWindow {
  public:
    /// What the client's next packet about a publish must be.
    enum class Expects : std::uint8_t { puback, pubrec, pubcomp };

    /// An unused packet id, 1..65535 in turn; nullopt - all are on their way.
    std::optional<std::uint16_t> next_packet_id();

    std::size_t in_flight() const { return state_ ? state_->in_flight.size() : 0; }
    std::size_t waiting() const { return state_ ? state_->waiting.size() : 0; }
    std::size_t waiting_bytes() const { return state_ ? state_->waiting_bytes : 0; }

    /// Notes that a publish was sent. REQUIRES a QoS of 1 or 2 and an id of next_packet_id().
    void sent(std::uint16_t packet_id, QoS qos);
    /// Keeps an encoded publish for later.
    void wait(std::uint16_t packet_id, QoS qos, std::string packet);
    /// The packet that has waited longest. REQUIRES waiting() > 0.
    const std::string& front() const { return state_->waiting.front().packet; }
    /// Moves it into flight.
    void send_front();

    /// What the publish in flight with this id waits for; nullopt - there is none.
    std::optional<Expects> expects(std::uint16_t packet_id) const;
    /// PUBREC arrived. REQUIRES expects(packet_id).
    void received(std::uint16_t packet_id);
    /// The last answer arrived. REQUIRES expects(packet_id).
    void done(std::uint16_t packet_id);

  private:
    struct InFlight {
        std::uint16_t packet_id;
        Expects expects;
    };
    struct Waiting {
        std::uint16_t packet_id;
        QoS qos;
        std::string packet;
    };
    struct State {
        std::vector<InFlight> in_flight;
        std::deque<Waiting> waiting;
        std::size_t waiting_bytes = 0;
    };

    State& state();
    bool is_used(std::uint16_t packet_id) const;

    std::unique_ptr<State> state_;  ///< Null while nothing is on its way.
    std::uint16_t last_packet_id_ = 0;
};

}  // namespace thingstead::mqtt
