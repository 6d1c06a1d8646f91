// What the driver costs: records of 150 bytes through a real broker, and the processor time that
// our own process takes for each, sending and reading.
//
//   tools/servers/run.py kafka -- build/release/bench/queue_kafka_bench
#include <benchmark/benchmark.h>
#include <sys/resource.h>

#include <atomic>
#include <cstdlib>
#include <stdexcept>
#include <thread>

#include "queue/kafka/kafka_queue.h"

namespace thingstead::queue::kafka {
namespace {

constexpr PartitionIndex partitions = 4;
constexpr std::uint64_t window = 20'000;  ///< Records unacknowledged at most.
const std::string key(16, 'k');
const std::string value(134, 'v');

double cpu_seconds() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& t) {
        return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

struct Bench {
    explicit Bench(Compression compression = Compression::lz4) {
        const char* brokers =
            std::getenv("THINGSTEAD_TEST_KAFKA");  // NOLINT(concurrency-mt-unsafe)
        if (brokers == nullptr) throw std::runtime_error("run by tools/servers/run.py kafka --");
        static int count = 0;
        Settings settings;
        settings.brokers = brokers;
        settings.prefix = "bench" + std::to_string(++count);
        settings.replication_factor = settings.min_insync_replicas = 1;
        settings.compression = compression;
        queue = open_kafka_queue(settings, Log(), registry).value();
        TopicSettings topic;
        topic.name = "t";
        topic.partitions = partitions;
        queue->open_topic(topic).value();
    }
    /// Appends and waits until all is durable; in steps of `pause` after 64 records.
    void send(std::uint64_t count, std::chrono::microseconds pause = {}) {
        std::atomic<std::uint64_t> durable{0};
        auto producer = queue
                            ->open_producer("t", {[&](Producer::Ticket up_to, auto) {
                                                      durable = up_to;
                                                      durable.notify_one();
                                                  },
                                                  {}})
                            .value();
        const auto wait_for = [&](std::uint64_t ticket) {
            for (std::uint64_t seen = durable; seen < ticket; seen = durable) durable.wait(seen);
        };
        for (std::uint64_t i = 1; i <= count; ++i) {
            while (!producer->append(static_cast<PartitionIndex>(i % partitions), as_bytes(key),
                                     as_bytes(value)))
                std::this_thread::yield();
            if (i - durable.load() >= window) wait_for(i - window / 2);
            if (pause.count() > 0 && i % 64 == 0) std::this_thread::sleep_for(pause);
        }
        wait_for(count);
    }
    void read(std::uint64_t count) {
        std::vector<std::unique_ptr<Consumer>> consumers;
        for (PartitionIndex p = 0; p < partitions; ++p)
            consumers.push_back(queue->open_consumer("t", "g", p).value());
        for (std::uint64_t got = 0; got < count;)
            for (const auto& each : consumers) {
                const auto batch = each->poll(1000, 1u << 20, std::chrono::milliseconds(1)).value();
                if (!batch) continue;
                got += batch->records().size();
                each->commit(batch->records().back().offset + 1);
            }
    }
    MetricsRegistry registry;
    std::unique_ptr<Queue> queue;
};

struct Meter {
    explicit Meter(benchmark::State& s) : state(s) {}
    ~Meter() {
        state.SetItemsProcessed(static_cast<std::int64_t>(records));
        state.counters["cpu_us_per_record"] =
            (cpu_seconds() - before) * 1e6 / static_cast<double>(records);
    }
    benchmark::State& state;
    double before = cpu_seconds();
    std::uint64_t records = 0;
};

void produce(benchmark::State& state, Compression compression) {
    constexpr std::uint64_t count = 400'000;
    Bench bench(compression);
    bench.send(1000);
    Meter meter(state);
    for (auto _ : state) {
        bench.send(count);
        meter.records += count;
    }
}
void produce_lz4(benchmark::State& state) { produce(state, Compression::lz4); }
void produce_plain(benchmark::State& state) { produce(state, Compression::none); }
BENCHMARK(produce_lz4)->UseRealTime()->Unit(benchmark::kMillisecond)->Iterations(2);
BENCHMARK(produce_plain)->UseRealTime()->Unit(benchmark::kMillisecond)->Iterations(2);

void consume(benchmark::State& state) {
    constexpr std::uint64_t count = 400'000;
    Bench bench;
    bench.send(count);
    Meter meter(state);
    for (auto _ : state) {
        bench.read(count);
        meter.records += count;
    }
}
BENCHMARK(consume)->UseRealTime()->Unit(benchmark::kMillisecond)->Iterations(1);

/// Sent and read at the same time, by one process.
void both(benchmark::State& state, std::uint64_t count, std::chrono::microseconds pause) {
    Bench bench;
    bench.send(1000);
    bench.read(1000);
    Meter meter(state);
    for (auto _ : state) {
        std::thread reader([&] { bench.read(count); });
        bench.send(count, pause);
        reader.join();
        meter.records += count;
    }
}
void both_at_full_speed(benchmark::State& state) {
    both(state, 400'000, std::chrono::microseconds(0));
}
/// About 15,000 a second: what a busy installation has all day.
void both_at_15k(benchmark::State& state) { both(state, 60'000, std::chrono::microseconds(4200)); }
BENCHMARK(both_at_full_speed)->UseRealTime()->Unit(benchmark::kMillisecond)->Iterations(1);
BENCHMARK(both_at_15k)->UseRealTime()->Unit(benchmark::kMillisecond)->Iterations(1);

}  // namespace
}  // namespace thingstead::queue::kafka
