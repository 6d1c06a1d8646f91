// Works per second of the embedded entity store, with the coroutines a server would have.
#include <benchmark/benchmark.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <filesystem>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include "model/entities.h"
#include "store/sqlite/sqlite_store.h"

namespace thingstead::store::sqlite {
namespace {
namespace asio = boost::asio;

constexpr int concurrent = 64;
constexpr int devices = 10'000;

model::Device make_device(model::TenantId tenant) {
    static EpochMs made = 0;
    model::Device device;
    device.id = model::DeviceId::make();
    device.created_time = 1'700'000'000'000 + ++made;
    device.tenant_id = tenant;
    device.name = device.id.to_string();
    device.type = "default";
    device.label = "Building 7, floor 3";
    device.additional_info = {
        {"description", "a device of the benchmark"}
    };
    return device;
}

/// A store on disk with its own folder.
class Bench {
  public:
    Bench() {
        std::filesystem::create_directories(folder_);
        Settings settings;
        settings.file = folder_ / "entities.db";
        store_ = open_sqlite_store(settings, Log(), metrics_).value();
    }
    ~Bench() {
        store_->stop();
        std::filesystem::remove_all(folder_);
    }

    EntityStore& store() { return *store_; }
    double commits() {
        return static_cast<double>(
            Counter(metrics_, "thingstead_entity_store_commits_total", "").value());
    }

    /// `concurrent` coroutines each await `rounds` works that `step` makes.
    template <class Step>
    void run(int rounds, const Step& step) {
        std::vector<std::future<void>> done;
        io_.restart();
        for (int i = 0; i < concurrent; ++i)
            done.push_back(asio::co_spawn(io_, repeat(rounds, &step), asio::use_future));
        io_.run();
        for (std::future<void>& each : done) each.get();
    }

    std::vector<model::DeviceId> fill(model::TenantId tenant) {
        std::vector<model::DeviceId> ids;
        const Result<> filled = store_->write_now([&](Transaction& tx) -> Result<> {
            for (int i = 0; i < devices; ++i) {
                const model::Device device = make_device(tenant);
                ids.push_back(device.id);
                if (Result<> done = tx.insert(device); !done) return done;
            }
            return {};
        });
        filled.value();
        return ids;
    }

  private:
    template <class Step>
    static Task<> repeat(int rounds, const Step* step) {
        for (int i = 0; i < rounds; ++i) {
            Task<Result<>> work = (*step)();
            const Result<> done = co_await std::move(work);
            done.value();
        }
    }

    std::filesystem::path folder_ =
        std::filesystem::temp_directory_path() / ("entity_bench_" + new_random_uuid().to_string());
    MetricsRegistry metrics_;
    asio::io_context io_;  // outlives the store that resumes coroutines on it
    std::unique_ptr<EntityStore> store_;
};

void insert_devices(benchmark::State& state) {
    Bench bench;
    const model::TenantId tenant = model::TenantId::make();
    for (auto _ : state)
        bench.run(20, [&] {
            return bench.store().write(
                [device = make_device(tenant)](Transaction& tx) { return tx.insert(device); });
        });
    state.SetItemsProcessed(state.iterations() * concurrent * 20);
    state.counters["works_per_commit"] =
        static_cast<double>(state.items_processed()) / bench.commits();
}
BENCHMARK(insert_devices)->UseRealTime()->Unit(benchmark::kMillisecond);

void save_attributes(benchmark::State& state) {
    Bench bench;
    std::vector<model::DeviceId> ids;
    for (int i = 0; i < 1'000; ++i) ids.push_back(model::DeviceId::make());
    std::size_t next = 0;
    for (auto _ : state)
        bench.run(20, [&] {
            const model::DeviceId device = ids[++next % ids.size()];
            return bench.store().write(
                [device, value = static_cast<std::int64_t>(next)](Transaction& tx) {
                    return tx.save_attributes({
                        device,
                        model::AttributeScope::client,
                        {{"temperature", value}, {"firmware", "1.2.3"}},
                        value
                    });
                });
        });
    state.SetItemsProcessed(state.iterations() * concurrent * 20);
    state.counters["works_per_commit"] =
        static_cast<double>(state.items_processed()) / bench.commits();
}
BENCHMARK(save_attributes)->UseRealTime()->Unit(benchmark::kMillisecond);

void find_device_by_id(benchmark::State& state) {
    Bench bench;
    const std::vector<model::DeviceId> ids = bench.fill(model::TenantId::make());
    std::size_t next = 0;
    for (auto _ : state)
        bench.run(100, [&] {
            const Uuid id = ids[(next += 7'919) % ids.size()].uuid;
            return bench.store().read([id](Reader& reader) -> Result<> {
                const Result<std::optional<model::Device>> found = reader.find<model::Device>({
                    {"id", id}
                });
                if (!found) return found.error();
                benchmark::DoNotOptimize(**found);
                return {};
            });
        });
    state.SetItemsProcessed(state.iterations() * concurrent * 100);
}
BENCHMARK(find_device_by_id)->UseRealTime()->Unit(benchmark::kMillisecond);

/// The list of the user interface: newest first, with and without a search.
void page_of_devices(benchmark::State& state) {
    Bench bench;
    const model::TenantId tenant = model::TenantId::make();
    bench.fill(tenant);
    const PageLink link{.page_size = 10,
                        .text_search = state.range(0) == 2 ? "BCD" : "",
                        .sort_property = state.range(0) == 0 ? "" : "createdTime",
                        .descending = true};
    for (auto _ : state)
        bench.run(1, [&] {
            return bench.store().read([&](Reader& reader) -> Result<> {
                const auto page = reader.page<model::Device>(
                    {
                        {"tenantId", tenant.uuid}
                },
                    link);
                if (!page) return page.error();
                benchmark::DoNotOptimize(page->total_elements);
                return {};
            });
        });
    state.SetItemsProcessed(state.iterations() * concurrent);
}
BENCHMARK(page_of_devices)
    ->ArgName("sorted0id1created2search")
    ->DenseRange(0, 2)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace thingstead::store::sqlite
