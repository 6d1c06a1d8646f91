// A connection that comes back after it was lost. Used by one thread at a time; StopSignal by any.
#pragma once
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>

#include "base/error.h"
#include "base/log.h"
#include "base/metrics.h"
#include "store/postgres/connection.h"

namespace thingstead::store::postgres {

/// Ends every wait of a store's threads at once.
class StopSignal {
  public:
    void set();
    bool is_set() const;
    /// True: it was set within `time`.
    bool wait_for(std::chrono::milliseconds time);

  private:
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    bool set_ = false;
};

/// What the links of one store have in common.
struct LinkContext {
    Connection::Options options;
    /// How long callers wait for a database that is away; then they are refused at once until it
    /// is back.
    std::chrono::milliseconds patience{10'000};
    StopSignal& stop;
    const Log& log;
    Counter& connections_lost;
    LogThrottle throttle{std::chrono::seconds(10)};
};

class Link {
  public:
    /// `context` outlives it. `session`: SQL for each new connection.
    Link(LinkContext& context, std::string session);

    /// A connection that was whole when last heard of; connects if there is none, again and again
    /// with longer and longer pauses until patience ends.
    /// Errors: unavailable - the database is away, or the store stops.
    Result<Connection*> get();
    /// One attempt. Errors: those of Connection::open().
    Result<> connect();

  private:
    void note_outage(const Error& why);

    LinkContext& context_;
    Connection::Options options_;
    std::unique_ptr<Connection> connection_;
    std::chrono::milliseconds pause_{0};
    std::chrono::steady_clock::time_point next_attempt_{};
    std::chrono::steady_clock::time_point away_since_{};
    bool away_ = false;
    Error last_error_{ErrorCode::unavailable, "the database is away"};
};

}  // namespace thingstead::store::postgres
