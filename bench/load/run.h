// What the threads of one run share: its phases, its clock and its results.
#pragma once
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>

#include "load/histogram.h"
#include "load/options.h"
#include "load/schedule.h"

namespace thingstead::bench {

/// Nanoseconds of the steady clock.
inline std::int64_t steady_ns() {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(
               std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

enum class Phase : std::uint8_t {
    connecting,  ///< Nothing is sent before every worker has settled.
    running,     ///< From start_ns until end_ns.
    draining,    ///< Nothing new is sent; acknowledgements still come in.
    stopped,     ///< Workers end.
};

/// Written by main() alone, read by every worker: times are stored before the phase that uses them.
struct Run {
    Options options;
    Schedule schedule;
    int acked_fd = -1;  ///< Open for appending, or -1.

    std::atomic<Phase> phase{Phase::connecting};
    std::atomic<std::int64_t> start_ns{0};    ///< Message 0 is due.
    std::atomic<std::int64_t> measure_ns{0};  ///< The warm-up is over.
    std::atomic<std::int64_t> end_ns{0};      ///< Nothing is sent from here on.

    std::int64_t elapsed_ns(std::int64_t now) const {
        return std::min(now, end_ns.load(std::memory_order_relaxed)) -
               start_ns.load(std::memory_order_relaxed);
    }
    bool measured(std::int64_t at) const {
        return at >= measure_ns.load(std::memory_order_relaxed) &&
               at < end_ns.load(std::memory_order_relaxed);
    }
};

/// Counts of one worker, or of all.
struct Totals {
    std::uint64_t connected = 0;       ///< Connections that are up at the end.
    std::uint64_t sent = 0;            ///< PUBLISH packets handed to the kernel or its buffer.
    std::uint64_t acked = 0;           ///< Confirmed by the server; QoS 0: before an answered ping.
    std::uint64_t measured_acked = 0;  ///< Acknowledged after the warm-up and before the end.
    std::uint64_t unacked = 0;         ///< Sent and never acknowledged.
    std::uint64_t unsent = 0;          ///< Due by the schedule and never sent.
    std::uint64_t errors = 0;          ///< Failed connects, refusals, broken packets, lost records.
    std::uint64_t disconnects = 0;     ///< Sessions that were up and ended without being asked to.
    std::string first_error;           ///< The text of one of them.
    Histogram ack_ns;                  ///< Messages that started inside the measured time.
    Histogram connect_ns;              ///< TCP connect to CONNACK.

    void add(const Totals& other);
};

}  // namespace thingstead::bench
