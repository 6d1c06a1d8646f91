// The strategies of a pack as plain functions of its state.
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "rule/settings.h"

namespace thingstead::rule {

/// How an attempt ended; indexes of its messages.
struct AttemptResult {
    std::vector<std::size_t> succeeded;
    std::vector<std::size_t> failed;
    std::vector<std::size_t> timed_out;
};

struct Decision {
    bool invalidate_timed_out = false;  ///< They do nothing any more, even if they still run.
    std::vector<std::size_t> retry;     ///< Empty: the pack is done.
};

/// `attempt`: 1 for the first; `messages`: of the first attempt.
Decision decide(const Settings& settings, std::int32_t attempt, std::size_t messages,
                const AttemptResult& result);

/// The pause after `attempt`, 1 for the first.
std::chrono::milliseconds pause_after(const Settings& settings, std::int32_t attempt);

/// In which order the messages of an attempt run.
class Submission {
  public:
    /// `groups`: a number for each message; those of one group run one after the other. Used by
    /// the SEQUENTIAL strategies only.
    Submission(const Settings& settings, std::size_t messages,
               const std::vector<std::size_t>& groups);

    /// Next message that may run now, each once. False: none, until one succeeds.
    bool next(std::size_t& message);
    void succeeded(std::size_t message);

  private:
    static constexpr std::size_t none = static_cast<std::size_t>(-1);

    SubmitStrategy strategy_;
    std::size_t batch_size_;
    std::size_t messages_;
    std::size_t next_ = 0;               ///< BURST, BATCH: the next message.
    std::size_t until_ = 0;              ///< BURST, BATCH: the end of those that may run.
    std::size_t in_batch_ = 0;           ///< BATCH: those that have not succeeded.
    std::vector<std::size_t> follower_;  ///< SEQUENTIAL: the next of the same group.
    std::vector<std::size_t> ready_;
    std::size_t ready_at_ = 0;
};

}  // namespace thingstead::rule
