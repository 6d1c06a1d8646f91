// The servers: one, or the masters of a cluster and which slots each of them has.
#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/io_threads.h"
#include "net/task_group.h"
#include "protocol/resp/slot.h"
#include "store/cache/valkey/connection.h"

namespace thingstead::store::valkey {

struct Node {
    net::Address address;
    std::vector<std::shared_ptr<Connection>> connections;

    bool ready() const;
};
using NodePtr = std::shared_ptr<Node>;

/// What CLUSTER SLOTS says of one range.
struct SlotRange {
    std::uint16_t first, last;
    net::Address master;
};
/// `said_by`: the node's own address, for masters without a host. Nullopt: not such an answer.
std::optional<std::vector<SlotRange>> read_slots(const resp::Value& answer,
                                                 const net::Address& said_by);

/// Thread-safe.
class Nodes {
  public:
    /// More nodes than that are not connected to.
    static constexpr std::size_t nodes_max = 1000;

    Nodes(net::IoThreads& io, std::shared_ptr<Link> link, net::TaskGroup& tasks,
          std::vector<net::Address> seeds);

    /// Connects to the addresses of the settings, those of them that it does not know.
    void add_seeds();
    /// The connection that a key's commands go over, always the same one while the slot stays where
    /// it is, ready or not; null: its slot has no master.
    std::shared_ptr<Connection> route(std::string_view wire_key) const;
    /// The connection to that node for a key; null: over nodes_max.
    std::shared_ptr<Connection> route_to(const net::Address& address, std::string_view wire_key);
    /// A node said that the slot lives there; an empty host is that of the one who said so.
    void moved(std::uint16_t slot, const net::Address& address);
    /// The whole truth from CLUSTER SLOTS: nodes that are not in it are closed.
    void set_slots(const std::vector<SlotRange>& ranges);

    bool clustered() const { return link_->settings.cluster; }
    /// All that are connected to, masters of slots or not.
    std::vector<NodePtr> all() const;
    /// Those with slots; the only one without a cluster.
    std::vector<NodePtr> masters() const;
    /// Every connection to every master.
    bool all_ready() const;
    /// Slots without a master.
    std::size_t slots_missing() const;

  private:
    static constexpr std::uint16_t nobody = 0xFFFF;

    std::uint16_t find_or_add(const net::Address& address);
    void set_probe_keys();

    net::IoThreads& io_;
    const std::shared_ptr<Link> link_;
    net::TaskGroup& tasks_;
    const std::vector<net::Address> seeds_;

    mutable std::mutex mutex_;
    std::vector<NodePtr> nodes_;
    std::array<std::uint16_t, resp::slot_count> owner_;  ///< Index in nodes_, or nobody.
};

}  // namespace thingstead::store::valkey
