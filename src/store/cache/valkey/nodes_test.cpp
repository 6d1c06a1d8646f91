#include "store/cache/valkey/nodes.h"

#include <gtest/gtest.h>

#include "protocol/resp/parser.h"

namespace thingstead::store::valkey {
namespace {

resp::Value parsed(std::string_view wire) {
    resp::Parser parser;
    return **parser.next(wire);
}

TEST(Slots, AreReadWithTheirMasters) {
    const auto ranges =
        read_slots(parsed("*2\r\n"
                          "*4\r\n:0\r\n:5460\r\n"
                          "*4\r\n$8\r\n10.0.0.1\r\n:7000\r\n$2\r\nid\r\n*0\r\n"
                          "*4\r\n$8\r\n10.0.0.9\r\n:7000\r\n$2\r\nid\r\n*0\r\n"
                          "*3\r\n:5461\r\n:16383\r\n*3\r\n$-1\r\n:7001\r\n$2\r\nid\r\n"),
                   {"said.by", 1});
    ASSERT_TRUE(ranges);
    ASSERT_EQ(ranges->size(), 2u);
    EXPECT_EQ((*ranges)[0].first, 0);
    EXPECT_EQ((*ranges)[0].last, 5460);
    EXPECT_EQ((*ranges)[0].master, (net::Address{"10.0.0.1", 7000}));
    EXPECT_EQ((*ranges)[1].master, (net::Address{"said.by", 7001}));
}

TEST(Slots, AreRefusedIfTheyAreNone) {
    const char* rows[] = {
        "+OK\r\n",
        "-ERR This instance has cluster support disabled\r\n",
        "*1\r\n:1\r\n",
        "*1\r\n*2\r\n:0\r\n:1\r\n",
        "*1\r\n*3\r\n:0\r\n:16384\r\n*2\r\n+h\r\n:1\r\n",
        "*1\r\n*3\r\n:5\r\n:4\r\n*2\r\n+h\r\n:1\r\n",
        "*1\r\n*3\r\n:-1\r\n:4\r\n*2\r\n+h\r\n:1\r\n",
        "*1\r\n*3\r\n:0\r\n:4\r\n*2\r\n+h\r\n:0\r\n",
        "*1\r\n*3\r\n:0\r\n:4\r\n*2\r\n+h\r\n:65536\r\n",
        "*1\r\n*3\r\n:0\r\n:4\r\n*1\r\n+h\r\n",
    };
    for (const char* row : rows) EXPECT_FALSE(read_slots(parsed(row), {"h", 1})) << row;
}

}  // namespace
}  // namespace thingstead::store::valkey
