#include "script/remote/frames.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <optional>

#include "base/bytes.h"

namespace thingstead::script::remote {
namespace {

using MaybePatience = std::optional<Patience>;

constexpr std::int64_t look_every_ms = 50;

Error channel_gone() { return {ErrorCode::unavailable, "the other end is gone"}; }

/// Waits until the descriptor is ready. A blocking one is asked at once.
Result<> wait_for(int fd, short events, const MaybePatience& until) {
    if (!until) return {};
    while (true) {
        if (until->stop && until->stop->load())
            return Error{ErrorCode::unavailable, "nobody waits any more"};
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(
            until->until - std::chrono::steady_clock::now());
        if (left.count() <= 0) return Error{ErrorCode::timeout, "no answer in time"};
        pollfd ready{fd, events, 0};
        const int count =
            poll(&ready, 1, static_cast<int>(std::min<std::int64_t>(left.count(), look_every_ms)));
        if (count > 0) return {};
        if (count < 0 && errno != EINTR) return channel_gone();
    }
}

Result<> write_all(int fd, std::string_view bytes, const MaybePatience& until) {
    while (!bytes.empty()) {
        if (Result<> ready = wait_for(fd, POLLOUT, until); !ready) return ready;
        // A sealed process may write and nothing else; who holds it must not be ended by a signal.
        const ssize_t count = until ? send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL)
                                    : write(fd, bytes.data(), bytes.size());
        if (count > 0)
            bytes.remove_prefix(static_cast<std::size_t>(count));
        else if (count == 0 || (errno != EINTR && errno != EAGAIN))
            return channel_gone();
    }
    return {};
}

Result<> read_all(int fd, char* into, std::size_t bytes, const MaybePatience& until) {
    while (bytes > 0) {
        if (Result<> ready = wait_for(fd, POLLIN, until); !ready) return ready;
        const ssize_t count = read(fd, into, bytes);
        if (count > 0) {
            into += count;
            bytes -= static_cast<std::size_t>(count);
        } else if (count == 0 || (errno != EINTR && errno != EAGAIN)) {
            return channel_gone();
        }
    }
    return {};
}

Result<> send_frame(int fd, std::string_view bytes, const MaybePatience& until) {
    if (bytes.size() > frame_bytes_max)
        return Error{ErrorCode::too_large, "a message between processes is too large"};
    std::string frame(4, '\0');
    store_little(reinterpret_cast<std::byte*>(frame.data()),
                 static_cast<std::uint32_t>(bytes.size()));
    return write_all(fd, frame.append(bytes), until);
}

Result<std::string> receive_frame(int fd, const MaybePatience& until) {
    std::array<char, 4> head{};
    if (Result<> done = read_all(fd, head.data(), head.size(), until); !done) return done.error();
    const std::size_t size =
        load_little<std::uint32_t>(reinterpret_cast<const std::byte*>(head.data()));
    if (size > frame_bytes_max)
        return Error{ErrorCode::too_large, "a message between processes is too large"};
    std::string bytes(size, '\0');
    if (Result<> done = read_all(fd, bytes.data(), size, until); !done) return done.error();
    return bytes;
}

}  // namespace

Result<> write_frame(int fd, std::string_view bytes, const Patience& patience) {
    return send_frame(fd, bytes, patience);
}
Result<std::string> read_frame(int fd, const Patience& patience) {
    return receive_frame(fd, patience);
}
Result<> write_frame(int fd, std::string_view bytes) { return send_frame(fd, bytes, std::nullopt); }
Result<std::string> read_frame(int fd) { return receive_frame(fd, std::nullopt); }

}  // namespace thingstead::script::remote
