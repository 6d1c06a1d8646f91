#include "store/cache/valkey/nodes.h"

#include <algorithm>
#include <functional>
#include <utility>

namespace thingstead::store::valkey {
namespace {

std::shared_ptr<Connection> connection_of(const Node& node, std::string_view wire_key) {
    const std::size_t hash = std::hash<std::string_view>{}(wire_key);
    return node.connections[hash % node.connections.size()];
}

std::optional<std::uint16_t> read_number(const resp::Value& value, std::int64_t most) {
    if (value.type != resp::Type::number || value.number < 0 || value.number > most)
        return std::nullopt;
    return static_cast<std::uint16_t>(value.number);
}

}  // namespace

bool Node::ready() const {
    return std::any_of(connections.begin(), connections.end(),
                       [](const auto& each) { return each->ready(); });
}

std::optional<std::vector<SlotRange>> read_slots(const resp::Value& answer,
                                                 const net::Address& said_by) {
    if (answer.type != resp::Type::array) return std::nullopt;
    std::vector<SlotRange> ranges;
    for (const resp::Value& row : answer.items) {
        // first, last, master, replica …; a server is its host, its port, and more.
        if (row.items.size() < 3 || row.items[2].items.size() < 2) return std::nullopt;
        const auto first = read_number(row.items[0], resp::slot_count - 1);
        const auto last = read_number(row.items[1], resp::slot_count - 1);
        const auto port = read_number(row.items[2].items[1], 0xFFFF);
        if (!first || !last || *first > *last || !port || *port == 0) return std::nullopt;
        const std::string_view host = row.items[2].items[0].as_text();
        const bool unknown = host.empty() || host == "?";
        ranges.push_back({
            *first, *last, {unknown ? said_by.host : std::string(host), *port}
        });
    }
    return ranges;
}

Nodes::Nodes(net::IoThreads& io, std::shared_ptr<Link> link, net::TaskGroup& tasks,
             std::vector<net::Address> seeds)
    : io_(io), link_(std::move(link)), tasks_(tasks), seeds_(std::move(seeds)) {
    owner_.fill(nobody);
}

void Nodes::add_seeds() {
    const std::lock_guard lock(mutex_);
    for (const net::Address& seed : seeds_) find_or_add(seed);
}

std::uint16_t Nodes::find_or_add(const net::Address& address) {
    const auto found = std::find_if(nodes_.begin(), nodes_.end(),
                                    [&](const NodePtr& node) { return node->address == address; });
    if (found != nodes_.end()) return static_cast<std::uint16_t>(found - nodes_.begin());
    if (nodes_.size() >= nodes_max) return nobody;
    const auto state = std::make_shared<NodeState>(address, link_);
    const auto node = std::make_shared<Node>(Node{address, {}});
    for (std::size_t i = 0; i < link_->settings.connections_per_node; ++i) {
        node->connections.push_back(std::make_shared<Connection>(io_.next(), state, link_));
        node->connections.back()->start(tasks_);
    }
    nodes_.push_back(node);
    return static_cast<std::uint16_t>(nodes_.size() - 1);
}

std::shared_ptr<Connection> Nodes::route(std::string_view wire_key) const {
    const std::size_t slot = clustered() ? resp::key_slot(wire_key) : 0;
    const std::lock_guard lock(mutex_);
    if (!clustered()) return connection_of(*nodes_.front(), wire_key);
    const std::uint16_t owner = owner_[slot];
    return owner == nobody ? nullptr : connection_of(*nodes_[owner], wire_key);
}

std::shared_ptr<Connection> Nodes::route_to(const net::Address& address,
                                            std::string_view wire_key) {
    const std::lock_guard lock(mutex_);
    const std::uint16_t index = find_or_add(address);
    return index == nobody ? nullptr : connection_of(*nodes_[index], wire_key);
}

void Nodes::moved(std::uint16_t slot, const net::Address& address) {
    const std::lock_guard lock(mutex_);
    const std::uint16_t index = find_or_add(address);
    if (index == nobody) return;
    owner_[slot] = index;
    set_probe_keys();
}

void Nodes::set_slots(const std::vector<SlotRange>& ranges) {
    std::vector<NodePtr> gone;
    {
        const std::lock_guard lock(mutex_);
        std::array<std::uint16_t, resp::slot_count> owner;
        owner.fill(nobody);
        for (const SlotRange& range : ranges) {
            const std::uint16_t index = find_or_add(range.master);
            std::fill(owner.begin() + range.first, owner.begin() + range.last + 1, index);
        }
        std::vector<std::uint16_t> place(nodes_.size(), nobody);
        std::vector<NodePtr> kept;
        for (std::uint16_t& each : owner) {
            if (each == nobody) continue;
            if (place[each] == nobody) {
                place[each] = static_cast<std::uint16_t>(kept.size());
                kept.push_back(nodes_[each]);
            }
            each = place[each];
        }
        for (std::size_t i = 0; i < nodes_.size(); ++i)
            if (place[i] == nobody) gone.push_back(nodes_[i]);
        // A cluster that gave away none of its slots yet still must be asked.
        if (kept.empty()) return;
        nodes_ = std::move(kept);
        owner_ = owner;
        set_probe_keys();
    }
    for (const NodePtr& node : gone)
        for (const auto& connection : node->connections) connection->close();
}

/// Gives each node a key of one of its slots: by trial, which takes few for a node with many.
void Nodes::set_probe_keys() {
    constexpr int trials_max = 200'000;
    std::vector<bool> done(nodes_.size(), false);
    std::size_t left = nodes_.size();
    for (int i = 0; i < trials_max && left > 0; ++i) {
        const std::string key = link_->settings.prefix + "probe:{" + std::to_string(i) + "}";
        const std::uint16_t owner = owner_[resp::key_slot(key)];
        if (owner == nobody || done[owner]) continue;
        done[owner] = true;
        --left;
        for (const auto& connection : nodes_[owner]->connections) connection->set_probe_key(key);
    }
}

std::vector<NodePtr> Nodes::all() const {
    const std::lock_guard lock(mutex_);
    return nodes_;
}

std::vector<NodePtr> Nodes::masters() const {
    const std::lock_guard lock(mutex_);
    if (!clustered()) return nodes_;
    std::vector<bool> has(nodes_.size(), false);
    for (const std::uint16_t owner : owner_)
        if (owner != nobody) has[owner] = true;
    std::vector<NodePtr> masters;
    for (std::size_t i = 0; i < nodes_.size(); ++i)
        if (has[i]) masters.push_back(nodes_[i]);
    return masters;
}

bool Nodes::all_ready() const {
    const std::vector<NodePtr> nodes = masters();
    return !nodes.empty() && std::all_of(nodes.begin(), nodes.end(), [](const NodePtr& node) {
        return std::all_of(node->connections.begin(), node->connections.end(),
                           [](const auto& each) { return each->ready(); });
    });
}

std::size_t Nodes::slots_missing() const {
    if (!clustered()) return 0;
    const std::lock_guard lock(mutex_);
    return static_cast<std::size_t>(std::count(owner_.begin(), owner_.end(), nobody));
}

}  // namespace thingstead::store::valkey
