#include "core/calculated_field/calculated_fields.h"

#include <algorithm>
#include <functional>
#include <map>
#include <utility>

#include "core/access.h"
#include "core/calculated_field/dependencies.h"
#include "core/calculated_field/limits.h"
#include "core/entity/field_states.h"
#include "core/entity/limits.h"
#include "core/entity/named_row.h"

namespace thingstead::core {
namespace {

using model::CalculatedField;
using model::CalculatedFieldType;
using model::EntityType;

constexpr std::int64_t debug_minutes_default = 15;
constexpr EntityType owner_types[] = {EntityType::device, EntityType::asset,
                                      EntityType::device_profile, EntityType::asset_profile,
                                      EntityType::customer};

Result<> check_owner(const CalculatedField& field) {
    using enum EntityType;
    const EntityType type = field.entity_id.type;
    const bool any =
        type == device || type == asset || type == device_profile || type == asset_profile;
    if (any || (type == customer && field.type == CalculatedFieldType::alarm)) return {};
    return invalid("Calculated fields of type " + std::string(enum_name(field.type)) +
                   " are not supported for entities of type " + std::string(wire_name(type)) + "!");
}

Result<CalculatedField> load_field(store::Reader& reader, const Caller& caller, Operation operation,
                                   model::CalculatedFieldId id) {
    auto found = reader.find<CalculatedField>({
        {"id", id.uuid}
    });
    if (!found) return found.error();
    if (!*found || (*found)->tenant_id != caller.tenant)
        return not_found("Calculated field", id.uuid);
    const Result<> allowed = EntityAccess::check(reader, caller, operation, (*found)->entity_id);
    if (!allowed) return allowed.error();
    return **std::move(found);
}

Result<> check_references(store::Reader& reader, const Caller& caller,
                          const FieldConfiguration& configuration) {
    for (const FieldArgument& each : configuration.arguments) {
        if (!each.of) continue;
        if (each.of->type == EntityType::tenant) {
            if (each.of->uuid != caller.tenant.uuid) return permission_denied();
            continue;
        }
        if (Result<> allowed = EntityAccess::check(reader, caller, Operation::read, *each.of);
            !allowed)
            return allowed;
    }
    return {};
}

/// Alarm rules are not counted.
Result<> check_number(store::Reader& reader, const CalculatedField& field,
                      const json::object& limits) {
    const std::int64_t fields_max = limit_in(limits, "maxCalculatedFieldsPerEntity");
    if (field.type == CalculatedFieldType::alarm || fields_max <= 0) return {};
    const Result<std::int64_t> count = reader.count<CalculatedField>({
        {"entityId", store::ColumnCodec<model::EntityId>::write(field.entity_id)},
        {"type", store::Compare::not_equal, std::string("ALARM")},
        {"id", store::Compare::not_equal, field.id.uuid}
    });
    if (!count) return count.error();
    return *count < fields_max ? Result<>()
                               : Result<>(invalid("Calculated fields per entity limit reached!"));
}

/// Among the fields of the same owner.
Result<> check_cycles(store::Reader& reader, const CalculatedField& field,
                      FieldConfiguration configuration) {
    const auto stored = reader.all<CalculatedField>({
        {"entityId", store::ColumnCodec<model::EntityId>::write(field.entity_id)}
    });
    if (!stored) return stored.error();
    std::vector<FieldInCycle> others;
    for (const CalculatedField& each : *stored) {
        if (each.id == field.id) continue;
        if (auto read = field_configuration(each.type, each.configuration))
            others.push_back({each.entity_id, each.name, *std::move(read)});
    }
    return check_no_cycle({field.entity_id, field.name, std::move(configuration)}, others);
}

void settle_debug(CalculatedField& field, std::int64_t minutes, EpochMs now_ms) {
    // A year is as good as more, and does not overflow.
    constexpr std::int64_t minutes_max = 366 * 24 * 60;
    const EpochMs until_max =
        now_ms + std::min(minutes > 0 ? minutes : debug_minutes_default, minutes_max) * 60'000;
    if (field.debug_settings) {
        model::DebugSettings& debug = *field.debug_settings;
        debug.all_enabled_until =
            debug.all_enabled ? until_max : std::min(debug.all_enabled_until, until_max);
        debug.all_enabled = false;
    } else if (field.debug_mode.value_or(false)) {
        field.debug_settings = model::DebugSettings{true, false, until_max};
    }
    field.debug_mode.reset();
}

Result<> check_field(store::Transaction& transaction, const Caller& caller, CalculatedField& field,
                     EpochMs now_ms) {
    if (Result<> valid = model::validate(field); !valid) return valid;
    if (Result<> fits = check_owner(field); !fits) return fits;
    if (Result<> allowed = EntityAccess::check(transaction, caller,
                                               Operation::write_calculated_field, field.entity_id);
        !allowed)
        return allowed;
    Result<FieldConfiguration> configuration = field_configuration(field.type, field.configuration);
    if (!configuration) return configuration.error();
    if (Result<> allowed = check_references(transaction, caller, *configuration); !allowed)
        return allowed;
    const Result<json::object> limits = profile_configuration(transaction, caller.tenant);
    if (!limits) return limits.error();
    if (Result<> within = check_field_limits(*configuration, *limits); !within) return within;
    if (Result<> within = check_number(transaction, field, *limits); !within) return within;
    settle_debug(field, limit_in(*limits, "maxDebugModeDurationMinutes"), now_ms);
    return check_cycles(transaction, field, *std::move(configuration));
}

Result<Saved<CalculatedField>> save_field(store::Transaction& transaction, const Caller& caller,
                                          CalculatedField field, EpochMs now_ms) {
    Saved<CalculatedField> saved{std::move(field)};
    CalculatedField& entity = saved.entity;
    entity.tenant_id = caller.tenant;
    if (entity.id.uuid != Uuid{}) {
        auto before = load_field(transaction, caller, Operation::write_calculated_field, entity.id);
        if (!before) return before.error();
        if (entity.version && entity.version != before->version)
            return changed_by_another("Calculated field");
        entity.version = before->version.value_or(0) + 1;
        entity.created_time = before->created_time;
        saved.before = *std::move(before);
    } else {
        entity.id = model::CalculatedFieldId::make();
        entity.created_time = now_ms;
        entity.version = 1;
        saved.created = true;
    }
    if (Result<> valid = check_field(transaction, caller, entity, now_ms); !valid)
        return valid.error();
    const Result<> written =
        saved.created ? transaction.insert(entity) : transaction.update(entity);
    if (!written) {
        const bool taken = written.error().message == "calculated_field_name_unq_key";
        if (taken && entity.type == CalculatedFieldType::alarm)
            return invalid("Alarm rule with such type already exists");
        return in_words(written.error());
    }
    return saved;
}

store::Filter filter_of(const Caller& caller, const FieldQuery& query) {
    store::Filter filter{
        {"tenantId", caller.tenant.uuid}
    };
    std::vector<store::Cell> types;
    for (const CalculatedFieldType each : query.types)
        types.emplace_back(std::string(enum_name(each)));
    if (types.empty())
        filter.emplace_back("type", store::Compare::not_equal, std::string("ALARM"));
    else
        filter.emplace_back("type", store::Compare::one_of, std::move(types));
    std::vector<store::Cell> owners;
    for (const EntityType type : owner_types)
        for (const Uuid& each : query.owners)
            if (!query.owner_type || *query.owner_type == type)
                owners.push_back(
                    store::ColumnCodec<model::EntityId>::write(model::EntityId(type, each)));
    if (!query.owners.empty())
        filter.emplace_back("entityId", store::Compare::one_of, std::move(owners));
    else if (query.owner_type)
        filter.emplace_back("entityId", store::Compare::starts_with,
                            std::string(wire_name(*query.owner_type)) + ':');
    std::vector<store::Cell> names(query.names.begin(), query.names.end());
    if (!names.empty()) filter.emplace_back("name", store::Compare::one_of, std::move(names));
    return filter;
}

/// Lists are of the whole tenant: for who may read the fields of some kind that has them.
Result<> check_list(const Caller& caller) {
    for (const Resource each : {Resource::device, Resource::asset, Resource::profile})
        if (check(caller, Operation::read_calculated_field, each)) return {};
    return permission_denied();
}

Result<store::Page<ShownField>> show_owners(store::Reader& reader,
                                            store::Page<CalculatedField> page) {
    store::Page<ShownField> shown{{}, page.total_elements, page.total_pages, page.has_next};
    std::map<std::pair<EntityType, Uuid>, std::string> names;
    for (CalculatedField& each : page.data) {
        const auto [at, fresh] = names.try_emplace({each.entity_id.type, each.entity_id.uuid});
        if (fresh) {
            auto found = summary_of(reader, each.entity_id);
            if (!found) return found.error();
            if (*found) at->second = std::move((*found)->name);
        }
        shown.data.push_back({std::move(each), at->second});
    }
    return shown;
}

}  // namespace

Task<Result<Saved<CalculatedField>>> save_calculated_field(const Platform& platform, Caller caller,
                                                           CalculatedField field) {
    const std::function<Result<Saved<CalculatedField>>(store::Transaction&)> work =
        [&](store::Transaction& transaction) {
            return save_field(transaction, caller, field, platform.clock.now_ms());
        };
    Result<Saved<CalculatedField>> saved = co_await write<Saved<CalculatedField>>(platform, work);
    if (!saved) co_return saved.error();
    platform.events.publish(EntityChange{saved->created ? ChangeKind::created : ChangeKind::updated,
                                         saved->entity.tenant_id,
                                         model::EntityId(saved->entity.id)});
    co_return saved;
}

Task<Result<CalculatedField>> get_calculated_field(const Platform& platform, Caller caller,
                                                   model::CalculatedFieldId id) {
    const std::function<Result<CalculatedField>(store::Reader&)> work = [&](store::Reader& reader) {
        return load_field(reader, caller, Operation::read_calculated_field, id);
    };
    co_return co_await read<CalculatedField>(platform, work);
}

Task<Result<CalculatedField>> remove_calculated_field(const Platform& platform, Caller caller,
                                                      model::CalculatedFieldId id) {
    const std::function<Result<CalculatedField>(store::Transaction&)> work =
        [&](store::Transaction& transaction) -> Result<CalculatedField> {
        Result<CalculatedField> field =
            load_field(transaction, caller, Operation::write_calculated_field, id);
        if (!field) return field;
        const auto gone = transaction.remove<CalculatedField>({
            {"id", id.uuid}
        });
        if (!gone) return gone.error();
        if (Result<> forgot = forget_states_of(transaction, id); !forgot) return forgot.error();
        return field;
    };
    Result<CalculatedField> removed = co_await write<CalculatedField>(platform, work);
    if (removed)
        platform.events.publish(
            EntityChange{ChangeKind::deleted, removed->tenant_id, model::EntityId(id)});
    co_return removed;
}

Task<Result<store::Page<ShownField>>> page_calculated_fields(const Platform& platform,
                                                             Caller caller, FieldQuery query,
                                                             store::PageLink link) {
    if (Result<> allowed = check_list(caller); !allowed) co_return allowed.error();
    const std::function<Result<store::Page<ShownField>>(store::Reader&)> work =
        [&](store::Reader& reader) -> Result<store::Page<ShownField>> {
        auto page = reader.page<CalculatedField>(filter_of(caller, query), link);
        if (!page) return page.error();
        return show_owners(reader, *std::move(page));
    };
    co_return co_await read<store::Page<ShownField>>(platform, work);
}

Task<Result<store::Page<CalculatedField>>> page_calculated_fields_of(
    const Platform& platform, Caller caller, model::EntityId owner,
    std::optional<CalculatedFieldType> type, store::PageLink link) {
    const std::function<Result<store::Page<CalculatedField>>(store::Reader&)> work =
        [&](store::Reader& reader) -> Result<store::Page<CalculatedField>> {
        if (Result<> allowed =
                EntityAccess::check(reader, caller, Operation::read_calculated_field, owner);
            !allowed)
            return allowed.error();
        FieldQuery query;
        if (type) query.types.push_back(*type);
        query.owner_type = owner.type;
        query.owners.push_back(owner.uuid);
        return reader.page<CalculatedField>(filter_of(caller, query), link);
    };
    co_return co_await read<store::Page<CalculatedField>>(platform, work);
}

Task<Result<std::vector<std::string>>> calculated_field_names(const Platform& platform,
                                                              Caller caller,
                                                              CalculatedFieldType type,
                                                              std::string text) {
    if (Result<> allowed = check_list(caller); !allowed) co_return allowed.error();
    const std::function<Result<std::vector<std::string>>(store::Reader&)> work =
        [&](store::Reader& reader) -> Result<std::vector<std::string>> {
        FieldQuery query;
        query.types.push_back(type);
        store::Filter filter = filter_of(caller, query);
        if (!text.empty()) filter.emplace_back("name", store::Compare::contains, text);
        const auto cells = reader.distinct<CalculatedField>("name", filter);
        if (!cells) return cells.error();
        std::vector<std::string> names;
        for (const store::Cell& each : *cells)
            if (const auto* name = std::get_if<std::string>(&each)) names.push_back(*name);
        return names;
    };
    co_return co_await read<std::vector<std::string>>(platform, work);
}

}  // namespace thingstead::core
