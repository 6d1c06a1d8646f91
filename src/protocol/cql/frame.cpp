#include "protocol/cql/frame.h"

#include "base/bytes.h"
#include "protocol/cql/wire_writer.h"

namespace thingstead::cql {
namespace {

bool known(std::uint8_t opcode) {
    return opcode <= static_cast<std::uint8_t>(Opcode::auth_success) && opcode != 0x04;
}

}  // namespace

Result<std::optional<Frame>> read_frame(std::string_view input, std::size_t body_bytes_max) {
    if (input.empty()) return std::optional<Frame>();
    const auto at = [&](std::size_t i) { return static_cast<std::uint8_t>(input[i]); };
    const std::uint8_t number = at(0) & 0x7F;
    // Versions 1 and 2 have a shorter header; nobody speaks them any more.
    if (number < 3 || number > 6)
        return Error{ErrorCode::malformed, "not a frame of the CQL native protocol"};
    if (input.size() < frame_header_bytes) return std::optional<Frame>();
    const std::byte* bytes = as_bytes(input).data();
    const auto length = static_cast<std::int32_t>(load_big<std::uint32_t>(bytes + 5));
    if (!known(at(4)) || length < 0) return Error{ErrorCode::malformed, "bad header of a frame"};
    const auto opcode = static_cast<Opcode>(at(4));
    if (number != protocol_version && opcode != Opcode::error)
        return Error{ErrorCode::malformed, "a frame of another version of the protocol"};
    if (at(1) & flag_compression)
        return Error{ErrorCode::malformed, "a compressed frame, which nobody asked for"};
    if (static_cast<std::size_t>(length) > body_bytes_max)
        return Error{ErrorCode::too_large, "a frame is over the limit"};
    if (input.size() - frame_header_bytes < static_cast<std::size_t>(length))
        return std::optional<Frame>();
    return std::optional(Frame{
        .version = at(0),
        .flags = at(1),
        .stream = static_cast<std::int16_t>(load_big<std::uint16_t>(bytes + 2)),
        .opcode = opcode,
        .body = input.substr(frame_header_bytes, static_cast<std::size_t>(length)),
    });
}

std::size_t begin_frame(std::string& out, Opcode opcode, std::int16_t stream, std::uint8_t version,
                        std::uint8_t flags) {
    const std::size_t begin = out.size();
    append_byte(out, version);
    append_byte(out, flags);
    append_number(out, static_cast<std::uint16_t>(stream));
    append_byte(out, static_cast<std::uint8_t>(opcode));
    append_int(out, 0);
    return begin;
}

void end_frame(std::string& out, std::size_t begin) {
    const std::size_t length = out.size() - begin - frame_header_bytes;
    TS_ASSERT(length <= 0x7FFF'FFFF);
    store_big(reinterpret_cast<std::byte*>(out.data() + begin + 5),
              static_cast<std::uint32_t>(length));
}

void set_stream(std::string& out, std::size_t begin, std::int16_t stream) {
    store_big(reinterpret_cast<std::byte*>(out.data() + begin + 2),
              static_cast<std::uint16_t>(stream));
}

}  // namespace thingstead::cql
