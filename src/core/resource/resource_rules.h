// The rules of saving and removing resources.
#pragma once
#include "core/entity/remove.h"
#include "core/entity/save.h"
#include "model/resource.h"

namespace thingstead::core {

template <>
struct EntityRules<model::TbResource> {
    static Result<> prepare(Save<model::TbResource>& save);
    static Result<> removing(Removal<model::TbResource>& removal);
};

/// load() and what customers may not see: only modules, images and parts of dashboards are theirs.
Result<model::TbResource> load_resource(store::Reader& reader, const Caller& caller,
                                        Operation operation, model::TbResourceId id);
/// The resource of that type and key, of the installation if `system`, else of the caller's tenant.
/// Errors: not_found - item_not_found(); forbidden.
Result<model::TbResource> load_resource(store::Reader& reader, const Caller& caller,
                                        Operation operation, model::ResourceType type, bool system,
                                        const std::string& key);

/// "1 KB", as people read sizes; rounded down.
std::string shown_size(std::int64_t bytes);
/// Before `added_bytes` more are stored for the tenant, over the sum of `field` in T's table.
/// Errors: invalid_argument - "<Type>s total size exceeds the maximum of 1 MB".
template <class T>
Result<> check_total_size(store::Reader& reader, model::TenantId tenant, std::string_view member,
                          std::int64_t added_bytes) {
    const Result<std::int64_t> limit = profile_limit(reader, tenant, member);
    if (!limit) return limit.error();
    if (*limit <= 0) return {};
    const Result<std::int64_t> sum = reader.sum<T>("dataSize", {
                                                                   {"tenantId", tenant.uuid}
    });
    if (!sum) return sum.error();
    if (*sum + added_bytes <= *limit) return {};
    return invalid(std::string(EntityKind<T>::noun()) + "s total size exceeds the maximum of " +
                   shown_size(*limit));
}

}  // namespace thingstead::core
