// What a point costs in this store, against the yardstick: plain RocksDB puts of the same points.
#include <benchmark/benchmark.h>
#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <cmath>
#include <optional>
#include <vector>

#include "store/rocksdb/database.h"
#include "store/rocksdb/layout.h"
#include "store/rocksdb/rocksdb_store.h"
#include "store/rocksdb/temporary_directory.h"

namespace thingstead::store::rocks {
namespace {

constexpr std::size_t device_count = 1000;
constexpr EpochMs begin_ms = 1'700'000'000'000;

template <class T>
T run_task(Task<T> task) {
    boost::asio::io_context context;
    std::optional<T> result;
    boost::asio::co_spawn(context, std::move(task),
                          [&](std::exception_ptr, T value) { result.emplace(std::move(value)); });
    context.run();
    return std::move(*result);
}

void await_room(TimeseriesStore& store) {
    boost::asio::io_context context;
    boost::asio::co_spawn(context, store.room(), [](std::exception_ptr) {});
    context.run();
}

std::vector<model::EntityId> make_devices(std::size_t count) {
    std::vector<model::EntityId> out;
    for (std::size_t i = 0; i < count; ++i) out.push_back(model::DeviceId::make());
    return out;
}

/// Three doubles as a climate sensor sends them.
void set_values(std::vector<model::KeyValue>& values, std::size_t step) {
    values[0].value = static_cast<double>(200 + step % 37) / 10;
    values[1].value = static_cast<double>(5500 + step % 211) / 100;
    values[2].value = static_cast<double>(10'130 + step % 17) / 10;
}
std::vector<model::KeyValue> three_values() {
    return {
        {"temperature", 0.0},
        {"humidity",    0.0},
        {"pressure",    0.0}
    };
}

struct Opened {
    explicit Opened(std::size_t head_bytes_max = 64 << 20,
                    std::chrono::milliseconds interval = std::chrono::seconds(10)) {
        open(head_bytes_max, interval);
    }
    void open(std::size_t head_bytes_max = 64 << 20,
              std::chrono::milliseconds interval = std::chrono::seconds(10)) {
        if (store) store->stop();
        store.reset();
        store = *open_rocksdb_store({.directory = directory.path(),
                                     .head_bytes_max = head_bytes_max,
                                     .checkpoint_interval = interval},
                                    Log(), registry, clock);
    }
    TemporaryDirectory directory;
    MetricsRegistry registry;
    SystemClock clock;
    std::unique_ptr<TimeseriesStore> store;
};

/// One message of three points; checkpoints run beside it as memory fills.
void write_message(benchmark::State& state) {
    Opened opened;
    const auto devices = make_devices(device_count);
    auto values = three_values();
    std::size_t step = 0;
    std::int64_t refused = 0;
    for (auto _ : state) {
        set_values(values, step);
        const PointsWrite points{.entity = devices[step % device_count],
                                 .ts = begin_ms + static_cast<EpochMs>(step / device_count) * 1000,
                                 .values = values};
        while (!opened.store->write(points, std::nullopt)) {
            ++refused;
            await_room(*opened.store);
        }
        ++step;
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(step));
    state.counters["refused"] = static_cast<double>(refused);
}
BENCHMARK(write_message)->Iterations(3'000'000)->MeasureProcessCPUTime()->UseRealTime();

/// One checkpoint of `range` points of each of 3,000 series.
void checkpoint(benchmark::State& state) {
    Opened opened(512 << 20, std::chrono::hours(1));
    const auto devices = make_devices(device_count);
    auto values = three_values();
    std::size_t step = 0;
    const auto rounds = static_cast<std::size_t>(state.range(0));
    for (auto _ : state) {
        state.PauseTiming();
        for (std::size_t i = 0; i < rounds * device_count; ++i, ++step) {
            set_values(values, step);
            opened.store->write({.entity = devices[step % device_count],
                                 .ts = begin_ms + static_cast<EpochMs>(step / device_count) * 1000,
                                 .values = values},
                                std::nullopt);
        }
        state.ResumeTiming();
        if (!run_task(opened.store->flush())) state.SkipWithError("flush failed");
    }
    const double points = static_cast<double>(step * 3);
    state.counters["per_point"] =
        benchmark::Counter(points, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}
BENCHMARK(checkpoint)
    ->Arg(1)
    ->Arg(10)
    ->Arg(100)
    ->Iterations(10)
    ->MeasureProcessCPUTime()
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

/// The same points as plain puts: key, id and time as in a chunk's row, the double as it is.
void yardstick_plain_puts(benchmark::State& state) {
    const TemporaryDirectory directory;
    const SystemClock clock;
    const auto database = *Database::open({.directory = directory.path()}, clock);
    const auto devices = make_devices(device_count);
    auto values = three_values();
    ::rocksdb::WriteOptions options;
    options.disableWAL = true;
    ::rocksdb::WriteBatch batch;
    std::size_t step = 0;
    for (auto _ : state) {
        set_values(values, step);
        for (std::size_t i = 0; i < values.size(); ++i) {
            std::string key =
                series_prefix(devices[step % device_count], static_cast<KeyId>(i + 1));
            key += number_row(static_cast<std::uint64_t>(begin_ms) + step / device_count * 1000);
            const auto value = std::get<double>(values[i].value);
            batch.Put(database->family(Family::chunks), key,
                      {reinterpret_cast<const char*>(&value), sizeof value});
        }
        if (batch.Count() >= 99) {
            if (!database->db().Write(options, &batch).ok()) state.SkipWithError("put failed");
            batch.Clear();
        }
        ++step;
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(step));
}
BENCHMARK(yardstick_plain_puts)->Iterations(500'000)->MeasureProcessCPUTime()->UseRealTime();

/// 30 days of 100 meters with four values every 15 minutes, a checkpoint after each round.
void smart_meter_bytes(benchmark::State& state) {
    for (auto _ : state) {
        TemporaryDirectory directory;
        const SystemClock clock;
        std::size_t points = 0;
        {
            MetricsRegistry registry;
            auto store =
                *open_rocksdb_store({.directory = directory.path()}, Log(), registry, clock);
            const auto meters = make_devices(100);
            std::vector<model::KeyValue> values = {
                {"energy",  0.0},
                {"power",   0.0},
                {"voltage", 0.0},
                {"current", 0.0}
            };
            std::vector<double> energy(meters.size());
            for (std::size_t round = 0; round < 30 * 96; ++round) {
                for (std::size_t m = 0; m < meters.size(); ++m) {
                    const double power = std::round(
                        400 +
                        300 * std::sin(static_cast<double>(round) / 15 + static_cast<double>(m)) +
                        static_cast<double>((round * 7919 + m * 104729) % 97));
                    energy[m] += std::round(power / 4) / 1000;
                    values[0].value = std::round(energy[m] * 1000) / 1000;
                    values[1].value = power;
                    values[2].value =
                        std::round(2300 + static_cast<double>((round * 31 + m) % 60)) / 10;
                    values[3].value = std::round(power / 2.3) / 100;
                    store->write({.entity = meters[m],
                                  .ts = begin_ms + static_cast<EpochMs>(round) * 900'000,
                                  .values = values},
                                 std::nullopt);
                    points += 4;
                }
                if (!run_task(store->flush())) state.SkipWithError("flush failed");
            }
            store->stop();
        }
        const auto database = *Database::open({.directory = directory.path()}, clock);
        database->db().CompactRange({}, database->family(Family::chunks), nullptr, nullptr);
        std::uint64_t bytes = 0;
        database->db().GetIntProperty(database->family(Family::chunks),
                                      "rocksdb.total-sst-files-size", &bytes);
        state.counters["bytes_per_point"] =
            static_cast<double>(bytes) / static_cast<double>(points);
    }
}
BENCHMARK(smart_meter_bytes)
    ->Iterations(1)
    ->MeasureProcessCPUTime()
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

/// 10,000 points of one series, one a second, written in checkpoints of ten.
void range_of_10k(benchmark::State& state) {
    Opened opened;
    const auto device = make_devices(1).front();
    std::vector<model::KeyValue> values = {
        {"temperature", 0.0}
    };
    for (std::size_t i = 0; i < 10'000; ++i) {
        values[0].value = static_cast<double>(200 + i % 37) / 10;
        opened.store->write(
            {.entity = device, .ts = begin_ms + static_cast<EpochMs>(i) * 1000, .values = values},
            std::nullopt);
        if (i % 10 == 9 && !run_task(opened.store->flush())) state.SkipWithError("flush failed");
    }
    opened.open();  // moves the rows from RocksDB's memory to a file
    const auto limit = static_cast<std::size_t>(state.range(0));
    const RangeQuery query{.entity = device,
                           .key = "temperature",
                           .start_ms = 0,
                           .end_ms = begin_ms * 2,
                           .limit = limit};
    for (auto _ : state)
        if (run_task(opened.store->range(query)).value().size() != limit)
            state.SkipWithError("points are missing");
}
BENCHMARK(range_of_10k)
    ->Arg(10'000)
    ->Arg(1)
    ->MeasureProcessCPUTime()
    ->UseRealTime()
    ->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace thingstead::store::rocks
