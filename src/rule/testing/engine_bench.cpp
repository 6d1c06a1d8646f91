// Messages through the whole engine with fakes below: poll, decode, default root chain, save,
// commit. One partition, so one thread.
#include <benchmark/benchmark.h>

#include <chrono>

#include "rule/testing/fixture.h"

namespace thingstead::rule::testing {
namespace {

constexpr int messages = 200'000;

void telemetry_through_the_default_chain(benchmark::State& state) {
    for (auto _ : state) {
        Fixture house;
        house.timeseries.keep_points(false);
        std::string record;
        queue::encode(house.message(model::msg_type::post_telemetry,
                                    R"({"temperature":21.5,"humidity":60,"on":true})"),
                      record);
        for (int i = 0; i < messages; ++i) house.queue.append(0, record);
        const auto started = std::chrono::steady_clock::now();
        house.start();
        if (!house.board.wait([&] { return house.queue.committed() == messages; }))
            state.SkipWithError("not done in time");
        state.SetIterationTime(
            std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count());
    }
    state.SetItemsProcessed(state.iterations() * messages);
}
BENCHMARK(telemetry_through_the_default_chain)->UseManualTime()->Unit(benchmark::kMillisecond);

void decode_alone(benchmark::State& state) {
    const Fixture house;
    std::string record;
    queue::encode(house.message(model::msg_type::post_telemetry,
                                R"({"temperature":21.5,"humidity":60,"on":true})"),
                  record);
    for (auto _ : state) benchmark::DoNotOptimize(queue::decode_queued_msg(as_bytes(record)));
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(decode_alone);

}  // namespace
}  // namespace thingstead::rule::testing
