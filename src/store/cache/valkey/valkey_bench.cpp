// What the cache costs against a real server; the yardstick is the same server asked by a bare
// socket that writes commands in batches and looks only at the number of answers.
//   tools/servers/run.py redis -- build/release/bench/store_cache_valkey_bench
#include <benchmark/benchmark.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <cstdlib>
#include <future>
#include <string>
#include <vector>

#include "net/connect.h"
#include "net/io_threads.h"
#include "protocol/resp/encode.h"
#include "protocol/resp/parser.h"
#include "store/cache/valkey/valkey_cache.h"

namespace thingstead::store::valkey {
namespace {

constexpr CacheRegion region = CacheRegion::credentials;
constexpr int keys_count = 20'000;
constexpr std::size_t value_bytes = 200;

const char* server() { return std::getenv("THINGSTEAD_TEST_REDIS"); }

double process_cpu_us() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto us = [](const timeval& t) {
        return static_cast<double>(t.tv_sec) * 1e6 + static_cast<double>(t.tv_usec);
    };
    return us(usage.ru_utime) + us(usage.ru_stime);
}

std::string key_of(int i) { return "device-credentials-" + std::to_string(i); }

struct Bench {
    net::IoThreads io{1, "bench"};
    net::IoThreads callers{1, "callers"};
    MetricsRegistry metrics;
    std::unique_ptr<Cache> cache;

    explicit Bench(std::size_t local_entries_max) {
        Settings settings;
        settings.addresses = {server()};
        settings.prefix = "bench:";
        settings.command_timeout = std::chrono::seconds(10);
        CacheRegions regions;
        regions.credentials.local_entries_max = local_entries_max;
        auto opened = open_valkey_cache(io, settings, regions, Log(), metrics);
        if (!opened) std::abort();
        cache = *std::move(opened);
    }
    ~Bench() { cache->stop(); }

    template <class Work>
    void run(int in_flight, Work work) {
        std::vector<std::future<void>> all;
        for (int i = 0; i < in_flight; ++i)
            all.push_back(boost::asio::co_spawn(callers.at(0), work(*cache, i, in_flight),
                                                boost::asio::use_future));
        for (auto& each : all) each.get();
    }
};

Task<> get_keys(Cache& cache, int first, int step) {
    for (int i = first; i < keys_count; i += step)
        benchmark::DoNotOptimize(co_await cache.get(region, key_of(i)));
}
/// As a reader does: asks, puts.
Task<> fill_keys(Cache& cache, int first, int step) {
    for (int i = first; i < keys_count; i += step) {
        const CacheFound found = co_await cache.get(region, key_of(i));
        if (found.ticket)
            co_await cache.put(region, key_of(i), std::string(value_bytes, 'x'), found.ticket);
    }
}
Task<> erase_keys(Cache& cache, int first, int step) {
    std::vector<std::string> keys;
    for (int i = first; i < keys_count; i += step) keys.push_back(key_of(i));
    co_await cache.erase(region, keys);
}

void count(benchmark::State& state, double cpu_us) {
    const auto ops = static_cast<double>(state.iterations()) * keys_count;
    state.SetItemsProcessed(state.iterations() * keys_count);
    state.counters["cpu_us_per_op"] = cpu_us / ops;
}

void get_from_server(benchmark::State& state) {
    if (!server()) return state.SkipWithError("run it under tools/servers/run.py redis");
    const int in_flight = static_cast<int>(state.range(0));
    Bench bench(16);
    bench.run(64, &fill_keys);
    double cpu = 0;
    for (auto _ : state) {
        const double before = process_cpu_us();
        bench.run(in_flight, &get_keys);
        cpu += process_cpu_us() - before;
    }
    count(state, cpu);
}
BENCHMARK(get_from_server)->Arg(1)->Arg(16)->Arg(256)->UseRealTime()->Unit(benchmark::kMillisecond);

void get_from_front(benchmark::State& state) {
    if (!server()) return state.SkipWithError("run it under tools/servers/run.py redis");
    Bench bench(1'000'000);
    bench.run(64, &fill_keys);
    bench.run(64, &get_keys);
    double cpu = 0;
    for (auto _ : state) {
        const double before = process_cpu_us();
        bench.run(1, &get_keys);
        cpu += process_cpu_us() - before;
    }
    count(state, cpu);
}
BENCHMARK(get_from_front)->UseRealTime()->Unit(benchmark::kMillisecond);

/// GET, SET NX of the lease, and the put: three commands an item.
void miss_and_put(benchmark::State& state) {
    if (!server()) return state.SkipWithError("run it under tools/servers/run.py redis");
    const int in_flight = static_cast<int>(state.range(0));
    Bench bench(16);
    double cpu = 0;
    for (auto _ : state) {
        state.PauseTiming();
        bench.run(1, &erase_keys);
        state.ResumeTiming();
        const double before = process_cpu_us();
        bench.run(in_flight, &fill_keys);
        cpu += process_cpu_us() - before;
    }
    count(state, cpu);
}
BENCHMARK(miss_and_put)->Arg(1)->Arg(256)->UseRealTime()->Unit(benchmark::kMillisecond);

/// The yardstick: GETs in batches over one blocking socket.
void bare_gets(benchmark::State& state) {
    if (!server()) return state.SkipWithError("run it under tools/servers/run.py redis");
    constexpr int batch = 256;
    const net::Address at = *net::parse_address(server());
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(at.port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int descriptor = ::socket(AF_INET, SOCK_STREAM, 0);
    if (::connect(descriptor, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0)
        return state.SkipWithError("cannot connect");
    {
        Bench bench(16);
        bench.run(64, &fill_keys);
    }
    std::vector<char> buffer(64 << 10);
    double cpu = 0;
    for (auto _ : state) {
        const double before = process_cpu_us();
        resp::Parser parser;
        for (int from = 0; from < keys_count; from += batch) {
            std::string out;
            const int to_send = std::min(batch, keys_count - from);
            for (int i = from; i < from + to_send; ++i)
                resp::append_command_of(out, "GET", "bench:credentials:" + key_of(i));
            if (::send(descriptor, out.data(), out.size(), 0) < 0) std::abort();
            for (int answers = 0; answers < to_send;) {
                const ssize_t got = ::recv(descriptor, buffer.data(), buffer.size(), 0);
                if (got <= 0) std::abort();
                std::string_view input(buffer.data(), static_cast<std::size_t>(got));
                while (!input.empty()) answers += (*parser.next(input)).has_value();
            }
        }
        cpu += process_cpu_us() - before;
    }
    count(state, cpu);
    ::close(descriptor);
}
BENCHMARK(bare_gets)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace thingstead::store::valkey
