// ts-load: starts the workers, leads them through the phases of a run, prints the result.
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <functional>
#include <numeric>
#include <thread>
#include <vector>

#include "load/acked_file.h"
#include "load/report.h"
#include "load/worker.h"

namespace thingstead::bench {
namespace {

constexpr std::int64_t second_ns = 1'000'000'000;
// Far enough ahead that every worker has seen the phase before message 0 is due.
constexpr std::int64_t start_delay_ns = second_ns / 20;

using Workers = std::vector<std::unique_ptr<Worker>>;

sigset_t ending_signals() {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    return set;
}

/// Waits until `done` holds, the steady clock reaches `until_ns`, or a signal asks to end.
/// False after a signal.
bool wait_until(std::int64_t until_ns, const std::function<bool()>& done) {
    const sigset_t signals = ending_signals();
    while (!done()) {
        const std::int64_t left_ns = until_ns - steady_ns();
        if (left_ns <= 0) return true;
        const timespec pause{.tv_sec = 0, .tv_nsec = std::min<std::int64_t>(left_ns, 5'000'000)};
        if (sigtimedwait(&signals, nullptr, &pause) > 0) return false;
    }
    return true;
}

constexpr auto never = [] { return false; };

double cpu_us() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto us = [](const timeval& t) {
        return static_cast<double>(t.tv_sec) * 1e6 + static_cast<double>(t.tv_usec);
    };
    return us(usage.ru_utime) + us(usage.ru_stime);
}

bool raise_file_limit(std::uint32_t connections) {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return false;
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0) return false;
    return limit.rlim_cur >= connections + 64;
}

void announce(const Options& options, const char* phase) {
    if (options.json_only) return;
    std::printf("phase %s\n", phase);
    std::fflush(stdout);
}

bool all(const Workers& workers, bool (Worker::*property)() const) {
    for (const auto& worker : workers)
        if (!(*worker.*property)()) return false;
    return true;
}

struct Measured {
    double seconds = 0;
    double cpu_us = 0;
    bool drained = false;
};

void drain(Run& run, const Workers& workers, Measured& measured) {
    announce(run.options, "draining");
    run.phase.store(Phase::draining, std::memory_order_release);
    const std::int64_t until_ns =
        steady_ns() + static_cast<std::int64_t>(run.options.drain_s * second_ns);
    const auto drained = [&workers] { return all(workers, &Worker::drained); };
    wait_until(until_ns, drained);
    measured.drained = drained();
}

Measured lead(Run& run, const Workers& workers) {
    const Options& options = run.options;
    Measured measured;
    announce(options, "connecting");
    const auto settled = [&workers] { return all(workers, &Worker::settled); };
    if (!wait_until(steady_ns() + options.connect_s_max * second_ns, settled)) return measured;
    const auto up = [](std::size_t sum, const auto& worker) { return sum + worker->up(); };
    if (settled() && std::accumulate(workers.begin(), workers.end(), std::size_t{0}, up) == 0)
        return measured;  // Every connection is down for good: there is nothing to measure.

    const std::int64_t start_ns = steady_ns() + start_delay_ns;
    const auto measure_ns = start_ns + static_cast<std::int64_t>(options.warmup_s * second_ns);
    const auto end_ns = measure_ns + static_cast<std::int64_t>(options.seconds * second_ns);
    run.start_ns = start_ns;
    run.measure_ns = measure_ns;
    run.end_ns = end_ns;
    announce(options, "running");
    run.phase.store(Phase::running, std::memory_order_release);

    bool go_on = wait_until(measure_ns, never);
    const double cpu_us_before = cpu_us();
    if (go_on) {
        announce(options, "measuring");
        go_on = wait_until(end_ns, never);
    }
    if (!go_on) run.end_ns = steady_ns();
    measured.cpu_us = cpu_us() - cpu_us_before;
    measured.seconds =
        static_cast<double>(std::max(std::int64_t{0}, run.end_ns.load() - measure_ns)) / 1e9;
    drain(run, workers, measured);
    return measured;
}

int run_load(const Options& options) {
    Run run{
        .options = options,
        .schedule = {.rate_per_s = options.idle ? 0 : options.rate_per_s,
                     .connections = options.connections}
    };
    if (!options.acked_file.empty()) {
        const Result<int> fd = open_acked_file(options.acked_file);
        if (!fd) {
            std::fprintf(stderr, "%s: %s\n", fd.error().message.c_str(), fd.error().detail.c_str());
            return 2;
        }
        run.acked_fd = *fd;
    }
    Workers workers;
    std::vector<std::thread> threads;
    for (std::uint32_t i = 0; i < options.threads; ++i)
        workers.push_back(std::make_unique<Worker>(run, i));
    for (const auto& worker : workers) threads.emplace_back([&worker] { worker->run(); });

    const Measured measured = lead(run, workers);
    run.phase.store(Phase::stopped, std::memory_order_release);
    for (std::thread& thread : threads) thread.join();
    if (run.acked_fd >= 0) ::close(run.acked_fd);

    const auto totals = std::make_unique<Totals>();
    for (const auto& worker : workers) totals->add(worker->totals());
    const Report report{.options = options,
                        .totals = *totals,
                        .seconds = measured.seconds,
                        .cpu_us = measured.cpu_us,
                        .drained = measured.drained};
    if (totals->errors > 0)
        std::fprintf(stderr, "%llu errors, one of them: %s\n",
                     static_cast<unsigned long long>(totals->errors), totals->first_error.c_str());
    if (!options.json_only) std::fputs(to_text(report).c_str(), stdout);
    std::printf("%s\n", to_json(report).c_str());
    return totals->errors == 0 ? 0 : 1;
}

}  // namespace
}  // namespace thingstead::bench

int main(int argc, char** argv) {
    using namespace thingstead::bench;
    int exit_status = 0;
    const std::optional<Options> options = parse_options(argc, argv, exit_status);
    if (!options) return exit_status;
    // Before any thread starts: the main thread alone takes signals, with sigtimedwait.
    const sigset_t signals = ending_signals();
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
    if (!raise_file_limit(options->connections)) {
        std::fprintf(stderr, "the limit of open files (ulimit -Hn) is too low for %u connections\n",
                     options->connections);
        return 2;
    }
    return run_load(*options);
}
