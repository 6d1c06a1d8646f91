#include <gtest/gtest.h>

#include "base/bytes.h"
#include "protocol/mqtt/decode.h"
#include "protocol/mqtt/encode.h"
#include "protocol/mqtt/remaining_length.h"

namespace thingstead::mqtt {
namespace {

constexpr std::uint32_t body_bytes_max = 65'536;

struct Decodes {
    std::string_view name;
    Version version;
    Sender sender;
    std::string_view hex;
};

// clang-format off
constexpr Decodes decodes[] = {
    {"connect 3.1", Version::v3_1, Sender::client, "100f00064d51497364700302003c000163"},
    {"connect 3.1.1", Version::v3_1_1, Sender::client, "100d00044d5154540402003c000163"},
    {"connect 3.1.1 without a client id", Version::v3_1_1, Sender::client, "100c00044d5154540402003c0000"},
    {"connect 3.1.1 with everything", Version::v3_1_1, Sender::client, "102100044d51545404ee003c0001630003772f74000200ff0004757365720003700077"},
    {"connect 3.1.1 user name only", Version::v3_1_1, Sender::client, "101400044d5154540482003c0001630005746f6b656e"},
    {"connect 5", Version::v5, Sender::client, "100e00044d5154540502003c00000163"},
    {"connect 5 with everything", Version::v5, Sender::client, "106f00044d51545405f4003c2b1100000078210014270000100022000a190117002600016b0001762600016b0001761500016d160002ff000001631f1800000005010102000000090300017408000172090001012600016b0001760003772f740003627965000475736572000470617373"},
    {"connect 5 password only", Version::v5, Sender::client, "101400044d5154540542003c00000163000470617373"},
    {"connack 3.1.1", Version::v3_1_1, Sender::server, "20020000"},
    {"connack 3.1.1 session present", Version::v3_1_1, Sender::server, "20020100"},
    {"connack 3.1.1 refused", Version::v3_1_1, Sender::server, "20020005"},
    {"connack 5", Version::v5, Sender::server, "2003000000"},
    {"connack 5 with everything", Version::v5, Sender::server, "2043000040110000000121000224012500270000006412000269642200041f00026f6b2600016b000176280129002a0013001e1a000272691c000273721500016d16000164"},
    {"connack 5 refused", Version::v5, Sender::server, "2003008700"},
    {"publish 3.1.1 QoS 0", Version::v3_1_1, Sender::client, "3020001776312f646576696365732f6d652f74656c656d657472797b2261223a317d"},
    {"publish 3.1.1 QoS 1, repeated, retained", Version::v3_1_1, Sender::client, "3b06000161000178"},
    {"publish 3.1.1 QoS 2", Version::v3_1_1, Sender::server, "34070003612f62ffff"},
    {"publish 3.1 QoS 1", Version::v3_1, Sender::client, "32080003612f62000700"},
    {"publish 3.1.1 with a long payload", Version::v3_1_1, Sender::client, "3085010001617a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a"},
    {"publish 5 QoS 0", Version::v5, Sender::client, "30050001610078"},
    {"publish 5 with everything", Version::v5, Sender::client, "3536000c74c3b62fe282ac2ff09f988000092201000200000009230003080003722f74090001000300046a736f6e2600016b000176706179"},
    {"publish 5 by alias", Version::v5, Sender::client, "320b0000000903230001706179"},
    {"publish 5 of two subscriptions", Version::v5, Sender::server, "3009000161050b010b8001"},
    {"puback 3.1.1", Version::v3_1_1, Sender::client, "40020001"},
    {"puback 5", Version::v5, Sender::client, "40020102"},
    {"puback 5 with a reason", Version::v5, Sender::client, "4003000199"},
    {"puback 5 with properties", Version::v5, Sender::client, "40110001000d1f00037768792600016b000176"},
    {"pubrec 3.1.1", Version::v3_1_1, Sender::client, "50020001"},
    {"pubrec 5", Version::v5, Sender::client, "50020102"},
    {"pubrec 5 with a reason", Version::v5, Sender::client, "5003000199"},
    {"pubrec 5 with properties", Version::v5, Sender::client, "50110001000d1f00037768792600016b000176"},
    {"pubrel 3.1.1", Version::v3_1_1, Sender::client, "62020001"},
    {"pubrel 5", Version::v5, Sender::client, "62020102"},
    {"pubrel 5 with a reason", Version::v5, Sender::client, "6203000192"},
    {"pubrel 5 with properties", Version::v5, Sender::client, "62110001000d1f00037768792600016b000176"},
    {"pubcomp 3.1.1", Version::v3_1_1, Sender::client, "70020001"},
    {"pubcomp 5", Version::v5, Sender::client, "70020102"},
    {"pubcomp 5 with a reason", Version::v5, Sender::client, "7003000192"},
    {"pubcomp 5 with properties", Version::v5, Sender::client, "70110001000d1f00037768792600016b000176"},
    {"subscribe 3.1.1", Version::v3_1_1, Sender::client, "820e00010005612f2b2f230100016202"},
    {"subscribe 5", Version::v5, Sender::client, "822000010c0bffffff7f2600016b00017600012b2d000a2473686172652f672f6102"},
    {"suback 3.1.1", Version::v3_1_1, Sender::server, "9006000100010280"},
    {"suback 5", Version::v5, Sender::server, "900e0001051f00026e6f018f979ea1a2"},
    {"unsubscribe 3.1.1", Version::v3_1_1, Sender::client, "a20a00010003612f62000123"},
    {"unsubscribe 5", Version::v5, Sender::client, "a20f0001072600016b0001760003612f62"},
    {"unsuback 3.1.1", Version::v3_1_1, Sender::server, "b0020001"},
    {"unsuback 5", Version::v5, Sender::server, "b00600010000118f"},
    {"pingreq", Version::v3_1_1, Sender::client, "c000"},
    {"pingresp", Version::v5, Sender::server, "d000"},
    {"disconnect 3.1.1", Version::v3_1_1, Sender::client, "e000"},
    {"disconnect 5", Version::v5, Sender::client, "e000"},
    {"disconnect 5 with will", Version::v5, Sender::client, "e00104"},
    {"disconnect 5 with properties", Version::v5, Sender::client, "e012001011000000071f0001782600016b000176"},
    {"disconnect 5 of a server", Version::v5, Sender::server, "e00a9c081c00056f74686572"},
    {"auth 5 success", Version::v5, Sender::server, "f000"},
    {"auth 5", Version::v5, Sender::client, "f00a18081500016d16000164"},
};

struct DecodesFrom {
    std::string_view name;
    Version version;
    Sender sender;
    std::string_view hex;
    std::string_view written;  // what the encoder makes of it
};

constexpr DecodesFrom decodes_other_forms[] = {
    {"puback 5 with an explicit success", Version::v5, Sender::client, "4003000100", "40020001"},
    {"puback 5 with empty properties", Version::v5, Sender::client, "400400010000", "40020001"},
    {"disconnect 5 with an explicit success", Version::v5, Sender::client, "e00100", "e000"},
    {"disconnect 5 with empty properties", Version::v5, Sender::client, "e0020400", "e00104"},
    {"pubrel 3.1 repeated", Version::v3_1, Sender::client, "6a020001", "62020001"},
    {"subscribe 3.1 repeated", Version::v3_1, Sender::client, "8a06000100016101", "8206000100016101"},
    {"connect 3.1 that ends before its user name", Version::v3_1, Sender::client, "100f00064d514973647003c2003c000163", "100f00064d51497364700302003c000163"},
    {"connect 3.1 with the reserved flag", Version::v3_1, Sender::client, "100f00064d51497364700303003c000163", "100f00064d51497364700302003c000163"},
};

struct Rejects {
    std::string_view name;
    Version version;
    Sender sender;
    std::string_view hex;
    ReasonCode reason;
};

constexpr Rejects rejects[] = {
    {"packet type 0", Version::v3_1_1, Sender::client, "0000", ReasonCode::malformed_packet},
    {"length in five bytes", Version::v3_1_1, Sender::client, "308080808001", ReasonCode::malformed_packet},
    {"length not in its shortest form", Version::v3_1_1, Sender::client, "c08000", ReasonCode::malformed_packet},
    {"body over the maximum", Version::v3_1_1, Sender::client, "30818004", ReasonCode::packet_too_large},
    {"connect: reserved flag", Version::v3_1_1, Sender::client, "100d00044d5154540403003c000163", ReasonCode::malformed_packet},
    {"connect: fixed header flags", Version::v3_1_1, Sender::client, "110d00044d5154540402003c000163", ReasonCode::malformed_packet},
    {"connect: level 6", Version::v5, Sender::client, "100d00044d5154540602003c000163", ReasonCode::unsupported_protocol_version},
    {"connect: level 3 of MQTT", Version::v5, Sender::client, "100d00044d5154540302003c000163", ReasonCode::unsupported_protocol_version},
    {"connect: level 4 of MQIsdp", Version::v5, Sender::client, "100f00064d51497364700402003c000163", ReasonCode::unsupported_protocol_version},
    {"connect: another protocol", Version::v5, Sender::client, "100d0004485454500402003c000163", ReasonCode::unsupported_protocol_version},
    {"connect: will QoS 3", Version::v3_1_1, Sender::client, "101300044d515454041e003c00016300017400016d", ReasonCode::malformed_packet},
    {"connect: will QoS without a will", Version::v3_1_1, Sender::client, "100d00044d515454040a003c000163", ReasonCode::malformed_packet},
    {"connect: will retain without a will", Version::v5, Sender::client, "100e00044d5154540522003c00000163", ReasonCode::malformed_packet},
    {"connect: will topic with a wildcard", Version::v3_1_1, Sender::client, "101500044d5154540406003c0001630003612f2300016d", ReasonCode::malformed_packet},
    {"connect: empty will topic", Version::v3_1_1, Sender::client, "101200044d5154540406003c000163000000016d", ReasonCode::malformed_packet},
    {"connect: password without user name", Version::v3_1_1, Sender::client, "101000044d5154540442003c000163000170", ReasonCode::malformed_packet},
    {"connect: user name missing", Version::v3_1_1, Sender::client, "100d00044d5154540482003c000163", ReasonCode::malformed_packet},
    {"connect: bytes after the last field", Version::v3_1_1, Sender::client, "100e00044d5154540402003c00016300", ReasonCode::malformed_packet},
    {"connect: client id with U+0000", Version::v3_1_1, Sender::client, "100f00044d5154540402003c0003610062", ReasonCode::malformed_packet},
    {"connect: client id with a surrogate", Version::v3_1_1, Sender::client, "100f00044d5154540402003c0003eda080", ReasonCode::malformed_packet},
    {"connect: overlong client id", Version::v3_1_1, Sender::client, "100e00044d5154540402003c0002c0af", ReasonCode::malformed_packet},
    {"connect: client id beyond U+10FFFF", Version::v3_1_1, Sender::client, "101000044d5154540402003c0004f4908080", ReasonCode::malformed_packet},
    {"connect: client id cut in a character", Version::v3_1_1, Sender::client, "100e00044d5154540402003c0002e282", ReasonCode::malformed_packet},
    {"connect: unknown property", Version::v5, Sender::client, "101000044d5154540502003c027e00000163", ReasonCode::malformed_packet},
    {"connect: property of another packet", Version::v5, Sender::client, "101100044d5154540502003c03230001000163", ReasonCode::malformed_packet},
    {"connect: property id in two bytes", Version::v5, Sender::client, "101000044d5154540502003c028001000163", ReasonCode::malformed_packet},
    {"connect: property twice", Version::v5, Sender::client, "101400044d5154540502003c06210001210001000163", ReasonCode::protocol_error},
    {"connect: receive maximum 0", Version::v5, Sender::client, "101100044d5154540502003c03210000000163", ReasonCode::protocol_error},
    {"connect: maximum packet size 0", Version::v5, Sender::client, "101300044d5154540502003c052700000000000163", ReasonCode::protocol_error},
    {"connect: request problem information 2", Version::v5, Sender::client, "101000044d5154540502003c021702000163", ReasonCode::protocol_error},
    {"connect: authentication data without method", Version::v5, Sender::client, "101200044d5154540502003c0416000164000163", ReasonCode::protocol_error},
    {"connect: properties end within one", Version::v5, Sender::client, "101000044d5154540502003c022100000163", ReasonCode::malformed_packet},
    {"connect: properties longer than the packet", Version::v5, Sender::client, "100e00044d5154540502003c7f000163", ReasonCode::malformed_packet},
    {"connect: will delay outside the will", Version::v5, Sender::client, "101300044d5154540502003c051800000001000163", ReasonCode::malformed_packet},
    {"connack from a client", Version::v3_1_1, Sender::client, "20020000", ReasonCode::protocol_error},
    {"connack: reserved flags", Version::v3_1_1, Sender::server, "20020200", ReasonCode::malformed_packet},
    {"connack: reserved return code", Version::v3_1_1, Sender::server, "20020006", ReasonCode::protocol_error},
    {"connack: reason of another packet", Version::v5, Sender::server, "2003008d00", ReasonCode::protocol_error},
    {"connack: session with a refusal", Version::v5, Sender::server, "2003018700", ReasonCode::protocol_error},
    {"publish: QoS 3", Version::v3_1_1, Sender::client, "36050001610001", ReasonCode::malformed_packet},
    {"publish: DUP with QoS 0", Version::v3_1_1, Sender::client, "3803000161", ReasonCode::malformed_packet},
    {"publish: packet id 0", Version::v3_1_1, Sender::client, "32050001610000", ReasonCode::malformed_packet},
    {"publish: packet id missing", Version::v3_1_1, Sender::client, "320400016101", ReasonCode::malformed_packet},
    {"publish: topic longer than the packet", Version::v3_1_1, Sender::client, "3003000961", ReasonCode::malformed_packet},
    {"publish: topic with +", Version::v3_1_1, Sender::client, "30070005612f2b2f62", ReasonCode::malformed_packet},
    {"publish: topic with #", Version::v3_1_1, Sender::client, "300d000b612f622f632f642f652f23", ReasonCode::malformed_packet},
    {"publish: empty topic", Version::v3_1_1, Sender::client, "30020000", ReasonCode::malformed_packet},
    {"publish: topic is not UTF-8", Version::v3_1_1, Sender::client, "300c000a616161616161616161ff", ReasonCode::malformed_packet},
    {"publish: topic with U+0000", Version::v3_1_1, Sender::client, "3012001061616161616161610061616161616161", ReasonCode::malformed_packet},
    {"publish: empty body", Version::v3_1_1, Sender::client, "3000", ReasonCode::malformed_packet},
    {"publish: neither topic nor alias", Version::v5, Sender::client, "3003000000", ReasonCode::protocol_error},
    {"publish: topic alias 0", Version::v5, Sender::client, "300700016103230000", ReasonCode::topic_alias_invalid},
    {"publish: subscription identifier from a client", Version::v5, Sender::client, "3006000161020b01", ReasonCode::protocol_error},
    {"publish: subscription identifier 0", Version::v5, Sender::server, "3006000161020b00", ReasonCode::protocol_error},
    {"publish: response topic with a wildcard", Version::v5, Sender::client, "300a00016106080003722f2b", ReasonCode::protocol_error},
    {"publish: payload format 2", Version::v5, Sender::client, "3006000161020102", ReasonCode::protocol_error},
    {"publish: properties missing", Version::v5, Sender::client, "3003000161", ReasonCode::malformed_packet},
    {"publish: content type is not UTF-8", Version::v5, Sender::client, "300800016104030001ff", ReasonCode::malformed_packet},
    {"puback: packet id 0", Version::v3_1_1, Sender::client, "40020000", ReasonCode::malformed_packet},
    {"puback: reserved flags", Version::v3_1_1, Sender::client, "41020001", ReasonCode::malformed_packet},
    {"puback: bytes after the last field", Version::v3_1_1, Sender::client, "4003000100", ReasonCode::malformed_packet},
    {"puback: reason of another packet", Version::v5, Sender::client, "4003000192", ReasonCode::protocol_error},
    {"puback: unknown reason", Version::v5, Sender::client, "400300017f", ReasonCode::protocol_error},
    {"puback: property of another packet", Version::v5, Sender::client, "4009000100051100000001", ReasonCode::malformed_packet},
    {"puback: bytes after the properties", Version::v5, Sender::client, "40050001000000", ReasonCode::malformed_packet},
    {"pubrel: flags are not 2", Version::v3_1_1, Sender::client, "60020001", ReasonCode::malformed_packet},
    {"pubrel: repeated, in 3.1.1", Version::v3_1_1, Sender::client, "6a020001", ReasonCode::malformed_packet},
    {"subscribe: flags are not 2", Version::v3_1_1, Sender::client, "8006000100016100", ReasonCode::malformed_packet},
    {"subscribe: no filter", Version::v3_1_1, Sender::client, "82020001", ReasonCode::protocol_error},
    {"subscribe: packet id 0", Version::v3_1_1, Sender::client, "8206000000016100", ReasonCode::malformed_packet},
    {"subscribe: QoS 3", Version::v3_1_1, Sender::client, "8206000100016103", ReasonCode::protocol_error},
    {"subscribe: options of version 5", Version::v3_1_1, Sender::client, "8206000100016104", ReasonCode::malformed_packet},
    {"subscribe: reserved options", Version::v5, Sender::client, "820700010000016140", ReasonCode::malformed_packet},
    {"subscribe: retain handling 3", Version::v5, Sender::client, "820700010000016130", ReasonCode::protocol_error},
    {"subscribe: no-local on a shared one", Version::v5, Sender::client, "8210000100000a2473686172652f672f6104", ReasonCode::protocol_error},
    {"subscribe: share name with a wildcard", Version::v5, Sender::client, "8210000100000a2473686172652f2b2f6100", ReasonCode::malformed_packet},
    {"subscribe: share without a filter", Version::v5, Sender::client, "820e00010000082473686172652f6700", ReasonCode::malformed_packet},
    {"subscribe: options missing", Version::v3_1_1, Sender::client, "82050001000161", ReasonCode::malformed_packet},
    {"subscribe: empty filter", Version::v3_1_1, Sender::client, "82050001000000", ReasonCode::malformed_packet},
    {"subscribe: # before the end", Version::v3_1_1, Sender::client, "820a00010005612f232f6200", ReasonCode::malformed_packet},
    {"subscribe: identifier 0", Version::v5, Sender::client, "82090001020b0000016100", ReasonCode::protocol_error},
    {"subscribe: identifier twice", Version::v5, Sender::client, "820b0001040b010b0200016100", ReasonCode::protocol_error},
    {"suback: no reason", Version::v3_1_1, Sender::server, "90020001", ReasonCode::protocol_error},
    {"suback: reserved return code", Version::v3_1_1, Sender::server, "9003000103", ReasonCode::protocol_error},
    {"suback: reason of another packet", Version::v5, Sender::server, "900400010011", ReasonCode::protocol_error},
    {"unsubscribe: no filter", Version::v3_1_1, Sender::client, "a2020001", ReasonCode::protocol_error},
    {"unsubscribe: a+ is no level", Version::v3_1_1, Sender::client, "a20600010002612b", ReasonCode::malformed_packet},
    {"unsubscribe: ends within a filter", Version::v3_1_1, Sender::client, "a2050001000461", ReasonCode::malformed_packet},
    {"unsuback: bytes in 3.1.1", Version::v3_1_1, Sender::server, "b003000100", ReasonCode::malformed_packet},
    {"unsuback: no reason in 5", Version::v5, Sender::server, "b003000100", ReasonCode::protocol_error},
    {"pingreq: reserved flags", Version::v3_1_1, Sender::client, "c100", ReasonCode::malformed_packet},
    {"pingreq: bytes", Version::v3_1_1, Sender::client, "c00100", ReasonCode::malformed_packet},
    {"pingreq from a server", Version::v3_1_1, Sender::server, "c000", ReasonCode::protocol_error},
    {"disconnect: bytes in 3.1.1", Version::v3_1_1, Sender::client, "e00100", ReasonCode::malformed_packet},
    {"disconnect of a server in 3.1.1", Version::v3_1_1, Sender::server, "e000", ReasonCode::protocol_error},
    {"disconnect: reason of a server", Version::v5, Sender::client, "e0018e", ReasonCode::protocol_error},
    {"disconnect: with will, from a server", Version::v5, Sender::server, "e00104", ReasonCode::protocol_error},
    {"disconnect: session expiry from a server", Version::v5, Sender::server, "e00700051100000001", ReasonCode::protocol_error},
    {"disconnect: bytes after the properties", Version::v5, Sender::client, "e003000000", ReasonCode::malformed_packet},
    {"auth in 3.1.1", Version::v3_1_1, Sender::client, "f000", ReasonCode::protocol_error},
    {"auth: method missing", Version::v5, Sender::client, "f0021800", ReasonCode::protocol_error},
    {"auth: re-authenticate from a server", Version::v5, Sender::server, "f00619041500016d", ReasonCode::protocol_error},
};
// clang-format on

Decoded<Packet> decode_all(std::string_view input, Version version, Sender sender,
                           std::vector<ReasonCode>& reasons) {
    const Decoded<std::optional<Frame>> frame = read_frame(input, body_bytes_max);
    if (!frame) return frame.error();
    EXPECT_TRUE(*frame) << "incomplete";
    EXPECT_EQ((*frame)->size, input.size());
    return decode(**frame, version, sender, reasons);
}

std::string encoded(const Packet& packet, Version version) {
    std::string out;
    EXPECT_TRUE(encode(out, packet, version));
    return to_hex(as_bytes(out));
}

TEST(Packet, DecodesEachRowAndEncodesItBack) {
    for (const Decodes& row : decodes) {
        SCOPED_TRACE(row.name);
        const std::vector<std::byte> input = from_hex(row.hex);
        std::vector<ReasonCode> reasons;
        const Decoded<Packet> got = decode_all(as_text(input), row.version, row.sender, reasons);
        ASSERT_TRUE(got) << got.error().message;
        EXPECT_EQ(encoded(*got, row.version), row.hex);
    }
}

TEST(Packet, AsksForMoreWhereverARowIsCut) {
    for (const Decodes& row : decodes) {
        SCOPED_TRACE(row.name);
        const std::vector<std::byte> input = from_hex(row.hex);
        for (std::size_t cut = 0; cut < input.size(); ++cut) {
            const auto got = read_frame(as_text(input).substr(0, cut), body_bytes_max);
            ASSERT_TRUE(got) << cut;
            EXPECT_FALSE(*got) << cut;
        }
    }
}

TEST(Packet, RejectsEveryRowWhoseBodyIsCut) {
    // The length says that the packet is complete, but a field is not. Some packets may end early,
    // and a PUBLISH is as long as its payload: those are read, and never past their end.
    for (const Decodes& row : decodes) {
        SCOPED_TRACE(row.name);
        const std::vector<std::byte> input = from_hex(row.hex);
        const Frame whole = **read_frame(as_text(input), body_bytes_max);
        for (std::size_t cut = 0; cut < whole.body.size(); ++cut) {
            const std::string body(whole.body.substr(0, cut));
            std::vector<ReasonCode> reasons;
            const Frame frame{whole.type, whole.flags, body, cut + 2};
            const Decoded<Packet> got = decode(frame, row.version, row.sender, reasons);
            const bool fixed =
                frame.type == PacketType::connect || frame.type == PacketType::connack ||
                (row.version != Version::v5 && frame.type != PacketType::publish &&
                 frame.type != PacketType::subscribe && frame.type != PacketType::suback &&
                 frame.type != PacketType::unsubscribe);
            EXPECT_FALSE(fixed && got) << cut;
        }
    }
}

TEST(Packet, ReadsOtherFormsAndWritesTheShortest) {
    for (const DecodesFrom& row : decodes_other_forms) {
        SCOPED_TRACE(row.name);
        const std::vector<std::byte> input = from_hex(row.hex);
        std::vector<ReasonCode> reasons;
        const Decoded<Packet> got = decode_all(as_text(input), row.version, row.sender, reasons);
        ASSERT_TRUE(got) << got.error().message;
        EXPECT_EQ(encoded(*got, row.version), row.written);
    }
}

TEST(Packet, RejectsEachRowWithItsReason) {
    for (const Rejects& row : rejects) {
        SCOPED_TRACE(row.name);
        const std::vector<std::byte> input = from_hex(row.hex);
        std::vector<ReasonCode> reasons;
        const Decoded<Packet> got = decode_all(as_text(input), row.version, row.sender, reasons);
        ASSERT_FALSE(got);
        EXPECT_EQ(to_string(got.error().reason), to_string(row.reason)) << got.error().message;
    }
}

TEST(Packet, SaysInWhichVersionAnUnknownConnectIsAnswered) {
    const auto version_of = [](std::string_view hex) {
        const std::vector<std::byte> input = from_hex(hex);
        return decode_connect(**read_frame(as_text(input), body_bytes_max)).error().version;
    };
    EXPECT_EQ(version_of("100d00044d51545406 02003c 0001 63"), Version::v5);
    EXPECT_EQ(version_of("100d00044d51545403 02003c 0001 63"), Version::v3_1_1);
    EXPECT_EQ(version_of("100d00044854545004 02003c 0001 63"), Version::unknown);
    EXPECT_EQ(version_of("100d00044d51545405 03003c 00 0000"), Version::v5);  // reserved flag
}

TEST(Packet, ReadsEveryFieldOfAConnect) {
    std::string properties, will_properties;
    append_property(properties, PropertyId::receive_maximum, 20);
    ASSERT_TRUE(append_user_property(properties, "k", "v"));
    append_property(will_properties, PropertyId::will_delay_interval, 5);
    Connect sent{
        .version = Version::v5,
        .clean_start = false,
        .keep_alive_s = 90,
        .client_id = "device",
        .will = Will{QoS::exactly_once, true, "gone", "bye", Properties(will_properties)},
        .user_name = "user",
        .password = "pass",
        .properties = Properties(properties)
    };
    std::string bytes;
    ASSERT_TRUE(encode(bytes, sent));
    const Decoded<Connect> got = decode_connect(**read_frame(bytes, body_bytes_max));
    ASSERT_TRUE(got) << got.error().message;
    EXPECT_EQ(*got, sent);
    EXPECT_EQ(got->properties.number(PropertyId::receive_maximum), 20u);
    EXPECT_EQ(got->properties.number(PropertyId::topic_alias), std::nullopt);
    EXPECT_EQ(got->properties.text(PropertyId::user_property), "k");
    EXPECT_EQ(got->will->properties.number(PropertyId::will_delay_interval), 5u);
}

TEST(Packet, ReadsPublishInPlace) {
    const std::vector<std::byte> input = from_hex("3209 0003 612f62 0102 7071");
    const std::string_view bytes = as_text(input);
    const Publish got =
        *decode_publish(**read_frame(bytes, body_bytes_max), Version::v3_1_1, Sender::client);
    EXPECT_EQ(
        got,
        (Publish{.topic = "a/b", .payload = "pq", .qos = QoS::at_least_once, .packet_id = 0x0102}));
    EXPECT_EQ(got.topic.data(), bytes.data() + 4);
    EXPECT_EQ(got.payload.data(), bytes.data() + 9);
}

TEST(Packet, ReadsTheOptionsOfASubscription) {
    std::string list;
    const Subscription first{"a/#", QoS::exactly_once, true, true, RetainHandling::do_not_send};
    const Subscription second{"b", QoS::at_most_once, false, false, RetainHandling::send_if_new};
    ASSERT_TRUE(append_subscription(list, first) && append_subscription(list, second));
    std::string bytes;
    ASSERT_TRUE(encode(bytes, Subscribe{9, FilterList(list, true), {}}, Version::v5));
    std::vector<ReasonCode> reasons;
    const Packet packet = *decode_all(bytes, Version::v5, Sender::client, reasons);
    const Subscribe& got = std::get<Subscribe>(packet);
    EXPECT_EQ(got.packet_id, 9);
    EXPECT_EQ(got.filters.size(), 2u);
    const std::vector<Subscription> filters(got.filters.begin(), got.filters.end());
    EXPECT_EQ(filters, (std::vector{first, second}));
}

TEST(Packet, RefusesToWriteWhatMqttCannotCarry) {
    std::string out;
    const std::string long_text(65'536, 'x');
    EXPECT_FALSE(encode(out, Publish{.topic = long_text}, Version::v5));
    EXPECT_EQ(encoded_size(Publish{.topic = long_text}, Version::v5), 0u);
    EXPECT_FALSE(encode(out, Connect{.client_id = long_text}));
    EXPECT_FALSE(append_filter(out, long_text));
    EXPECT_FALSE(append_property(out, PropertyId::reason_string, long_text));
    EXPECT_FALSE(append_user_property(out, "name", long_text));
    const std::string huge(remaining_length_max, 'x');
    EXPECT_FALSE(encode(out, Publish{.topic = "t", .payload = huge}, Version::v3_1_1));
    EXPECT_EQ(out, "");
}

TEST(Packet, KnowsTheSizeOfAPublishBeforeItIsWritten) {
    for (const std::size_t payload_bytes :
         {0u, 1u, 100u, 122u, 123u, 124u, 16'000u, 16'378u, 16'379u, 16'380u}) {
        const std::string payload(payload_bytes, 'x');
        const Publish publish{
            .topic = "t", .payload = payload, .qos = QoS::at_least_once, .packet_id = 1};
        std::string out;
        ASSERT_TRUE(encode(out, publish, Version::v5));
        EXPECT_EQ(encoded_size(publish, Version::v5), out.size());
    }
}

TEST(RemainingLength, DecodesEachRowAndAsksForMoreUntilComplete) {
    struct Row {
        std::string_view hex;
        std::uint32_t value;
    };
    constexpr Row rows[] = {
        {"00",       0                   },
        {"7f",       127                 },
        {"8001",     128                 },
        {"ff7f",     16'383              },
        {"808001",   16'384              },
        {"ffff7f",   2'097'151           },
        {"80808001", 2'097'152           },
        {"ffffff7f", remaining_length_max},
    };
    for (const Row& row : rows) {
        SCOPED_TRACE(row.hex);
        const std::vector<std::byte> input = from_hex(row.hex);
        for (std::size_t cut = 0; cut < input.size(); ++cut)
            EXPECT_FALSE(*decode_remaining_length(as_text(input).substr(0, cut)));
        const RemainingLength got = **decode_remaining_length(as_text(input));
        EXPECT_EQ(got.value, row.value);
        EXPECT_EQ(got.field_bytes, input.size());
        EXPECT_EQ(remaining_length_bytes(row.value), input.size());
        std::string out;
        append_remaining_length(out, row.value);
        EXPECT_EQ(to_hex(as_bytes(out)), row.hex);
    }
}

TEST(ReasonCode, HasItsOlderForms) {
    EXPECT_EQ(connect_return_code(ReasonCode::success), 0);
    EXPECT_EQ(connect_return_code(ReasonCode::server_busy), 3);
    EXPECT_EQ(connect_return_code(ReasonCode::connection_rate_exceeded), 3);
    EXPECT_EQ(connect_return_code(ReasonCode::banned), 5);
    for (std::uint8_t code = 0; code <= 5; ++code)
        EXPECT_EQ(connect_return_code(*reason_of_return_code(code)), code);
    EXPECT_EQ(reason_of_return_code(6), std::nullopt);
    EXPECT_EQ(suback_return_code(ReasonCode::granted_qos_1), 1);
    EXPECT_EQ(suback_return_code(ReasonCode::quota_exceeded), 0x80);
    EXPECT_EQ(to_string(ReasonCode::topic_filter_invalid), "topic_filter_invalid");
    EXPECT_EQ(to_string(ReasonCode{0x7F}), "unknown");
}

}  // namespace
}  // namespace thingstead::mqtt
