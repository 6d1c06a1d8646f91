// Which partitions are in the directory for sure: asked for every point, so it costs two reads of
// memory. Bounded; forgets what was put in longest ago among few neighbours. Of one thread.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/cql/token.h"

namespace thingstead::store::cassandra {

class KnownPartitions {
  public:
    /// Of about `entries_max`: rounded up to a power of two.
    explicit KnownPartitions(std::size_t entries_max);

    /// `token` of the partition finds the name; the name decides, for devices choose their keys and
    /// could choose them so that tokens meet.
    bool has(cql::Token token, std::string_view name) const;
    void put(cql::Token token, std::string_view name);
    void erase(cql::Token token, std::string_view name);

  private:
    static constexpr std::size_t ways = 8;  ///< Whose tokens fill one line of the cache.
    std::size_t set_of(cql::Token token) const {
        return ((static_cast<std::size_t>(token) >> 7) & mask_) * ways;
    }
    std::size_t find(cql::Token token, std::string_view name) const;

    const std::size_t mask_;
    std::vector<cql::Token> tokens_;
    std::vector<std::string> names_;    ///< Empty: free.
    std::vector<std::uint8_t> oldest_;  ///< Of each set: who goes next.
};

}  // namespace thingstead::store::cassandra
