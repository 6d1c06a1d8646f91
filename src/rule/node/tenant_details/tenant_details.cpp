#include "rule/contact_details.h"
#include "rule/entity_reads.h"

namespace thingstead::rule::tenant_details {
namespace {

Result<std::optional<ContactOf>> tenant(store::Reader& reader, const Visit& visit) {
    const auto found = find_own<model::Tenant>(reader, visit.tenant, visit.tenant.uuid);
    if (!found) return found.error();
    if (!*found) return std::optional<ContactOf>();
    return std::optional(contact_of(**found));
}

Result<std::unique_ptr<Node>> make(const json::value& configuration, const NodeInfo&,
                                   NodeServices& services) {
    return contact_node(configuration, "tenant_", &tenant, services);
}

}  // namespace

extern const NodeDescriptor descriptor{
    .type = "org.thingsboard.rule.engine.metadata.TbGetTenantDetailsNode",
    .name = "tenant details",
    .kind = NodeKind::enrichment,
    .summary = "Adds details of the tenant to a message.",
    .configuration_version = 1,
    .default_configuration = &default_configuration<ContactDetailsConfig>,
    .make = &make,
    .upgrade = &upgrade_contact,
};

}  // namespace thingstead::rule::tenant_details
