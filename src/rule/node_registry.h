// The kinds of nodes by their name on the wire, and old configurations brought up to date.
#pragma once
#include <span>
#include <string_view>
#include <unordered_map>

#include "rule/node.h"

namespace thingstead::rule {

/// Immutable; thread-safe.
class NodeRegistry {
  public:
    /// The descriptors outlive the registry.
    explicit NodeRegistry(std::span<const NodeDescriptor* const> descriptors);
    /// Null: an unknown class.
    const NodeDescriptor* find(std::string_view type) const;

  private:
    std::unordered_map<std::string_view, const NodeDescriptor*> by_type_;
};

/// The configuration as the node's current version has it; the default one if there is none. What
/// cannot be upgraded and does not bind is replaced by the default one, as the reference platform
/// does.
json::value current_configuration(const NodeDescriptor& descriptor, std::int32_t version,
                                  json::value configuration, const NodeInfo& info,
                                  NodeServices& services);

}  // namespace thingstead::rule
