// The fifteen packets of MQTT as values. Texts, payloads, filters and properties are views into the
// bytes that were decoded (or that a sender built), so a packet costs no memory and lives no longer
// than those bytes. Versions 3.1 and 3.1.1 leave properties empty and reason codes at their
// default. Source: OASIS MQTT 5.0 and 3.1.1, chapter 3.
#pragma once
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "protocol/mqtt/packet_type.h"
#include "protocol/mqtt/property.h"
#include "protocol/mqtt/reason_code.h"

namespace thingstead::mqtt {

struct Will {
    QoS qos = QoS::at_most_once;
    bool retain = false;
    std::string_view topic{}, payload{};
    Properties properties{};
    bool operator==(const Will&) const = default;
};

struct Connect {
    Version version = Version::v5;
    bool clean_start = true;         ///< "Clean session" before version 5.
    std::uint16_t keep_alive_s = 0;  ///< 0 - none.
    std::string_view client_id{};    ///< Empty: the server may choose one.
    std::optional<Will> will{};
    std::optional<std::string_view> user_name{}, password{};
    Properties properties{};
    bool operator==(const Connect&) const = default;
};

struct Connack {
    bool session_present = false;
    ReasonCode reason = ReasonCode::success;
    Properties properties{};
    bool operator==(const Connack&) const = default;
};

struct Publish {
    std::string_view topic{};  ///< Empty in version 5 only, where a topic alias stands for it.
    std::string_view payload{};
    QoS qos = QoS::at_most_once;
    bool retain = false;
    bool dup = false;
    std::uint16_t packet_id = 0;  ///< 1..65535, or 0 at QoS 0.
    Properties properties{};
    bool operator==(const Publish&) const = default;
};

/// PUBACK, PUBREC, PUBREL and PUBCOMP.
struct Ack {
    PacketType type = PacketType::puback;
    std::uint16_t packet_id = 0;
    ReasonCode reason = ReasonCode::success;
    Properties properties{};
    bool operator==(const Ack&) const = default;
};

enum class RetainHandling : std::uint8_t { send, send_if_new, do_not_send };

struct Subscription {
    std::string_view filter{};
    QoS qos = QoS::at_most_once;
    bool no_local = false;  ///< This and the next two: version 5.
    bool retain_as_published = false;
    RetainHandling retain_handling = RetainHandling::send;
    bool operator==(const Subscription&) const = default;
};

/// The filters of SUBSCRIBE, or of UNSUBSCRIBE where only `filter` is set: read in place, in order.
class FilterList {
  public:
    FilterList() = default;
    /// REQUIRES a list that decode checked or that append_subscription or append_filter wrote.
    FilterList(std::string_view wire, bool has_options) : wire_(wire), has_options_(has_options) {}

    class Iterator {
      public:
        using iterator_category = std::input_iterator_tag;
        using value_type = Subscription;
        using difference_type = std::ptrdiff_t;
        using pointer = const Subscription*;
        using reference = Subscription;

        Iterator(std::string_view rest, bool has_options)
            : rest_(rest), has_options_(has_options) {}
        Subscription operator*() const;
        Iterator& operator++();
        bool operator==(const Iterator& other) const { return rest_.size() == other.rest_.size(); }

      private:
        std::string_view rest_;
        bool has_options_;
    };
    Iterator begin() const { return {wire_, has_options_}; }
    Iterator end() const { return {{}, has_options_}; }
    bool empty() const { return wire_.empty(); }
    std::size_t size() const;  ///< Walks the list.
    std::string_view wire() const { return wire_; }
    bool operator==(const FilterList&) const = default;

  private:
    std::string_view wire_;
    bool has_options_ = false;
};

struct Subscribe {
    std::uint16_t packet_id = 0;
    FilterList filters{};
    Properties properties{};
    bool operator==(const Subscribe&) const = default;
};

struct Unsubscribe {
    std::uint16_t packet_id = 0;
    FilterList filters{};
    Properties properties{};
    bool operator==(const Unsubscribe&) const = default;
};

/// One reason per filter, in order.
struct Suback {
    std::uint16_t packet_id = 0;
    std::span<const ReasonCode> reasons{};
    Properties properties{};
    bool operator==(const Suback& other) const;
};

/// Without reasons before version 5.
struct Unsuback {
    std::uint16_t packet_id = 0;
    std::span<const ReasonCode> reasons{};
    Properties properties{};
    bool operator==(const Unsuback& other) const;
};

struct Pingreq {
    bool operator==(const Pingreq&) const = default;
};
struct Pingresp {
    bool operator==(const Pingresp&) const = default;
};

struct Disconnect {
    ReasonCode reason = ReasonCode::normal_disconnection;
    Properties properties{};
    bool operator==(const Disconnect&) const = default;
};

struct Auth {
    ReasonCode reason = ReasonCode::success;
    Properties properties{};
    bool operator==(const Auth&) const = default;
};

using Packet = std::variant<Connect, Connack, Publish, Ack, Subscribe, Suback, Unsubscribe,
                            Unsuback, Pingreq, Pingresp, Disconnect, Auth>;

}  // namespace thingstead::mqtt
