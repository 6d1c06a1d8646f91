// What one thread may take from the C heap in calls of the JavaScript library, whose own limit
// covers objects but not what they own: one `'x'.repeat(2**29)` would take half a gigabyte.
//
// The library is a shared one and takes memory by malloc, calloc and realloc; install() points
// its own imports of those three names, nobody else's, at functions that look first.
#pragma once
#include <cstddef>
#include <cstdint>

#include "base/error.h"

namespace thingstead::script::js {

/// What may be taken from now on by the calling thread; each thread has its own.
struct AllocationBudget {
    std::size_t bytes_max = SIZE_MAX;  ///< Of one allocation; over it, the library gets none.
    std::size_t bytes_until_look = SIZE_MAX;  ///< Counts down; at the end `on_look` is called.
    void (*on_look)(void* context) = nullptr;
    void* context = nullptr;
    bool refused = false;  ///< An allocation was.
};

AllocationBudget& allocation_budget();

/// Once per process, before other threads use the library. Errors: unsupported - the library was
/// not loaded or imports differently.
Result<> install_allocation_guard();

}  // namespace thingstead::script::js
