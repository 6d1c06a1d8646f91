// Threads for work that blocks, behind a bounded queue.
#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <type_traits>

#include "base/error.h"
#include "net/task.h"

namespace thingstead::net {

class BlockingPool {
  public:
    /// `jobs_max` waiting jobs; more are refused with `unavailable`.
    BlockingPool(const char* name, std::size_t threads, std::size_t jobs_max);
    /// Runs what is queued, then joins.
    ~BlockingPool();
    BlockingPool(const BlockingPool&) = delete;
    BlockingPool& operator=(const BlockingPool&) = delete;

    /// Runs `job` on a thread of the pool. False: the queue is full or the pool is stopping.
    bool post(std::function<void()> job);
    std::size_t queued() const;
    /// Refuses new jobs, runs those queued, joins. Idempotent.
    void stop();

    /// Runs `work` (returning Result<T>) on the pool and resumes the caller on its own executor,
    /// whose context must outlive the pool or its stop(): a thread of the pool may still be on its
    /// way out of it when the caller goes on.
    /// Errors: those of `work`; unavailable - the queue is full.
    template <class Work>
    auto run(Work work) -> Task<std::invoke_result_t<Work>> {
        using Answer = std::invoke_result_t<Work>;
        std::optional<Answer> answer;
        const bool queued = co_await run_erased([&] { answer.emplace(work()); });
        if (!queued) co_return Error{ErrorCode::unavailable, "server is overloaded"};
        co_return std::move(*answer);
    }

  private:
    /// Resumes the caller after `work` ran (true) or at once if it cannot be queued (false).
    /// An exception of `work` is rethrown in the caller.
    Task<bool> run_erased(std::function<void()> work);

    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace thingstead::net
