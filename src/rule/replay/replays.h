// The replays of this process: started by administrators of tenants, run on threads of their own,
// kept for a while with their reports.
#pragma once
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "core/component_catalogue.h"
#include "core/rule_replay.h"
#include "rule/replay/sandbox.h"

namespace thingstead::rule {

/// Thread-safe.
class Replays final : public core::RuleReplays {
  public:
    /// All outlive it; `live` is what the engine works with.
    Replays(const Settings& settings, const Services& live,
            std::span<const NodeDescriptor* const> nodes,
            const core::ComponentCatalogue& components);
    /// stop().
    ~Replays() override;

    Task<Result<Uuid>> start(core::Caller caller, core::ReplayRequest request) override;
    Result<core::ReplayState> find(const core::Caller& caller, const Uuid& id) const override;
    std::vector<core::ReplayState> list(const core::Caller& caller) const override;
    Result<> remove(const core::Caller& caller, const Uuid& id) override;
    Result<std::vector<std::string>> try_nodes(
        model::TenantId tenant, const model::RuleChainMetaData& metadata) const override;

    /// Cancels what runs, and waits for it; nothing is started any more. Before the stores and the
    /// queue stop. Blocks. Idempotent.
    void stop();

  private:
    struct Job;
    using Jobs = std::map<Uuid, std::shared_ptr<Job>>;

    Task<Result<>> check(const core::Caller& caller, const core::ReplayRequest& request);
    Task<Result<>> check_draft(core::Caller caller, model::RuleChainMetaData draft);
    Result<Uuid> begin(std::shared_ptr<Job> job);
    void forget_old();  ///< mutex_ held.

    const Settings settings_;
    const Services live_;
    const std::vector<const NodeDescriptor*> nodes_;
    const core::ComponentCatalogue& components_;

    mutable std::mutex mutex_;  ///< Guards what follows.
    Jobs jobs_;
    bool stopped_ = false;
};

}  // namespace thingstead::rule
