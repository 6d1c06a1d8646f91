// Partitions that come and go: what is run, told to the store and committed by whom.
#include <gtest/gtest.h>

#include <future>
#include <map>

#include "rule/testing/fixture.h"

namespace thingstead::rule::testing {
namespace {

using namespace std::chrono_literals;
using queue::Revocation;

constexpr std::string_view payload = R"({"a":1})";

/// Two processes; the test hands out the partitions of their queue.
struct Houses {
    explicit Houses(queue::PartitionIndex partitions = 1) : first(partitions), second(first) {
        first.queue.hand_out_by_hand();
    }
    void start() {
        first.start();
        second.start();
    }
    void send(int messages, queue::PartitionIndex partition = 0) {
        for (int i = 0; i < messages; ++i)
            first.send(first.message(model::msg_type::post_telemetry, payload), partition);
    }
    void send_attributes() { first.send(first.message(model::msg_type::post_attributes, payload)); }
    /// How often each record of the partition was saved.
    std::map<std::int64_t, int> saves(queue::PartitionIndex partition = 0) const {
        std::map<std::int64_t, int> times;
        for (const Fixture* house : {&first, &second})
            for (const SavedPoint& each : house->timeseries.points())
                if (each.partition == partition) ++times[each.offset];
        return times;
    }

