#include "script/tbel/java/codec.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>

namespace thingstead::script::java {
namespace {

using namespace std::string_literals;
using Bits = std::vector<std::uint8_t>;

TEST(Base64, IsThatOfJava) {
    EXPECT_EQ(base64_encode("TB"), "VEI=");
    EXPECT_EQ(base64_encode("\x0A\xFF"), "Cv8=");
    EXPECT_EQ(*base64_decode("VEI="), "TB");
    EXPECT_EQ(*base64_decode("ab"), "\x69");
    EXPECT_EQ(base64_decode("abc")->size(), 2u);
    EXPECT_EQ(*base64_decode(""), "");
    const std::pair<std::string_view, std::string_view> failures[] = {
        {"*abc",   "Illegal base64 character 2a"                               },
        {"ab c",   "Illegal base64 character 20"                               },
        {"abéd",   "Illegal base64 character -17"                              },
        {"ab€d",   "Illegal base64 character 3f"                               },
        {"abcde",  "Last unit does not have enough valid bits"                 },
        {"ab=c",   "Input byte array has wrong 4-byte ending unit"             },
        {"ab=",    "Input byte array has wrong 4-byte ending unit"             },
        {"=abc",   "Input byte array has wrong 4-byte ending unit"             },
        {"abcd=",  "Input byte array has wrong 4-byte ending unit"             },
        {"abc=x",  "Input byte array has incorrect ending byte at 4"           },
        {"ab==cd", "Input byte array has incorrect ending byte at 4"           },
        {"a",      "Input byte[] should at least have 2 bytes for base64 bytes"},
    };
    for (const auto& [text, message] : failures) {
        const Result<std::string> bytes = base64_decode(text);
        ASSERT_FALSE(bytes) << text;
        EXPECT_EQ(bytes.error().message, message) << text;
    }
}

TEST(Base64, DecodesWhatItEncodes) {
    std::mt19937 random(1);
    for (std::size_t size = 0; size < 100; ++size) {
        std::string bytes;
        for (std::size_t i = 0; i < size; ++i) bytes += static_cast<char>(random());
        EXPECT_EQ(*base64_decode(base64_encode(bytes)), bytes);
    }
}

TEST(Uri, IsEscapedAsInJavaScript) {
    EXPECT_EQ(encode_uri("a b/ü?x=1"), "a%20b/%C3%BC?x=1");
    EXPECT_EQ(encode_uri("-_.!~*'();/?:@&=+$,#[]"), "-_.!~*'();/?:@&=+$,#%5B%5D");
    EXPECT_EQ(*decode_uri("a%20b+%C3%BC"), "a b+ü");
    EXPECT_EQ(decode_uri("%zz").error().message,
              "URLDecoder: Illegal hex characters in escape (%) pattern - not a hexadecimal digit: "
              "\"z\" = 122");
    EXPECT_EQ(decode_uri("a%2").error().message,
              "URLDecoder: Incomplete trailing escape (%) pattern");
}

TEST(NumberCodec, ParsesTexts) {
    EXPECT_EQ(**parse_int_text("0x1F"), 31);
    EXPECT_EQ(**parse_int_text("1F"), 31);
    EXPECT_EQ(**parse_int_text("0x10"), 16);
    EXPECT_EQ(**parse_int_text("1010", 2), 10);
    EXPECT_EQ(**parse_int_text(std::string(32, '1'), 2), -1);
    EXPECT_EQ(**parse_int_text("-12"), -12);
    EXPECT_EQ(**parse_int_text("zz", 36), 1295);
    EXPECT_FALSE(*parse_int_text(""));
    EXPECT_FALSE(*parse_int_text("  "));
    EXPECT_EQ(parse_int_text("7.5").error().message, "For input string: \"7.5\"");
    EXPECT_TRUE(parse_int_text("1F3").error().message.starts_with(
        "The hexadecimal value: \"1F3\" must be of even length, "));
    EXPECT_EQ(parse_int_text("99", 8).error().message,
              "Failed radix [8] for value: \"99\", must be [-1] !");
    EXPECT_EQ(parse_int_text("1", 7).error().message, "Invalid radix: [7]");
    EXPECT_FALSE(parse_int_text("FFFFFFFF"));
    EXPECT_EQ(**parse_long_text("0xFFFFFFFF"), 4294967295);
    EXPECT_EQ(**parse_float_text("0x3FC00000"), 1.5f);
    EXPECT_EQ(**parse_float_text("C0000000"), -2.0f);
    EXPECT_EQ(**parse_float_text("2.5"), 2.5f);
    EXPECT_FALSE(parse_float_text("1,5"));
    EXPECT_EQ(*parse_double_text("2.5e2"), 250.0);
    EXPECT_EQ(*parse_double_text("3FF8000000000000"), 1.5);
    EXPECT_FALSE(parse_double_text(""));
    EXPECT_EQ(**parse_hex_to_int("0A00", false), 10);
    EXPECT_EQ(**parse_hex_to_long("FFFFFFFF"), 4294967295);
    EXPECT_EQ(**parse_hex_to_float("3FC00000"), 1.5f);
    EXPECT_EQ(**parse_hex_to_float("0000C03F", false), 1.5f);
    EXPECT_EQ(**parse_hex_to_double("3FF8000000000000"), 1.5);
    EXPECT_EQ(**parse_hex_int_long_to_float("0A00", false), 10.0f);
}

TEST(NumberCodec, KnowsRadixes) {
    EXPECT_EQ(is_binary("101"), 2);
    EXPECT_EQ(is_binary("102"), -1);
    EXPECT_EQ(is_octal("17"), 8);
    EXPECT_EQ(is_octal(""), -1);
    EXPECT_EQ(is_decimal("+1.5e-3"), 10);
    EXPECT_EQ(is_decimal(".5"), -1);
    EXPECT_EQ(is_decimal("5."), -1);
    EXPECT_EQ(is_hexadecimal("-0x1f"), 16);
    EXPECT_EQ(is_hexadecimal("1G"), -1);
}

TEST(NumberCodec, WritesHexadecimal) {
    EXPECT_EQ(*int_to_hex(255), "FF");
    EXPECT_EQ(*int_to_hex(0), "00");
    EXPECT_EQ(*int_to_hex(-1), "FFFF");
    EXPECT_EQ(*int_to_hex(-2), "FFFE");
    EXPECT_EQ(*int_to_hex(-171), "FF55");
    EXPECT_EQ(*int_to_hex(-256), "FF00");
    EXPECT_EQ(*int_to_hex(std::numeric_limits<std::int32_t>::min()), "80000000");
    EXPECT_EQ(*long_to_hex(std::numeric_limits<std::int32_t>::min()), "FF80000000");
    EXPECT_EQ(*int_to_hex(4660, false, true), "0x3412");
    EXPECT_EQ(*int_to_hex(4660, true, false, 2), "34");
    EXPECT_FALSE(int_to_hex(1, true, false, 4));
    EXPECT_EQ(*int_long_to_radix_string(5, 2), "00000101");
    EXPECT_EQ(*int_long_to_radix_string(255, 2), "0000000011111111");
    EXPECT_EQ(int_long_to_radix_string(-1, 2)->size(), 64u);
    EXPECT_EQ(*int_long_to_radix_string(-5), "-5");
    EXPECT_EQ(*int_long_to_radix_string(35, 36), "z");
    EXPECT_EQ(*int_long_to_radix_string(8, 8), "10");
    EXPECT_EQ(int_long_to_radix_string(8, 7).error().message, "Invalid radix: [7]");
    EXPECT_EQ(float_to_hex(1.5f), "0x3FC00000");
    EXPECT_EQ(float_to_hex(1.5f, false), "0x0000C03F");
    EXPECT_EQ(double_to_hex(1.5), "0x3FF8000000000000");
}

TEST(BytesCodec, ReadsNumbers) {
    EXPECT_EQ(*hex_to_bytes("0AFF"), "\x0A\xFF");
    EXPECT_EQ(*hex_to_bytes(" 0x0aff"), "\x0A\xFF");
    for (const std::string_view text : {"", "0AF", "0G", "-0A1"}) EXPECT_FALSE(hex_to_bytes(text));
    EXPECT_EQ(bytes_to_hex("\x0A\xFF"), "0AFF");
    EXPECT_EQ(*parse_bytes_to_int("\1\2\3"), 66051);
    EXPECT_EQ(*parse_bytes_to_int("\xFF\xFF\xFF\xFE"), -2);
    EXPECT_EQ(*parse_bytes_to_int("\1\2\3", 0, 2, false), 513);
    EXPECT_EQ(*parse_bytes_to_int("\1\2\3\4\5", 4), 5);
    EXPECT_EQ(*parse_bytes_to_long("\xFF\xFF\xFF\xFF"), 4294967295);
    EXPECT_EQ(*parse_bytes_int_to_float("\0\x0A"s, 0, 2, false), 2560.0f);
    EXPECT_EQ(*parse_bytes_to_float("\x3F\xC0\0\0"s), 1.5f);
    EXPECT_EQ(*parse_bytes_to_double("\x3F\xF8\0\0\0\0\0\0"s), 1.5);
    EXPECT_EQ(*parse_bytes_long_to_double("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"), 0x1p64);
    EXPECT_FALSE(parse_bytes_to_float("\x7F\xC0\0\0"s));
    EXPECT_EQ(parse_bytes_to_int("\1\2\3", 4).error().message,
              "Offset: 4 is out of bounds for array with length: 3!");
    EXPECT_EQ(parse_bytes_to_int("\1\2\3\4\5", 0, 5).error().message,
              "Length: 5 is too large. Maximum 4 bytes is allowed!");
    EXPECT_EQ(parse_bytes_to_int("\1\2\3", 2, 2).error().message,
              "Offset: 2 and Length: 2 is out of bounds for array with length: 3!");
    EXPECT_FALSE(parse_bytes_to_int("\1", -1));
    EXPECT_FALSE(parse_bytes_to_int("\1", 0, -1));
}

TEST(BitsCodec, ReadsAndWritesBits) {
    EXPECT_EQ(*byte_to_bits(6, 4), (Bits{0, 1, 1, 0}));
    EXPECT_EQ(*byte_to_bits(1), (Bits{0, 0, 0, 0, 0, 0, 0, 1}));
    EXPECT_EQ(*byte_to_bits(1, 4, false), (Bits{1, 0, 0, 0}));
    EXPECT_EQ(*byte_to_bits(-1, 10), Bits(10, 1));
    EXPECT_FALSE(byte_to_bits(1, -1));
    EXPECT_EQ(byte_to_bits(1, 2'000'000'000).error().code, ErrorCode::too_large);
    EXPECT_EQ(*bytes_to_bits("\1\x80"), (Bits{0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0}));
    EXPECT_EQ(*bytes_to_bits("\1", 2), (Bits{0, 1}));
    EXPECT_EQ(*bytes_to_bits("\xFF", 9), (Bits{0, 1, 1, 1, 1, 1, 1, 1, 1}));
    EXPECT_EQ(long_to_bits(-1)->size(), 64u);
    EXPECT_EQ(*bits_to_int({1, 1, 0}), 6);
    EXPECT_EQ(*bits_to_int({1, 1, 1, 1, 1, 1, 1, 0}), -2);
    EXPECT_EQ(*bits_to_int({1, 1, 1, 1, 1, 1, 1, 0}, 4), 14);
    EXPECT_EQ(*bits_to_int({1, 1, 0}, 1, 1), 1);
    EXPECT_EQ(*bits_to_int({1, 1, 0}, 7), 0);
    EXPECT_FALSE(bits_to_int({1}, -1));
}

}  // namespace
}  // namespace thingstead::script::java
