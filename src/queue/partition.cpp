#include "queue/murmur3.h"
#include "queue/queue.h"

namespace thingstead::queue {

PartitionIndex partition_of(std::uint64_t msb, std::uint64_t lsb, PartitionIndex partitions) {
    TS_ASSERT(partitions > 0);
    std::byte id[16];
    store_little(id, msb);
    store_little(id + 8, lsb);
    const auto hash = static_cast<std::int32_t>(murmur3_128(id)[0] & 0xFFFFFFFFu);
    const std::int32_t remainder = hash % partitions;  // has the sign of the hash
    return remainder < 0 ? -remainder : remainder;
}

}  // namespace thingstead::queue
