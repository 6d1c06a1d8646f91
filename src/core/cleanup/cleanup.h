// Removes in the background what deleted entities leave behind (model/cleanup.h): alarms, time
// series and events, and of a deleted tenant every entity. Each step is a transaction that also
// moves the row of the task on, so that a crash loses nothing and repeats little.
//
// Any number of servers may do it: a task belongs for a while to the one that takes it, which it
// prolongs with each step. Every step may be done twice.
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include "base/metrics.h"
#include "core/platform.h"
#include "model/cleanup.h"
#include "net/task.h"
#include "store/event_store.h"

namespace thingstead::core {

class IngressPool;

struct CleanupSettings {
    std::chrono::milliseconds idle{1'000};  ///< Between two looks for tasks.
    std::chrono::seconds taken{60};         ///< Without a step, a task is anybody's again.
    std::chrono::seconds retry{30};         ///< A task that failed waits so long.
    std::int32_t rows_max = 100;            ///< Entities that one transaction removes.
};

class Cleanup {
  public:
    /// `ingress`: the way to tell rule chains of alarms that a deleted user had; null: they are not
    /// told.
    Cleanup(const Platform& platform, store::EventStore& events, CleanupSettings settings,
            MetricsRegistry& metrics, IngressPool* ingress = nullptr);

    /// Until it is cancelled.
    Task<> run();
    /// One task, to its end. False: none is waiting. What fails is logged, and tried again later.
    Task<bool> work_once();

  private:
    struct Metrics {
        explicit Metrics(MetricsRegistry& registry);
        Gauge waiting;
        Counter done;
        Counter failed;
        Counter entities;
    };

    Task<Result<std::optional<model::CleanupTask>>> take();
    Task<Result<>> finish(model::CleanupTask task);
    Task<Result<>> remove_entities(model::CleanupTask& task);
    Task<Result<bool>> step(model::CleanupTask& task);
    Task<Result<>> remove_alarms(model::CleanupTask& task);
    Task<Result<>> remove_events(const model::CleanupTask& task);
    Task<> put_back(const model::CleanupTask& task, const Error& why);
    void tell_step(const model::CleanupTask& task, std::string_view kind) const;
    void tell_failed(const model::CleanupTask& task, const Error& why) const;
    void tell_done(const model::CleanupTask& task) const;

    const Platform platform_;
    store::EventStore& events_;
    const CleanupSettings settings_;
    const Uuid worker_ = new_random_uuid();
    Metrics metrics_;
    IngressPool* ingress_;
};

}  // namespace thingstead::core
