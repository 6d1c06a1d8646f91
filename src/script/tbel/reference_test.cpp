// Numbers, operators and dates against tables that are made apart from this code: see reference/.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "script/tbel/tbel_testing.h"

namespace thingstead::script::tbel {
namespace {

void expect_table(const std::string& name, std::size_t rows_min) {
    const std::vector<Golden> all = read_golden(std::string(TBEL_FOLDER "/reference/") + name);
    ASSERT_GT(all.size(), rows_min);
    for (const Golden& golden : all) expect_holds(golden);
}

TEST(Reference, NumbersHold) { expect_table("numbers.txt", 5000); }
TEST(Reference, ArithmeticHolds) { expect_table("arithmetic.txt", 3000); }
TEST(Reference, DatesHold) { expect_table("dates.txt", 4000); }

}  // namespace
}  // namespace thingstead::script::tbel
