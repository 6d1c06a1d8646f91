#include "rule/replay/sandbox_nodes.h"

namespace thingstead::rule {
namespace {

class OutsideNode final : public Node {
  public:
    OutsideNode(NodeInfo info, OutsideCalls* calls) : info_(std::move(info)), calls_(calls) {}

    Step on_message(Visit& visit) override {
        if (!calls_ || calls_->note(info_, visit.msg)) return "Success";
        return Error{ErrorCode::unavailable, "The replay lets calls of systems outside fail."};
    }

  private:
    NodeInfo info_;
    OutsideCalls* calls_;
};

class SilentNode final : public Node {
  public:
    Step on_message(Visit&) override { return Outcome(Consumed{}); }
};

Result<std::unique_ptr<Node>> make_outside(const json::value&, const NodeInfo& info,
                                           NodeServices& services) {
    return std::unique_ptr<Node>(std::make_unique<OutsideNode>(info, services.outside.instead));
}

Result<std::unique_ptr<Node>> make_silent(const json::value&, const NodeInfo&, NodeServices&) {
    return std::unique_ptr<Node>(std::make_unique<SilentNode>());
}

bool reaches_beyond(const NodeDescriptor& kind) {
    return kind.kind == NodeKind::external || kind.beyond_stores;
}

}  // namespace

SandboxNodes::SandboxNodes(std::span<const NodeDescriptor* const> all) {
    for (const NodeDescriptor* each : all) {
        if (each->has_input && !reaches_beyond(*each)) {
            kinds_.push_back(each);
            continue;
        }
        replaced_.push_back(std::make_unique<NodeDescriptor>(*each));
        replaced_.back()->make = each->has_input ? &make_outside : &make_silent;
        kinds_.push_back(replaced_.back().get());
    }
}

}  // namespace thingstead::rule
