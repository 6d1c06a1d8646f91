// Positions of one client on their way to the broker.
//
// One commit is under way at a time: the next is sent when the one before was answered, however
// late, so that no position is overtaken by an older one. The library answers every commit, with an
// error after about a minute at the latest; until then a crash costs more repetition.
#pragma once
#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "queue/kafka/holding.h"
#include "queue/kafka/join_watch.h"

namespace thingstead::queue::kafka {

using Holdings = std::vector<std::shared_ptr<Holding>>;

/// Thread-safe.
class Commits {
  public:
    using Time = std::chrono::steady_clock::time_point;

    /// All of them outlive it, but for `handle`: see end(). `watch` watches the client.
    Commits(Context& context, JoinWatch& watch, rd_kafka_t* handle, const std::string& group);
    /// From now on commits are those of a member.
    void become_member() { member_ = true; }

    /// Notes what was answered and sends what is not durable, a member's as soon as it is safe.
    /// Does not wait.
    void regularly(const Holdings& these);
    /// Makes every position so far durable. `all()`: what the client holds. Errors: unavailable.
    Result<> flush(const std::function<Holdings()>& all);
    /// The last chance of partitions that are given up: sends at once, and waits for the answer
    /// for `request_timeout`, a second if no broker is reached. A member calls it while the library
    /// waits for the partitions and does not join. Ends early when the broker refuses for good. A
    /// failure is counted and logged.
    void finish(const Holdings& these);
    /// Nothing is sent any more, and nothing of the client is used.
    void end();

  private:
    struct Position {
        std::shared_ptr<Holding> holding;
        Offset next;
    };

    bool send(const Holdings& these, bool at_once);
    bool under_way(std::chrono::milliseconds wait);
    rd_kafka_resp_err_t understand(rd_kafka_event_t& answer);
    void take_back();
    Result<> finish_until(const Holdings& these, Time until);
    void failed(const Error& error);

    Context& context_;
    JoinWatch& watch_;
    rd_kafka_t* const handle_;
    const std::string& group_;
    std::atomic<bool> member_{false};

    std::mutex mutex_;  ///< Guards what follows.
    Owned<rd_kafka_queue_t> answers_;
    std::vector<Position> sent_;  ///< Of the commit under way.
    rd_kafka_resp_err_t last_ = RD_KAFKA_RESP_ERR_NO_ERROR;
    std::uint64_t begun_ = 0;  ///< Commits so far.
    std::uint64_t done_ = 0;   ///< The last one that succeeded.
    Time late_;                ///< When to say that the one under way has no answer.
};

}  // namespace thingstead::queue::kafka
