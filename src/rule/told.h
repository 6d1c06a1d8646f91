// Waits for an answer that comes by a callback.
#pragma once
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "base/error.h"
#include "net/suspend.h"
#include "net/task.h"

namespace thingstead::rule {

/// Where the answer is left for a caller that may have been cancelled meanwhile.
template <class T>
struct ToldAnswer {
    std::mutex mutex{};
    std::optional<Result<T>> it{};
};

/// Runs `begin` with a function that takes the answer, on any thread, at once or later; what comes
/// after a first answer is dropped. Errors: the answer's; unavailable - the wait was cancelled.
template <class T>
Task<Result<T>> told(std::function<void(std::function<void(Result<T>)>)> begin) {
    const auto answer = std::make_shared<ToldAnswer<T>>();
    const std::function<void(std::function<void()>)> start =
        [answer, begin = std::move(begin)](std::function<void()> resume) {
            begin([answer, resume = std::move(resume)](Result<T> it) {
                {
                    const std::lock_guard lock(answer->mutex);
                    if (!answer->it) answer->it.emplace(std::move(it));
                }
                resume();
            });
        };
    co_await net::suspend(start);
    const std::lock_guard lock(answer->mutex);
    if (answer->it) co_return *std::move(answer->it);
    co_return Error{ErrorCode::unavailable, "the wait was ended"};
}

}  // namespace thingstead::rule
