// The parts that need no node.
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "base/bytes.h"
#include "store/cassandra/flow_limit.h"
#include "store/cassandra/known_partitions.h"
#include "store/cassandra/latest_times.h"
#include "store/cassandra/ledger.h"
#include "store/cassandra/partitioning.h"
#include "store/cassandra/point_encoder.h"
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

TEST(WriteClock, SeveralTimesFollowEachOther) {
    WriteClock clock;
    const std::int64_t first = clock.next(1'000'000);
    EXPECT_GE(clock.next(), first + 1'000'000);
}

TEST(KnownPartitions, TheNameDecidesNotTheToken) {
    KnownPartitions known(100);
    known.put(7, "a");
    EXPECT_TRUE(known.has(7, "a"));
    EXPECT_FALSE(known.has(7, "b"));
    known.put(7, "b");
    known.put(7, "b");
    EXPECT_TRUE(known.has(7, "a"));
    known.erase(7, "a");
    EXPECT_FALSE(known.has(7, "a"));
    EXPECT_TRUE(known.has(7, "b"));
    known.erase(7, "a");
}

TEST(KnownPartitions, ForgetsTheOldestAndStaysBounded) {
    KnownPartitions known(64);
    const auto count = [&] {
        std::size_t out = 0;
        for (int i = 0; i < 1'000; ++i) out += known.has(i * 1'000'003, std::to_string(i));
        return out;
    };
    for (int i = 0; i < 1'000; ++i) {
        known.put(i * 1'000'003, std::to_string(i));
        EXPECT_TRUE(known.has(i * 1'000'003, std::to_string(i)));
    }
    EXPECT_LE(count(), 64u);
    EXPECT_GT(count(), 32u);
}

TEST(PointEncoder, EachPointIsTheRowOfItsInsert) {
    Settings settings;
    const model::EntityId device = some_device();
    const EpochMs ts = 1'735'689'599'990;
    const std::vector<model::KeyValue> values = {
        {"", true},
        {"kéy", -5},
        {"d", 2.5},
        {"text", std::string(1'000, 'x')},
        {"json", model::JsonText{"{}"}}
    };
    for (const bool nulls : {false, true}) {
        for (const auto ttl : {std::optional<std::int32_t>(), std::optional<std::int32_t>(60)}) {
            settings.write_nulls = nulls;
            const PointsWrite write{.entity = device, .ts = ts, .values = values};
            EncodedPoints out;
            out.text = "before";
            PointEncoder encoder(out, write, ttl, 1'000, settings);
            for (const model::KeyValue& each : values) encoder.add(each);
            ASSERT_EQ(out.points.size(), values.size());
            for (std::size_t i = 0; i < values.size(); ++i) {
                const model::KeyValue& each = values[i];
                const EncodedPoint& point = out.points[i];
                const std::int64_t partition = partition_of(ts, settings.partitioning);
                cql::Values series, cells, row;
                bind_series(series, device, each.key);
                cells.bigint(ts);
                bind_value(cells, each.value, nulls ? Others::null : Others::unset);
                bind_series(row, device, each.key);
                row.bigint(partition);
                row.bigint(ts);
                bind_value(row, each.value, nulls ? Others::null : Others::unset);
                if (ttl)
                    row.integer(*ttl);
                else
                    row.unset();
                row.bigint(1'000 + static_cast<std::int64_t>(i));
                EXPECT_EQ(point.row(out.text), row.bytes());
                EXPECT_EQ(point.expires(), ttl.has_value());
                EXPECT_EQ(point.series(out.text), series.bytes());
                EXPECT_EQ(point.ts_and_values(out.text), cells.bytes());
                EXPECT_EQ(point.key_text(out.text), each.key);
                EXPECT_EQ(point.directory_row(out.text),
                          directory_row(device, each.key, partition));
                EXPECT_EQ(point.token, token_of_partition(series_key(device, each.key), partition));
                EXPECT_EQ(token_of_series(point.series(out.text)), token_of(device, each.key));
            }
        }
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

/// Sends as the writer does, with more always waiting; how many.
std::size_t fill(FlowLimit& flow) {
    if (!flow.may_send()) return 0;
    std::size_t sent = 0;
    for (; flow.in_flight() < flow.limit(); ++sent) flow.sent();
    flow.filled(true);
    return sent;
}

TEST(FlowLimit, UnderLoadHalfIsAnsweredBeforeMoreIsSent) {
    FlowLimit flow(32);
    EXPECT_EQ(fill(flow), 32u);
    for (int answers = 0; answers < 15; ++answers) {
        flow.succeeded();
        EXPECT_EQ(fill(flow), 0u);
    }
    flow.succeeded();
    EXPECT_EQ(fill(flow), 16u);
}

TEST(FlowLimit, OneThatIsAloneIsSentAtOnce) {
    for (const std::size_t most : {1u, 2u, 32u}) {
        FlowLimit flow(most);
        for (std::size_t i = 0; i < most; ++i) {
            ASSERT_TRUE(flow.may_send());
            flow.sent();
            flow.filled(false);
        }
        EXPECT_FALSE(flow.may_send());
        flow.succeeded();
        EXPECT_TRUE(flow.may_send());
    }
}

TEST(FlowLimit, ANodeThatWasOverwhelmedGetsLessAndThenMoreAgain) {
    using namespace std::chrono_literals;
    const FlowLimit::Clock::time_point start{1h};
    FlowLimit flow(32);
    fill(flow);
    for (int i = 0; i < 32; ++i) {  // of one round
        flow.failed();
        flow.overwhelmed(start, start + 1s);
    }
    EXPECT_EQ(flow.limit(), 16u);
    EXPECT_EQ(fill(flow), 16u);
    for (int round = 1; round < 9; ++round) {
        while (flow.in_flight() > 0) flow.failed();
        flow.overwhelmed(start + round * 1s, start + (round + 1) * 1s);
        EXPECT_EQ(fill(flow), flow.limit());
    }
    EXPECT_EQ(flow.limit(), 1u);
    std::size_t answered = 0;
    for (; flow.limit() < 32; ++answered) {
        flow.succeeded();
        fill(flow);
    }
    EXPECT_EQ(answered, 31u * 32 / 2);  // a round for each
    for (int i = 0; i < 100; ++i) {
        flow.succeeded();
        fill(flow);
    }
    EXPECT_EQ(flow.limit(), 32u);
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
    ledger.finish(large);
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
    ledger.finish(b);
    EXPECT_EQ(ledger.checkpointed(0), 10);
    ledger.finish(a);
    EXPECT_EQ(ledger.checkpointed(0), 11);
    ledger.finish(b2);
    EXPECT_EQ(ledger.checkpointed(0), 12);
    ledger.processed(0, 13);
    EXPECT_EQ(ledger.checkpointed(0), 12);
    ledger.finish(c);
    EXPECT_EQ(ledger.checkpointed(0), 13);
}

TEST_F(LedgerTest, OffsetsMayComeAndGoInAnyOrder) {
    std::vector<std::int64_t> order(200);
    for (std::size_t i = 0; i < order.size(); ++i)
        order[i] = static_cast<std::int64_t>(i * 83 % order.size());  // each once
    std::vector<Ticket*> tickets(order.size());
    for (const std::int64_t offset : order)
        tickets[static_cast<std::size_t>(offset)] = ledger.take(device, 1, SourceOffset{0, offset});
    Ticket* const twice = ledger.take(device, 1, SourceOffset{0, 150});
    ledger.processed(0, 200);
    for (const std::int64_t offset : order)
        if (offset > 0) ledger.finish(tickets[static_cast<std::size_t>(offset)]);
    EXPECT_EQ(ledger.checkpointed(0), 0);
    ledger.finish(tickets[0]);
    EXPECT_EQ(ledger.checkpointed(0), 150);
    Ticket* const again = ledger.take(device, 1, SourceOffset{0, 3});
    EXPECT_EQ(ledger.checkpointed(0), 3);
    ledger.finish(twice);
    ledger.finish(again);
    EXPECT_EQ(ledger.checkpointed(0), 200);
}

TEST_F(LedgerTest, OnlyWhatWasTakenBeforeIsWaitedFor) {
    const model::EntityId other = some_device();
    std::vector<Ticket*> tickets;
    for (int i = 0; i < 100; ++i) tickets.push_back(ledger.take(i % 2 ? device : other, 1, {}));
    const std::uint64_t all = ledger.taken(), of_device = ledger.taken(device);
    const auto later = ledger.take(device, 1, {});
    EXPECT_FALSE(ledger.is_finished(all));
    for (std::size_t i = 99; i < 100; i -= 2) ledger.finish(tickets[i]);  // the device's
    EXPECT_TRUE(ledger.is_finished(device, of_device));
    EXPECT_FALSE(ledger.is_finished(device, ledger.taken(device)));
    EXPECT_FALSE(ledger.is_finished(all));
    run_task(ledger.entity_finished(device, of_device));
    for (std::size_t i = 0; i < 100; i += 2) ledger.finish(tickets[i]);
    EXPECT_TRUE(ledger.is_finished(all));
    run_task(ledger.all_finished(all));
    EXPECT_TRUE(ledger.is_finished(other, ledger.taken(other)));
    ledger.finish(later);
    EXPECT_TRUE(ledger.wait_all_finished(std::chrono::milliseconds(0)));
}

TEST_F(LedgerTest, AReaderWaitsForItsEntityWhateverElseIsUnfinished) {
    // More than there are buckets, so that entities meet in them.
    Ledger large(1 << 20, metrics);
    std::vector<model::EntityId> entities;
    std::vector<Ticket*> tickets;
    for (int i = 0; i < 10'000; ++i) {
        entities.push_back(some_device());
        tickets.push_back(large.take(entities.back(), 1, {}));
    }
    const std::uint64_t all = large.taken();
    for (std::size_t i = 1; i < tickets.size(); i += 2) large.finish(tickets[i]);
    for (std::size_t i = 0; i < entities.size(); ++i) {
        ASSERT_EQ(large.is_finished(entities[i], all), i % 2 == 1);
        ASSERT_EQ(large.taken(entities[i]), i % 2 == 1 ? 0 : all);
    }
    large.finish(tickets[0]);
    run_task(large.entity_finished(entities[0], all));
    EXPECT_TRUE(large.is_finished(entities[0], all));
}

TEST_F(LedgerTest, ClosingLetsEverybodyGo) {
    const auto ticket = ledger.take(device, 1'000, {});
    ledger.close();
    run_task(ledger.room());
    run_task(ledger.all_finished(ledger.taken()));
    run_task(ledger.entity_finished(device, ledger.taken(device)));
    EXPECT_FALSE(ledger.is_finished(ledger.taken()));
    EXPECT_FALSE(ledger.take(device, 1, {}));
    ledger.finish(ticket);
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
