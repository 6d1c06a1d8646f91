// How many entities of a kind a tenant may have: the counts of its profile.
#pragma once
#include <cstdint>
#include <string_view>

#include "core/entity/kind.h"
#include "store/entity_store.h"

namespace thingstead::core {

/// The `configuration` of the tenant's profile; an empty object if there is none.
Result<json::object> profile_configuration(store::Reader& reader, model::TenantId tenant);
/// A number of the configuration; 0: unlimited, or not there.
Result<std::int64_t> profile_limit(store::Reader& reader, model::TenantId tenant,
                                   std::string_view member);
/// "<Type>s limit reached", with `entityType` and `limit`.
Error limit_reached(model::EntityType type, std::int64_t limit);

/// Before one more is created. Errors: limit_reached.
template <class T>
Result<> check_limit(store::Reader& reader, model::TenantId tenant, std::string_view member) {
    const Result<std::int64_t> limit = profile_limit(reader, tenant, member);
    if (!limit) return limit.error();
    if (*limit <= 0) return {};
    const Result<std::int64_t> count = reader.count<T>({
        {"tenantId", tenant.uuid}
    });
    if (!count) return count.error();
    return *count < *limit ? Result<>() : Result<>(limit_reached(EntityKind<T>::type, *limit));
}

}  // namespace thingstead::core
