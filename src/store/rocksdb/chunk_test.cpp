#include "store/rocksdb/chunk.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <functional>
#include <limits>
#include <random>

#include "store/rocksdb/bits.h"

namespace thingstead::store::rocks {
namespace {

using model::JsonText;
using model::TimedValue;
using model::Value;

Points run_of(const std::vector<TimedValue>& points, std::uint32_t expiry_s = 0) {
    Points run;
    for (const TimedValue& point : points) run.append(point.ts, cell_value(point.value), expiry_s);
    run.settle();
    return run;
}

std::vector<TimedValue> points_of(const Points& run) {
    std::vector<TimedValue> out;
    for (const Cell& cell : run.cells()) out.push_back({cell.ts, run.value_of(cell)});
    return out;
}

std::string encode(const Points& run) { return encode_chunk(run, run.cells()); }

/// Bit for bit: NaN equals NaN, -0.0 does not equal 0.0.
bool same(const Points& a, const Points& b) {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i) {
        const Cell &x = a.cells()[i], &y = b.cells()[i];
        if (x.ts != y.ts || x.kind != y.kind || x.expiry_s != y.expiry_s) return false;
        if (is_text(x.kind) ? a.text_of(x) != b.text_of(y) : x.bits != y.bits) return false;
    }
    return true;
}

TEST(Chunk, BytesAreThoseOfTheFormat) {
    struct Row {
        const char* name;
        std::vector<TimedValue> points;
        std::uint32_t expiry_s;
        std::string_view hex;
    };
    const Row rows[] = {
        // version packing points span expiry | unit, changes | values
        {"one integer",  {{5, std::int64_t{-2}}},    0,   "01 01 01 00 00  03"                                },
        {"one boolean",  {{5, true}},                0,   "01 00 01 00 00  80"                                },
        {"one decimal",  {{5, 21.5}},                0,   "01 02 01 00 00  01 ae03"                           },
        {"one text",     {{5, std::string("ab")}},   0,   "01 04 01 00 00  03 6162"                           },
        {"JSON twice",
         {{5, JsonText{"[]"}}, {7, JsonText{"[]"}}},
         0,                                               "01 05 02 02 00  02 0500  03 5b5d 00"               },
        {"expiry",       {{5, false}},               300, "01 00 01 00 ac02  00"                              },
        {"two kinds",
         {{5, true}, {6, 1.5}},
         0,                                               "01 06 02 01 00  01 0500  00 02 02 3ff8000000000000"},
        {"pi is a real", {{5, 3.141592653589793}},   0,   "01 03 01 00 00  400921fb54442d18"                  },
    };
    for (const Row& row : rows) {
        SCOPED_TRACE(row.name);
        const Points run = run_of(row.points, row.expiry_s);
        const std::string body = encode(run);
        EXPECT_EQ(to_hex(as_bytes(body)), to_hex(from_hex(row.hex)));
        Points back;
        ASSERT_TRUE(decode_chunk(5, as_bytes(body), back));
        EXPECT_TRUE(same(run, back));
    }
}

struct Shape {
    const char* name;
    std::function<Value(std::size_t, std::mt19937_64&)> value;
    double bytes_per_point_max;  ///< Of 256 points, one a second.
};

std::vector<Shape> shapes() {
    return {
        {"constant",    [](std::size_t,   auto&) { return Value(21.5); },                                       0.3 },
        {"counter",     [](std::size_t i, auto&) { return Value(static_cast<std::int64_t>(i * 3)); },
         0.7                                                                                                        },
        {"temperature",
         [](std::size_t i,                auto&) {
             return Value(std::round(200 + 50 * std::sin(static_cast<double>(i) / 40)) / 10);
         },                                                                           1.0 },
        {"voltage",
         [](std::size_t,                  auto& random) {
             return Value(static_cast<double>(22900 + random() % 300) / 100);
         },                                                                             2.0 },
        {"any double",
         [](std::size_t,                  auto& random) { return Value(std::bit_cast<double>(random())); },     10.0},
        {"slow real",
         [](std::size_t i,                auto&) { return Value(std::sin(static_cast<double>(i / 8))); },       3.0 },
        {"any long",
         [](std::size_t,                  auto& random) { return Value(static_cast<std::int64_t>(random())); }, 9.0 },
        {"boolean",     [](std::size_t i, auto&) { return Value(i % 3 == 0); },                                 0.3 },
        {"status",      [](std::size_t i, auto&) { return Value(std::string(i < 100 ? "ok" : "on")); },
         1.2                                                                                                        },
        {"zeros",       [](std::size_t i, auto&) { return Value(i % 2 ? 0.0 : -0.0); },                         3.0 },
        {"mixed",
         [](std::size_t i,                auto&) -> Value {
             switch (i % 5) {
                 case 0:  return true;
                 case 1:  return std::int64_t{-1} << 63;
                 case 2:  return std::numeric_limits<double>::quiet_NaN();
                 case 3:  return std::string(i, 'x');
                 default: return JsonText{"{}"};
             }
         },                                                                           60.0},
    };
}

TEST(Chunk, EveryShapeComesBackBitForBitAndIsSmall) {
    std::mt19937_64 random(1);
    for (const Shape& shape : shapes()) {
        SCOPED_TRACE(shape.name);
        std::vector<TimedValue> points;
        for (std::size_t i = 0; i < chunk_points_max; ++i)
            points.push_back(
                {1'700'000'000'000 + static_cast<EpochMs>(i) * 1000, shape.value(i, random)});
        for (const std::size_t count : {1u, 2u, 3u, 15u, 16u, 17u, 18u, 255u, 256u}) {
            const Points run =
                run_of({points.begin(), points.begin() + static_cast<std::ptrdiff_t>(count)});
            const std::string body = encode(run);
            Points back;
            ASSERT_TRUE(decode_chunk(points[0].ts, as_bytes(body), back));
            EXPECT_TRUE(same(run, back));
            if (count == 256) {
                EXPECT_LT(static_cast<double>(body.size()) / 256, shape.bytes_per_point_max);
            }
        }
    }
}

TEST(Chunk, AnyTimesAndValuesComeBack) {
    std::mt19937_64 random(2);
    for (int round = 0; round < 2000; ++round) {
        Points run;
        EpochMs ts = static_cast<EpochMs>(random() >> 2) - (EpochMs{1} << 61);
        const EpochMs first = ts;
        const std::uint64_t step_bits = 1 + random() % 22, kinds = 1 + random() % 5;
        const std::size_t count = 1 + random() % chunk_points_max;
        for (std::size_t i = 0; i < count; ++i) {
            const auto kind = random() % kinds;
            const std::uint64_t bits = random() >> random() % 64;
            if (kind == 0) run.append(ts, cell_value(static_cast<std::int64_t>(bits)), 9);
            if (kind == 1) run.append(ts, cell_value(std::bit_cast<double>(bits)), 9);
            if (kind == 2)
                run.append(ts, cell_value(static_cast<double>(bits % 100'000) / 1000), 9);
            if (kind == 3) run.append(ts, cell_value(bits % 2 == 0), 9);
            if (kind == 4) {
                const Value text = std::string(bits % 40, 'y');
                run.append(ts, cell_value(text), 9);
            }
            ts += 1 + static_cast<EpochMs>(random() % (1u << step_bits));
        }
        ASSERT_EQ(chunk_cut(run.cells()), run.size());
        const std::string body = encode(run);
        Points back;
        ASSERT_TRUE(decode_chunk(first, as_bytes(body), back));
        ASSERT_TRUE(same(run, back));
        const auto header = read_chunk_header(as_bytes(body));
        EXPECT_EQ(header->points, count);
        EXPECT_EQ(header->span_ms, run.cells().back().ts - first);
        EXPECT_EQ(header->expiry_s, 9u);
    }
}

TEST(Chunk, EveryCutIsRefused) {
    std::mt19937_64 random(3);
    for (const Shape& shape : shapes()) {
        SCOPED_TRACE(shape.name);
        std::vector<TimedValue> points;
        for (std::size_t i = 0; i < 20; ++i)
            points.push_back({static_cast<EpochMs>(i * i), shape.value(i, random)});
        const std::string body = encode(run_of(points));
        for (std::size_t cut = 0; cut < body.size(); ++cut) {
            Points back;
            EXPECT_FALSE(decode_chunk(0, as_bytes(std::string_view(body).substr(0, cut)), back))
                << cut;
        }
        Points back;
        EXPECT_FALSE(decode_chunk(0, as_bytes(body + '\0'), back));
    }
}

TEST(Chunk, IsCutByNumberSpanExpiryAndLengthOfTexts) {
    Points many;
    for (EpochMs ts = 0; ts < 300; ++ts) many.append(ts, cell_value(true), 0);
    EXPECT_EQ(chunk_cut(many.cells()), 256u);
    EXPECT_EQ(chunk_cut(run_of({
                                   {0,                     true},
                                   {chunk_span_ms_max - 1, true}
    })
                            .cells()),
              2u);
    EXPECT_EQ(chunk_cut(run_of({
                                   {0,                 true},
                                   {chunk_span_ms_max, true}
    })
                            .cells()),
              1u);
    EXPECT_EQ(chunk_cut(run_of({
                                   {std::numeric_limits<EpochMs>::min(), true},
                                   {std::numeric_limits<EpochMs>::max(), true}
    })
                            .cells()),
              1u);
    Points expiries = run_of(
        {
            {0, true},
            {1, true}
    },
        5);
    expiries.append(2, cell_value(true), 6);
    EXPECT_EQ(chunk_cut(expiries.cells()), 2u);
    const std::string half(chunk_text_bytes / 2, 'x');
    EXPECT_EQ(chunk_cut(run_of({
                                   {0, half},
                                   {1, half},
                                   {2, half}
    })
                            .cells()),
              2u);
}

TEST(PointsOfASeries, SortsLatePointsAndKeepsTheLastOfEqualTimes) {
    Points run;
    const std::pair<EpochMs, std::int64_t> points[] = {
        {5, 1},
        {7, 2},
        {7, 3},
        {6, 4},
        {5, 5},
        {9, 6},
        {6, 7}
    };
    for (const auto& [ts, value] : points) run.append(ts, cell_value(value), 0);
    EXPECT_FALSE(run.settled());
    run.settle();
    EXPECT_EQ(points_of(run), (std::vector<TimedValue>{
                                  {5, std::int64_t{5}},
                                  {6, std::int64_t{7}},
                                  {7, std::int64_t{3}},
                                  {9, std::int64_t{6}}
    }));
}

TEST(Bits, VarintsOfMoreThan64BitsAreRefused) {
    for (const std::uint64_t value : {0ull, 127ull, 128ull, ~0ull}) {
        std::string text;
        append_varint(text, value);
        ByteSpan in = as_bytes(text);
        std::uint64_t back = 1;
        EXPECT_TRUE(take_varint(in, back));
        EXPECT_EQ(back, value);
        EXPECT_TRUE(in.empty());
    }
    for (const std::string_view hex :
         {"", "80", "ffffffffffffffffff02", "ffffffffffffffffffff01"}) {
        const auto bytes = from_hex(hex);
        ByteSpan in = bytes;
        std::uint64_t back = 0;
        EXPECT_FALSE(take_varint(in, back)) << hex;
    }
}

}  // namespace
}  // namespace thingstead::store::rocks
