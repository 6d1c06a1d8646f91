// Reads MQTT's data types from the body of one packet. The first failure sticks: later reads give
// zeros and empty texts, and the caller asks once, at the end. Views point into the input.
// Source: OASIS MQTT 5.0 section 1.5.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/bytes.h"
#include "protocol/mqtt/remaining_length.h"
#include "protocol/mqtt/topic.h"

namespace thingstead::mqtt {

class WireReader {
  public:
    explicit WireReader(std::string_view bytes) : rest_(bytes) {}

    std::string_view rest() const { return rest_; }
    bool empty() const { return rest_.empty(); }
    const std::optional<DecodeError>& error() const { return error_; }

    void fail(ReasonCode reason, std::string_view message) {
        if (!error_) error_ = DecodeError{reason, message};
        rest_ = {};
    }
    void malformed(std::string_view message) { fail(ReasonCode::malformed_packet, message); }

    std::string_view take(std::size_t bytes) {
        if (rest_.size() < bytes) {
            malformed("packet ends within a field");
            return {};
        }
        const std::string_view out = rest_.substr(0, bytes);
        rest_.remove_prefix(bytes);
        return out;
    }
    template <std::unsigned_integral T>
    T number() {
        const std::string_view bytes = take(sizeof(T));
        return bytes.empty() ? T{0} : load_big<T>(as_bytes(bytes).data());
    }
    std::uint32_t variable_number() {
        const Decoded<std::optional<RemainingLength>> got = decode_remaining_length(rest_);
        if (got && *got) {
            rest_.remove_prefix((*got)->field_bytes);
            return (*got)->value;
        }
        malformed(got ? "packet ends within a field" : got.error().message);
        return 0;
    }
    std::string_view binary() { return take(number<std::uint16_t>()); }
    std::string_view text() {
        const std::string_view out = binary();
        if (is_utf8(out)) return out;
        malformed("text is not UTF-8, or has U+0000");
        return {};
    }
    std::uint16_t packet_id() {
        const std::uint16_t id = number<std::uint16_t>();
        if (id == 0) malformed("packet id is 0");
        return id;
    }

  private:
    std::string_view rest_;
    std::optional<DecodeError> error_;
};

}  // namespace thingstead::mqtt
