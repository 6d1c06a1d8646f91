#include "store/postgres/stored_offsets.h"

#include <gtest/gtest.h>

namespace thingstead::store::postgres {
namespace {

TEST(StoredOffsets, MovesWhenEveryWriterStoredWhatItHadBeenGiven) {
    StoredOffsets offsets;
    EXPECT_EQ(offsets.checkpointed(0), -1);
    offsets.processed(0, 10, {5, 7});
    EXPECT_EQ(offsets.checkpointed(0), -1);
    offsets.stored({5, 6}, {9, 9});
    EXPECT_EQ(offsets.checkpointed(0), -1);
    offsets.stored({5, 7}, {9, 9});
    EXPECT_EQ(offsets.checkpointed(0), 10);
    EXPECT_EQ(offsets.checkpointed(1), -1);
}

TEST(StoredOffsets, TakesALaterOneUpWhenTheEarlierIsReached) {
    StoredOffsets offsets;
    offsets.processed(3, 10, {5});
    offsets.processed(3, 20, {6});
    offsets.processed(3, 30, {7});
    offsets.stored({5}, {8});
    EXPECT_EQ(offsets.checkpointed(3), 10);
    offsets.stored({7}, {9});  // it may be stored, but nobody wrote down since when
    EXPECT_EQ(offsets.checkpointed(3), 10);
    offsets.stored({8}, {9});
    EXPECT_EQ(offsets.checkpointed(3), 30);
}

TEST(StoredOffsets, NeedsNoWriteToMove) {
    StoredOffsets offsets;
    offsets.processed(0, 10, {4, 4});
    offsets.stored({4, 4}, {4, 4});
    EXPECT_EQ(offsets.checkpointed(0), 10);
    offsets.processed(0, 9, {4, 4});
    offsets.stored({4, 4}, {4, 4});
    EXPECT_EQ(offsets.checkpointed(0), 10);
}

TEST(StoredOffsets, TakeALowerOneOfAPartitionThatWasForgotten) {
    StoredOffsets offsets;
    offsets.processed(0, 10, {4});
    offsets.stored({4}, {4});
    offsets.processed(0, 20, {5});
    offsets.forget(0);
    EXPECT_EQ(offsets.checkpointed(0), -1);
    offsets.processed(0, 7, {6});
    offsets.stored({5}, {6});
    EXPECT_EQ(offsets.checkpointed(0), -1);
    offsets.stored({6}, {6});
    EXPECT_EQ(offsets.checkpointed(0), 7);
}

}  // namespace
}  // namespace thingstead::store::postgres
