// Points per second of the store in Cassandra, and processor time of our own process for them.
//   THINGSTEAD_TEST_CASSANDRA_SYNC=periodic tools/servers/run.py cassandra -- store_cassandra_bench
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <optional>

#include "store/cassandra/cassandra_store.h"
#include "store/timeseries_load.h"

namespace thingstead::store::cassandra {
namespace {

std::optional<Settings> settings_of_server() {
    const char* address = std::getenv("THINGSTEAD_TEST_CASSANDRA");
    const char* user = std::getenv("THINGSTEAD_TEST_CASSANDRA_USER");
    const char* password = std::getenv("THINGSTEAD_TEST_CASSANDRA_PASSWORD");
    if (!address || !user || !password) return std::nullopt;
    Settings out;
    out.contact_points = address;
    out.user = user;
    out.password = password;
    out.keyspace = "thingstead_bench";
    return out;
}

/// Arguments: devices, requests in flight, rows of a batch.
void write_points(benchmark::State& state) {
    constexpr std::size_t rounds = 20;
    auto settings = settings_of_server();
    if (!settings) return state.SkipWithError("needs tools/servers/run.py");
    settings->writes_in_flight_max = static_cast<std::size_t>(state.range(1));
    settings->batch_rows_max = static_cast<std::size_t>(state.range(2));
    MetricsRegistry registry;
    auto opened = open_cassandra_store(*settings, Log(), registry);
    if (!opened) return state.SkipWithError(opened.error().detail.c_str());
    TimeseriesStore& store = **opened;
    const Counter rows(registry, "thingstead_timeseries_rows_written_total", "");
    const Counter batches(registry, "thingstead_timeseries_batches_total", "");
    TimeseriesLoad load(static_cast<std::size_t>(state.range(0)));
    // Before the clock: what is stored of the devices is read, and their partitions are noted.
    if (!load.write(store, 1)) return state.SkipWithError("flush failed");
    const auto rows_before = static_cast<double>(rows.value());
    const auto batches_before = static_cast<double>(batches.value());
    const OwnCpu cpu;
    for (auto _ : state)
        if (!load.write(store, rounds)) state.SkipWithError("flush failed");
    const double cpu_us = cpu.microseconds();
    const double written = static_cast<double>(rows.value()) - rows_before;
    const double points =
        static_cast<double>(static_cast<std::size_t>(state.iterations()) * load.points(rounds));
    state.SetItemsProcessed(static_cast<std::int64_t>(points));
    state.counters["own_cpu_us_per_row"] = cpu_us / written;
    state.counters["own_cpu_us_per_point"] = cpu_us / points;
    state.counters["rows_per_point"] = written / points;
    state.counters["rows_per_batch"] =
        written / (static_cast<double>(batches.value()) - batches_before);
    store.stop();
}
BENCHMARK(write_points)
    ->ArgNames({"devices", "in_flight", "batch_rows"})
    ->Args({1'000, 32, 100})
    ->Args({1'000, 8, 100})
    ->Args({1'000, 512, 1})
    ->Iterations(10)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace thingstead::store::cassandra
