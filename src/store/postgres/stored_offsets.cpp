#include "store/postgres/stored_offsets.h"

#include <algorithm>

namespace thingstead::store::postgres {

bool StoredOffsets::reached(const Progress& stored, const Progress& until) {
    for (std::size_t i = 0; i < until.size(); ++i)
        if (stored[i] < until[i]) return false;
    return true;
}

void StoredOffsets::processed(std::int32_t partition, std::int64_t next, const Progress& given) {
    const std::lock_guard lock(mutex_);
    Partition& of = partitions_[partition];
    if (next <= std::max({of.checkpointed, of.waiting, of.newest})) return;
    if (of.waiting >= 0) {
        of.newest = next;
        return;
    }
    of.waiting = next;
    of.until = given;
}

void StoredOffsets::stored(const Progress& stored, const Progress& given) {
    const std::lock_guard lock(mutex_);
    for (auto& [number, of] : partitions_) {
        if (of.waiting < 0 || !reached(stored, of.until)) continue;
        of.checkpointed = of.waiting;
        of.waiting = of.newest;
        of.newest = -1;
        if (of.waiting < 0) continue;
        of.until = given;
        if (!reached(stored, given)) continue;
        of.checkpointed = of.waiting;
        of.waiting = -1;
    }
}

void StoredOffsets::forget(std::int32_t partition) {
    const std::lock_guard lock(mutex_);
    partitions_.erase(partition);
}

std::int64_t StoredOffsets::checkpointed(std::int32_t partition) const {
    const std::lock_guard lock(mutex_);
    const auto found = partitions_.find(partition);
    return found == partitions_.end() ? -1 : found->second.checkpointed;
}

}  // namespace thingstead::store::postgres
