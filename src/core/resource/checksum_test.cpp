#include "core/resource/checksum.h"

#include <gtest/gtest.h>

namespace thingstead::core {
namespace {

using enum model::ChecksumAlgorithm;

struct Sum {
    model::ChecksumAlgorithm algorithm;
    std::string_view text, hex;
};

constexpr std::string_view fox = "The quick brown fox jumps over the lazy dog";

constexpr Sum sums[] = {
    {md5,         fox, "9e107d9d372bb6826bd81d3542a419d6"                                },
    {sha256,      fox, "d7a8fbb307d7809469ca9abcb0082e4f8d5651e46d3cdb762d02d0bf37c9e592"},
    {sha384,      fox,
     "ca737f1014a48f4c0b6dd43cb177b0afd9e5169367544c494011e3317dbf9a509cb1e5dc1e85a941bbee3d7f2afbc"
     "9b1"                                                                               },
    {sha512,      fox,
     "07e547d9586f6a73f73fbac0435ed76951218fb7d0c8d788a309d785436bbb64"
     "2e93a252a954f23912547d1e8a3b5ed6e1bfd7097821233fa0538f3db854fee6"                  },
    {crc32,       fox, "39a34f41"                                                        },
    {murmur3_32,  fox, "23f74f2e"                                                        },
    {murmur3_128, fox, "6c1b07bc7bbc4be347939ac4a93c437a"                                },
    {murmur3_32,  "",  "00000000"                                                        },
    {murmur3_32,  "a", "b269253c"                                                        },
    {crc32,       "",  "00000000"                                                        },
};

TEST(Checksum, IsWhatClientsCompute) {
    for (const Sum& row : sums) {
        SCOPED_TRACE(std::string(enum_name(row.algorithm)) + " of " + std::string(row.text));
        EXPECT_EQ(checksum(row.algorithm, row.text), row.hex);
    }
}

}  // namespace
}  // namespace thingstead::core
