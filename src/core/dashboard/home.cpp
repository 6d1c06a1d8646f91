#include "core/dashboard/home.h"

#include "core/entity/read.h"
#include "core/entity_events.h"

namespace thingstead::core {
namespace {

constexpr std::string_view home_id = "homeDashboardId";
constexpr std::string_view home_toolbar = "homeDashboardHideToolbar";
constexpr std::string_view default_id = "defaultDashboardId";

std::optional<Uuid> id_in(const json::value& info, std::string_view name) {
    const json::object* const members = info.if_object();
    const json::value* const member = members ? members->if_contains(name) : nullptr;
    const json::string* const text = member ? member->if_string() : nullptr;
    if (!text) return std::nullopt;
    const Result<Uuid> id = parse_uuid(*text);
    return id ? std::optional<Uuid>(*id) : std::nullopt;
}

/// Nothing: `info` names none that the caller may read.
Result<std::optional<HomeDashboard>> readable_home(store::Reader& reader, const Caller& caller,
                                                   const json::value& info) {
    const HomeDashboard home = home_in(info);
    if (!home.dashboard) return std::optional<HomeDashboard>();
    const auto found = load<model::DashboardInfo>(reader, caller, Operation::read, *home.dashboard);
    if (found) return std::optional<HomeDashboard>(home);
    if (found.error().code == ErrorCode::not_found || found.error().code == ErrorCode::forbidden)
        return std::optional<HomeDashboard>();
    return found.error();
}

/// That of the entity with this id.
template <class T>
Result<std::optional<HomeDashboard>> home_of(store::Reader& reader, const Caller& caller,
                                             const Uuid& id) {
    const auto found = reader.find<T>({
        {"id", id}
    });
    if (!found) return found.error();
    if (!*found) return std::optional<HomeDashboard>();
    return readable_home(reader, caller, (*found)->additional_info);
}

Result<model::Tenant> own_tenant(store::Reader& reader, const Caller& caller) {
    auto tenant = reader.find<model::Tenant>({
        {"id", caller.tenant.uuid}
    });
    if (!tenant) return tenant.error();
    if (!*tenant) return not_found("Tenant", caller.tenant.uuid);
    return **std::move(tenant);
}

}  // namespace

HomeDashboard home_in(const json::value& additional_info) {
    HomeDashboard home;
    if (const auto id = id_in(additional_info, home_id)) home.dashboard = model::DashboardId{*id};
    const json::object* const members = additional_info.if_object();
    const json::value* const hide = members ? members->if_contains(home_toolbar) : nullptr;
    if (hide && hide->is_bool()) home.hide_toolbar = hide->get_bool();
    return home;
}

Result<> forget_lost_dashboards(store::Reader& reader, json::value& additional_info) {
    for (const std::string_view name : {home_id, default_id}) {
        const auto id = id_in(additional_info, name);
        if (!id) continue;
        const auto there = reader.count<model::DashboardInfo>({
            {"id", *id}
        });
        if (!there) return there.error();
        if (*there == 0) additional_info.get_object().erase(name);
    }
    return {};
}

Task<Result<std::optional<HomeDashboard>>> home_dashboard(const Platform& platform, Caller caller) {
    using Found = std::optional<HomeDashboard>;
    const std::function<Result<Found>(store::Reader&)> work =
        [&](store::Reader& reader) -> Result<Found> {
        Result<Found> home = home_of<model::User>(reader, caller, caller.user.uuid);
        if (!home || *home) return home;
        if (caller.customer != model::no_customer) {
            home = home_of<model::Customer>(reader, caller, caller.customer.uuid);
            if (!home || *home) return home;
        }
        if (caller.tenant == model::system_tenant) return home;
        return home_of<model::Tenant>(reader, caller, caller.tenant.uuid);
    };
    co_return co_await read<Found>(platform, work);
}

Task<Result<HomeDashboard>> tenant_home(const Platform& platform, Caller caller) {
    const std::function<Result<HomeDashboard>(store::Reader&)> work =
        [&](store::Reader& reader) -> Result<HomeDashboard> {
        const Result<model::Tenant> tenant = own_tenant(reader, caller);
        if (!tenant) return tenant.error();
        const auto home = readable_home(reader, caller, tenant->additional_info);
        if (!home) return home.error();
        return home->value_or(HomeDashboard{});
    };
    co_return co_await read<HomeDashboard>(platform, work);
}

Task<Result<>> set_tenant_home(const Platform& platform, Caller caller, HomeDashboard home) {
    const std::function<Result<>(store::Transaction&)> work =
        [&](store::Transaction& transaction) -> Result<> {
        Result<model::Tenant> tenant = own_tenant(transaction, caller);
        if (!tenant) return tenant.error();
        if (home.dashboard) {
            const auto found =
                load<model::DashboardInfo>(transaction, caller, Operation::read, *home.dashboard);
            if (!found) return found.error();
        }
        if (!tenant->additional_info.is_object()) tenant->additional_info.emplace_object();
        json::object& info = tenant->additional_info.get_object();
        if (home.dashboard)
            info[home_id] = home.dashboard->to_string();
        else
            info.erase(home_id);
        info[home_toolbar] = home.hide_toolbar;
        tenant->version = tenant->version.value_or(0) + 1;
        return transaction.update(*tenant);
    };
    const Result<> done = co_await platform.store.write(work);
    const EntityChange change{ChangeKind::updated, caller.tenant, caller.tenant};
    if (done) platform.events.publish(change);
    co_return done;
}

}  // namespace thingstead::core
