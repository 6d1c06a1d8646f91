#include "script/tbel/arena.h"

#include <algorithm>

namespace thingstead::script::tbel {

void Arena::grow(std::size_t bytes) {
    const std::size_t usual = std::clamp(used_, chunk_bytes_min, chunk_bytes_max);
    const std::size_t size = std::max(bytes, usual);
    gauge_.on_growth(used_, size);
    chunks_.push_back({std::make_unique_for_overwrite<char[]>(size), size});
    cursor_ = chunks_.back().data.get();
    end_ = cursor_ + size;
    used_ += size;
}

void Arena::reset() {
    if (chunks_.size() > 1) chunks_.erase(chunks_.begin() + 1, chunks_.end());
    if (!chunks_.empty() && chunks_.front().bytes > chunk_bytes_min) chunks_.clear();
    used_ = chunks_.empty() ? 0 : chunks_.front().bytes;
    cursor_ = chunks_.empty() ? nullptr : chunks_.front().data.get();
    end_ = cursor_ + used_;
}

}  // namespace thingstead::script::tbel
