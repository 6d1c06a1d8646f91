// Stored messages of a time, of all partitions of some topics, in the order in which they were
// appended: the same order whenever it is read again.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "model/msg.h"
#include "queue/queue.h"

namespace thingstead::rule {

struct StoredMessage {
    EpochMs appended_ms = 0;
    std::optional<model::QueuedMsg> message{};  ///< None: the record is no message.
};

/// Reads beside all groups: it holds nothing back. Belongs to one thread.
class MessageSource {
  public:
    /// Of [start_ms, end_ms), and of what is there now. A topic that is not open is left out,
    /// unless none is. Errors: not_found; unavailable.
    static Result<MessageSource> open(queue::Queue& queue, const std::vector<std::string>& topics,
                                      EpochMs start_ms, EpochMs end_ms);

    /// Nullopt: that was all. Errors: unavailable - the queue is damaged, away, or stopping.
    Result<std::optional<StoredMessage>> next();

  private:
    struct Lane {
        std::unique_ptr<queue::Consumer> reader;
        queue::Offset end = 0;  ///< When the source was opened.
        std::unique_ptr<queue::Batch> batch{};
        std::size_t at = 0;  ///< In the batch.
        bool over = false;

        const queue::Record& record() const { return batch->records()[at]; }
        bool has_record() const { return batch && at < batch->records().size(); }
    };

    Result<> fill(Lane& lane) const;

    std::vector<Lane> lanes_;
    EpochMs end_ms_ = 0;
};

/// Whether the rule engine itself had put the message into the queue: a replay makes it anew.
bool made_by_chains(const model::Msg& msg);

}  // namespace thingstead::rule
