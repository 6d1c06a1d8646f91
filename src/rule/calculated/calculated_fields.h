// The calculated fields of the entities whose messages come to one worker: which there are, what
// they know of their arguments, and their results.
//
// The messages of an entity always come to the same worker, so its values need no lock; what is
// forgotten (an entity that was not used, a partition that went) is read from the stores again.
#pragma once
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/log.h"
#include "model/calculated_field.h"
#include "rule/calculated/due_times.h"
#include "rule/calculated/evaluate.h"
#include "rule/calculated/field_input.h"
#include "rule/calculated/intervals.h"
#include "rule/calculated/zones.h"
#include "rule/field_states.h"
#include "rule/node.h"
#include "rule/timers.h"
#include "rule/turns.h"

namespace thingstead::rule {

/// Belongs to one worker's thread.
class CalculatedFields {
  public:
    /// Entities whose values are kept; more are forgotten, those used least first.
    static constexpr std::size_t entities_max = 20'000;

    explicit CalculatedFields(NodeServices& services);
    ~CalculatedFields();

    /// Null, as at first: nothing is remembered over a restart. They outlive it.
    void remember_in(FieldStates* states) { states_ = states; }
    /// Also of rule nodes that remember something.
    FieldStates* states() const { return states_; }
    /// Longest that a result is waited for.
    void set_calculation_timeout(std::chrono::milliseconds time) { calculation_timeout_ = time; }

    // --- what there is; called as chains are loaded and change ---

    void set_tenant(model::TenantId tenant, std::vector<model::CalculatedField> fields,
                    const json::object& profile_configuration);
    void forget_tenant(model::TenantId tenant);
    /// They changed: profile, owner, or that they are there.
    void forget_entities(const std::unordered_set<Uuid>& entities);
    void forget_all_entities();
    /// How the fields of a tenant are loaded that are not, or not as they are now: for what is due
    /// before a message of it comes. `anew`: even if they seem to be as they are now.
    using LoadTenant = std::function<Task<Result<>>(model::TenantId, bool anew)>;
    void load_tenants_by(LoadTenant load);
    /// Takes up whatever is due, now or later, of the entities that this worker has. Waits for a
    /// store that is away.
    Task<Result<>> take_up();

    // --- values ---

    /// Whether a field of the tenant takes the value of some entity: asked before an input is made.
    bool wants(model::TenantId tenant, bool attribute, std::string_view key) const;
    template <class Values>
    bool wants_any(model::TenantId tenant, bool attribute, const Values& values) const {
        for (const auto& each : values)
            if (wants(tenant, attribute, each.key)) return true;
        return false;
    }
    /// Whether a message that comes from the queue brings values to fields of its tenant.
    bool takes(model::TenantId tenant, const model::Msg& msg) const;
    /// The values of such a message.
    Task<Result<>> take(model::QueuedMsg queued);
    /// Before values of an entity are saved: reads what fields that take them do not know yet, so
    /// that each value that is saved is one that they have not seen.
    Task<> prepare(const FieldInput& input);
    /// Runs the fields that take the input's values, or hands them to the worker that has the
    /// entity. What they make, and what they remember, is durable on return. A field that fails is
    /// logged, and no error of the input.
    /// Errors: unavailable - a store or queue.
    Task<Result<>> run(FieldInput input);

  private:
    struct Field;
    struct Tenant;
    struct Entity;
    using FieldRef = std::shared_ptr<const Field>;
    using EntityRef = std::shared_ptr<Entity>;

    struct Change;
    struct Target;

    FieldRef make_field(const model::CalculatedField& stored, const FieldLimits& limits,
                        const Tenant* before);
    /// Whether this worker is the one that runs the entity's fields.
    bool is_here(model::TenantId tenant, model::EntityId entity) const;
    core::RuleIngress& way_of(model::TenantId tenant) {
        return services_.ingress.way_to(tenant, {});
    }
    Task<Result<>> hand_over(const FieldInput& input);
    Task<Result<>> hand_over(model::QueuedMsg queued);
    std::vector<FieldRef> fields_of(const Tenant& tenant, const Entity& entity) const;
    Task<Result<EntityRef>> entity_of(model::TenantId tenant, model::EntityId id);
    EntityRef known_entity(model::EntityId id) const;
    Task<Result<>> run_inputs(std::vector<FieldInput> inputs);
    Task<Result<>> run_fields(FieldInput& input, std::vector<FieldInput>& further);
    Task<Result<>> run_field(FieldRef field, EntityRef entity, const FieldInput& input,
                             std::vector<FieldInput>& further);

    // load.cpp: what fields know of their arguments.
    Task<Result<Change>> take_values(FieldRef field, EntityRef entity, const FieldInput& input);
    Task<Result<>> load(FieldRef field, EntityRef entity);
    /// Errors: too_large - values are over a limit; then all is forgotten.
    Result<> check_size(const FieldRef& field, const EntityRef& entity);
    Task<Result<>> load_related(FieldRef field, EntityRef entity, std::size_t argument);
    Task<Result<>> load_zones(FieldRef field, EntityRef entity);

    // conclude.cpp: what follows when arguments changed, by type.
    Task<Result<>> conclude(FieldRef field, EntityRef entity, const FieldInput& input,
                            const Change& change, std::vector<FieldInput>& further);
    Task<Result<>> conclude_alarm(FieldRef field, EntityRef entity, const FieldInput& input,
                                  const Change& change);
    Task<Result<>> look_at_alarm(FieldRef field, EntityRef entity);
    Task<Result<>> conclude_zones(FieldRef field, EntityRef entity, const FieldInput& input,
                                  std::vector<FieldInput>& further);
    Task<Result<>> relate_zones(EntityRef entity, const ZonesOutcome& outcome);
    Task<Result<>> propagate(FieldRef field, EntityRef entity, const FieldInput& input,
                             const Change& change, std::vector<FieldInput>& further);

