// Carries out requests to notify, in the background: what is due is taken from the store, so that
// delayed ones survive a restart and a lost server's are gone on with. Any number of servers may do
// it: a request belongs to the one that took it until its lease is over.
#pragma once
#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <utility>

#include "base/metrics.h"
#include "core/notification/delivery.h"
#include "core/notification/outlets.h"
#include "model/notification.h"
#include "net/task.h"
#include "net/task_group.h"

namespace thingstead::core {

class NotificationWorker {
  public:
    NotificationWorker(NotificationOutlets outlets, MetricsRegistry& metrics);

    /// Looks for what is due and has `tasks` deliver it, on the same thread, until it is cancelled.
    /// Up to deliveries_max requests are delivered at a time, so that one whose mails take long
    /// holds up no other. What `tasks` cancels is anybody's again when its lease is over.
    Task<> run(net::TaskGroup& tasks);
    static constexpr std::size_t deliveries_max = 4;
    /// Takes one request and has `tasks` deliver it, however many already are. False: none is due.
    Task<bool> hand_out(net::TaskGroup& tasks);
    /// Removes what is old once an hour, until it is cancelled.
    Task<> run_retention();
    /// Removes what is older than it is kept: notifications 30 days, requests a week longer.
    Task<Result<>> remove_old();

  private:
    /// One of deliveries_max, given back however the delivery ends.
    class Place {
      public:
        explicit Place(NotificationWorker& of) : of_(&of) { ++of.delivering_; }
        Place(Place&& other) noexcept : of_(std::exchange(other.of_, nullptr)) {}
        Place(const Place&) = delete;
        ~Place() {
            if (of_) of_->give_back();
        }

      private:
        NotificationWorker* of_;
    };

    Task<Result<std::optional<model::NotificationRequest>>> take();
    Task<> deliver(Place place, model::NotificationRequest request);
    Task<> room();
    void give_back();

    static constexpr std::chrono::milliseconds idle{1'000};  ///< Between two looks for requests.
    static constexpr std::chrono::hours retention_interval{1};

    const NotificationOutlets outlets_;
    std::size_t delivering_ = 0;
    std::function<void()> go_on_;  ///< Of run(), while it waits for room.
    Counter done_;
    Counter failed_;
};

}  // namespace thingstead::core
