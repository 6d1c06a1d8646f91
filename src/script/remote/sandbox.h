// What a process gives up before it runs the first script: its user, its files, its network, and
// every call of the system but the few that computing needs. There is no way back.
#pragma once
#include <chrono>
#include <cstddef>

#include "base/error.h"

namespace thingstead::script::remote {

/// Whether this build can be held to limits of memory and to a filter: a sanitizer reserves
/// terabytes, and opens files to tell what it found.
#if defined(TS_SANITIZE_ADDRESS) || defined(TS_SANITIZE_THREAD)
inline constexpr bool can_be_sealed = false;
#else
inline constexpr bool can_be_sealed = true;
#endif

struct SandboxLimits {
    std::size_t memory_bytes_max = std::size_t{768} << 20;  ///< Beside what is in use now.
    std::chrono::seconds cpu_max{3'600};
};

/// No privileges, ever again: a nameless user if it was root, no new privileges, no core dumps;
/// ends with the process `parent`, if that is still there. Files but 0, 1 and 2 are closed. Errors:
/// unavailable - the system refuses, the message says what.
Result<> drop_privileges(int parent);

/// Limits of memory, processor, files; then the filter, for all threads: reading and writing file
/// 0, memory, threads, clocks, the end. Any other call fails with EPERM, and those that only an
/// attacker would make (programs, sockets, other processes) kill. Does nothing where it cannot be
/// (`can_be_sealed`). Errors: unavailable - the system refuses, the message says what.
Result<> seal(const SandboxLimits& limits);

}  // namespace thingstead::script::remote
