// Every line of golden.txt: value and number type.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "script/tbel/tbel_testing.h"

namespace thingstead::script::tbel {
namespace {

TEST(Golden, EveryPairHolds) {
    const std::vector<Golden> all = read_golden(TBEL_FOLDER "/golden.txt");
    ASSERT_GT(all.size(), 280u);
    for (const Golden& golden : all) expect_holds(golden);
}

}  // namespace
}  // namespace thingstead::script::tbel
