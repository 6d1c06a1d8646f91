// Puts records that are no messages aside, into the dead-letter topic of the queue.
#pragma once
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "queue/dead_letter.h"
#include "rule/pack.h"
#include "rule/rule_engine.h"

namespace thingstead::rule {

/// Belongs to one worker's thread. The topic is opened with the first letter.
class LetterBox {
  public:
    /// For records of `topic`. `context` is woken when the queue answers.
    LetterBox(const Services& services, std::string topic, std::chrono::hours retention,
              boost::asio::io_context& context);
    ~LetterBox();
    LetterBox(const LetterBox&) = delete;
    LetterBox& operator=(const LetterBox&) = delete;

    /// Sends a letter for each, as far as there is room. Not while waits().
    void send(const queue::Batch& batch, const std::vector<Unusable>& records);
    /// The queue has not answered for all of them.
    bool waits() const;
    /// Afterwards: leaves in `records`, which were sent, those that are not kept. Errors:
    /// unavailable - why they are not. One too large for a letter stays where it is and counts as
    /// kept: a line of the log tells of it.
    Result<> take_kept(const queue::Batch& batch, std::vector<Unusable>& records);

  private:
    struct Shared;

    Result<> open();

    const Services& services_;
    const std::string topic_;
    const std::chrono::hours retention_;
    const std::shared_ptr<Shared> shared_;
    std::unique_ptr<queue::DeadLetters> letters_;
    std::vector<queue::Producer::Ticket> sent_;  ///< Of the first records that were given.
    Result<> trouble_;                           ///< Why not of all of them.
    LogThrottle too_large_{std::chrono::seconds(10)};
};

}  // namespace thingstead::rule
