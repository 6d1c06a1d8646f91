// Kinds of nodes for a sandbox: those that would reach beyond the stores only say so.
#pragma once
#include <memory>
#include <span>
#include <vector>

#include "rule/node.h"

namespace thingstead::rule {

/// Every kind of `all`; in place of one that calls systems outside, devices or callers, one that
/// tells Outside::instead, and in place of one without input, one that does nothing.
class SandboxNodes {
  public:
    explicit SandboxNodes(std::span<const NodeDescriptor* const> all);

    std::span<const NodeDescriptor* const> kinds() const { return kinds_; }

  private:
    std::vector<std::unique_ptr<NodeDescriptor>> replaced_;
    std::vector<const NodeDescriptor*> kinds_;
};

}  // namespace thingstead::rule
