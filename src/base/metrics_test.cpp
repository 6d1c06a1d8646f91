#include "base/metrics.h"

#include <gtest/gtest.h>

#include <limits>
#include <thread>

namespace thingstead {
namespace {

TEST(Metrics, AreExposedByNameThenLabels) {
    MetricsRegistry registry;
    EXPECT_EQ(registry.expose(), "");
    Counter b(registry, "points_total", "Points \"taken\".\nAll \\ of them.",
              {
                  {"door", "mqtt"}
    });
    Counter a(registry, "points_total", "",
              {
                  {"door", "coap"    },
                  {"a",    "x\"\\\ny"}
    });
    Gauge sessions(registry, "a_sessions", "Open sessions.");
    a.add();
    b.add(41);
    b.add();
    sessions.set(5);
    sessions.add(-7);
    EXPECT_EQ(registry.expose(),
              "# HELP a_sessions Open sessions.\n"
              "# TYPE a_sessions gauge\n"
              "a_sessions -2\n"
              "# HELP points_total Points \"taken\".\\nAll \\\\ of them.\n"
              "# TYPE points_total counter\n"
              "points_total{a=\"x\\\"\\\\\\ny\",door=\"coap\"} 1\n"
              "points_total{door=\"mqtt\"} 42\n");
}

TEST(Histogram, CountsUpToAndWithTheBound) {
    MetricsRegistry registry;
    Histogram latency(registry, "latency_seconds", "Time.",
                      {
                          0.001, 0.5, 2
    },
                      {{"op", "read"}});
    for (const double value : {0.0, 0.001, 0.002, 0.5, 2.5}) latency.observe(value);
    latency.observe(std::numeric_limits<double>::quiet_NaN());
    EXPECT_EQ(registry.expose(),
              "# HELP latency_seconds Time.\n"
              "# TYPE latency_seconds histogram\n"
              "latency_seconds_bucket{op=\"read\",le=\"0.001\"} 2\n"
              "latency_seconds_bucket{op=\"read\",le=\"0.5\"} 4\n"
              "latency_seconds_bucket{op=\"read\",le=\"2\"} 4\n"
              "latency_seconds_bucket{op=\"read\",le=\"+Inf\"} 5\n"
              "latency_seconds_sum{op=\"read\"} 3.003\n"
              "latency_seconds_count{op=\"read\"} 5\n");
}

TEST(Metrics, TheSameNameAndLabelsShareACell) {
    MetricsRegistry registry;
    Counter one(registry, "x_total", "X."), two(registry, "x_total", "X.");
    Counter other(registry, "x_total", "X.",
                  {
                      {"a", "b"}
    });
    one.add(3);
    two.add(4);
    EXPECT_EQ(one.value(), 7u);
    EXPECT_EQ(other.value(), 0u);
}

TEST(Metrics, ACounterOutlivesTheRegistry) {
    auto registry = std::make_unique<MetricsRegistry>();
    Counter counter(*registry, "x_total", "X.");
    registry.reset();
    counter.add();
    EXPECT_EQ(counter.value(), 1u);
}

TEST(Metrics, LoseNothingBetweenThreads) {
    MetricsRegistry registry;
    Counter counter(registry, "x_total", "X.");
    Histogram histogram(registry, "h", "H.", {1});
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&] {
            Counter mine(registry, "x_total", "X.");
            for (int i = 0; i < 5000; ++i) {
                mine.add();
                histogram.observe(1);
            }
        });
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(counter.value(), 20000u);
    EXPECT_NE(registry.expose().find("h_sum 20000\nh_count 20000\n"), std::string::npos);
}

TEST(MetricsDeathTest, MistakesOfOursEndTheProcess) {
    MetricsRegistry registry;
    Counter counter(registry, "x_total", "X.");
    Histogram histogram(registry, "h", "H.", {1, 2});
    EXPECT_DEATH(Gauge(registry, "x_total", "X."), "type");
    EXPECT_DEATH(Histogram(registry, "h", "H.", {1, 3}), "bounds");
    EXPECT_DEATH(Histogram(registry, "g", "G.", {2, 1}), "bounds");
    EXPECT_DEATH(Counter(registry, "0x", "X."), "valid_name");
    EXPECT_DEATH(Counter(registry, "y_total", "X.",
                         {
                             {"le", "1"}
    }),
                 "valid_name");
}

}  // namespace
}  // namespace thingstead
