// Counts durations in buckets of less than 1 % relative width, for exact counts and cheap
// percentiles. Source: the layout of HdrHistogram: every power of two is cut into the same number
// of buckets.
#pragma once
#include <array>
#include <cstdint>

namespace thingstead::bench {

/// 60 KB, no allocation; one owner thread, merged by another once that thread has ended.
class Histogram {
  public:
    void record(std::uint64_t nanoseconds);
    void merge(const Histogram& other);

    std::uint64_t count() const { return count_; }
    std::uint64_t max() const { return max_; }
    /// The smallest recorded duration that at least `fraction` (0..1) of all do not exceed, rounded
    /// up to the end of its bucket but never above max(). Zero when nothing was recorded.
    std::uint64_t percentile(double fraction) const;

  private:
    static constexpr unsigned sub_bits = 7;
    static constexpr std::uint64_t sub_buckets = 1u << sub_bits;
    static constexpr std::size_t buckets_max = (64 - sub_bits + 1) * sub_buckets;

    static std::size_t bucket_of(std::uint64_t value);
    static std::uint64_t last_value_of(std::size_t bucket);

    std::array<std::uint64_t, buckets_max> buckets_{};
    std::uint64_t count_ = 0;
    std::uint64_t max_ = 0;
};

}  // namespace thingstead::bench
