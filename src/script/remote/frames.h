// The pipe between an executor and one of its processes: frames of a length (4 bytes, little
// endian) and so many bytes. Either end may be hostile: no length is believed over its limit.
#pragma once
#include <atomic>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include "base/error.h"

namespace thingstead::script::remote {

/// A script, what it is given and what it answers, each at its largest, in JSON.
inline constexpr std::size_t frame_bytes_max = std::size_t{64} << 20;

/// How long somebody waits.
struct Patience {
    std::chrono::steady_clock::time_point until;
    const std::atomic<bool>* stop = nullptr;  ///< Raised: no longer; looked at now and then.
};

/// On a descriptor that does not block. Errors: timeout; unavailable - the other end is gone, or
/// stopped; too_large.
Result<> write_frame(int fd, std::string_view bytes, const Patience& patience);
/// Errors: the same; too_large - it announced too much.
Result<std::string> read_frame(int fd, const Patience& patience);

/// The same on a descriptor that blocks, for as long as it takes.
Result<> write_frame(int fd, std::string_view bytes);
Result<std::string> read_frame(int fd);

}  // namespace thingstead::script::remote
