#include "rule/pack.h"

#include <gtest/gtest.h>

namespace thingstead::rule {
namespace {

using enum DeliveryState;

struct Unfinished {
    std::string_view name;
    std::vector<DeliveryState> states;  ///< Of the records 10, 11, …
    std::optional<queue::Offset> first, first_with_retries;
};

const Unfinished rows[] = {
    {"nothing",                {},                              std::nullopt, std::nullopt},
    {"all done",               {succeeded, succeeded},          std::nullopt, std::nullopt},
    {"one runs",               {succeeded, running, succeeded}, 11,           11          },
    {"one waits for its turn", {running, queued},               10,           10          },
    {"a failure is done",      {succeeded, failed},             std::nullopt, 11          },
    {"a failure before",       {failed, running},               11,           10          },
};

TEST(Pack, KnowsWhereToRepeatIt) {
    for (const Unfinished& row : rows) {
        SCOPED_TRACE(row.name);
        Pack pack;
        for (const DeliveryState state : row.states) {
            Delivery& delivery = pack.deliveries.emplace_back();
            delivery.offset = 9 + static_cast<queue::Offset>(pack.deliveries.size());
            delivery.state = state;
        }
        EXPECT_EQ(first_unfinished(pack, false), row.first);
        EXPECT_EQ(first_unfinished(pack, true), row.first_with_retries);
    }
}

}  // namespace
}  // namespace thingstead::rule
