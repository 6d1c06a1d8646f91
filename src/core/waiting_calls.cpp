#include "core/waiting_calls.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <utility>

namespace thingstead::core {

namespace asio = boost::asio;

/// `timer` and `data` belong to the executor's thread.
struct WaitingCalls::Waiting {
    Waiting(model::TenantId of, const asio::any_io_executor& executor)
        : tenant(of), timer(executor) {}
    const model::TenantId tenant;
    asio::steady_timer timer;
    std::optional<std::string> data;
};

struct WaitingCalls::Impl {
    Impl(WaitingCallsSettings with, MetricsRegistry& metrics)
        : settings(with),
          places(metrics, "thingstead_rule_calls_waiting",
                 "Calls of users that wait for an answer of the rule engine."),
          refused(metrics, "thingstead_rule_calls_refused_total",
                  "Calls of users to the rule engine that found no place to wait."),
          timeouts(metrics, "thingstead_rule_call_timeouts_total",
                   "Calls of users that the rule engine did not answer in time."),
          late(metrics, "thingstead_rule_call_answers_late_total",
               "Answers of the rule engine that nobody waited for.") {}

    /// Takes the call out; null: it is not there, or another tenant's.
    std::shared_ptr<Waiting> take(const Uuid& request, const model::TenantId* tenant) {
        const std::lock_guard lock(mutex);
        const auto it = calls.find(request);
        if (it == calls.end() || (tenant && it->second->tenant != *tenant)) return nullptr;
        std::shared_ptr<Waiting> one = std::move(it->second);
        calls.erase(it);
        const auto of_tenant = by_tenant.find(one->tenant);
        if (--of_tenant->second == 0) by_tenant.erase(of_tenant);
        places.set(static_cast<std::int64_t>(calls.size()));
        return one;
    }

    const WaitingCallsSettings settings;
    Gauge places;
    Counter refused;
    Counter timeouts;
    Counter late;
    mutable std::mutex mutex;
    std::unordered_map<Uuid, std::shared_ptr<Waiting>> calls;
    std::unordered_map<model::TenantId, std::size_t> by_tenant;
};

WaitingCalls::WaitingCalls(WaitingCallsSettings settings, MetricsRegistry& metrics)
    : impl_(std::make_shared<Impl>(settings, metrics)) {}

WaitingCalls::~WaitingCalls() = default;

WaitingCalls::Place::Place(std::shared_ptr<Impl> impl, const Uuid& request,
                           std::shared_ptr<Waiting> waiting)
    : impl_(std::move(impl)), request_(request), waiting_(std::move(waiting)) {}

WaitingCalls::Place::~Place() {
    if (impl_) impl_->take(request_, nullptr);
}

Task<Result<std::string>> WaitingCalls::Place::answer(std::chrono::milliseconds wait) {
    waiting_->timer.expires_after(wait);
    const auto quietly = asio::as_tuple(asio::use_awaitable);
    if (!waiting_->data) co_await waiting_->timer.async_wait(quietly);
    if (waiting_->data) co_return *std::move(waiting_->data);
    impl_->timeouts.add();
    co_return Error{ErrorCode::timeout, "The rule engine did not answer in time!"};
}

Result<WaitingCalls::Place> WaitingCalls::enter(model::TenantId tenant,
                                                const asio::any_io_executor& executor) {
    auto waiting = std::make_shared<Waiting>(tenant, executor);
    const Uuid request = new_random_uuid();
    const std::lock_guard lock(impl_->mutex);
    if (impl_->calls.size() >= impl_->settings.waiting_max) {
        impl_->refused.add();
        return Error{ErrorCode::unavailable, "Too many calls wait for the rule engine!"};
    }
    std::size_t& of_tenant = impl_->by_tenant[tenant];
    if (of_tenant >= impl_->settings.waiting_of_tenant_max) {
        impl_->refused.add();
        return Error{ErrorCode::rate_limited,
                     "Too many calls of this tenant wait for the rule engine!"};
    }
    ++of_tenant;
    impl_->calls.emplace(request, waiting);
    impl_->places.set(static_cast<std::int64_t>(impl_->calls.size()));
    return Place(impl_, request, std::move(waiting));
}

bool WaitingCalls::answer(UserReply reply) {
    const std::shared_ptr<Waiting> waiting = impl_->take(reply.request, &reply.tenant);
    if (!waiting) {
        impl_->late.add();
        return false;
    }
    asio::post(waiting->timer.get_executor(), [waiting, data = std::move(reply.data)]() mutable {
        waiting->data = std::move(data);
        waiting->timer.cancel();
    });
    return true;
}

std::size_t WaitingCalls::size() const {
    const std::lock_guard lock(impl_->mutex);
    return impl_->calls.size();
}

}  // namespace thingstead::core
