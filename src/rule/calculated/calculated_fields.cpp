#include "rule/calculated/calculated_fields.h"

#include <algorithm>
#include <utility>

#include "core/entity/kind.h"
#include "model/asset.h"
#include "rule/calculated/alarm_run.h"
#include "rule/calculated/field.h"
#include "rule/entity_reads.h"

namespace thingstead::rule {
namespace {

using model::CalculatedField;
using model::EntityId;
using model::EntityType;

constexpr std::size_t kilobyte = 1024;

/// 0: not limited. What is missing has its default.
std::size_t granted(const json::object& configuration, std::string_view name,
                    std::size_t otherwise) {
    const json::value* value = configuration.if_contains(name);
    const Result<std::int64_t> number =
        value ? from_json<std::int64_t>(*value) : Result<std::int64_t>(json_expected("a number"));
    if (!number) return otherwise;
    constexpr std::int64_t most = 1'000'000;
    return static_cast<std::size_t>(std::clamp<std::int64_t>(*number, 0, most));
}

FieldLimits field_limits(const json::object& configuration) {
    FieldLimits limits;
    limits.rolling_points_max = granted(configuration, "maxDataPointsPerRollingArg", 1000);
    limits.value_bytes_max =
        granted(configuration, "maxSingleValueArgumentSizeInKBytes", 2) * kilobyte;
    limits.state_bytes_max = granted(configuration, "maxStateSizeInKBytes", 32) * kilobyte;
    const std::size_t seconds = granted(configuration, "alarmsReevaluationInterval", 60);
    if (seconds != 0) limits.alarm_reevaluation = std::chrono::seconds(seconds);
    limits.related_max = granted(configuration, "maxRelatedEntitiesToReturnPerCfArgument", 100);
    // What is not positive is the default.
    const auto interval = [&](std::string_view name, std::size_t otherwise) {
        const std::size_t number = granted(configuration, name, otherwise);
        return std::chrono::seconds(number == 0 ? otherwise : number);
    };
    limits.intermediate_interval = interval("intermediateAggregationIntervalInSecForCF", 300);
    limits.recheck_interval = interval("cfReevaluationCheckInterval", 60);
    return limits;
}

struct Place {
    std::optional<EntityId> profile{};
    std::optional<model::CustomerId> customer{};
};

/// Whether the field takes a value of the input, as its entity's own.
template <class Field>
bool takes_own(const Field& field, const FieldInput& input) {
    const auto& arguments = field.configuration.arguments;
    return std::any_of(arguments.begin(), arguments.end(), [&](const core::FieldArgument& each) {
        if (each.of || each.of_owner || each.many) return false;
        return std::any_of(input.values.begin(), input.values.end(),
                           [&](const ChangedValue& value) { return takes(each, value); });
    });
}

/// Nothing: it is no entity of the tenant that fields can be run for.
Result<std::optional<Place>> read_place(store::Reader& reader, model::TenantId tenant,
                                        EntityId entity) {
    const auto place = [](EntityId profile, model::CustomerId customer) {
        Place found{profile};
        if (customer != model::no_customer) found.customer = customer;
        return std::optional<Place>(found);
    };
    if (entity.type == EntityType::device) {
        const auto device = find_own<model::Device>(reader, tenant, entity.uuid);
        if (!device) return device.error();
        if (!*device) return std::optional<Place>();
        return place((*device)->device_profile_id, (*device)->customer_id);
    }
    if (entity.type == EntityType::asset) {
        const auto asset = find_own<model::Asset>(reader, tenant, entity.uuid);
        if (!asset) return asset.error();
        if (!*asset) return std::optional<Place>();
        return place((*asset)->asset_profile_id, (*asset)->customer_id);
    }
    if (entity.type == EntityType::customer) {
        const auto customer = find_own<model::Customer>(reader, tenant, entity.uuid);
        if (!customer) return customer.error();
        return *customer ? std::optional<Place>(Place()) : std::nullopt;
    }
    return std::optional<Place>();
}

}  // namespace

CalculatedFields::CalculatedFields(NodeServices& services) : services_(services) {}
CalculatedFields::~CalculatedFields() = default;

// --- what there is ---

/// One that did not change keeps what it knows. Null: it cannot be run; that is logged.
CalculatedFields::FieldRef CalculatedFields::make_field(const CalculatedField& stored,
                                                        const FieldLimits& limits,
                                                        const Tenant* before) {
    if (before)
        for (const FieldRef& each : before->fields)
            if (each->stored.id == stored.id && each->stored.type == stored.type &&
                each->stored.entity_id == stored.entity_id && each->stored.name == stored.name &&
                each->stored.configuration == stored.configuration && each->limits == limits)
                return each;
    const auto field = std::make_shared<Field>();
    field->stored = stored;
    field->limits = limits;
    auto configuration = core::field_configuration(stored.type, stored.configuration);
    if (!configuration) {
        tell_failure(*field, stored.entity_id, configuration.error());
        return nullptr;
    }
    field->configuration = *std::move(configuration);
    if (stored.type == model::CalculatedFieldType::alarm) {
        auto alarm = alarm_field(field->configuration, services_.scripts);
        if (alarm) field->alarm = *std::move(alarm);
        if (!alarm) tell_failure(*field, stored.entity_id, alarm.error());
        return alarm ? field : nullptr;
    }
    auto program = field_program(stored.type, field->configuration, services_.scripts);
    if (!program) {
        tell_failure(*field, stored.entity_id, program.error());
        return nullptr;
    }
    field->program = *std::move(program);
    return field;
}

void CalculatedFields::set_tenant(model::TenantId tenant, std::vector<CalculatedField> fields,
                                  const json::object& profile_configuration) {
    const auto known = tenants_.find(tenant);
    if (fields.empty()) {
        if (known != tenants_.end()) tenants_.erase(known);
        return;
    }
    const FieldLimits limits = field_limits(profile_configuration);
    const auto made = std::make_shared<Tenant>();
    for (const CalculatedField& each : fields) {
        const FieldRef field =
            make_field(each, limits, known == tenants_.end() ? nullptr : known->second.get());
        if (!field) continue;
        made->fields.push_back(field);
        made->by_owner[field->stored.entity_id].push_back(field);
        if (each.debug_settings)
            made->debug[each.id] = {each.debug_settings->failures_enabled,
                                    each.debug_settings->all_enabled_until};
        bool of_owner = false, of_way = false;
        for (const core::FieldArgument& argument : field->configuration.arguments) {
            const bool attribute = argument.type == core::ArgumentType::attribute;
            (attribute ? made->attributes : made->series).insert(argument.key);
            of_owner = of_owner || argument.of_owner;
            of_way = of_way || !argument.path.empty();
            if (!argument.of) continue;
            auto& of_source = made->by_source[*argument.of];
            if (of_source.empty() || of_source.back() != field) of_source.push_back(field);
        }
        if (of_owner) made->of_owners.push_back(field);
        if (of_way) made->of_ways.push_back(field);
        made->follows_relations =
            made->follows_relations || of_way || field->configuration.propagation.has_value();
    }
    tenants_[tenant] = made;
}

void CalculatedFields::forget_tenant(model::TenantId tenant) { tenants_.erase(tenant); }

void CalculatedFields::forget_entities(const std::unordered_set<Uuid>& entities) {
    for (auto* const some : {&entities_, &older_entities_})
        for (const auto& [id, entity] : *some)
            if (entities.contains(id.uuid)) entity->stale = true;
}

void CalculatedFields::forget_all_entities() {
    for (auto* const some : {&entities_, &older_entities_})
        for (const auto& [id, entity] : *some) entity->stale = true;
}

void CalculatedFields::load_tenants_by(LoadTenant load) { load_tenant_ = std::move(load); }

// --- values ---

bool CalculatedFields::wants(model::TenantId tenant, bool attribute, std::string_view key) const {
    const auto it = tenants_.find(tenant);
    if (it == tenants_.end()) return false;
    return (attribute ? it->second->attributes : it->second->series).contains(key);
}

bool CalculatedFields::takes(model::TenantId tenant, const model::Msg& msg) const {
    if (is_for_fields_alone(msg)) return true;
    const auto known = tenants_.find(tenant);
    if (known == tenants_.end()) return false;
    return brings_values(msg) || ends_alarm(msg) ||
           (known->second->follows_relations && tells_of_relations(msg));
}

Task<Result<>> CalculatedFields::take(model::QueuedMsg queued) {
    if (queued.msg.type == core::field_saved_type) co_return co_await tell_saved(queued);
    unwrap(queued);
    const bool ends = ends_alarm(queued.msg);
    const bool whole = ends || tells_of_relations(queued.msg);
    if (whole && !is_here(queued.tenant, queued.msg.originator))
        co_return co_await hand_over(std::move(queued));
    if (ends) co_return co_await alarm_ended(std::move(queued));
    Result<FieldInput> input = values_of(queued, services_.parser, services_.clock.now_ms());
    if (!input) co_return input.error();
    if (input->saved)
        if (Result<> known = co_await come_to_know(*input); !known) co_return known;
    co_return co_await run(*std::move(input));
}

Task<> CalculatedFields::prepare(const FieldInput& input) {
    const auto tenant = tenants_.find(input.tenant);
    if (tenant == tenants_.end() || !is_here(input.tenant, input.entity)) co_return;
    const std::shared_ptr<const Tenant> fields = tenant->second;
    const auto wanting = [&](const Entity& entity) -> std::vector<FieldRef> {
        std::vector<FieldRef> all = fields_of(*fields, entity);
        std::erase_if(all, [&](const FieldRef& field) {
            const auto known = entity.known.find(field->stored.id.uuid);
            const bool loaded =
                known != entity.known.end() && known->second.field == field && known->second.loaded;
            return loaded || field->configuration.aggregation || !takes_own(*field, input);
        });
        return all;
    };
    const EntityRef known = known_entity(input.entity);
    if (known && !known->stale && wanting(*known).empty()) co_return;
    Turns::Turn turn(turns_, input.entity);
    if (!co_await turn.come()) co_return;
    const auto entity = co_await entity_of(input.tenant, input.entity);
    if (!entity || !*entity) co_return;
    for (const FieldRef& field : wanting(**entity)) {
        begin_to_know(field, **entity);
        // What fails now is read again, and told, when the field runs.
        (void)co_await load(field, *entity);
    }
}

Task<Result<>> CalculatedFields::run(FieldInput input) {
    if (!tenants_.contains(input.tenant)) co_return Result<>();
    if (!is_here(input.tenant, input.entity)) co_return co_await hand_over(input);
    const EntityId entity = input.entity;
    {
        Turns::Turn turn(turns_, entity);
        if (Result<> came = co_await turn.come(); !came) co_return came;
        std::vector<FieldInput> inputs;
        inputs.push_back(std::move(input));
        if (Result<> done = co_await run_inputs(std::move(inputs)); !done) co_return done;
    }
    // Behind the turn: the states of messages that wait for theirs are written with this one's.
    if (states_) co_await states_->written(entity);
    co_return Result<>();
}

/// The caller has the turn of the inputs' entity.
Task<Result<>> CalculatedFields::run_inputs(std::vector<FieldInput> inputs) {
    // What a field saves at once may be an argument of another; one that ran does not run again, so
    // this ends.
    while (!inputs.empty()) {
        std::vector<FieldInput> further;
        for (FieldInput& each : inputs) {
            if (Result<> done = co_await run_fields(each, further); !done) co_return done;
            if (each.source != each.entity || each.relations || each.saved) continue;
            if (Result<> told = co_await tell_linked(each); !told) co_return told;
        }
        inputs = std::move(further);
    }
    co_return Result<>();
}

CalculatedFields::EntityRef CalculatedFields::known_entity(EntityId id) const {
    for (const auto* const some : {&entities_, &older_entities_})
        if (const auto it = some->find(id); it != some->end()) return it->second;
    return nullptr;
}

Task<Result<CalculatedFields::EntityRef>> CalculatedFields::entity_of(model::TenantId tenant,
                                                                      EntityId id) {
    EntityRef known = known_entity(id);
    if (known && !known->stale) {
        if (older_entities_.erase(id) != 0) entities_.emplace(id, known);
        co_return known;
    }
    const std::function<Result<std::optional<Place>>(store::Reader&)> work =
        [tenant, id](store::Reader& reader) { return read_place(reader, tenant, id); };
    const auto place = co_await read_entities<std::optional<Place>>(services_, work);
    if (!place) co_return place.error();
    older_entities_.erase(id);
    if (!*place) {
        entities_.erase(id);
        co_return EntityRef();
    }
    if (entities_.size() >= entities_max / 2) {
        older_entities_ = std::move(entities_);
        entities_.clear();
    }
    if (!known) known = std::make_shared<Entity>();
    known->id = id;
    known->profile = (*place)->profile;
    known->customer = (*place)->customer;
    // Whose values they are may be another now; where it was and what is due remain.
    std::vector<FieldRef> others;
    for (auto& [field, each] : known->known) {
        each.loaded = false;
        if (!known->has(each.field->stored.entity_id)) others.push_back(each.field);
    }
    for (const FieldRef& each : others) forget_state(each, known);
    known->stale = false;
    entities_[id] = known;
    co_return known;
}

std::vector<CalculatedFields::FieldRef> CalculatedFields::fields_of(const Tenant& tenant,
                                                                    const Entity& entity) const {
    std::vector<FieldRef> fields;
    const auto add = [&](EntityId owner) {
        if (const auto of = tenant.by_owner.find(owner); of != tenant.by_owner.end())
            fields.insert(fields.end(), of->second.begin(), of->second.end());
    };
    add(entity.id);
    if (entity.profile) add(*entity.profile);
    return fields;
}

Task<Result<>> CalculatedFields::run_fields(FieldInput& input, std::vector<FieldInput>& further) {
    const auto it = tenants_.find(input.tenant);
    if (it == tenants_.end()) co_return Result<>();
    const std::shared_ptr<const Tenant> tenant = it->second;
    const auto found = co_await entity_of(input.tenant, input.entity);
    if (!found) co_return found.error();
    if (!*found) co_return Result<>();
    const EntityRef entity = *found;
    for (const FieldRef& field : fields_of(*tenant, *entity)) {
        if (input.has_run(field->stored.id)) continue;
        if (input.saved && input.saved->id != field->stored.id) continue;
        const Result<> done = co_await run_field(field, entity, input, further);
        if (!done && done.error().code == ErrorCode::unavailable) co_return done;
        if (!done) note_failure(*field, *entity, input, done.error());
    }
    co_return Result<>();
}

Task<Result<>> CalculatedFields::run_field(FieldRef field, EntityRef entity,
                                           const FieldInput& input,
                                           std::vector<FieldInput>& further) {
    // An aggregation of intervals begins with a value.
    if (field->configuration.aggregation && input.saved) co_return Result<>();
    if (field->configuration.aggregation)
        co_return co_await take_in_interval(field, entity, input, further);
    const Result<Change> change = co_await take_values(field, entity, input);
    if (!change) co_return change.error();
    if (!change->any) co_return Result<>();
    const auto known = entity->known.find(field->stored.id.uuid);
    if (known == entity->known.end() || !known->second.values.complete()) co_return Result<>();
    co_return co_await conclude(field, entity, input, *change, further);
}

}  // namespace thingstead::rule
