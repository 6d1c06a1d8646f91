#include "script/remote/pool.h"

#include <algorithm>
#include <utility>

#include "net/thread_name.h"

namespace thingstead::script::remote {
namespace {

constexpr std::chrono::milliseconds pause_after_failed_start{500};
/// A process that went away is given so long to show how it ended.
constexpr std::chrono::seconds last_words{1};

WorkerOptions options_of(const ExecutorSettings& settings, const Limits& limits) {
    WorkerOptions options;
    options.memory_bytes_max = settings.memory_bytes_max;
    options.cpu_seconds_max = settings.cpu_max.count();
    options.compiled_scripts_max = settings.compiled_scripts_max;
    options.call_memory_bytes_max = limits.memory_bytes_max;
    options.body_characters_max = limits.body_characters_max;
    options.arguments_characters_max = limits.arguments_characters_max;
    options.result_characters_max = limits.result_characters_max;
    return options;
}

}  // namespace

WorkerPool::WorkerPool(const ExecutorSettings& settings, const WorkerOptions& options,
                       std::vector<std::string> command, const Clock& clock, Log log,
                       MetricsRegistry& metrics)
    : settings_(settings),
      options_(options),
      command_(std::move(command)),
      clock_(clock),
      log_(std::move(log)),
      answered_(metrics, "thingstead_js_executor_answers_total", "Requests that were answered."),
      expired_(metrics, "thingstead_js_executor_expired_total",
               "Requests that nobody waited for any more."),
      replaced_(metrics, "thingstead_js_executor_replaced_total",
                "Processes that were killed, or ended, and were replaced."),
      waiting_(metrics, "thingstead_js_executor_waiting",
               "Requests that wait for a process, of pending_max."),
      bodies_(settings.compiled_scripts_max) {}

Result<std::unique_ptr<WorkerPool>> WorkerPool::open(const ExecutorSettings& settings,
                                                     const Limits& limits,
                                                     std::vector<std::string> command,
                                                     const Clock& clock, Log log,
                                                     MetricsRegistry& metrics) {
    const WorkerOptions options = options_of(settings, limits);
    WorkerProcess trial(command, options);
    if (Result<> started = trial.start(); !started) return started.error();
    trial.kill();
    std::unique_ptr<WorkerPool> pool(
        new WorkerPool(settings, options, std::move(command), clock, std::move(log), metrics));
    const std::size_t count = settings.workers != 0
                                  ? settings.workers
                                  : std::max<std::size_t>(std::thread::hardware_concurrency(), 1);
    for (std::size_t i = 0; i < count; ++i)
        pool->threads_.emplace_back([self = pool.get()] { self->run(); });
    return pool;
}

WorkerPool::~WorkerPool() { stop(); }

bool WorkerPool::submit(Job job) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return stopping_ || jobs_.size() < settings_.pending_max; });
    if (stopping_) return false;
    jobs_.push_back(std::move(job));
    waiting_.set(static_cast<std::int64_t>(jobs_.size()));
    changed_.notify_all();
    return true;
}

void WorkerPool::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        jobs_.clear();
        changed_.notify_all();
    }
    for (std::thread& each : threads_)
        if (each.joinable()) each.join();
}

Result<> WorkerPool::health() const {
    if (cannot_start_.load() < threads_.size()) return {};
    return Error{ErrorCode::unavailable, "no process for scripts can be started"};
}

std::optional<Job> WorkerPool::take() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return stopping_ || !jobs_.empty(); });
    if (stopping_) return std::nullopt;
    Job job = std::move(jobs_.front());
    jobs_.pop_front();
    waiting_.set(static_cast<std::int64_t>(jobs_.size()));
    changed_.notify_all();
    return job;
}

bool WorkerPool::expired(const Job& job) const {
    return job.expires_ms != 0 && job.expires_ms <= clock_.now_ms();
}

