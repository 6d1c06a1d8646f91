#include "load/schedule.h"

namespace thingstead::bench {

std::uint64_t Schedule::due_count(std::int64_t elapsed_ns) const {
    if (!open_loop() || elapsed_ns < 0) return 0;
    auto count = static_cast<std::uint64_t>(static_cast<double>(elapsed_ns) * rate_per_s / 1e9) + 1;
    // Rounding of the two formulas may differ by one message: due_ns() decides.
    while (count > 0 && due_ns(count - 1) > elapsed_ns) --count;
    while (due_ns(count) <= elapsed_ns) ++count;
    return count;
}

}  // namespace thingstead::bench
