#include "core/access.h"

#include "store/tables.h"

namespace thingstead::core {
namespace {

Error not_found(model::EntityType type) {
    return {ErrorCode::not_found,
            std::string(normal_name(type)) + " with requested id wasn't found!"};
}

Error forbidden_to(std::string_view who) {
    return {ErrorCode::forbidden, std::string(who) + " is not allowed to perform this operation!"};
}

bool reads(Operation operation) {
    return operation == Operation::read || operation == Operation::read_attributes ||
           operation == Operation::read_telemetry;
}

Result<> check_device_access(store::Reader& reader, const Caller& caller, Operation operation,
                             const Uuid& id) {
    if (caller.is(model::Authority::sys_admin)) return forbidden_to("System administrator");
    const auto device = reader.find<model::Device>({
        {"id",       id                },
        {"tenantId", caller.tenant.uuid}
    });
    if (!device) return device.error();
    if (!*device) return not_found(model::EntityType::device);
    return check_device(caller, operation, **device);
}

Result<> check_tenant(const Caller& caller, Operation operation, const Uuid& id) {
    if (caller.is(model::Authority::customer_user)) return forbidden_to("Customer user");
    if (caller.is(model::Authority::sys_admin)) return {};
    if (caller.tenant.uuid != id) return not_found(model::EntityType::tenant);
    return reads(operation) ? Result<>() : Result<>(permission_denied());
}

template <class Entity>
Result<> check_owned(store::Reader& reader, const Caller& caller, const Uuid& id,
                     bool customer_may_read) {
    if (caller.is(model::Authority::sys_admin)) return forbidden_to("System administrator");
    if (caller.is(model::Authority::customer_user) && !customer_may_read)
        return forbidden_to("Customer user");
    const auto entity = reader.find<Entity>({
        {"id",       id                },
        {"tenantId", caller.tenant.uuid}
    });
    if (!entity) return entity.error();
    if (!*entity) return not_found(decltype(Entity::id)::kind);
    return {};
}

Result<> check_customer(store::Reader& reader, const Caller& caller, Operation operation,
                        const Uuid& id) {
    if (caller.is(model::Authority::customer_user) &&
        (caller.customer.uuid != id || !reads(operation)))
        return permission_denied();
    return check_owned<model::Customer>(reader, caller, id, true);
}

}  // namespace

Result<> EntityAccess::check(store::Reader& reader, const Caller& caller, Operation operation,
                             model::EntityId entity) {
    switch (entity.type) {
        case model::EntityType::device:
            return check_device_access(reader, caller, operation, entity.uuid);
        case model::EntityType::tenant: return check_tenant(caller, operation, entity.uuid);
        case model::EntityType::customer:
            return check_customer(reader, caller, operation, entity.uuid);
        case model::EntityType::device_profile:
            return check_owned<model::DeviceProfile>(reader, caller, entity.uuid, reads(operation));
        case model::EntityType::rule_chain:
            return check_owned<model::RuleChain>(reader, caller, entity.uuid, false);
        default:
            return Error{ErrorCode::invalid_argument,
                         "Not supported entity type: " + std::string(wire_name(entity.type))};
    }
}

Task<Result<>> EntityAccess::check(Caller caller, Operation operation, model::EntityId entity) {
    const std::function<Result<>(store::Reader&)> work = [&](store::Reader& reader) {
        return check(reader, caller, operation, entity);
    };
    co_return co_await store_.read(work);
}

}  // namespace thingstead::core
