// Rows per second of the stores in PostgreSQL, and processor time of our own process for them.
//   tools/servers/run.py postgres -- build/release/bench/store_postgres_bench
// THINGSTEAD_SERVERS_FSYNC=on makes commits wait for the disk, as they do in production.
#include <benchmark/benchmark.h>
#include <sys/resource.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <cstdlib>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "store/postgres/postgres_entity_store.h"
#include "store/postgres/postgres_timeseries_store.h"

namespace thingstead::store::postgres {
namespace {
namespace asio = boost::asio;

std::string server_url() {
    const char* url = std::getenv("THINGSTEAD_TEST_POSTGRES");
    if (!url) throw std::runtime_error("run by tools/servers/run.py postgres");
    return url;
}

double process_seconds() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

/// Adds the processor time of this process per item to the state.
class ProcessorTime {
  public:
    explicit ProcessorTime(benchmark::State& state) : state_(state) {}
    ~ProcessorTime() {
        state_.counters["own_cpu_us_per_row"] =
            (process_seconds() - before_) * 1e6 / static_cast<double>(state_.items_processed());
    }
    ProcessorTime(const ProcessorTime&) = delete;
    ProcessorTime& operator=(const ProcessorTime&) = delete;

  private:
    benchmark::State& state_;
    double before_ = process_seconds();
};

void run(asio::io_context& io, std::vector<Task<>> tasks) {
    std::vector<std::future<void>> done;
    io.restart();
    for (Task<>& each : tasks)
        done.push_back(asio::co_spawn(io, std::move(each), asio::use_future));
    io.run();
    for (std::future<void>& each : done) each.get();
}

/// Messages of three points from each of 1,000 devices in turn, as a rule engine would save them.
void write_points(benchmark::State& state) {
    constexpr int devices = 1'000;
    constexpr int rounds = 20;
    MetricsRegistry metrics;
    SystemClock clock;
    TimeseriesSettings settings;
    settings.url = server_url();
    settings.writers = static_cast<std::size_t>(state.range(0));
    asio::io_context io;
    const auto store = open_postgres_timeseries_store(settings, Log(), metrics, clock).value();
    std::vector<model::EntityId> ids;
    for (int i = 0; i < devices; ++i) ids.push_back(model::DeviceId::make());
    EpochMs ts = 1'718'000'000'000;
    const auto write_rounds = [&]() -> Task<> {
        std::vector<model::KeyValue> values(3);
        values[0].key = "temperature";
        values[1].key = "humidity";
        values[2].key = "battery";
        for (int round = 0; round < rounds; ++round) {
            ts += 1'000;
            for (const model::EntityId& id : ids) {
                values[0].value = 20.0 + static_cast<double>(ts % 97) / 10;
                values[1].value = std::int64_t{40 + ts % 13};
                values[2].value = std::int64_t{3'700};
                const PointsWrite points{.entity = id, .ts = ts, .values = values};
                while (!store->write(points, SourceOffset{0, ts})) co_await store->room();
            }
        }
        const Result<> flushed = co_await store->flush();
        flushed.value();
    };
    {
        const ProcessorTime time(state);
        for (auto _ : state) {
            std::vector<Task<>> tasks;
            tasks.push_back(write_rounds());
            run(io, std::move(tasks));
        }
        state.SetItemsProcessed(state.iterations() * devices * rounds * 3);
    }
    state.counters["rows_per_batch"] =
        static_cast<double>(state.items_processed()) /
        static_cast<double>(Counter(metrics, "thingstead_timeseries_batches_total", "").value());
    store->stop();
}
BENCHMARK(write_points)
    ->ArgName("writers")
    ->Arg(1)
    ->Arg(3)
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
    {
        const ProcessorTime time(state);
        for (auto _ : state) {
            std::vector<Task<>> tasks;
            for (int i = 0; i < concurrent; ++i) tasks.push_back(save());
            run(io, std::move(tasks));
        }
        state.SetItemsProcessed(state.iterations() * concurrent * rounds * 2);
    }
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
