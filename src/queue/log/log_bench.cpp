// What the queue costs: append to durable from two threads, consumers at the end and far behind,
// beside a bare loop of write and sync as a yardstick.
//
// Environment THINGSTEAD_BENCH_DIR names the directory to use; the default is the current one.
#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <thread>

#include "queue/log/log_queue.h"

namespace thingstead::queue::log {
namespace {

std::string bench_directory() {
    const char* base = std::getenv("THINGSTEAD_BENCH_DIR");  // NOLINT(concurrency-mt-unsafe)
    std::string name = std::string(base == nullptr ? "." : base) + "/queue_log_bench_XXXXXX";
    TS_ASSERT(mkdtemp(name.data()) != nullptr);
    return name;
}

double cpu_seconds() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& t) {
        return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

struct Bench {
    explicit Bench(std::size_t cache_bytes_max = 32u << 20) {
        Settings settings;
        settings.directory = directory;
        settings.cache_bytes_max = cache_bytes_max;
        queue = open_log_queue(settings, Log(), registry, clock).value();
        TopicSettings topic;
        topic.name = "bench";
        topic.retention_bytes = 256u << 20;
        queue->open_topic(topic).value();
    }
    ~Bench() {
        queue.reset();
        std::filesystem::remove_all(directory);
    }
    const std::string directory = bench_directory();
    MetricsRegistry registry;
    SystemClock clock;
    std::unique_ptr<Queue> queue;
};

const std::string value(284, 'v');
const std::string key(16, 'k');

/// One I/O thread: appends, `window` records unacknowledged at most; `pause` after each 64.
struct Sender {
    Sender(Queue& queue, std::uint64_t window, std::chrono::microseconds pause)
        : window_(window), pause_(pause) {
        producer_ = queue
                        .open_producer("bench", {[this](Producer::Ticket up_to, auto) {
                                                     durable_ = up_to;
                                                     durable_.notify_one();
                                                 },
                                                 {}})
                        .value();
    }
    void send(std::uint64_t count) {
        for (std::uint64_t i = 1; i <= count; ++i) {
            const auto partition = static_cast<PartitionIndex>(i % 4);
            while (true) {
                const auto ticket = producer_->append(partition, as_bytes(key), as_bytes(value));
                if (ticket) {
                    sent_ = *ticket;
                    break;
                }
                std::this_thread::yield();
            }
            if (sent_ - durable_.load() >= window_) wait_for(sent_ - window_ / 2);
            if (pause_.count() > 0 && i % 64 == 0) std::this_thread::sleep_for(pause_);
        }
        wait_for(sent_);
    }

  private:
    void wait_for(std::uint64_t ticket) {
        for (std::uint64_t seen = durable_; seen < ticket; seen = durable_) durable_.wait(seen);
    }
    std::uint64_t window_;
    std::chrono::microseconds pause_;
    std::uint64_t sent_ = 0;
    std::atomic<std::uint64_t> durable_{0};
    std::unique_ptr<Producer> producer_;
};

double commits(const MetricsRegistry& registry) {
    constexpr std::string_view name = "\nthingstead_queue_commits_total ";
    const std::string text = registry.expose();
    const std::size_t at = text.find(name);
    TS_ASSERT(at != std::string::npos);
    return std::stod(text.substr(at + name.size()));
}

void append(benchmark::State& state, std::uint64_t window, std::chrono::microseconds pause,
            std::uint64_t count) {
    Bench bench;
    std::uint64_t total = 0;
    double cpu = 0;
    for (auto _ : state) {
        Sender one(*bench.queue, window, pause);
        Sender two(*bench.queue, window, pause);
        const double before = cpu_seconds();
        std::thread first([&] { one.send(count); });
        two.send(count);
        first.join();
        cpu += cpu_seconds() - before;
        total += 2 * count;
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(total));
    state.counters["cpu_us_per_record"] = cpu * 1e6 / static_cast<double>(total);
    state.counters["records_per_commit"] = static_cast<double>(total) / commits(bench.registry);
}

void append_at_full_speed(benchmark::State& state) {
    append(state, 20'000, std::chrono::microseconds(0), 500'000);
}
BENCHMARK(append_at_full_speed)->UseRealTime()->Unit(benchmark::kMillisecond)->Iterations(2);

/// About 60,000 a second: what the whole server shall do.
void append_at_60k(benchmark::State& state) {
    append(state, 20'000, std::chrono::microseconds(2050), 60'000);
}
BENCHMARK(append_at_60k)->UseRealTime()->Unit(benchmark::kMillisecond)->Iterations(2);

/// One record at a time per thread: the latency of a commit.
void append_one_by_one(benchmark::State& state) {
    append(state, 1, std::chrono::microseconds(0), 2000);
}
BENCHMARK(append_one_by_one)->UseRealTime()->Unit(benchmark::kMillisecond)->Iterations(1);

void consume(benchmark::State& state, std::size_t cache_bytes_max) {
    Bench bench(cache_bytes_max);
    constexpr std::uint64_t count = 40'000;
    Sender(*bench.queue, 20'000, std::chrono::microseconds(0)).send(count * 4);
    const auto consumer = bench.queue->open_consumer("bench", "g", 0).value();
    std::uint64_t total = 0;
    std::uint64_t bytes = 0;
    for (auto _ : state) {
        consumer->seek(0);
        for (std::uint64_t n = 0; n < count;) {
            const auto batch =
                consumer->poll(1000, 1u << 20, std::chrono::milliseconds(1000)).value();
            for (const Record& record : batch->records()) bytes += record.value.size();
            n += batch->records().size();
        }
        total += count;
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(total));
    state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
}
void consume_from_memory(benchmark::State& state) { consume(state, 64u << 20); }
BENCHMARK(consume_from_memory)->UseRealTime()->Unit(benchmark::kMillisecond);
void consume_from_files(benchmark::State& state) { consume(state, 0); }
BENCHMARK(consume_from_files)->UseRealTime()->Unit(benchmark::kMillisecond);

/// The disk itself: 4 KiB and a sync, over and over, into a preallocated file.
void yardstick_write_and_sync(benchmark::State& state) {
    const std::string directory = bench_directory();
    const std::string path = directory + "/file";
    const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    TS_ASSERT(fd >= 0 && ::posix_fallocate(fd, 0, 64 << 20) == 0 && ::fsync(fd) == 0);
    const std::string block(4096, 'x');
    off_t at = 0;
    const double before = cpu_seconds();
    for (auto _ : state) {
        TS_ASSERT(::pwrite(fd, block.data(), block.size(), at) == 4096 && ::fdatasync(fd) == 0);
        at = (at + 4096) % (64 << 20);
    }
    state.SetItemsProcessed(state.iterations());
    state.counters["cpu_us_per_sync"] =
        (cpu_seconds() - before) * 1e6 / static_cast<double>(state.iterations());
    ::close(fd);
    std::filesystem::remove_all(directory);
}
BENCHMARK(yardstick_write_and_sync)->UseRealTime()->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace thingstead::queue::log
