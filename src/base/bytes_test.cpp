#include "base/bytes.h"

#include <gtest/gtest.h>

namespace thingstead {
namespace {

TEST(Bytes, Crc32cHasTheCheckValueOfItsStandard) {
    // RFC 3720 appendix B.4 and the catalogue's check value.
    EXPECT_EQ(crc32c(as_bytes("123456789")), 0xE3069283u);
    EXPECT_EQ(crc32c(ByteSpan(std::vector<std::byte>(32))), 0x8A9136AAu);
    EXPECT_EQ(crc32c(as_bytes("")), 0u);
}

TEST(Bytes, Crc32cContinuesWhereItStopped) {
    const std::string_view text = "a record of more than eight bytes";
    for (std::size_t cut = 0; cut <= text.size(); ++cut)
        EXPECT_EQ(crc32c(as_bytes(text.substr(cut)), crc32c(as_bytes(text.substr(0, cut)))),
                  crc32c(as_bytes(text)));
}

TEST(Bytes, IntegersKeepTheirValueInBothOrders) {
    std::byte at[9];
    store_big<std::uint64_t>(at + 1, 0x0102030405060708ull);
    EXPECT_EQ(to_hex(ByteSpan(at + 1, 8)), "0102030405060708");
    EXPECT_EQ(load_big<std::uint64_t>(at + 1), 0x0102030405060708ull);
    store_little<std::uint32_t>(at + 1, 0x01020304u);
    EXPECT_EQ(to_hex(ByteSpan(at + 1, 4)), "04030201");
    EXPECT_EQ(load_little<std::uint32_t>(at + 1), 0x01020304u);
}

}  // namespace
}  // namespace thingstead
