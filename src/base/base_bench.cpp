// What one log line and one update of a metric cost their caller.
#include <benchmark/benchmark.h>
#include <fcntl.h>

#include "base/log_sink.h"
#include "base/metrics.h"

namespace thingstead {
namespace {

void log_line(benchmark::State& state) {
    const Log log(
        make_file_sink(LogLevel::info, LogFormat::text, ::open("/dev/null", O_WRONLY), true));
    for (auto _ : state)
        log.info("mqtt.session.closed", {
                                            {"client_id", "meter-17"},
                                            {"n",         3         }
        });
    state.counters["dropped"] = static_cast<double>(log.lines_dropped());
}
BENCHMARK(log_line);

void log_line_below_the_level(benchmark::State& state) {
    const Log log(
        make_file_sink(LogLevel::info, LogFormat::text, ::open("/dev/null", O_WRONLY), true));
    for (auto _ : state)
        if (log.enabled(LogLevel::debug))
            log.debug("a", {
                               {"client_id", "meter-17"}
            });
}
BENCHMARK(log_line_below_the_level);

void counter_add(benchmark::State& state) {
    MetricsRegistry registry;
    Counter counter(registry, "x_total", "X.");
    for (auto _ : state) counter.add();
}
BENCHMARK(counter_add);

void histogram_observe(benchmark::State& state) {
    MetricsRegistry registry;
    Histogram histogram(registry, "x_seconds", "X.", {0.001, 0.01, 0.1, 1, 10});
    for (auto _ : state) histogram.observe(0.05);
}
BENCHMARK(histogram_observe);

}  // namespace
}  // namespace thingstead
