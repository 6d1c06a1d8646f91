#include "queue/dead_letter.h"

#include <gtest/gtest.h>

namespace thingstead::queue {
namespace {

TEST(DeadLetter, DecodesWhatWasEncoded) {
    const DeadLetter letters[] = {
        {},
        {"t", 0, 0, 0, "", "", ""},
        {"tb_rule_engine.main", 9, 1ll << 40, 1'700'000'000'000, "no message", "k",
         std::string("\0\xff", 2)},
        {"t", 2'147'483'647, 9'223'372'036'854'775'807, -1, "r", "", "v"},
    };
    for (const DeadLetter& letter : letters) {
        std::string bytes;
        encode(letter, bytes);
        const auto decoded = decode_dead_letter(as_bytes(bytes));
        ASSERT_TRUE(decoded.has_value());
        EXPECT_EQ(*decoded, letter);
        for (std::size_t cut = 1; cut < bytes.size(); ++cut) {
            const auto part = decode_dead_letter(as_bytes(std::string_view(bytes).substr(0, cut)));
            EXPECT_FALSE(part.has_value() && *part == letter) << cut;
        }
    }
}

TEST(DeadLetter, RefusesWhatIsNone) {
    for (const char* hex : {"0801", "1203616263", "10ffffffff0f", "18ffffffffffffffffff01", "0a05"})
        EXPECT_EQ(decode_dead_letter(from_hex(hex)).error().code, ErrorCode::malformed) << hex;
}

}  // namespace
}  // namespace thingstead::queue
