// Rows per second of the stores in PostgreSQL, and processor time of our own process for them.
//   tools/servers/run.py postgres -- build/release/bench/store_postgres_bench
// THINGSTEAD_SERVERS_FSYNC=on makes commits wait for the disk, as they do in production.
#include <benchmark/benchmark.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <cstdlib>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "model/entities.h"
#include "store/postgres/postgres_entity_store.h"
#include "store/postgres/postgres_timeseries_store.h"
#include "store/timeseries_load.h"

namespace thingstead::store::postgres {
namespace {
namespace asio = boost::asio;

std::string server_url() {
    const char* url = std::getenv("THINGSTEAD_TEST_POSTGRES");
    if (!url) throw std::runtime_error("run by tools/servers/run.py postgres");
    return url;
}

void run(asio::io_context& io, std::vector<Task<>> tasks) {
    std::vector<std::future<void>> done;
    io.restart();
    for (Task<>& each : tasks)
        done.push_back(asio::co_spawn(io, std::move(each), asio::use_future));
    io.run();
    for (std::future<void>& each : done) each.get();
}

void write_points(benchmark::State& state) {
    constexpr std::size_t rounds = 20;
    MetricsRegistry metrics;
    SystemClock clock;
    TimeseriesSettings settings;
    settings.url = server_url();
    settings.writers = static_cast<std::size_t>(state.range(0));
    const auto store = open_postgres_timeseries_store(settings, Log(), metrics, clock).value();
    const Counter history(metrics, "thingstead_timeseries_points_stored_total", "");
    const Counter latest(metrics, "thingstead_timeseries_latest_stored_total", "");
    const Counter batches(metrics, "thingstead_timeseries_batches_total", "");
    TimeseriesLoad load(1'000);
    // Before the clock: the keys get their numbers.
    load.write(*store, 1).value();
    const auto rows = [&] { return static_cast<double>(history.value() + latest.value()); };
    const double rows_before = rows();
    const auto batches_before = static_cast<double>(batches.value());
    const OwnCpu cpu;
    for (auto _ : state) load.write(*store, rounds).value();
    const double cpu_us = cpu.microseconds();
    const double written = rows() - rows_before;
    const double points =
        static_cast<double>(static_cast<std::size_t>(state.iterations()) * load.points(rounds));
    state.SetItemsProcessed(static_cast<std::int64_t>(points));
    state.counters["own_cpu_us_per_row"] = cpu_us / written;
    state.counters["own_cpu_us_per_point"] = cpu_us / points;
    state.counters["rows_per_point"] = written / points;
    state.counters["rows_per_batch"] =
        written / (static_cast<double>(batches.value()) - batches_before);
    store->stop();
}
BENCHMARK(write_points)
    ->ArgName("writers")
    ->Arg(1)
    ->Arg(3)
    ->Iterations(10)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

/// 64 coroutines save two attributes at a time; `works`: most of one commit.
void save_attributes(benchmark::State& state) {
    constexpr int concurrent = 64;
    constexpr int rounds = 20;
    MetricsRegistry metrics;
    EntitySettings settings;
    settings.url = server_url();
    settings.commit_works_max = static_cast<std::size_t>(state.range(0));
    settings.writers = static_cast<std::size_t>(state.range(1));
    settings.attempts_max = 100;
    asio::io_context io;
    const auto store = open_postgres_entity_store(settings, Log(), metrics).value();
    std::vector<model::DeviceId> ids;
    for (int i = 0; i < 1'000; ++i) ids.push_back(model::DeviceId::make());
    std::size_t next = 0;
    const auto save = [&]() -> Task<> {
        for (int i = 0; i < rounds; ++i) {
            const auto number = static_cast<std::int64_t>(++next);
            AttributesWrite write{
                ids[next % ids.size()], model::AttributeScope::client, {}, number};
            write.values.push_back({"temperature", number});
            write.values.push_back({"firmware", std::string("1.2.3")});
            std::function<Result<>(Transaction&)> work = [&write](Transaction& tx) {
                return tx.save_attributes(write);
            };
            const Result<> done = co_await store->write(std::move(work));
            done.value();
        }
    };
    const OwnCpu cpu;
    for (auto _ : state) {
        std::vector<Task<>> tasks;
        for (int i = 0; i < concurrent; ++i) tasks.push_back(save());
        run(io, std::move(tasks));
    }
    state.SetItemsProcessed(state.iterations() * concurrent * rounds * 2);
    state.counters["own_cpu_us_per_row"] =
        cpu.microseconds() / static_cast<double>(state.items_processed());
    state.counters["works_per_commit"] =
        static_cast<double>(state.items_processed()) / 2 /
        static_cast<double>(Counter(metrics, "thingstead_entity_store_commits_total", "").value());
    state.counters["retries"] =
        static_cast<double>(Counter(metrics, "thingstead_entity_store_retries_total", "").value());
    store->stop();
}
BENCHMARK(save_attributes)
    ->ArgNames({"works", "writers"})
    ->Args({60, 1})
    ->Args({1, 1})
    ->Args({1, 8})
    ->Args({60, 2})
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace thingstead::store::postgres
