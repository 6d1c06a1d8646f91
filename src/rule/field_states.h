// What calculated fields and alarm rules remember of entities over a restart, or when the partition
// moves to another server: rows of the entity store (model/field_state.h), which every server
// reads.
//
// Written behind: what is kept gathers while a write is under way, and the next write has all of
// it, of each state only the last. Before a message is done, written() is awaited, so the queue
// never forgets a message of which the state is not durable.
#pragma once
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/log.h"
#include "model/field_state.h"
#include "net/task.h"
#include "rule/timers.h"
#include "store/entity_store.h"

namespace thingstead::rule {

/// Whose state of which entity.
struct StateKey {
    StateKey(model::TenantId of, model::EntityId about, model::EntityId by)
        : tenant(of), entity(about), owner(by) {}
    model::TenantId tenant;
    model::EntityId entity;
    model::EntityId owner;  ///< A calculated field or a rule node.
};

struct KeptState {
    json::value document{};        ///< Null: nothing is kept.
    std::optional<EpochMs> due{};  ///< As FieldState::due_ts.
    friend bool operator==(const KeptState&, const KeptState&) = default;
};

/// Belongs to one worker's thread.
class FieldStates {
  public:
    using Spawn = std::function<bool(std::string name, Task<> task)>;

    /// All outlive it. `spawn` runs what goes on behind messages.
    FieldStates(store::EntityStore& entities, Timers& timers, Spawn spawn, Log log);
    ~FieldStates();

    /// What was kept last, written or not. One of an older server, which kept it in the server
    /// attribute `attribute` of the entity (empty: none), is taken over, and the attribute removed.
    /// Errors: unavailable, timeout.
    Task<Result<KeptState>> recall(StateKey key, std::string attribute);
    /// To be written before the message that it follows from is done, or (`lazy`) soon: what may be
    /// made again after a crash. Nothing is written of an entity or field that is gone.
    void keep(const StateKey& key, KeptState state, bool lazy = false);
    /// Returns when nothing that is not lazy waits of the entity: a store that is away is waited
    /// for, as the message that waits is not run again for it.
    Task<> written(model::EntityId entity);
    /// Writes all that waits. Errors: unavailable, timeout - it waits on.
    Task<Result<>> flush();

    // --- what is written of all entities ---

    /// States with a time of owners whose id begins with `prefix`: of a kind, or one.
    static store::Filter due_states(std::string_view prefix);
    static constexpr std::string_view field_prefix = "CALCULATED_FIELD:";
    static constexpr std::string_view rule_node_prefix = "RULE_NODE:";
    /// Those that fit, in steps of some hundreds: behind the entity of `after` (none: from the
    /// beginning). An empty answer is the end. Errors: unavailable, timeout.
    Task<Result<std::vector<model::FieldState>>> page(store::Filter filter,
                                                      std::optional<model::FieldState> after) const;
    /// Whose rule nodes have states with a time.
    Task<Result<std::vector<model::TenantId>>> tenants_of_nodes() const;

  private:
    using Id = std::pair<Uuid, Uuid>;  ///< Entity and owner.
    struct Waiting {
        StateKey key;
        KeptState state;
        bool lazy;
    };
    using Rows = std::map<Id, Waiting>;
    struct Write;
    struct Ending;

    static Result<> put(store::Transaction& transaction, const Waiting& row);
    const Waiting* find(const StateKey& key) const;
    bool is_awaited(const Uuid& entity) const;
    Task<Result<>> write_some();
    void end(Write& write);
    void write_later();

    store::EntityStore& entities_;
    Timers& timers_;
    Spawn spawn_;
    Log log_;
    Rows waiting_;
    std::shared_ptr<Write> writing_;  ///< Null: no write is under way.
    Timer later_{};
    LogThrottle failures_{std::chrono::seconds(10)};
};

}  // namespace thingstead::rule
