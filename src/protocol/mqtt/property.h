// Properties of MQTT 5: a list of (identifier, value) kept as the bytes of the wire.
// A decoded list is checked once and then read in place, so packets with properties need no memory
// of their own; a list to send is built in a string with append_property.
// Source: OASIS MQTT 5.0 section 2.2.2.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/mqtt/decode_error.h"

namespace thingstead::mqtt {

enum class PropertyId : std::uint8_t {
    payload_format_indicator = 0x01,
    message_expiry_interval = 0x02,
    content_type = 0x03,
    response_topic = 0x08,
    correlation_data = 0x09,
    subscription_identifier = 0x0B,
    session_expiry_interval = 0x11,
    assigned_client_identifier = 0x12,
    server_keep_alive = 0x13,
    authentication_method = 0x15,
    authentication_data = 0x16,
    request_problem_information = 0x17,
    will_delay_interval = 0x18,
    request_response_information = 0x19,
    response_information = 0x1A,
    server_reference = 0x1C,
    reason_string = 0x1F,
    receive_maximum = 0x21,
    topic_alias_maximum = 0x22,
    topic_alias = 0x23,
    maximum_qos = 0x24,
    retain_available = 0x25,
    user_property = 0x26,
    maximum_packet_size = 0x27,
    wildcard_subscription_available = 0x28,
    subscription_identifier_available = 0x29,
    shared_subscription_available = 0x2A,
};

struct Property {
    PropertyId id;
    std::uint32_t number;    ///< Of the numeric ones; intervals are in seconds.
    std::string_view text;   ///< Of texts and binary data; of a user property its name.
    std::string_view value;  ///< Of a user property.
    std::string_view wire;   ///< The whole property as it is sent.
};

/// A well-formed list, read in place. Lives as long as the bytes it was made from.
class Properties {
  public:
    Properties() = default;
    /// REQUIRES a list that decode checked or that append_property wrote.
    explicit Properties(std::string_view wire) : wire_(wire) {}

    class Iterator {
      public:
        explicit Iterator(std::string_view rest) : rest_(rest) { step(); }
        const Property& operator*() const { return current_; }
        Iterator& operator++() {
            step();
            return *this;
        }
        bool operator==(const Iterator& other) const {
            return current_.wire.data() == other.current_.wire.data();
        }

      private:
        void step();
        std::string_view rest_;
        Property current_{};
    };
    Iterator begin() const { return Iterator(wire_); }
    Iterator end() const { return Iterator({}); }

    bool empty() const { return wire_.empty(); }
    /// As on the wire, without the length in front.
    std::string_view wire() const { return wire_; }
    /// The first property `id`; nullopt - there is none. Looks through the list: it is short.
    std::optional<std::uint32_t> number(PropertyId id) const;
    std::optional<std::string_view> text(PropertyId id) const;

    bool operator==(const Properties&) const = default;

  private:
    std::string_view wire_;
};

/// Checks a list from the wire that stands in packets of the set `where` (one bit).
/// Errors: malformed_packet - it ends within a property, is ill formed, or has a property that is
/// unknown or not for this packet; protocol_error - one stands twice or is out of its range;
/// topic_alias_invalid - a topic alias is 0.
std::optional<DecodeError> check_properties(std::string_view wire, PacketSet where);

/// Adds one property to `list`. REQUIRES that `id` has this type and `number` fits it.
void append_property(std::string& list, PropertyId id, std::uint32_t number);
/// Returns false, and adds nothing, when a text is over 65,535 bytes.
bool append_property(std::string& list, PropertyId id, std::string_view text);
bool append_user_property(std::string& list, std::string_view name, std::string_view value);

}  // namespace thingstead::mqtt
