// Part of queue/conformance.h: members of a group are handed partitions, and give them back.
#pragma once
#include <future>
#include <memory>
#include <string>
#include <vector>

#include "queue/conformance/fixture.h"
#include "queue/conformance/members.h"

namespace thingstead::queue {

TEST_P(QueueConformance, HandsEverythingToTheOnlyMember) {
    open_topic("t", 3);
    put(0, numbers(0, 20));
    put(2, numbers(20, 50));
    Journal journal;
    const Reader reader(*queue_, "t", "g", journal);
    ASSERT_TRUE(journal.wait_for_share(&reader, 3));
    put(1, numbers(50, 60));
    ASSERT_TRUE(journal.wait_for_reads(60));
    const auto reads = journal.reads();
    EXPECT_EQ(reads.at(0).size(), 20u);
    EXPECT_EQ(reads.at(1).size(), 10u);
    EXPECT_EQ(reads.at(2).size(), 30u);
    EXPECT_EQ(reads.at(2).back().value, "49");
}

TEST_P(QueueConformance, StartsAMemberWhereTheOneBeforeCommitted) {
    open_topic();
    put(0, numbers(0, 10));
    put(1, numbers(0, 10));
    Journal first;
    {
        const Reader reader(*queue_, "t", "g", first);
        ASSERT_TRUE(first.wait_for_reads(20));
    }
    put(1, {"new"});
    Journal second;
    const Reader reader(*queue_, "t", "g", second);
    ASSERT_TRUE(second.wait_for_reads(1));
    const auto reads = second.reads();
    ASSERT_EQ(reads.size(), 1u);
    ASSERT_EQ(reads.at(1).size(), 1u);
    EXPECT_EQ(reads.at(1)[0].offset, 10);
}

TEST_P(QueueConformance, EndsAConsumerWhosePartitionWasRevoked) {
    open_topic("t", 1);
    put(0, numbers(0, 10));
    std::unique_ptr<Consumer> kept;
    std::promise<void> assigned;
    std::vector<Revocation> revoked;
    auto member = queue_->join("t", "g",
                               {[&](std::unique_ptr<Consumer> consumer) {
                                    kept = std::move(consumer);
                                    assigned.set_value();
                                },
                                [&](PartitionIndex, Revocation how) {
                                    kept->commit(4);
                                    revoked.push_back(how);
                                }});
    ASSERT_TRUE(member.has_value()) << member.error().message;
    ASSERT_EQ(assigned.get_future().wait_for(Ear::patience), std::future_status::ready);
    get(*kept, 10);
    *member = nullptr;
    EXPECT_EQ(revoked, std::vector<Revocation>{Revocation::orderly});
    const auto polled = kept->poll(1, 1, Ear::patience);
    ASSERT_TRUE(polled.has_error());
    EXPECT_EQ(polled.error().code, ErrorCode::conflict);
    kept->commit(9);  // is too late

    Journal journal;
    const Reader reader(*queue_, "t", "g", journal);
    ASSERT_TRUE(journal.wait_for_reads(6));
    EXPECT_EQ(journal.reads().at(0)[0].offset, 4);
}

TEST_P(QueueConformance, LeavesItsGroupsWhenItStops) {
    open_topic();
    put(0, numbers(0, 10));
    Journal journal;
    auto reader = std::make_unique<Reader>(*queue_, "t", "g", journal);
    ASSERT_TRUE(journal.wait_for_reads(10));
    queue_->stop();
    EXPECT_TRUE(journal.wait_for_share(reader.get(), 0));
    EXPECT_EQ(queue_->join("t", "g", {}).error().code, ErrorCode::unavailable);
    reader.reset();

    restart();
    open_topic();
    put(0, {"new"});
    Journal after;
    const Reader next(*queue_, "t", "g", after);
    ASSERT_TRUE(after.wait_for_reads(1));
    EXPECT_EQ(after.reads().at(0)[0].offset, 10);
}

TEST_P(QueueConformance, RefusesAMemberBesideAConsumer) {
    open_topic();
    EXPECT_EQ(queue_->join("other", "g", {}).error().code, ErrorCode::not_found);
    auto c = consumer("g", 1);
    EXPECT_EQ(queue_->join("t", "g", {}).error().code, ErrorCode::conflict);
    c.reset();
    Journal journal;
    const Reader reader(*queue_, "t", "g", journal);
    ASSERT_TRUE(journal.wait_for_share(&reader, 2));
    EXPECT_EQ(queue_->open_consumer("t", "g", 1).error().code, ErrorCode::conflict);
    if (!storage_->shares_groups()) {
        EXPECT_EQ(queue_->join("t", "g", {}).error().code, ErrorCode::conflict);
    }
}

TEST_P(QueueConformance, SharesPartitionsAmongMembers) {
    if (!storage_->shares_groups()) GTEST_SKIP() << "one member holds everything";
    constexpr std::size_t each = 200;
    open_topic("t", 4);
    const auto put_everywhere = [&] {
        for (PartitionIndex p = 0; p < 4; ++p) put(p, numbers(0, each));
    };
    Journal journal;
    auto first = std::make_unique<Reader>(*queue_, "t", "g", journal);
    ASSERT_TRUE(journal.wait_for_share(first.get(), 4));
    put_everywhere();
    auto second = std::make_unique<Reader>(*queue_, "t", "g", journal);
    ASSERT_TRUE(journal.wait_for_share(second.get(), 2));
    ASSERT_TRUE(journal.wait_for_share(first.get(), 2));
    put_everywhere();
    first.reset();
    ASSERT_TRUE(journal.wait_for_share(second.get(), 4));
    put_everywhere();
    ASSERT_TRUE(journal.wait_for_reads(3 * 4 * each));

    // Every change of owner was orderly, so that everything came once, and in order.
    for (const auto& [partition, reads] : journal.reads()) {
        ASSERT_EQ(reads.size(), 3 * each) << partition;
        for (std::size_t i = 0; i < reads.size(); ++i)
            ASSERT_EQ(reads[i].offset, static_cast<Offset>(i)) << partition;
    }
}

}  // namespace thingstead::queue
