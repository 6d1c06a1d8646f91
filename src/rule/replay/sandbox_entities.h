// A store of entities over another one: what is written stays in memory, and reads see it as if it
// had been stored. Nothing reaches the store below.
#pragma once
#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "rule/replay/effects.h"
#include "rule/replay/row_overlay.h"
#include "store/entity_store.h"

namespace thingstead::rule {

/// Thread-safe; works run one after the other. What an overlay cannot answer as a database would is
/// refused: unsupported.
class SandboxEntities final : public store::EntityStore {
  public:
    /// All outlive it.
    SandboxEntities(store::EntityStore& below, Effects& effects, Memory& memory)
        : below_(below), effects_(effects), memory_(memory) {}

    Task<Result<>> read(std::function<Result<>(store::Reader&)> work) override;
    std::optional<Result<>> read_in_memory(
        const std::function<Result<>(store::Reader&)>& work) override;
    Task<Result<>> write(std::function<Result<>(store::Transaction&)> work) override;
    /// Errors: unsupported - there is no way to wait here.
    Result<> write_now(std::function<Result<>(store::Transaction&)> work) override;
    /// The store below is not this one's.
    void stop() override {}

    /// Rows are laid over the store without being an effect: to begin with what was at a time.
    void set_quiet(bool quiet) { quiet_ = quiet; }

  private:
    friend class SandboxTransaction;
    /// By key; none: it was removed.
    using Attributes = std::map<std::string, std::optional<model::Attribute>>;
    struct AttributeBefore {
        std::string place;
        std::string key;
        std::optional<std::optional<model::Attribute>> value;  ///< None: nothing lay there.
    };

    Result<> run(store::Reader& reader, const std::function<Result<>(store::Transaction&)>& work);

    store::EntityStore& below_;
    Effects& effects_;
    Memory& memory_;
    std::atomic<bool> quiet_{false};

    std::mutex mutex_;  ///< Guards what follows.
    RowOverlay rows_;
    std::map<std::string, Attributes> attributes_;  ///< By entity and scope.
    std::vector<AttributeBefore> attribute_journal_;
};

}  // namespace thingstead::rule
