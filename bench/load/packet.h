// The MQTT 3.1.1 packets that the generator sends. PUBLISH is laid out once and patched per
// message, which costs a copy of about 130 bytes and thirty digits. Source: OASIS MQTT 3.1.1
// sections 3.1, 3.3, 3.6. The codec of the server is not used on purpose: a fault in it must not
// hide in both ends.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace thingstead::bench {

struct ConnectPacket {
    std::string_view client_id;
    std::optional<std::string_view> username;
    std::uint16_t keep_alive_s = 60;
};

/// A clean-session CONNECT.
std::string encode(const ConnectPacket& packet);

inline constexpr std::string_view pingreq_packet{"\xC0\x00", 2};
inline constexpr std::string_view disconnect_packet{"\xE0\x00", 2};
std::string pubrel_packet(std::uint16_t packet_id);

/// What changes from one message to the next.
struct Reading {
    std::uint16_t packet_id;  ///< 1..65535; not on the wire at QoS 0.
    std::uint64_t sequence;   ///< Of the connection; voltage, current and energy follow from it.
    std::int64_t ts_ms;       ///< 13 digits; on the wire only with a client time stamp.
};

/// The energy of the message: distinct for 900 million messages of one connection in a row.
std::uint32_t energy_of(std::uint64_t sequence);

/// PUBLISH of a smart meter's three points; all messages have one length.
class PublishTemplate {
  public:
    struct Layout {
        std::string_view topic;
        int qos;
        bool client_ts;  ///< {"ts":…,"values":{…}} instead of the bare values.
    };
    explicit PublishTemplate(const Layout& layout);

    std::size_t packet_bytes() const { return bytes_.size(); }
    /// Writes packet_bytes() bytes to `out`.
    void write(char* out, const Reading& reading) const;

  private:
    std::string bytes_;
    std::size_t packet_id_at_ = 0;  ///< 0 = none.
    std::size_t ts_at_ = 0;         ///< 0 = none.
    std::size_t voltage_at_ = 0, current_at_ = 0, energy_at_ = 0;
};

}  // namespace thingstead::bench
