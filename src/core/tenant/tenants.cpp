#include "core/tenant/tenants.h"

#include <map>

#include "core/dashboard/home.h"
#include "core/entity/read.h"

namespace thingstead::core {
namespace {

using model::Tenant;
using Infos = store::Page<TenantInfo>;

/// Names of profiles, each read once.
class ProfileNames {
  public:
    explicit ProfileNames(store::Reader& reader) : reader_(reader) {}

    Result<std::optional<std::string>> of(const Tenant& tenant) {
        const Uuid id = tenant.tenant_profile_id.uuid;
        if (const auto known = names_.find(id); known != names_.end()) return known->second;
        const auto profile = reader_.find<model::TenantProfile>({
            {"id", id}
        });
        if (!profile) return profile.error();
        std::optional<std::string> name;
        if (*profile) name = (*profile)->name;
        names_.emplace(id, name);
        return name;
    }

  private:
    store::Reader& reader_;
    std::map<Uuid, std::optional<std::string>> names_;
};

}  // namespace

Task<Result<Tenant>> tenant_details(const Platform& platform, Caller caller, model::TenantId id) {
    const std::function<Result<Tenant>(store::Reader&)> work =
        [&](store::Reader& reader) -> Result<Tenant> {
        Result<Tenant> tenant = load<Tenant>(reader, caller, Operation::read, id);
        if (!tenant) return tenant;
        if (Result<> done = forget_lost_dashboards(reader, tenant->additional_info); !done)
            return done.error();
        return tenant;
    };
    co_return co_await read<Tenant>(platform, work);
}

Task<Result<TenantInfo>> tenant_info(const Platform& platform, Caller caller, model::TenantId id) {
    const std::function<Result<TenantInfo>(store::Reader&)> work =
        [&](store::Reader& reader) -> Result<TenantInfo> {
        Result<Tenant> tenant = load<Tenant>(reader, caller, Operation::read, id);
        if (!tenant) return tenant.error();
        auto name = ProfileNames(reader).of(*tenant);
        if (!name) return name.error();
        return TenantInfo{*std::move(tenant), *std::move(name)};
    };
    co_return co_await read<TenantInfo>(platform, work);
}

Task<Result<Infos>> tenant_infos(const Platform& platform, Caller caller, store::PageLink link) {
    const Result<store::Filter> filter =
        readable(caller, Resource::tenant, model::EntityType::tenant);
    if (!filter) co_return filter.error();
    store::Lookup name_of_profile;
    name_of_profile.property = "tenantProfileName";
    name_of_profile.via = "tenantProfileId";
    name_of_profile.table = &store::table_of<model::TenantProfile>;
    name_of_profile.field = "name";
    link.lookups.push_back(name_of_profile);
    const std::function<Result<Infos>(store::Reader&)> work =
        [&](store::Reader& reader) -> Result<Infos> {
        auto page = reader.page<Tenant>(*filter, link);
        if (!page) return page.error();
        Infos infos{{}, page->total_elements, page->total_pages, page->has_next};
        ProfileNames names(reader);
        for (Tenant& each : page->data) {
            auto name = names.of(each);
            if (!name) return name.error();
            infos.data.push_back({std::move(each), *std::move(name)});
        }
        return infos;
    };
    co_return co_await read<Infos>(platform, work);
}

}  // namespace thingstead::core