    // later.cpp: what is due some time after its input.
    Task<Result<>> aggregate_soon(FieldRef field, EntityRef entity, const FieldInput& input,
                                  std::vector<FieldInput>& further);
    Task<Result<>> aggregate_now(FieldRef field, EntityRef entity, const FieldInput& input,
                                 std::vector<FieldInput>& further);
    Task<Result<>> take_in_interval(FieldRef field, EntityRef entity, const FieldInput& input,
                                    std::vector<FieldInput>& further);
    Task<Result<>> emit_intervals(FieldRef field, EntityRef entity, const FieldInput& input,
                                  std::vector<FieldInput>& further);
    Task<Result<std::optional<model::Value>>> metric_of(model::EntityId entity, std::string key,
                                                        core::MetricFunction function,
                                                        core::TimeSpan span);
    Task<Result<json::array>> results_of(FieldRef field, EntityRef entity,
                                         std::vector<DueInterval> due);

    // due.cpp: what is looked at though no value came.
    /// Of each field of an entity, the earlier time counts.
    void wake_at(EpochMs at, const Field& field, model::EntityId entity);
    void set_timer();
    void run_due();
    Task<> wake(DueField due);
    Task<Result<>> look(DueField due);
    Task<Result<>> look_at(FieldRef field, EntityRef entity);
    Task<Result<>> conclude_by_time(FieldRef field, EntityRef entity, const FieldInput& cause,
                                    std::vector<FieldInput>& further);

    // kept.cpp: what is remembered over a restart.
    void begin_to_know(const FieldRef& field, Entity& entity);
    Task<Result<>> recall(FieldRef field, EntityRef entity);
    Result<> keep(const FieldRef& field, const EntityRef& entity, KeptState state,
                  bool lazy = false);
    void forget_state(const FieldRef& field, const EntityRef& entity);
    Result<> keep_alarm(const FieldRef& field, const EntityRef& entity);
    Result<> keep_plan(const FieldRef& field, const EntityRef& entity, bool lazy);
    Result<> keep_waiting(const FieldRef& field, const EntityRef& entity,
                          std::optional<EpochMs> at);
    Result<> keep_zones(const FieldRef& field, const EntityRef& entity);

    // results.cpp: what becomes of results.
    Task<Result<>> emit(const Field& field, Target target, const FieldInput& input,
                        json::value result, std::vector<FieldInput>& further);
    Task<Result<>> send_to_chain(const Field& field, Target target, const FieldInput& input,
                                 std::string data);
    Task<Result<>> save_at_once(const Field& field, Target target, const FieldInput& input,
                                std::string data, std::vector<FieldInput>& further);

    // saved.cpp: fields that were saved run for what their entities have.
    Task<Result<>> tell_saved(const model::QueuedMsg& queued);
    Task<Result<>> come_to_know(const FieldInput& input);

    // linked.cpp: values that fields of other entities take.
    Task<Result<>> tell_linked(const FieldInput& input);

    // --- alarm rules: alarm_rules.cpp ---
    struct AlarmRun;
    Task<Result<>> run_alarm(AlarmRun run);
    Task<Result<>> tell_alarm(const AlarmRun& run, model::Metadata metadata, std::string_view type,
                              std::string data);
    /// Sees to it that time is looked at again when it may decide.
    void schedule_alarm(const AlarmRun& run);
    struct EndedAlarm;
    Task<Result<>> alarm_ended(model::QueuedMsg queued);
    Task<Result<>> begin_anew(const model::QueuedMsg& queued, const EndedAlarm& ended);

    Task<Result<>> tell_owners(const FieldInput& input, model::EntityId owner);
    Task<Result<>> tell_related(const FieldInput& input, const Field& field);

    // notes.cpp: what is told of runs.
    void note(const Field& field, const Entity& entity, const FieldInput& input,
              const json::value& result);
    void note_failure(const Field& field, const Entity& entity, const FieldInput& input,
                      const Error& error);
    void add_note(const Field& field, const Entity& entity, const FieldInput& input,
                  std::optional<std::string> result, std::optional<std::string> error);
    Error took_too_long() const;
    void tell_failure(const Field& field, model::EntityId entity, const Error& error);

    NodeServices& services_;
    FieldStates* states_ = nullptr;
    std::chrono::milliseconds calculation_timeout_{5'000};
    Turns turns_;
    std::unordered_map<model::TenantId, std::shared_ptr<const Tenant>> tenants_;
    /// Used since the last change of generations, and before it.
    std::unordered_map<model::EntityId, EntityRef> entities_, older_entities_;
    LoadTenant load_tenant_{};
    /// The latest version of fields that was told of and read.
    std::unordered_map<model::CalculatedFieldId, std::int64_t> read_versions_;
    DueTimes due_;
    Timer timer_{};         ///< For the first of them,
    EpochMs timer_at_ = 0;  ///< at this time.
    /// How many are looked at; outlives tasks that are left behind.
    std::shared_ptr<std::size_t> looking_ = std::make_shared<std::size_t>(0);
    LogThrottle failures_{std::chrono::seconds(10)};
};

}  // namespace thingstead::rule
