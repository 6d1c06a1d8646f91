#include "core/access.h"

#include "core/entity/kind.h"
#include "core/entity/named_row.h"
#include "model/calculated_field.h"
#include "model/queue.h"

namespace thingstead::core {
namespace {

using model::Authority;
using model::EntityType;

/// The kinds that have attributes or telemetry, with their names in this interface's texts.
std::string_view noun_of(EntityType type) {
    switch (type) {
        case EntityType::device:          return "Device";
        case EntityType::device_profile:  return "Device profile";
        case EntityType::asset:           return "Asset";
        case EntityType::asset_profile:   return "Asset profile";
        case EntityType::rule_chain:      return "Rule chain";
        case EntityType::customer:        return "Customer";
        case EntityType::tenant:          return "Tenant";
        case EntityType::tenant_profile:  return "Tenant profile";
        case EntityType::user:            return "User";
        case EntityType::entity_view:     return "Entity-view";
        case EntityType::edge:            return "Edge";
        case EntityType::api_usage_state: return "Api Usage State";
        case EntityType::tb_resource:     return "Resource";
        case EntityType::ota_package:     return "OtaPackage";
        case EntityType::rpc:             return "Rpc";
        case EntityType::queue_stats:     return "Queue stats";
        default:                          return {};
    }
}

Error not_found_here(EntityType type) {
    return {ErrorCode::not_found, std::string(noun_of(type)) + " with requested id wasn't found!"};
}

Error forbidden_to(std::string_view who) {
    return {ErrorCode::forbidden, std::string(who) + " is not allowed to perform this operation!"};
}

/// What follows from who asks for which kind, before the entity is looked at.
Result<> check_kind(const Caller& caller, Operation operation, EntityType type) {
    if (noun_of(type).empty())
        return invalid("Not supported entity type: " + std::string(wire_name(type)));
    const bool of_system = type == EntityType::tenant_profile;
    if (of_system && !caller.is(Authority::sys_admin))
        return Error{ErrorCode::forbidden,
                     "Only system administrator is allowed to perform this operation!"};
    if (caller.is(Authority::sys_admin) && !of_system && type != EntityType::tenant)
        return forbidden_to("System administrator");
    if (caller.is(Authority::customer_user) &&
        (type == EntityType::tenant || type == EntityType::rule_chain))
        return forbidden_to("Customer user");
    const bool is_read_only =
        type == EntityType::api_usage_state || type == EntityType::queue_stats;
    if (is_read_only && operation != Operation::read_telemetry)
        return invalid("Allowed only READ_TELEMETRY operation!");
    return {};
}

/// What the rule engine tells of a queue: for administrators of the tenant.
Result<> check_queue_stats(store::Reader& reader, const Caller& caller, const Uuid& id) {
    if (!caller.is(Authority::tenant_admin)) return permission_denied();
    const auto found = reader.find<model::QueueStats>({
        {"id", id}
    });
    if (!found) return found.error();
    if (!*found || (*found)->tenant_id != caller.tenant)
        return not_found_here(EntityType::queue_stats);
    return {};
}

/// A field has no rights of its own: who may see or change the fields of its entity may.
Result<> check_calculated_field(store::Reader& reader, const Caller& caller, bool reads,
                                const Uuid& id) {
    const auto found = reader.find<model::CalculatedField>({
        {"id", id}
    });
    if (!found) return found.error();
    if (!*found || (*found)->tenant_id != caller.tenant)
        return Error{ErrorCode::not_found, "Calculated field with requested id wasn't found!"};
    return EntityAccess::check(
        reader, caller,
        reads ? Operation::read_calculated_field : Operation::write_calculated_field,
        (*found)->entity_id);
}

}  // namespace

Result<> EntityAccess::check(store::Reader& reader, const Caller& caller, Operation operation,
                             model::EntityId entity) {
    // It has events, but no telemetry or attributes.
    const bool whole = operation == Operation::read || operation == Operation::write;
    if (entity.type == EntityType::calculated_field && whole)
        return check_calculated_field(reader, caller, operation == Operation::read, entity.uuid);
    if (Result<> may = check_kind(caller, operation, entity.type); !may) return may;
    if (caller.is(Authority::sys_admin) && entity.type == EntityType::tenant) return {};
    if (entity.type == EntityType::queue_stats)
        return check_queue_stats(reader, caller, entity.uuid);
    const auto found = summary_of(reader, entity);
    if (!found) return found.error();
    if (!*found) return not_found_here(entity.type);
    const Subject& subject = (*found)->subject;
    if (!caller.is(Authority::sys_admin) && subject.tenant != caller.tenant)
        return not_found_here(entity.type);
    return core::check(reader, caller, operation, subject);
}

Task<Result<>> EntityAccess::check(Caller caller, Operation operation, model::EntityId entity) {
    const std::function<Result<>(store::Reader&)> work = [&](store::Reader& reader) {
        return check(reader, caller, operation, entity);
    };
    co_return co_await store_.read(work);
}

}  // namespace thingstead::core
