#include "load/packet.h"

#include <cstring>

#include "base/error.h"

namespace thingstead::bench {
namespace {

constexpr std::size_t text_bytes_max = 65'535;

void append_u16(std::string& out, std::size_t value) {
    out.push_back(static_cast<char>(value >> 8));
    out.push_back(static_cast<char>(value & 0xFF));
}

void append_text(std::string& out, std::string_view text) {
    TS_ASSERT(text.size() <= text_bytes_max);
    append_u16(out, text.size());
    out.append(text);
}

std::string with_header(std::uint8_t first_byte, std::string_view body) {
    std::string packet(1, static_cast<char>(first_byte));
    std::size_t rest = body.size();
    do {
        const auto digit = static_cast<std::uint8_t>(rest % 128);
        rest /= 128;
        packet.push_back(static_cast<char>(rest > 0 ? digit | 0x80 : digit));
    } while (rest > 0);
    return packet.append(body);
}

void write_digits(char* out, int digits, std::uint64_t value) {
    for (int i = digits - 1; i >= 0; --i) {
        out[i] = static_cast<char>('0' + value % 10);
        value /= 10;
    }
}

}  // namespace

std::string encode(const ConnectPacket& packet) {
    constexpr std::uint8_t clean_session = 0x02, has_username = 0x80;
    std::string body;
    append_text(body, "MQTT");
    body.push_back(4);
    body.push_back(
        static_cast<char>(packet.username ? clean_session | has_username : clean_session));
    append_u16(body, packet.keep_alive_s);
    append_text(body, packet.client_id);
    if (packet.username) append_text(body, *packet.username);
    return with_header(0x10, body);
}

std::string pubrel_packet(std::uint16_t packet_id) {
    std::string packet{"\x62\x02", 2};
    append_u16(packet, packet_id);
    return packet;
}

std::uint32_t energy_of(std::uint64_t sequence) {
    return static_cast<std::uint32_t>(100'000'000 + sequence % 900'000'000);
}

PublishTemplate::PublishTemplate(const Layout& layout) {
    TS_ASSERT(layout.qos >= 0 && layout.qos <= 2);
    std::string body;
    append_text(body, layout.topic);
    if (layout.qos > 0) {
        packet_id_at_ = body.size();
        append_u16(body, 0);
    }
    const auto append_field = [&body](std::string_view name, std::string_view value) {
        body.append(name);
        const std::size_t at = body.size();
        body.append(value);
        return at;
    };
    if (layout.client_ts) {
        ts_at_ = append_field(R"({"ts":)", "0000000000000");
        body.append(R"(,"values":)");
    }
    voltage_at_ = append_field(R"({"voltage":)", "000.0");
    current_at_ = append_field(R"(,"current":)", "0.00");
    energy_at_ = append_field(R"(,"energy":)", "000000000");
    body.append(layout.client_ts ? "}}" : "}");

    bytes_ = with_header(static_cast<std::uint8_t>(0x30 | (layout.qos << 1)), body);
    const std::size_t header_bytes = bytes_.size() - body.size();
    for (std::size_t* at : {&packet_id_at_, &ts_at_, &voltage_at_, &current_at_, &energy_at_})
        if (*at != 0) *at += header_bytes;
}

void PublishTemplate::write(char* out, const Reading& reading) const {
    std::memcpy(out, bytes_.data(), bytes_.size());
    if (packet_id_at_ != 0) {
        out[packet_id_at_] = static_cast<char>(reading.packet_id >> 8);
        out[packet_id_at_ + 1] = static_cast<char>(reading.packet_id & 0xFF);
    }
    if (ts_at_ != 0) write_digits(out + ts_at_, 13, static_cast<std::uint64_t>(reading.ts_ms));
    // 210.0 to 249.9 V and 1.00 to 9.99 A, walking in steps coprime to their ranges.
    const std::uint64_t volt_tenths = 2100 + reading.sequence * 7 % 400;
    write_digits(out + voltage_at_, 3, volt_tenths / 10);
    write_digits(out + voltage_at_ + 4, 1, volt_tenths);
    const std::uint64_t ampere_hundredths = 100 + reading.sequence * 31 % 899;
    write_digits(out + current_at_, 1, ampere_hundredths / 100);
    write_digits(out + current_at_ + 2, 2, ampere_hundredths);
    write_digits(out + energy_at_, 9, energy_of(reading.sequence));
}

}  // namespace thingstead::bench
