// Messages that nodes of one worker keep beyond their visit: until a time has come, or others.
//
// Such a message counts as processed, but is not forgotten: as long as it is held and not older
// than `lingering_age_max`, its record of the queue is not committed, so after a crash it is run
// again. One whose node goes away first (its chain is changed, or the partition is given back) is
// put into the queue anew, to visit whatever node has then that id.
#pragma once
#include <chrono>
#include <cstddef>
#include <list>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "base/metrics.h"
#include "model/msg.h"
#include "queue/queue.h"

namespace thingstead::rule {

struct NodeInfo;
struct Visit;

/// Belongs to one worker's thread.
class HeldMessages {
    struct Entry;
    struct State;

  public:
    using Time = std::chrono::steady_clock::time_point;

    /// A message in a node's hands. Let go of before finish() was called, the message goes back
    /// into the queue. May outlive the HeldMessages: it then does nothing.
    class Hold {
      public:
        Hold(Hold&& other) noexcept;
        Hold& operator=(Hold&& other) noexcept;
        ~Hold();

        /// As it came to the node.
        const model::Msg& msg() const;
        /// What becomes of the message is durable, or it is given up.
        void finish();

      private:
        friend class HeldMessages;
        Hold(std::weak_ptr<State> state, std::shared_ptr<Entry> entry);
        void let_go();

        std::weak_ptr<State> state_;
        std::shared_ptr<Entry> entry_;
    };

    /// `held` counts those of all workers.
    HeldMessages(std::size_t messages_max, std::size_t bytes_max, Gauge& held);
    ~HeldMessages();
    HeldMessages(const HeldMessages&) = delete;
    HeldMessages& operator=(const HeldMessages&) = delete;

    /// Nullopt: too much is held already.
    std::optional<Hold> keep(const Visit& visit, const NodeInfo& node);

    /// The first record that is needed for what has been held since `oldest` or later.
    std::optional<queue::Offset> first_record(Time oldest);
    std::size_t size() const;

    /// Whether messages were let go of that are to go back into the queue.
    bool any_returned() const;
    /// Takes those.
    std::vector<Hold> take_returned();
    /// Every message that is held or was returned, as it goes back into the queue.
    std::vector<model::QueuedMsg> all() const;
    /// They are in the queue again: nothing is held any more, whatever nodes do.
    void forget_all();

    static const model::QueuedMsg& queued(const Hold& hold);

  private:
    std::shared_ptr<State> state_;
};

}  // namespace thingstead::rule