void WorkerPool::run() {
    net::name_this_thread("js-worker");
    WorkerProcess process(command_, options_);
    ready(process);
    while (std::optional<Job> job = take()) {
        if (expired(*job)) {
            expired_.add();
            continue;
        }
        Response response = answer(process, std::move(job->request));
        if (stopping_.load()) break;
        answered_.add();
        job->done(std::move(response));
        // A fresh process is there before the next request comes.
        if (!process.is_alive()) ready(process);
    }
    process.kill();
}

/// Whether the process runs; starts it if it does not.
bool WorkerPool::ready(WorkerProcess& process) {
    if (process.is_alive()) return true;
    bool failed = false;
    while (true) {
        const Result<> started = process.start();
        if (started) break;
        if (!std::exchange(failed, true)) ++cannot_start_;
        if (lines_.take() >= 0) log_.error("js_executor.no_process", started.error());
        std::unique_lock lock(mutex_);
        if (changed_.wait_for(lock, pause_after_failed_start, [&] { return stopping_.load(); }))
            break;
    }
    if (failed) --cannot_start_;
    return process.is_alive();
}

std::chrono::milliseconds WorkerPool::time_of(const Request& request) const {
    const auto* invoke = std::get_if<InvokeRequest>(&request);
    if (!invoke) return settings_.eval_timeout;
    const std::chrono::milliseconds wanted(invoke->timeout_ms);
    return wanted.count() == 0 ? settings_.time_max : std::min(wanted, settings_.time_max);
}

/// Tells other processes' scripts to this one if it does not know them, and asks a second time when
/// the first process ended for a reason of its own.
Response WorkerPool::answer(WorkerProcess& process, Request request) {
    if (const auto* compile = std::get_if<CompileRequest>(&request))
        bodies_.put(compile->script_hash, compile->script_body);
    if (std::holds_alternative<ReleaseRequest>(request)) {
        // Processes forget by themselves what is not used.
        bodies_.erase(hash_of(request));
        return {
            {},
            ReleaseResponse{hash_of(request), true}
        };
    }
    auto* const invoke = std::get_if<InvokeRequest>(&request);
    if (invoke) {
        invoke->timeout_ms = static_cast<std::int32_t>(time_of(request).count());
        if (invoke->script_body) bodies_.put(invoke->script_hash, *invoke->script_body);
    }
    bool innocent = false;
    Response response = ask_once(process, request, innocent);
    if (innocent) response = ask_once(process, request, innocent);
    const Failure* const failure = failure_of(response);
    if (!invoke || invoke->script_body || !failure || failure->kind != ErrorKind::not_found_error)
        return response;
    invoke->script_body = bodies_.get(invoke->script_hash);
    if (!invoke->script_body) return response;
    return ask_once(process, request, innocent);
}

Response WorkerPool::ask_once(WorkerProcess& process, const Request& request, bool& innocent) {
    innocent = false;
    if (!ready(process))
        return failed(request, {ErrorKind::runtime_error, "no process for scripts can be started"});
    const Patience patience{
        std::chrono::steady_clock::now() + time_of(request) + settings_.kill_after, &stopping_};
    const Result<std::string> frame = process.ask(encode(request), patience);
    if (!frame) return gone(process, request, frame.error(), innocent);
    Result<Response> response = decode_response(*frame);
    if (!response) return gone(process, request, response.error(), innocent);
    return *std::move(response);
}

/// The process is killed; what it was asked failed, unless its life was over.
Response WorkerPool::gone(WorkerProcess& process, const Request& request, const Error& why,
                          bool& innocent) {
    const bool late = why.code == ErrorCode::timeout;
    const bool waits = !late && !stopping_.load();
    const std::string end = process.kill(waits ? last_words : std::chrono::milliseconds(0));
    if (stopping_.load()) return failed(request, {ErrorKind::runtime_error, why.message});
    replaced_.add();
    innocent = process.used_up();
    if (!innocent && lines_.take() >= 0)
        log_.warn("js_executor.process_replaced", why,
                  {
                      {"end",    end             },
                      {"script", hash_of(request)}
        });
    if (late) return failed(request, {ErrorKind::timeout_error, "Script timeout!"});
    return failed(request,
                  {ErrorKind::runtime_error, "Script failed: its process ended with " + end});
}

}  // namespace thingstead::script::remote
