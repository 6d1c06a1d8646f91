#include "queue/kafka/holding.h"

#include "queue/kafka/group_client.h"

namespace thingstead::queue::kafka {
namespace {

/// The queue of the partition, cut off from the client's: before fetching begins, so that no
/// record takes the other way.
Owned<rd_kafka_queue_t> own_queue(rd_kafka_t* handle, const std::string& name) {
    Owned<rd_kafka_queue_t> queue(rd_kafka_queue_get_partition(handle, name.c_str(), 0));
    TS_ASSERT(queue != nullptr);
    rd_kafka_queue_forward(queue.get(), nullptr);
    return queue;
}

}  // namespace

Holding::Holding(std::shared_ptr<GroupClient> c, std::string name, PartitionIndex i,
                 Offset committed)
    : client(std::move(c)),
      broker_name(std::move(name)),
      index(i),
      queue_(own_queue(client->handle(), broker_name)),
      wanted_(unknown),
      durable_(committed) {}

Holding::~Holding() = default;

void Holding::commit(Offset next) {
    const std::lock_guard lock(mutex_);
    if (!ended_) wanted_ = next;
}

Offset Holding::committed() const {
    const std::lock_guard lock(mutex_);
    return wanted_ == unknown ? durable_ : wanted_;
}

void Holding::end() {
    const std::lock_guard lock(mutex_);
    ended_ = true;
}

void Holding::lose() {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    lost_ = true;
}

std::optional<Offset> Holding::uncommitted() const {
    const std::lock_guard lock(mutex_);
    if (lost_ || wanted_ == unknown || wanted_ == durable_) return std::nullopt;
    return wanted_;
}

void Holding::made_durable(Offset next) {
    const std::lock_guard lock(mutex_);
    durable_ = next;
}

void Holding::wake() {
    woken_ = true;
    rd_kafka_queue_yield(queue_.get());
}

}  // namespace thingstead::queue::kafka
