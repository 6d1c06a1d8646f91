// What the interface costs between the parsed request and the answer, stores included.
#include <benchmark/benchmark.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>

#include "api/server/api_testing.h"

namespace thingstead::api {
namespace {

/// `count` requests, one after the other, on the I/O thread; the number of answers with 200.
Task<std::size_t> ask(Api& api, net::Request request, std::size_t count) {
    std::size_t good = 0;
    for (std::size_t i = 0; i < count; ++i) {
        net::Request copy = request;
        const net::Reply reply = co_await api.handle(std::move(copy));
        if (reply.status == 200) ++good;
    }
    co_return good;
}

void run(benchmark::State& state, const char* prefix, const char* rest) {
    constexpr std::size_t per_turn = 1000;
    TestApi api;
    net::Request request;
    request.path = prefix + api.make_device("Pump") + rest;
    request.headers = {
        {"Host",            "localhost:8080"                                     },
        {"Accept",          "application/json"                                   },
        {"X-Authorization", "Bearer " + api.token(model::Authority::tenant_admin)},
    };
    for (auto _ : state) {
        std::future<std::size_t> good = boost::asio::co_spawn(
            api.executor(), ask(api.api(), request, per_turn), boost::asio::use_future);
        if (good.get() != per_turn) state.SkipWithError("a request failed");
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * per_turn));
}

void get_device(benchmark::State& state) { run(state, "/api/device/", ""); }
BENCHMARK(get_device)->UseRealTime()->Unit(benchmark::kMillisecond);

void get_latest(benchmark::State& state) {
    run(state, "/api/plugins/telemetry/DEVICE/", "/values/timeseries");
}
BENCHMARK(get_latest)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace thingstead::api
