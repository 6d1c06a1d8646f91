#include "load/histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace thingstead::bench {

void Histogram::record(std::uint64_t nanoseconds) {
    ++buckets_[bucket_of(nanoseconds)];
    ++count_;
    max_ = std::max(max_, nanoseconds);
}

void Histogram::merge(const Histogram& other) {
    for (std::size_t i = 0; i < buckets_max; ++i) buckets_[i] += other.buckets_[i];
    count_ += other.count_;
    max_ = std::max(max_, other.max_);
}

std::uint64_t Histogram::percentile(double fraction) const {
    if (count_ == 0) return 0;
    const double wanted = std::ceil(std::clamp(fraction, 0.0, 1.0) * static_cast<double>(count_));
    const std::uint64_t rank = std::max<std::uint64_t>(1, static_cast<std::uint64_t>(wanted));
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < buckets_max; ++i) {
        seen += buckets_[i];
        if (seen >= rank) return std::min(last_value_of(i), max_);
    }
    return max_;
}

// Values below `sub_buckets` have a bucket each; above, `shift` low bits are given up per octave.
std::size_t Histogram::bucket_of(std::uint64_t value) {
    if (value < sub_buckets) return value;
    const unsigned shift = static_cast<unsigned>(std::bit_width(value)) - sub_bits - 1;
    return (shift + 1) * sub_buckets + ((value >> shift) - sub_buckets);
}

std::uint64_t Histogram::last_value_of(std::size_t bucket) {
    if (bucket < sub_buckets) return bucket;
    const std::uint64_t shift = bucket / sub_buckets - 1;
    const std::uint64_t step = bucket % sub_buckets + sub_buckets;
    return (step << shift) + ((std::uint64_t{1} << shift) - 1);
}

}  // namespace thingstead::bench
