#include "core/aggregate.h"

#include <gtest/gtest.h>

#include <limits>

namespace thingstead::core {
namespace {

using model::TimedValue;
using model::Value;

std::vector<TimedValue> aggregate(Aggregation kind, const std::vector<TimedValue>& points,
                                  EpochMs end = 25) {
    Aggregator aggregator(kind, 0, end, 10);
    for (const TimedValue& each : points) aggregator.take(each);
    return aggregator.finish();
}

Value whole(std::int64_t value) { return value; }

TEST(Aggregate, IntervalsStartAtTheRangeAndTheLastIsCutAtItsEnd) {
    const std::vector<TimedValue> points = {
        {0,  whole(1)},
        {9,  whole(2)},
        {10, whole(3)},
        {24, whole(4)}
    };
    EXPECT_EQ(aggregate(Aggregation::sum, points),
              (std::vector<TimedValue>{
                  {5,  whole(3)},
                  {15, whole(3)},
                  {22, whole(4)}
    }));
}

TEST(Aggregate, EmptyIntervalsAreLeftOut) {
    EXPECT_EQ(aggregate(Aggregation::count,
                        {
                            {0,  whole(1)},
                            {24, whole(1)}
    }),
              (std::vector<TimedValue>{{5, whole(1)}, {22, whole(1)}}));
    EXPECT_TRUE(aggregate(Aggregation::count, {}).empty());
}

struct Kinds {
    Aggregation kind;
    Value longs, mixed;
};

TEST(Aggregate, LongsStayLongsUntilADoubleTakesPart) {
    const Kinds rows[] = {
        {Aggregation::min,   whole(-2), -2.0    },
        {Aggregation::max,   whole(5),  5.5     },
        {Aggregation::sum,   whole(3),  8.5     },
        {Aggregation::avg,   1.5,       8.5 / 3 },
        {Aggregation::count, whole(2),  whole(3)},
    };
    for (const Kinds& row : rows) {
        SCOPED_TRACE(static_cast<int>(row.kind));
        EXPECT_EQ(aggregate(row.kind,
                            {
                                {0, whole(-2)},
                                {1, whole(5) }
        })[0]
                      .value,
                  row.longs);
        EXPECT_EQ(aggregate(row.kind,
                            {
                                {0, whole(-2)},
                                {1, whole(5) },
                                {2, 5.5      }
        })[0]
                      .value,
                  row.mixed);
    }
}

TEST(Aggregate, TextsAreComparedOnlyWhereThereIsNoNumber) {
    const std::vector<TimedValue> texts = {
        {0, Value(std::string("b"))},
        {1, Value(std::string("a"))}
    };
    EXPECT_EQ(aggregate(Aggregation::min, texts)[0].value, Value(std::string("a")));
    EXPECT_EQ(aggregate(Aggregation::max, texts)[0].value, Value(std::string("b")));
    EXPECT_TRUE(aggregate(Aggregation::sum, texts).empty());
    EXPECT_EQ(aggregate(Aggregation::min,
                        {
                            {0, Value(std::string("0"))},
                            {1, whole(7)               }
    })[0]
                  .value,
              whole(7));
}

TEST(Aggregate, ASumBeyondSixtyFourBitsGoesOnAsADouble) {
    const std::int64_t most = std::numeric_limits<std::int64_t>::max();
    EXPECT_EQ(aggregate(Aggregation::sum,
                        {
                            {0, whole(most)},
                            {1, whole(most)}
    })[0]
                  .value,
              Value(2.0 * static_cast<double>(most)));
}

}  // namespace
}  // namespace thingstead::core
