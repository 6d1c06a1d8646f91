#include "protocol/cql/token.h"

#include <gtest/gtest.h>

#include "base/bytes.h"

namespace thingstead::cql {
namespace {

TEST(Murmur3Token, AgreesWithThePartitionerForSignedBytesToo) {
    struct Row {
        const char* hex;
        int times;
        Token token;
    };
    const Row rows[] = {
        {"313233",                                 1,  -7468325962851647638},
        {"00ff10fa99",                             10, 5837342703291459765 },
        {"fe",                                     8,  -8927430733708461935},
        {"10",                                     8,  1446172840243228796 },
        {"39323233333732303336383534373735383037", 1,  7162290910810015547 },
        {"",                                       1,  0                   },
    };
    for (const Row& row : rows) {
        SCOPED_TRACE(row.hex);
        const auto once = from_hex(row.hex);
        std::string key;
        for (int i = 0; i < row.times; ++i) key.append(as_text(once));
        EXPECT_EQ(murmur3_token(key), row.token);
    }
}

TEST(Murmur3Token, ACompositeKeyIsLengthBytesAndAnEndMarkPerColumn) {
    std::string key;
    append_key_component(key, "ab");
    append_key_component(key, "");
    EXPECT_EQ(to_hex(as_bytes(key)),
              "0002616200"
              "000000");
}

}  // namespace
}  // namespace thingstead::cql
