// Stands where another worker runs a node alone: hands messages on to it.
#pragma once
#include <utility>
#include <vector>

#include "rule/node.h"

namespace thingstead::rule {

class ForwardNode final : public Node {
  public:
    /// `key`: of the place that runs the node.
    ForwardNode(NodeInfo info, Uuid key, NodeServices& services)
        : info_(std::move(info)), key_(key), services_(services) {}

    Step on_message(Visit& visit) override;

  private:
    NodeInfo info_;
    Uuid key_;
    NodeServices& services_;
};

}  // namespace thingstead::rule
