#include "core/notification/worker.h"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/this_coro.hpp>
#include <string>
#include <vector>

#include "core/entity/read.h"
#include "net/suspend.h"
#include "net/timer.h"

namespace thingstead::core {
namespace {

using model::NotificationRequest;
using FoundRequest = std::optional<NotificationRequest>;

constexpr EpochMs kept_ms = 30LL * 24 * 3600 * 1000;
constexpr EpochMs delay_ms_max = 7LL * 24 * 3600 * 1000;
constexpr std::int32_t rows_of_removal_max = 500;

store::Filter due_at(EpochMs now_ms) {
    return {
        {"dueTime", store::Compare::at_most, now_ms}
    };
}

/// Rows of T that are older, at most rows_of_removal_max; how many there were.
template <class T>
Result<std::int64_t> remove_before(store::Transaction& transaction, EpochMs time_ms) {
    const auto old = transaction.all<T>(
        {
            {"createdTime", store::Compare::at_most, time_ms}
    },
        rows_of_removal_max);
    if (!old) return old.error();
    if (old->empty()) return 0;
    std::vector<Uuid> ids;
    for (const T& each : *old) ids.push_back(each.id.uuid);
    return transaction.remove<T>({store::one_of("id", ids)});
}

template <class T>
Task<Result<>> remove_all_before(const Platform& platform, EpochMs time_ms) {
    for (;;) {
        const std::function<Result<std::int64_t>(store::Transaction&)> work =
            [time_ms](store::Transaction& transaction) {
                return remove_before<T>(transaction, time_ms);
            };
        const Result<std::int64_t> gone = co_await write<std::int64_t>(platform, work);
        if (!gone) co_return gone.error();
        if (*gone == 0) co_return Result<>();
    }
}

}  // namespace

NotificationWorker::NotificationWorker(NotificationOutlets outlets, MetricsRegistry& metrics)
    : outlets_(std::move(outlets)),
      done_(metrics, "thingstead_notification_requests_done_total",
            "Requests to notify that were carried out in the background."),
      failed_(metrics, "thingstead_notification_requests_failed_total",
              "Attempts to carry out requests to notify that ended early.") {}

Task<> NotificationWorker::run(net::TaskGroup& tasks) {
    for (;;) {
        co_await room();
        const bool worked = co_await hand_out(tasks);
        if (!worked) co_await net::sleep_for(idle);
    }
}

/// Returns when another delivery may begin.
Task<> NotificationWorker::room() {
    while (delivering_ >= deliveries_max) {
        const std::function<void(std::function<void()>)> wait =
            [this](std::function<void()> resume) { go_on_ = std::move(resume); };
        co_await net::suspend(wait);
    }
}

void NotificationWorker::give_back() {
    --delivering_;
    if (const std::function<void()> go_on = std::exchange(go_on_, nullptr)) go_on();
}

Task<bool> NotificationWorker::hand_out(net::TaskGroup& tasks) {
    Result<FoundRequest> taken = co_await take();
    if (!taken) {
        outlets_.platform.log.warn("notification.request_not_taken", taken.error());
        co_return false;
    }
    if (!*taken) co_return false;
    NotificationRequest request = **std::move(taken);
    const boost::asio::any_io_executor executor = co_await boost::asio::this_coro::executor;
    tasks.spawn(executor, "notification", deliver(Place(*this), std::move(request)));
    co_return true;
}

Task<> NotificationWorker::deliver(Place place, NotificationRequest request) {
    const Place mine = std::move(place);
    const std::string id = request.id.to_string();
    const Result<json::object> stats = co_await deliver_request(outlets_, std::move(request));
    if (stats) {
        done_.add();
        co_return;
    }
    // Its lease ends by itself; one that was cancelled is no failure.
    if (stats.error().code == ErrorCode::conflict) co_return;
    failed_.add();
    outlets_.platform.log.warn("notification.request_failed", stats.error(),
                               {
                                   {"request", id}
    });
}

/// The oldest that is due. It is looked for by a read: most of the time there is none.
Task<Result<FoundRequest>> NotificationWorker::take() {
    const Platform& platform = outlets_.platform;
    const std::function<Result<std::int64_t>(store::Reader&)> look = [&](store::Reader& reader) {
        return reader.count<NotificationRequest>(due_at(platform.clock.now_ms()));
    };
    const Result<std::int64_t> due = co_await read<std::int64_t>(platform, look);
    if (!due) co_return due.error();
    if (*due == 0) co_return FoundRequest();
    const std::function<Result<FoundRequest>(store::Transaction&)> work =
        [&](store::Transaction& transaction) -> Result<FoundRequest> {
        const EpochMs now = platform.clock.now_ms();
        auto first = transaction.all<NotificationRequest>(due_at(now), 1);
        if (!first) return first.error();
        if (first->empty()) return FoundRequest();
        NotificationRequest& request = first->front();
        request.worker = new_random_uuid();
        request.due_ms = now + notification_lease.count();
        request.status = model::NotificationRequestStatus::processing;
        if (Result<> done = transaction.update(request); !done) return done.error();
        return FoundRequest(std::move(request));
    };
    co_return co_await write<FoundRequest>(platform, work);
}

Task<> NotificationWorker::run_retention() {
    for (;;) {
        const Result<> removed = co_await remove_old();
        if (!removed) outlets_.platform.log.warn("notification.retention_failed", removed.error());
        co_await net::sleep_for(retention_interval);
    }
}

Task<Result<>> NotificationWorker::remove_old() {
    const EpochMs before_ms = outlets_.platform.clock.now_ms() - kept_ms;
    if (Result<> done =
            co_await remove_all_before<model::Notification>(outlets_.platform, before_ms);
        !done)
        co_return done;
    co_return co_await remove_all_before<NotificationRequest>(outlets_.platform,
                                                              before_ms - delay_ms_max);
}

}  // namespace thingstead::core
