// The parts that need no node.
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "base/bytes.h"
#include "store/cassandra/latest_times.h"
#include "store/cassandra/ledger.h"
#include "store/cassandra/partitioning.h"
#include "store/cassandra/ring.h"
#include "store/cassandra/statements.h"
#include "store/cassandra/topology.h"
#include "store/cassandra/write_clock.h"
#include "store/timeseries_testing.h"

namespace thingstead::store::cassandra {
namespace {

constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();

TEST(Partitioning, CutsByTheCalendarOfUtc) {
    struct Row {
        EpochMs ts;
        std::int64_t minute, hour, day, month, year;
    };
    const Row rows[] = {
        {0,             0,             0,             0,             0,              0              },
        {-1,            -60'000,       -3'600'000,    -86'400'000,   -2'678'400'000, -31'536'000'000},
        // 2024-02-29T23:59:59.999Z
        {1709251199999, 1709251140000, 1709247600000, 1709164800000, 1706745600000,  1704067200000  },
        {1709251200000, 1709251200000, 1709251200000, 1709251200000, 1709251200000,  1704067200000  },
    };
    using enum Partitioning;
    for (const Row& row : rows) {
        SCOPED_TRACE(row.ts);
        EXPECT_EQ(partition_of(row.ts, MINUTES), row.minute);
        EXPECT_EQ(partition_of(row.ts, HOURS), row.hour);
        EXPECT_EQ(partition_of(row.ts, DAYS), row.day);
        EXPECT_EQ(partition_of(row.ts, MONTHS), row.month);
        EXPECT_EQ(partition_of(row.ts, YEARS), row.year);
        EXPECT_EQ(partition_of(row.ts, INDEFINITE), 0);
    }
}

TEST(Partitioning, NeverFallsAsTimeRises) {
    const EpochMs times[] = {least, partitioned_ms_min,  -62'135'596'800'000,
                             0,     253'402'300'800'000, partitioned_ms_max,
                             most};
    for (const auto& [partitioning, name] : enum_names(Partitioning{}))
        for (std::size_t i = 1; i < std::size(times); ++i) {
            EXPECT_LE(partition_of(times[i - 1], partitioning),
                      partition_of(times[i], partitioning))
                << name << " " << times[i];
        }
}

TEST(Ring, TheOwnerComesFirstThenTheOthersClockwise) {
    const Ring ring({
        {100,  2},
        {-100, 0},
        {0,    1},
        {50,   0}
    });
    const auto owners = [&](cql::Token token, std::size_t count) {
        std::vector<std::uint32_t> out;
        ring.owners(token, count, out);
        return out;
    };
    using Hosts = std::vector<std::uint32_t>;
    EXPECT_EQ(owners(-100, 9), (Hosts{0, 1, 2}));
    EXPECT_EQ(owners(-99, 9), (Hosts{1, 0, 2}));
    EXPECT_EQ(owners(1, 2), (Hosts{0, 2}));
    EXPECT_EQ(owners(100, 1), (Hosts{2}));
    EXPECT_EQ(owners(101, 9), (Hosts{0, 1, 2}));  // around
    EXPECT_EQ(owners(least, 1), (Hosts{0}));
    EXPECT_TRUE(Ring().empty());
}

TEST(ContactPoints, AreHostsWithOrWithoutPorts) {
    const auto text_of = [](std::string_view text) {
        const auto points = parse_contact_points(text);
        std::string out;
        if (!points) return "error " + points.error().detail;
        for (const ContactPoint& point : *points)
            out += point.host + "|" + std::to_string(point.port) + " ";
        return out;
    };
    EXPECT_EQ(text_of("a:1, b ,[::1]:3,[::2],::3"), "a|1 b|9042 ::1|3 ::2|9042 ::3|9042 ");
    for (const char* bad : {"", "a:", "a:0", "a:65536", ":1", "a,,b", "[::1", "[::1]x"})
        EXPECT_TRUE(text_of(bad).starts_with("error contact_points: ")) << bad;
}

TEST(WriteClock, EachTimeIsGreaterThanTheLast) {
    WriteClock clock;
    std::int64_t last = clock.next();
    for (int i = 0; i < 10'000; ++i) {
        const std::int64_t next = clock.next();
        ASSERT_GT(next, last);
        last = next;
    }
}

TEST(LatestTimes, WriteTimesRiseWithTimeAndFitForEveryTime) {
    const EpochMs times[] = {least, -4'611'686'018'427'386, -1, 0, 1, 4'611'686'018'427'386, most};
    for (std::size_t i = 1; i < std::size(times); ++i)
        EXPECT_LE(write_time_of(times[i - 1]), write_time_of(times[i]));
    EXPECT_EQ(write_time_of(1'700'000'000'123), 1'700'000'000'123'000);
    EXPECT_LT(write_time_of_key, write_time_of(least));
}

TEST(LatestTimes, ForgetsWhatWasNotUsedForLongestAndWhatIsOld) {
    LatestTimes times(10, std::chrono::minutes(1));
    const auto now = LatestTimes::Clock::now();
    const model::EntityId a = some_device(), b = some_device(), c = some_device();
    const auto entity = [&](int keys) {
        LatestTimes::Entity out;
        out.read = now;
        for (int k = 0; k < keys; ++k) out.keys["key" + std::to_string(k)];
        return out;
    };
    times.put(a, entity(4));
    times.put(b, entity(4));
    EXPECT_EQ(times.keys(), 10u);
    EXPECT_NE(times.find(a, now), nullptr);
    times.put(c, entity(3));
    EXPECT_EQ(times.find(b, now), nullptr);
    EXPECT_NE(times.find(a, now), nullptr);
    EXPECT_EQ(times.keys(), 9u);
    EXPECT_EQ(times.find(a, now + std::chrono::minutes(2)), nullptr);
    EXPECT_EQ(times.keys(), 4u);
    times.put(b, entity(100));  // more than all: it stays until another one comes
    EXPECT_NE(times.find(b, now), nullptr);
    EXPECT_EQ(times.find(c, now), nullptr);
}

class LedgerTest : public testing::Test {
  protected:
    MetricsRegistry registry;
    StoreMetrics metrics{registry};
    Ledger ledger{1'000, metrics};
    const model::EntityId device = some_device();
};

TEST_F(LedgerTest, TakesUpToItsLimitAndOneThatIsLargerWhenItIsAlone) {
    const auto large = ledger.take(device, 5'000, {});
    ASSERT_TRUE(large);
    EXPECT_FALSE(ledger.take(device, 1, {}));
    ledger.finish(*large);
    const auto half = ledger.take(device, 600, {});
    EXPECT_TRUE(half);
    EXPECT_FALSE(ledger.take(device, 401, {}));
    EXPECT_TRUE(ledger.take(device, 400, {}));
    EXPECT_EQ(metrics.pending_bytes.value(), 1'000);
}

TEST_F(LedgerTest, AnOffsetMayBeCommittedWhenAllBelowAreFinished) {
    EXPECT_EQ(ledger.checkpointed(0), -1);
    const auto a = ledger.take(device, 1, SourceOffset{0, 10});
    const auto b = ledger.take(device, 1, SourceOffset{0, 11});
    const auto b2 = ledger.take(device, 1, SourceOffset{0, 11});
    const auto c = ledger.take(device, 1, SourceOffset{0, 12});
    EXPECT_EQ(ledger.checkpointed(0), -1);
    ledger.processed(0, 12);
    ledger.processed(7, 3);
    EXPECT_EQ(ledger.checkpointed(0), 10);
    EXPECT_EQ(ledger.checkpointed(7), 3);
    ledger.finish(*b);
    EXPECT_EQ(ledger.checkpointed(0), 10);
    ledger.finish(*a);
    EXPECT_EQ(ledger.checkpointed(0), 11);
    ledger.finish(*b2);
    EXPECT_EQ(ledger.checkpointed(0), 12);
    ledger.processed(0, 13);
    EXPECT_EQ(ledger.checkpointed(0), 12);
    ledger.finish(*c);
    EXPECT_EQ(ledger.checkpointed(0), 13);
}

TEST_F(LedgerTest, OnlyWhatWasTakenBeforeIsWaitedFor) {
    const model::EntityId other = some_device();
    std::vector<std::shared_ptr<Ticket>> tickets;
    for (int i = 0; i < 100; ++i) tickets.push_back(ledger.take(i % 2 ? device : other, 1, {}));
    const std::uint64_t all = ledger.taken(), of_device = ledger.taken(device);
    const auto later = ledger.take(device, 1, {});
    EXPECT_FALSE(ledger.is_finished(all));
    for (std::size_t i = 99; i < 100; i -= 2) ledger.finish(*tickets[i]);  // the device's
    EXPECT_TRUE(ledger.is_finished(device, of_device));
    EXPECT_FALSE(ledger.is_finished(device, ledger.taken(device)));
    EXPECT_FALSE(ledger.is_finished(all));
    run_task(ledger.entity_finished(device, of_device));
    for (std::size_t i = 0; i < 100; i += 2) ledger.finish(*tickets[i]);
    EXPECT_TRUE(ledger.is_finished(all));
    run_task(ledger.all_finished(all));
    EXPECT_TRUE(ledger.is_finished(other, ledger.taken(other)));
    ledger.finish(*later);
    EXPECT_TRUE(ledger.wait_all_finished(std::chrono::milliseconds(0)));
}

TEST_F(LedgerTest, ClosingLetsEverybodyGo) {
    const auto ticket = ledger.take(device, 1'000, {});
    ledger.close();
    run_task(ledger.room());
    run_task(ledger.all_finished(ledger.taken()));
    run_task(ledger.entity_finished(device, ledger.taken(device)));
    EXPECT_FALSE(ledger.is_finished(ledger.taken()));
    EXPECT_FALSE(ledger.take(device, 1, {}));
    ledger.finish(*ticket);
}

TEST(ValueCells, TheColumnWrittenLastCounts) {
    std::string cells;
    const auto append = [&](std::string_view hex) {
        const auto bytes = from_hex(hex);
        cells.append(as_text(bytes));
    };
    append("00000001 01 ffffffff 00000008 0000000000000007 ffffffff ffffffff");  // true and 7
    append("00000008 0000000000000005 ffffffff 00000008 0000000000000004 ffffffff ffffffff");
    cql::Rows rows;
    rows.column_count = 10;
    rows.row_count = 1;
    rows.cells = cells;
    cql::RowCursor row(rows);
    ASSERT_TRUE(row.next());
    const ValueCells values(row), times(row);
    EXPECT_EQ(values.count(), 2u);
    EXPECT_EQ(values.newest(times), model::Value(true));
    EXPECT_EQ(times.newest_time(), 5);
}

}  // namespace
}  // namespace thingstead::store::cassandra
