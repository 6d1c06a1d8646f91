// One version of a tenant's rule chains in a sandbox: messages are run one after the other, at
// their own time, and what they did is handed out. Nothing of it leaves the sandbox.
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/component_catalogue.h"
#include "model/msg.h"
#include "model/rule_chain.h"
#include "rule/node.h"
#include "rule/replay/effects.h"
#include "rule/replay/sandbox_timeseries.h"
#include "rule/rule_engine.h"

namespace thingstead::rule {

/// What sandboxes are made of; outlives them.
struct SandboxGround {
    const Settings& settings;
    const Services& live;  ///< Its stores are only read; nothing else of it is used but scripts.
    std::span<const NodeDescriptor* const> nodes;
    const core::ComponentCatalogue& components;
};

struct SandboxView {
    model::TenantId tenant;
    PastView past{};
    std::optional<model::RuleChainMetaData> draft{};  ///< None: all chains as they are stored.
    core::Caller caller{};                            ///< Who brings the draft.
    bool outside_fails = false;
    std::function<bool()> cancelled{};
};

/// Belongs to one thread.
class Sandbox {
  public:
    /// Errors: those of the stores; of the draft, as a save of it.
    static Result<std::unique_ptr<Sandbox>> open(const SandboxGround& ground, SandboxView view);
    /// Makes each node as it is configured, and drops it: why it would not start, by its place;
    /// empty: it would, or its class is unknown. Errors: the sandbox cannot be made.
    static Result<std::vector<std::string>> try_nodes(const SandboxGround& ground,
                                                      model::TenantId tenant,
                                                      const model::RuleChainMetaData& metadata);
    ~Sandbox();
    Sandbox(const Sandbox&) = delete;
    Sandbox& operator=(const Sandbox&) = delete;

    /// Lets the sandbox's time pass until `until_ms`, with what nodes do meanwhile.
    std::vector<Effect> pass_time(EpochMs until_ms);
    /// Runs the message, and those that it makes.
    std::vector<Effect> run(const model::QueuedMsg& message);
    /// Lets time pass until nodes hold no more messages, a day at most.
    std::vector<Effect> finish();

    /// What makes the run worthless: the memory's limit, a store that is away.
    const std::optional<Error>& broken() const;

  private:
    struct Impl;
    explicit Sandbox(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace thingstead::rule
