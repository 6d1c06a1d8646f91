// What a message of three points costs this process, and how many a node takes. Needs a server:
//   THINGSTEAD_TEST_CASSANDRA_SYNC=periodic tools/servers/run.py cassandra -- store_cassandra_bench
#include <benchmark/benchmark.h>
#include <sys/resource.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdlib>
#include <optional>
#include <vector>

#include "store/cassandra/cassandra_store.h"

namespace thingstead::store::cassandra {
namespace {

constexpr EpochMs begin_ms = 1'700'000'000'000;

void run(Task<> task) {
    boost::asio::io_context context;
    boost::asio::co_spawn(context, std::move(task), [](std::exception_ptr) {});
    context.run();
}

bool run(Task<Result<>> task) {
    boost::asio::io_context context;
    bool done = false;
    boost::asio::co_spawn(context, std::move(task),
                          [&](std::exception_ptr, Result<> result) { done = bool(result); });
    context.run();
    return done;
}

double cpu_us() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6 +
           static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

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

/// Three doubles as a climate sensor sends them.
void set_values(std::vector<model::KeyValue>& values, std::size_t step) {
    values[0].value = static_cast<double>(200 + step % 37) / 10;
    values[1].value = static_cast<double>(5500 + step % 211) / 100;
    values[2].value = static_cast<double>(10'130 + step % 17) / 10;
}

/// Arguments: devices, writes in flight.
void write_messages(benchmark::State& state) {
    auto settings = settings_of_server();
    if (!settings) return state.SkipWithError("needs tools/servers/run.py");
    settings->writes_in_flight_max = static_cast<std::size_t>(state.range(1));
    MetricsRegistry registry;
    auto opened = open_cassandra_store(*settings, Log(), registry);
    if (!opened) return state.SkipWithError(opened.error().detail.c_str());
    TimeseriesStore& store = **opened;
    std::vector<model::EntityId> devices;
    for (std::int64_t i = 0; i < state.range(0); ++i) devices.push_back(model::DeviceId::make());
    std::vector<model::KeyValue> values = {
        {"temperature", 0.0},
        {"humidity",    0.0},
        {"pressure",    0.0}
    };
    const double cpu_before = cpu_us();
    std::size_t step = 0;
    for (auto _ : state) {
        set_values(values, step);
        const PointsWrite points{.entity = devices[step % devices.size()],
                                 .ts = begin_ms + static_cast<EpochMs>(step),
                                 .values = values};
        while (!store.write(points, std::nullopt)) run(store.room());
        if (++step == static_cast<std::size_t>(state.max_iterations) && !run(store.flush()))
            state.SkipWithError("flush failed");
    }
    const double cpu = cpu_us() - cpu_before;
    const double messages = static_cast<double>(step);
    state.SetItemsProcessed(static_cast<std::int64_t>(step));
    state.counters["points/s"] = benchmark::Counter(messages * 3, benchmark::Counter::kIsRate);
    state.counters["cpu_us/message"] = cpu / messages;
    // Three of history and three of the latest values.
    state.counters["cpu_us/row"] = cpu / messages / 6;
    store.stop();
}
BENCHMARK(write_messages)
    ->Args({1'000, 128})
    ->Args({1'000, 512})
    ->Args({1'000, 1'024})
    ->Args({50'000, 512})
    ->Iterations(100'000)
    ->UseRealTime();

}  // namespace
}  // namespace thingstead::store::cassandra
