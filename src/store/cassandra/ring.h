// The token ring: which node owns a partition.
#pragma once
#include <cstdint>
#include <utility>
#include <vector>

#include "protocol/cql/token.h"

namespace thingstead::store::cassandra {

/// Immutable once made. Hosts are numbers of the session's.
class Ring {
  public:
    Ring() = default;
    /// Any order; a token that two hosts claim goes to one of them.
    explicit Ring(std::vector<std::pair<cql::Token, std::uint32_t>> tokens);

    /// Appends up to `count` different hosts: the owner, then the others as the ring has them
    /// clockwise. With SimpleStrategy, and with NetworkTopologyStrategy on a ring of one
    /// datacenter whose racks are alike, these are the replicas in their order.
    void owners(cql::Token token, std::size_t count, std::vector<std::uint32_t>& out) const;
    bool empty() const { return tokens_.empty(); }

  private:
    std::vector<std::pair<cql::Token, std::uint32_t>> tokens_;
    std::size_t hosts_ = 0;
};

}  // namespace thingstead::store::cassandra
