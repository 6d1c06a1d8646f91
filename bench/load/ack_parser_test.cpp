#include "load/ack_parser.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace thingstead::bench {
namespace {

using Step = AckParser::Step;

struct Parsed {
    std::vector<std::pair<ServerPacketType, unsigned>> packets;
    Step end;
    bool operator==(const Parsed&) const = default;
};

void feed(AckParser& parser, std::string_view input, Parsed& parsed) {
    ServerPacket packet{};
    while ((parsed.end = parser.next(input, packet)) == Step::packet)
        parsed.packets.emplace_back(packet.type, packet.value);
}

const std::string long_publish = std::string("\x30\xAC\x02", 3) + std::string(300, '\x07');
const std::string everything =
    std::string("\x20\x02\x00\x05", 4) + std::string("\x40\x02\x12\x34", 4) + long_publish +
    std::string("\xD0\x00", 2) + std::string("\x50\x02\x00\x01\x70\x02\xFF\xFF", 8);

const Parsed everything_parsed{
    {{ServerPacketType::connack, 5u},
     {ServerPacketType::puback, 0x1234u},
     {ServerPacketType::publish, 0x0707u},
     {ServerPacketType::pingresp, 0u},
     {ServerPacketType::pubrec, 1u},
     {ServerPacketType::pubcomp, 0xFFFFu}},
    Step::need_more
};

TEST(AckParser, ReadsTheSameWhereverTheInputIsCut) {
    for (std::size_t cut = 0; cut <= everything.size(); ++cut) {
        AckParser parser;
        Parsed parsed{};
        feed(parser, std::string_view(everything).substr(0, cut), parsed);
        feed(parser, std::string_view(everything).substr(cut), parsed);
        EXPECT_EQ(parsed, everything_parsed) << "cut at " << cut;
    }
}

TEST(AckParser, ReadsTheSameByteByByte) {
    AckParser parser;
    Parsed parsed{};
    for (const char byte : everything) feed(parser, {&byte, 1}, parsed);
    EXPECT_EQ(parsed, everything_parsed);
}

TEST(AckParser, RefusesWhatAServerMustNotSend) {
    struct Row {
        std::string_view name, bytes;
    };
    const Row rows[] = {
        {"a fifth length byte",  {"\x40\x80\x80\x80\x80\x01", 6}},
        {"an ack without an id", {"\x40\x01\x00", 3}            },
        {"an empty ack",         {"\x40\x00", 2}                },
        {"a CONNECT",            {"\x10\x00", 2}                },
        {"type zero",            {"\x00\x00", 2}                },
    };
    for (const Row& row : rows) {
        SCOPED_TRACE(row.name);
        AckParser parser;
        Parsed parsed{};
        feed(parser, row.bytes, parsed);
        EXPECT_EQ(parsed.end, Step::malformed);
        EXPECT_TRUE(parsed.packets.empty());
    }
}

}  // namespace
}  // namespace thingstead::bench
