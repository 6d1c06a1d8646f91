// Numbers of the requests in flight on one connection: 0 .. limit - 1, the last freed first, so
// that the table of requests stays small and warm.
#pragma once
#include <cstdint>
#include <optional>
#include <vector>

namespace thingstead::cql {

/// The protocol's own limit.
inline constexpr std::size_t streams_max = 32'768;

class StreamIds {
  public:
    /// `limit` of 1 .. streams_max.
    explicit StreamIds(std::size_t limit) : limit_(limit) {}

    /// Nothing: all are in use.
    std::optional<std::int16_t> take() {
        if (!freed_.empty()) {
            const std::int16_t out = freed_.back();
            freed_.pop_back();
            ++used_;
            return out;
        }
        if (next_ == limit_) return std::nullopt;
        ++used_;
        return static_cast<std::int16_t>(next_++);
    }
    /// Of a number that take() gave.
    void release(std::int16_t id) {
        freed_.push_back(id);
        --used_;
    }
    std::size_t used() const { return used_; }
    std::size_t limit() const { return limit_; }

  private:
    std::size_t limit_, next_ = 0, used_ = 0;
    std::vector<std::int16_t> freed_;
};

}  // namespace thingstead::cql
