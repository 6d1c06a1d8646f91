// How much memory values take in the eyes of scripts: the accounting of memorySize() and of the
// limit. A value that several places hold counts once.
#pragma once
#include <cstdint>
#include <vector>

#include "script/tbel/value.h"

namespace thingstead::script::tbel {

class MemoryMeter {
  public:
    /// `mark` was not used by an earlier meter of the run.
    explicit MemoryMeter(std::uint32_t mark) : mark_(mark) {}

    void add(const Value& value);
    std::uint64_t bytes() const { return bytes_; }

  private:
    void add_one(const Value& value);

    std::uint32_t mark_;
    std::uint64_t bytes_ = 0;
    std::vector<Value> open_;  ///< Collections whose elements are still to count.
};

}  // namespace thingstead::script::tbel
