// Lets a coroutine wait for another thread.
#pragma once
#include <functional>

#include "net/task.h"

namespace thingstead::net {

/// Suspends the caller and runs `start` with a function that resumes it on its own executor:
/// thread-safe, callable at once, later or more than once. A cancellation resumes the caller too,
/// so what `start` captured must not live in the caller's frame.
Task<> suspend(std::function<void(std::function<void()> resume)> start);

}  // namespace thingstead::net
