// Calls of users that wait for an answer of the rule engine: no thread is held, and every tenant
// has its share of the places.
#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include "base/error.h"
#include "base/metrics.h"
#include "base/uuid.h"
#include "core/replies.h"
#include "model/ids.h"
#include "net/task.h"

namespace thingstead::core {

struct WaitingCallsSettings {
    std::size_t waiting_max = 10'000;
    std::size_t waiting_of_tenant_max = 1'000;
};

/// Thread-safe.
class WaitingCalls {
    struct Impl;
    struct Waiting;

  public:
    WaitingCalls(WaitingCallsSettings settings, MetricsRegistry& metrics);
    ~WaitingCalls();

    /// A call's place; given back when it goes. May outlive the table.
    class Place {
      public:
        Place(Place&&) noexcept = default;
        Place& operator=(Place&&) = delete;
        ~Place();

        /// Goes into the message: an answer names it.
        const Uuid& request() const { return request_; }
        /// Once, on the place's executor. Errors: timeout.
        Task<Result<std::string>> answer(std::chrono::milliseconds wait);

      private:
        friend class WaitingCalls;
        Place(std::shared_ptr<Impl> impl, const Uuid& request, std::shared_ptr<Waiting> waiting);
        std::shared_ptr<Impl> impl_;
        Uuid request_;
        std::shared_ptr<Waiting> waiting_;
    };
    /// Before the message is sent: the answer may be quick.
    /// Errors: unavailable - waiting_max are waiting; rate_limited - so many of the tenant are.
    Result<Place> enter(model::TenantId tenant, const boost::asio::any_io_executor& executor);
    /// False: nobody waits for it (any more).
    bool answer(UserReply reply);
    std::size_t size() const;

  private:
    std::shared_ptr<Impl> impl_;
};

}  // namespace thingstead::core
