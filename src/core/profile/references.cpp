#include "core/profile/references.h"

#include <algorithm>
#include <utility>

#include "core/entity/kind.h"
#include "store/row_mapping.h"

namespace thingstead::core {
namespace reference {

/// Of other kinds' tables, the columns that say whose a row is and what it is good for.
struct Dashboard {
    Uuid id{};
    model::TenantId tenant_id;
};
constexpr auto describe(const Dashboard*) {
    return fields(field("id", &Dashboard::id), field("tenantId", &Dashboard::tenant_id));
}
constexpr std::string_view table_name(const Dashboard*) { return "dashboard"; }

struct RuleChain {
    Uuid id{};
    model::TenantId tenant_id;
    std::string type;
};
constexpr auto describe(const RuleChain*) {
    return fields(field("id", &RuleChain::id), field("tenantId", &RuleChain::tenant_id),
                  field("type", &RuleChain::type));
}
constexpr std::string_view table_name(const RuleChain*) { return "rule_chain"; }

struct Queue {
    Uuid id{};
    model::TenantId tenant_id;
    std::string name;
};
constexpr auto describe(const Queue*) {
    return fields(field("id", &Queue::id), field("tenantId", &Queue::tenant_id),
                  field("name", &Queue::name));
}
constexpr std::string_view table_name(const Queue*) { return "queue"; }

struct Package {
    Uuid id{};
    model::TenantId tenant_id;
    std::optional<model::DeviceProfileId> device_profile_id;
    std::string type;
    std::optional<std::string> url;
    std::optional<std::string> file_name;
};
constexpr auto describe(const Package*) {
    return fields(field("id", &Package::id), field("tenantId", &Package::tenant_id),
                  field("deviceProfileId", &Package::device_profile_id),
                  field("type", &Package::type), field("url", &Package::url),
                  field("fileName", &Package::file_name));
}
constexpr std::string_view table_name(const Package*) { return "ota_package"; }

}  // namespace reference

namespace {

template <class Row>
Result<std::optional<Row>> by_id(store::Reader& reader, const Uuid& id) {
    return reader.find<Row>({
        {"id", id}
    });
}

Error missing(const Referrer& from, std::string_view what) {
    return invalid(std::string(from.noun) + " is referencing to non-existent " + std::string(what) +
                   "!");
}

Error foreign(const Referrer& from, std::string_view what) {
    return invalid(std::string(from.noun) + " can`t be referencing to " + std::string(what) +
                   " from different tenant!");
}

}  // namespace

Result<> check_rule_chain(store::Reader& reader, const Referrer& from,
                          const std::optional<model::RuleChainId>& id, std::string_view type) {
    if (!id) return {};
    const auto chain = by_id<reference::RuleChain>(reader, id->uuid);
    if (!chain) return chain.error();
    if (!*chain) return missing(from, "rule chain");
    if ((*chain)->tenant_id != from.tenant) return foreign(from, "rule chain");
    if ((*chain)->type != type)
        return invalid(std::string(from.noun) + " can`t be referencing to rule chain of type " +
                       (*chain)->type + "!");
    return {};
}

Result<> check_dashboard(store::Reader& reader, const Referrer& from,
                         const std::optional<model::DashboardId>& id) {
    if (!id) return {};
    const auto dashboard = by_id<reference::Dashboard>(reader, id->uuid);
    if (!dashboard) return dashboard.error();
    if (!*dashboard) return missing(from, "dashboard");
    return (*dashboard)->tenant_id == from.tenant ? Result<>() : foreign(from, "dashboard");
}

Result<> check_queue(store::Reader& reader, const Referrer& from,
                     const std::optional<std::string>& name) {
    if (!name || name->empty()) return {};
    const auto queue = reader.find<reference::Queue>({
        store::one_of("tenantId", std::vector<model::TenantId>{from.tenant, model::system_tenant}
         ),
        {"name",      *name               }
    });
    if (!queue) return queue.error();
    return *queue ? Result<>() : missing(from, "queue");
}

Result<> check_package(store::Reader& reader, model::TenantId tenant,
                       model::DeviceProfileId profile, PackageKind kind,
                       const std::optional<model::OtaPackageId>& id) {
    if (!id) return {};
    const std::string noun = kind == PackageKind::firmware ? "firmware" : "software";
    const auto package = by_id<reference::Package>(reader, id->uuid);
    if (!package) return package.error();
    if (!*package) return invalid("Can't assign non-existent " + noun + "!");
    const reference::Package& found = **package;
    if (found.tenant_id != tenant)
        return invalid("Can't assign " + noun + " from different tenant!");
    if (found.type != enum_name(kind))
        return invalid("Can't assign " + noun + " with type: " + found.type + "!");
    if (found.device_profile_id != profile)
        return invalid("Can't assign " + noun + " with different deviceProfile!");
    const bool has_content = found.file_name || (found.url && !found.url->empty());
    if (!has_content) return invalid("Can't assign " + noun + " without data or URL!");
    return {};
}

}  // namespace thingstead::core