    Fixture first;
    Fixture second;
    FakeQueue& queue = first.queue;
};

bool has_attributes(Fixture& house) {
    return !house.entities.attributes(house.device, model::AttributeScope::client).empty();
}

double owned_metric(const Fixture& house, std::string_view partition) {
    return metric(house.metrics,
                  "thingstead_rule_partition_owned{partition=\"" + std::string(partition) + "\"}");
}

TEST(Ownership, PassesOnWhereTheLastOwnerEnded) {
    Houses houses;
    for (Fixture* house : {&houses.first, &houses.second}) {
        house->timeseries.share(true);
        house->timeseries.checkpoint_at_once(false);
        house->timeseries.checkpoint_by_flush(true);
    }
    houses.start();
    houses.queue.assign(0, 0);
    houses.send(20);
    ASSERT_TRUE(houses.first.board.wait([&] { return houses.first.timeseries.size() == 20; }));
    EXPECT_EQ(houses.queue.committed(), 0);
    houses.queue.revoke(0, Revocation::orderly);
    EXPECT_EQ(houses.queue.committed(), 20);
    EXPECT_EQ(houses.first.timeseries.flushes(), 1u);

    houses.send(5);
    houses.queue.assign(0, 1);
    ASSERT_TRUE(houses.first.board.wait([&] { return houses.second.timeseries.size() == 5; }));
    houses.queue.revoke(0, Revocation::orderly);
    EXPECT_EQ(houses.queue.committed(), 25);
    const std::map<std::int64_t, int> saves = houses.saves();
    EXPECT_EQ(saves.size(), 25u);
    for (const auto& [offset, times] : saves) EXPECT_EQ(times, 1) << offset;
}

TEST(Ownership, MovesUnderLoadWithoutLosingOrRepeatingAMessage) {
    constexpr int rounds = 30;
    constexpr int messages = 50;
    Houses houses(2);
    houses.start();
    for (int round = 0; round < rounds; ++round) {
        const auto owner = static_cast<std::size_t>(round % 2);
        houses.queue.assign(0, owner);
        houses.queue.assign(1, 1 - owner);
        for (queue::PartitionIndex i = 0; i < 2; ++i) houses.send(messages, i);
        if (round + 1 == rounds) break;
        for (queue::PartitionIndex i = 0; i < 2; ++i) houses.queue.revoke(i, Revocation::orderly);
    }
    ASSERT_TRUE(houses.first.all_committed());
    for (queue::PartitionIndex i = 0; i < 2; ++i) {
        const std::map<std::int64_t, int> saves = houses.saves(i);
        EXPECT_EQ(saves.size(), static_cast<std::size_t>(rounds * messages));
        for (const auto& [offset, times] : saves) EXPECT_EQ(times, 1) << offset;
    }
}

TEST(Ownership, EndsAfterTheMessageThatRuns) {
    Houses houses;
    houses.first.settings.pack_timeout = 30s;
    houses.first.entities.hold_writes(true);
    houses.start();
    houses.send_attributes();
    houses.queue.assign(0, 0);
    ASSERT_TRUE(
        houses.first.board.wait([&] { return houses.first.entities.writes_waiting() == 1; }));
    auto gone =
        std::async(std::launch::async, [&] { houses.queue.revoke(0, Revocation::orderly); });
    ASSERT_TRUE(houses.first.board.wait([&] { return houses.queue.wakes() == 1; }));
    EXPECT_TRUE(houses.first.engine->owns(0));
    houses.first.entities.hold_writes(false);
    gone.get();
    EXPECT_EQ(houses.queue.committed(), 1);
    EXPECT_TRUE(has_attributes(houses.first));

    houses.send(1);
    houses.queue.assign(0, 1);
    ASSERT_TRUE(houses.first.all_committed());
    EXPECT_EQ(metric(houses.second.metrics, "thingstead_rule_messages_processed_total"), 1);
    EXPECT_FALSE(has_attributes(houses.second));
}

TEST(Ownership, LeavesAMessageThatIsTooSlowToTheNextOwner) {
    Houses houses;
    houses.first.settings.pack_timeout = 20ms;
    houses.first.entities.hold_writes(true);
    houses.start();
    houses.send(1);
    houses.send_attributes();
    houses.send(1);
    houses.queue.assign(0, 0);
    ASSERT_TRUE(houses.first.board.wait([&] {
        return houses.first.entities.writes_waiting() == 1 && houses.first.timeseries.size() == 2;
    }));
    houses.queue.revoke(0, Revocation::orderly);
    EXPECT_EQ(houses.queue.committed(), 1);
    EXPECT_FALSE(has_attributes(houses.first));

    houses.queue.assign(0, 1);
    ASSERT_TRUE(houses.first.all_committed());
    EXPECT_TRUE(has_attributes(houses.second));
    EXPECT_EQ(houses.saves(), (std::map<std::int64_t, int>{
                                  {0, 1},
                                  {2, 2}
    }));
}

TEST(Ownership, SilencesAMessageThatDoesNotHearThatItIsOver) {
    Fixture house;
    house.queue.hand_out_by_hand();
    house.settings.pack_timeout = 5ms;
    house.settings.stop_timeout = 10ms;
    house.entities.hold_writes(true);
    house.entities.be_deaf(true);
    house.start();
    house.send(house.message(model::msg_type::post_attributes, payload));
    house.queue.assign(0);
    ASSERT_TRUE(house.board.wait([&] { return house.entities.writes_waiting() == 1; }));
    house.queue.revoke(0, Revocation::orderly);
    EXPECT_EQ(house.queue.committed(), 0);
    EXPECT_EQ(house.entities.writes_waiting(), 1u);

    house.entities.hold_writes(false);
    house.queue.assign(0);
    ASSERT_TRUE(house.all_committed());
    EXPECT_EQ(metric(house.metrics, "thingstead_rule_messages_processed_total"), 1);
    // The old worker is buried when a partition comes or goes and its wait is over.
    for (int i = 0; i < 10'000 && house.entities.writes_waiting() != 0; ++i) {
        house.queue.revoke(0, Revocation::orderly);
        house.queue.assign(0);
    }
    EXPECT_EQ(house.entities.writes_waiting(), 0u);
    EXPECT_EQ(metric(house.metrics, "thingstead_rule_messages_processed_total"), 1);
    EXPECT_EQ(metric(house.metrics, "thingstead_rule_messages_lingering"), 0);
}

TEST(Ownership, CommitsNothingOfAPartitionThatIsLost) {
    Houses houses;
    houses.first.timeseries.checkpoint_at_once(false);
    houses.first.timeseries.checkpoint_by_flush(true);
    houses.start();
    houses.queue.assign(0, 0);
    houses.send(10);
    ASSERT_TRUE(
        houses.first.board.wait([&] { return houses.first.timeseries.processed_up_to() == 10; }));
    houses.queue.revoke(0, Revocation::lost);
    EXPECT_EQ(houses.queue.committed(), 0);
    EXPECT_EQ(houses.first.timeseries.flushes(), 0u);
    EXPECT_TRUE(houses.first.log.lines->wait_for("lost=true"));

    houses.queue.assign(0, 1);
    ASSERT_TRUE(houses.first.all_committed());
    const std::map<std::int64_t, int> saves = houses.saves();
    EXPECT_EQ(saves.size(), 10u);
    for (const auto& [offset, times] : saves) EXPECT_EQ(times, 2) << offset;
}

TEST(Ownership, DropsWhatRunsWhenItIsLost) {
    Houses houses;
    houses.first.settings.pack_timeout = 1h;
    houses.first.entities.hold_writes(true);
    houses.start();
    houses.send_attributes();
    houses.queue.assign(0, 0);
    ASSERT_TRUE(
        houses.first.board.wait([&] { return houses.first.entities.writes_waiting() == 1; }));
    houses.queue.revoke(0, Revocation::lost);
    EXPECT_EQ(houses.first.timeseries.processed_up_to(), -1);
    EXPECT_FALSE(has_attributes(houses.first));
    houses.queue.assign(0, 1);
    ASSERT_TRUE(houses.first.all_committed());
    EXPECT_TRUE(has_attributes(houses.second));
}

TEST(Ownership, BeginsWhereTheGroupIsWhenASharedStoreRemembersMore) {
    Fixture house;
    house.queue.hand_out_by_hand();
    house.timeseries.share(true);
    house.timeseries.checkpoint_at_once(false);
    house.start();
    house.queue.assign(0);
    for (int i = 0; i < 10; ++i) house.send_telemetry(payload);
    ASSERT_TRUE(house.board.wait([&] { return house.timeseries.processed_up_to() == 10; }));
    house.queue.revoke(0, Revocation::lost);
    house.timeseries.checkpoint(0, 10);

    house.queue.assign(0);
    ASSERT_TRUE(house.board.wait([&] { return house.timeseries.size() == 20; }));
    ASSERT_TRUE(house.board.wait([&] { return house.timeseries.processed_up_to() == 10; }));
    EXPECT_EQ(house.queue.sought(), -1);
    house.timeseries.checkpoint(0, 4);
    ASSERT_TRUE(house.board.wait([&] { return house.queue.committed() == 4; }));
}

TEST(Ownership, BeginsWhereAStoreOfItsOwnIs) {
    Fixture house;
    house.queue.hand_out_by_hand();
    house.timeseries.checkpoint_at_once(false);
    house.start();
    house.queue.assign(0);
    for (int i = 0; i < 10; ++i) house.send_telemetry(payload);
    ASSERT_TRUE(house.board.wait([&] { return house.timeseries.processed_up_to() == 10; }));
    house.queue.revoke(0, Revocation::lost);
    house.timeseries.checkpoint(0, 10);

    house.queue.assign(0);
    ASSERT_TRUE(house.all_committed());
    EXPECT_EQ(house.queue.sought(), 10);
    EXPECT_EQ(house.timeseries.size(), 10u);
}

TEST(Ownership, CommitsNothingByWhatTheStoreKnewBefore) {
    Fixture house;
    house.timeseries.checkpoint_at_once(false);
    house.timeseries.checkpoint(0, 100);
    house.send_telemetry(payload);
    house.start();
    ASSERT_TRUE(house.board.wait([&] { return house.timeseries.processed_up_to() == 1; }));
    house.engine.reset();
    EXPECT_EQ(house.queue.committed(), 0);
}

TEST(Ownership, CommitsOnlyWhatIsDurableWhenTheStoreFails) {
    Houses houses;
    houses.first.timeseries.checkpoint_at_once(false);
    houses.first.timeseries.checkpoint_by_flush(true);
    houses.first.timeseries.fail_flushes(true);
    houses.start();
    houses.queue.assign(0, 0);
    houses.send(3);
    ASSERT_TRUE(
        houses.first.board.wait([&] { return houses.first.timeseries.processed_up_to() == 3; }));
    houses.queue.revoke(0, Revocation::orderly);
    EXPECT_EQ(houses.queue.committed(), 0);
    EXPECT_TRUE(houses.first.log.lines->wait_for("rule.partition.not_durable"));
    houses.queue.assign(0, 1);
    ASSERT_TRUE(houses.first.all_committed());
    EXPECT_EQ(houses.second.timeseries.size(), 3u);
}

TEST(Ownership, WaitsForTheStoreOnlySoLong) {
    Houses houses;
    houses.first.settings.stop_timeout = 10ms;
    houses.first.timeseries.checkpoint_at_once(false);
    houses.first.timeseries.hold_flushes(true);
    houses.start();
    houses.queue.assign(0, 0);
    houses.send(3);
    ASSERT_TRUE(
        houses.first.board.wait([&] { return houses.first.timeseries.processed_up_to() == 3; }));
    houses.queue.revoke(0, Revocation::orderly);
    EXPECT_EQ(houses.queue.committed(), 0);
    EXPECT_EQ(houses.first.timeseries.flushes(), 1u);
    EXPECT_TRUE(houses.first.log.lines->wait_for("the store was not durable in time"));
    houses.queue.assign(0, 1);
    ASSERT_TRUE(houses.first.all_committed());
}

TEST(Ownership, TellsWhoAsksBeforeTheFirstMessageAndAfterTheLast) {
    struct Told {
        queue::PartitionIndex partition;
        bool owned;
        std::size_t saved;
        bool operator==(const Told&) const = default;
    };
    std::vector<Told> told;
    Fixture house(2);
    house.queue.hand_out_by_hand();
    house.open();
    house.engine->on_ownership([&](queue::PartitionIndex partition, bool owned) {
        EXPECT_EQ(house.engine->owns(partition), owned);
        told.push_back({partition, owned, house.timeseries.size()});
    });
    house.start();
    house.send(house.message(model::msg_type::post_telemetry, payload), 1);
    EXPECT_FALSE(house.engine->owns(1));
    house.queue.assign(1);
    EXPECT_TRUE(house.engine->owns(1));
    EXPECT_FALSE(house.engine->owns(0));
    EXPECT_FALSE(house.engine->owns(2));
    EXPECT_FALSE(house.engine->owns(-1));
    EXPECT_EQ(owned_metric(house, "1"), 1);
    EXPECT_EQ(owned_metric(house, "0"), 0);
    EXPECT_TRUE(house.log.lines->wait_for(
        "rule.partition.assigned topic=tb_rule_engine.main partition=1 took_ms="));
    ASSERT_TRUE(house.board.wait([&] { return house.queue.committed(1) == 1; }));
    house.queue.revoke(1, Revocation::orderly);
    EXPECT_FALSE(house.engine->owns(1));
    EXPECT_EQ(owned_metric(house, "1"), 0);
    EXPECT_TRUE(house.log.lines->wait_for(
        "rule.partition.revoked topic=tb_rule_engine.main partition=1 lost=false committed=1 "
        "took_ms="));

    house.queue.assign(0);
    house.engine->stop();
    EXPECT_EQ(told, (std::vector<Told>{
                        {1, true,  0},
                        {1, false, 1},
                        {0, true,  1},
                        {0, false, 1}
    }));
}

TEST(Ownership, IsRefusedWhereAnotherHasThePartitions) {
    Fixture first;
    first.start();
    Fixture second(first);
    second.open();
    const Result<> started = second.engine->start();
    ASSERT_TRUE(started.has_error());
    EXPECT_EQ(started.error().code, ErrorCode::conflict);
    EXPECT_FALSE(second.engine->owns(0));
}

}  // namespace
}  // namespace thingstead::rule::testing
