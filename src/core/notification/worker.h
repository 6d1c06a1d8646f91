// Carries out requests to notify, in the background: what is due is taken from the store, so that
// delayed ones survive a restart and a lost server's are gone on with. Any number of servers may do
// it: a request belongs to the one that took it until its lease is over.
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>

#include "base/metrics.h"
#include "core/notification/delivery.h"
#include "core/notification/outlets.h"
#include "model/notification.h"
#include "net/task.h"

namespace thingstead::core {

class NotificationWorker {
  public:
    NotificationWorker(NotificationOutlets outlets, MetricsRegistry& metrics);

    /// Until it is cancelled. Several may run at a time, so that one request whose mails take long
    /// holds up no other; all on one thread.
    Task<> run();
    static constexpr int runs_at_a_time = 4;
    /// One request, to its end. False: none is due.
    Task<bool> work_once();
    /// Removes what is older than it is kept: notifications 30 days, requests a week longer.
    Task<Result<>> remove_old();

  private:
    Task<Result<std::optional<model::NotificationRequest>>> take();

    static constexpr std::chrono::milliseconds idle{1'000};  ///< Between two looks for requests.
    static constexpr std::chrono::hours retention_interval{1};

    const NotificationOutlets outlets_;
    EpochMs removed_ms_ = 0;
    Counter done_;
    Counter failed_;
};

}  // namespace thingstead::core
