// Messages through the whole engine with fakes below: poll, decode, default root chain, save,
// commit. One partition, so one thread.
#include <benchmark/benchmark.h>
#include <malloc.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <string>

#include "base/json.h"
#include "rule/flight_recorder.h"
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

void record_a_hop(benchmark::State& state) {
    HopRing ring(1 << 14);
    Hop hop{.message = 1, .originator = 2, .at_ms = 3, .node = 4, .took_us = 5, .relation = 6};
    for (auto _ : state) {
        ++hop.message;
        ring.put(hop);
    }
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(record_a_hop);

// --- many chains ---

constexpr int chains = 10'000;
constexpr int nodes_of_a_chain = 20;

/// Filters by script (a script of its own for each chain), switches and writers, one behind the
/// other.
std::string chain_of_twenty(int number) {
    static constexpr std::string_view kinds[] = {
        R"("type":"org.thingsboard.rule.engine.telemetry.TbMsgTimeseriesNode",
           "configurationVersion":1,"configuration":{"defaultTTL":0,"useServerTs":false,
           "processingSettings":{"type":"ON_EVERY_MESSAGE"}})",
        R"("type":"org.thingsboard.rule.engine.filter.TbMsgTypeSwitchNode",
           "configuration":{"version":0})",
        R"("type":"org.thingsboard.rule.engine.telemetry.TbMsgAttributesNode",
           "configurationVersion":3,"configuration":{"scope":"CLIENT_SCOPE","notifyDevice":false,
           "processingSettings":{"type":"ON_EVERY_MESSAGE"},
           "sendAttributesUpdatedNotification":false,"updateAttributesOnlyOnValueChange":true})"};
    std::string nodes, connections;
    for (int i = 0; i < nodes_of_a_chain; ++i) {
        std::string kind(kinds[i % std::size(kinds)]);
        if (i == 0)
            kind = R"("type":"org.thingsboard.rule.engine.filter.TbJsFilterNode","configuration":{
                      "scriptLang":"TBEL","jsScript":"","tbelScript":"return msg.temperature > )" +
                   std::to_string(number) + ";\"}";
        nodes += (i ? ",{" : "{") + kind + R"(,"name":"node )" + std::to_string(i) + "\"}";
        if (i + 1 < nodes_of_a_chain)
            connections += (i ? "," : "") + (R"({"fromIndex":)" + std::to_string(i)) +
                           R"(,"toIndex":)" + std::to_string(i + 1) + R"(,"type":"True"})";
    }
    return R"({"firstNodeIndex":0,"nodes":[)" + nodes + R"(],"connections":[)" + connections + "]}";
}

double resident_mb() {
    std::ifstream file("/proc/self/statm");
    double pages = 0, resident = 0;
    file >> pages >> resident;
    return resident * static_cast<double>(::sysconf(_SC_PAGESIZE)) / (1 << 20);
}

/// From the first message of a tenant until it is committed: all chains are loaded before it runs.
void load_ten_thousand_chains(benchmark::State& state) {
    for (auto _ : state) {
        Fixture house;
        house.timeseries.keep_points(false);
        for (int i = 0; i < chains; ++i) house.put_chain(chain_of_twenty(i), false);
        house.send_telemetry(R"({"temperature":21.5})");
        ::malloc_trim(0);
        const double before = resident_mb();
        const auto started = std::chrono::steady_clock::now();
        house.start();
        if (!house.all_committed()) state.SkipWithError("not done in time");
        state.SetIterationTime(
            std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count());
        ::malloc_trim(0);
        state.counters["rss_mb"] = resident_mb() - before;
    }
}
BENCHMARK(load_ten_thousand_chains)->UseManualTime()->Unit(benchmark::kMillisecond)->Iterations(1);

}  // namespace
}  // namespace thingstead::rule::testing
