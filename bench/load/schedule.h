// The open-loop schedule: when each message should leave, whatever the server does.
// Message k leaves at k / rate and belongs to connection k mod connections, so a connection that
// could not send needs no list of what it owes: its debt is a difference of two counts.
#pragma once
#include <cstdint>

namespace thingstead::bench {

struct Schedule {
    double rate_per_s = 0;          ///< Of all connections together; 0 = closed loop, no schedule.
    std::uint32_t connections = 1;  ///< At least 1.

    bool open_loop() const { return rate_per_s > 0; }

    /// Nanoseconds after the start at which message k is due.
    std::int64_t due_ns(std::uint64_t k) const {
        return static_cast<std::int64_t>(static_cast<double>(k) * (1e9 / rate_per_s));
    }

    /// How many messages are due within the first `elapsed_ns`: k = 0 is due at once.
    std::uint64_t due_count(std::int64_t elapsed_ns) const;

    /// How many of the first `due` messages belong to `connection`.
    std::uint64_t share(std::uint64_t due, std::uint32_t connection) const {
        return due > connection ? (due - connection - 1) / connections + 1 : 0;
    }

    /// The number k of the `nth` message of `connection`.
    std::uint64_t number(std::uint64_t nth, std::uint32_t connection) const {
        return nth * connections + connection;
    }
};

}  // namespace thingstead::bench
