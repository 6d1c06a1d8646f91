// Frames of the CQL native protocol, version 4: a header of nine bytes and a body.
// Source: native_protocol_v4.spec section 2.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace thingstead::cql {

enum class Opcode : std::uint8_t {
    error = 0x00,
    startup = 0x01,
    ready = 0x02,
    authenticate = 0x03,
    options = 0x05,
    supported = 0x06,
    query = 0x07,
    result = 0x08,
    prepare = 0x09,
    execute = 0x0A,
    register_events = 0x0B,
    event = 0x0C,
    batch = 0x0D,
    auth_challenge = 0x0E,
    auth_response = 0x0F,
    auth_success = 0x10,
};

inline constexpr std::size_t frame_header_bytes = 9;
inline constexpr std::uint8_t protocol_version = 4;
inline constexpr std::uint8_t from_server = 0x80;  ///< In the version byte of a response.

/// Bits of a header's flags.
inline constexpr std::uint8_t flag_compression = 0x01, flag_tracing = 0x02,
                              flag_custom_payload = 0x04, flag_warning = 0x08;

struct Frame {
    std::uint8_t version;  ///< With `from_server` in responses.
    std::uint8_t flags;
    std::int16_t stream;  ///< Of the request; -1: an event.
    Opcode opcode;
    std::string_view body;
    std::size_t size() const { return frame_header_bytes + body.size(); }
};

/// Reads the frame at the front of `input`; nothing is kept. Returns nullopt while it is
/// incomplete: read on and call again.
/// Errors: malformed - an unknown version or opcode, a negative length, compression (which we never
/// ask for); too_large - a body over `body_bytes_max`. The header of an error that a server of an
/// older version sends is accepted, so that its words can be shown.
Result<std::optional<Frame>> read_frame(std::string_view input, std::size_t body_bytes_max);

/// Appends a header whose length end_frame() fills in; returns where it begins.
std::size_t begin_frame(std::string& out, Opcode opcode, std::int16_t stream,
                        std::uint8_t version = protocol_version, std::uint8_t flags = 0);
void end_frame(std::string& out, std::size_t begin);
/// Changes the stream of the frame that begins there.
void set_stream(std::string& out, std::size_t begin, std::int16_t stream);

}  // namespace thingstead::cql
