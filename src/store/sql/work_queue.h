// A bounded queue of works with the callers that wait for them. Thread-safe.
#pragma once
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <utility>

#include "base/error.h"

namespace thingstead::store::sql {

/// `Scope` is what the work is handed: Reader or Transaction.
template <class Scope>
struct WaitingWork {
    std::function<Result<>(Scope&)> work;
    std::function<void(Result<>)> answer;  ///< Called exactly once if the queue took the work.
};

template <class Scope>
class WorkQueue {
  public:
    explicit WorkQueue(std::size_t works_max) : works_max_(works_max) {}

    /// False: full, or closed; nothing was taken.
    bool push(WaitingWork<Scope> work) {
        {
            const std::lock_guard lock(mutex_);
            if (closed_ || works_.size() >= works_max_) return false;
            works_.push_back(std::move(work));
        }
        arrived_.notify_one();
        return true;
    }
    /// Waits. Nothing: the queue is closed and empty.
    std::optional<WaitingWork<Scope>> pop() {
        std::unique_lock lock(mutex_);
        arrived_.wait(lock, [this] { return closed_ || !works_.empty(); });
        return take();
    }
    /// Nothing: no work waits.
    std::optional<WaitingWork<Scope>> try_pop() {
        const std::lock_guard lock(mutex_);
        return take();
    }
    /// Takes no more; what waits can still be popped.
    void close() {
        {
            const std::lock_guard lock(mutex_);
            closed_ = true;
        }
        arrived_.notify_all();
    }

  private:
    std::optional<WaitingWork<Scope>> take() {
        if (works_.empty()) return std::nullopt;
        std::optional<WaitingWork<Scope>> work(std::move(works_.front()));
        works_.pop_front();
        return work;
    }

    const std::size_t works_max_;
    std::mutex mutex_;
    std::condition_variable arrived_;
    std::deque<WaitingWork<Scope>> works_;
    bool closed_ = false;
};

}  // namespace thingstead::store::sql
