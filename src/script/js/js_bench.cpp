// What a call costs, with the inputs as documents in memory: goals on one core are 250,000
// filters and 100,000 transforms of eight lines a second.
#include <benchmark/benchmark.h>

#include <boost/json/parse.hpp>

#include "script/js/engine.h"

namespace thingstead::script::js {
namespace {

const std::vector<std::string>& names() {
    static const std::vector<std::string> all{"msg", "metadata", "msgType"};
    return all;
}

void run_script(benchmark::State& state, std::string_view body) {
    JsEngine engine;
    const auto context = engine.make_context();
    const auto script = engine.compile(body, names());
    if (!script) return state.SkipWithError(script.error().message.c_str());
    const json::value msg = json::parse(R"({"temperature":21.5,"humidity":60,"on":true})");
    model::Metadata metadata;
    metadata.put("deviceName", "Thermometer");
    metadata.put("deviceType", "default");
    const std::vector<Input> inputs{&msg, &metadata, std::string_view("POST_TELEMETRY_REQUEST")};
    for (auto _ : state) {
        const auto result = context->run(**script, inputs);
        if (!result) return state.SkipWithError(result.error().message.c_str());
        benchmark::DoNotOptimize(result);
    }
    state.SetItemsProcessed(state.iterations());
}

void filter(benchmark::State& state) { run_script(state, "return msg.temperature > 20;"); }
BENCHMARK(filter);

void transform(benchmark::State& state) {
    run_script(state, R"(
        var fahrenheit = msg.temperature * 1.8 + 32;
        msg.fahrenheit = Number(fahrenheit.toFixed(2));
        msg.hot = msg.temperature > 30;
        if (msg.humidity > 50) { msg.comfort = "humid"; } else { msg.comfort = "dry"; }
        metadata.source = metadata.deviceName + "-" + metadata.deviceType;
        delete msg.on;
        var type = msg.hot ? "HOT" : msgType;
        return {msg: msg, metadata: metadata, msgType: type};)");
}
BENCHMARK(transform);

void loop_of_a_thousand(benchmark::State& state) {
    run_script(state, "var sum = 0; for (var i = 0; i < 1000; i++) { sum += i; } return sum;");
}
BENCHMARK(loop_of_a_thousand);

}  // namespace
}  // namespace thingstead::script::js
