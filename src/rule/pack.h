// Messages that were polled together, and how far each of them has come.
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "queue/queue.h"
#include "rule/chain.h"
#include "rule/settings.h"
#include "rule/strategy.h"

namespace thingstead::rule {

struct Delivery;

/// One way of a message through the chains; a copy of the message is another.
struct Branch {
    Visit visit;
    Delivery* delivery = nullptr;
    const Chain* chain = nullptr;
    const ChainNode* node = nullptr;  ///< Where it is.
    std::string_view came_by{};       ///< The relation; empty: from the queue or another chain.
    bool settled = false;             ///< Its end is accounted for: a node acknowledged it.
    /// Since when its node makes it wait; the epoch: it does not.
    std::chrono::steady_clock::time_point waits_since{};
};

enum class DeliveryState : std::uint8_t { queued, running, succeeded, failed };

struct Pack;

/// A record of the queue on its way.
struct Delivery {
    Pack* pack = nullptr;
    std::size_t record = 0;  ///< In the batch.
    queue::Offset offset = 0;
    DeliveryState state = DeliveryState::queued;
    std::uint32_t open_branches = 0;
    std::uint32_t copies_made = 0;
    std::vector<std::string> relations;  ///< To follow behind the message's node; empty: visit it.
    std::string failure_text;            ///< Of the node behind which it resumes.
    std::shared_ptr<const TenantChains> chains;  ///< Null: they cannot be loaded.
    Branch first;
    std::vector<std::unique_ptr<Branch>> copies;
    std::optional<Error> failure;
    const ChainNode* failed_at = nullptr;  ///< Null: at no node.

    bool done() const {
        return state == DeliveryState::succeeded || state == DeliveryState::failed;
    }
};

/// One attempt of a batch. Shared by the worker and the tasks of its messages.
struct Pack {
    std::vector<Delivery> deliveries;          ///< Never grows: branches point into it.
    std::size_t open = 0;                      ///< Deliveries that are not done.
    bool valid = true;                         ///< False: what still runs has no effect any more.
    std::vector<std::size_t> newly_succeeded;  ///< Since the worker last looked.
    std::chrono::steady_clock::time_point started;
};

/// A record that is no message.
struct Unusable {
    std::size_t record;  ///< In the batch.
    Error why;
};

/// The messages in `records` of the batch, in order; what is none goes to `unusable`. `again`: they
/// were run before. `source`: by which the store knows the partition.
std::shared_ptr<Pack> decode(const queue::Batch& batch, const std::vector<std::size_t>& records,
                             bool again, std::vector<Unusable>& unusable, std::int32_t source);

/// The numbers of the groups that run one after the other, per message.
std::vector<std::size_t> groups_of(SubmitStrategy strategy, const Pack& pack);

/// Whether a message of the pack waits because a store is full.
bool waits_for_storage(const Pack& pack);

/// What became of an attempt; `successes`: also of what succeeded.
AttemptResult result_of(const Pack& pack, bool successes);

/// The way of a message that waits longest for its node; null: none waits.
const Branch* slowest(const Pack& pack);

/// The first record of the pack that is to be run again if nothing of it goes on. Nullopt: none.
std::optional<queue::Offset> first_unfinished(const Pack& pack, bool retries_failures);

}  // namespace thingstead::rule
