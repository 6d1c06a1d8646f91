#include "rule/contact_details.h"
#include "rule/entity_reads.h"

namespace thingstead::rule::customer_details {
namespace {

bool may_have_customer(model::EntityType type) {
    using enum model::EntityType;
    return type == device || type == asset || type == entity_view || type == user || type == edge;
}

/// An originator that is gone has no customer, which is no failure.
Result<std::optional<ContactOf>> customer(store::Reader& reader, const Visit& visit) {
    const model::EntityType type = visit.msg.originator.type;
    if (!may_have_customer(type))
        return Error{ErrorCode::unsupported, "Entity with entityType '" +
                                                 std::string(model::wire_name(type)) +
                                                 "' is not supported."};
    const auto id = customer_of(reader, visit.tenant, visit.msg.originator);
    if (!id && id.error().message == "Originator not found") return std::optional<ContactOf>();
    if (!id) return id.error();
    const auto found = find_own<model::Customer>(reader, visit.tenant, id->uuid);
    if (!found) return found.error();
    if (!*found) return std::optional<ContactOf>();
    return std::optional(contact_of(**found));
}

Result<std::unique_ptr<Node>> make(const json::value& configuration, const NodeInfo&,
                                   NodeServices& services) {
    return contact_node(configuration, "customer_", &customer, services);
}

}  // namespace

extern const NodeDescriptor descriptor{
    .type = "org.thingsboard.rule.engine.metadata.TbGetCustomerDetailsNode",
    .name = "customer details",
    .kind = NodeKind::enrichment,
    .summary = "Adds details of the originator's customer to a message.",
    .configuration_version = 1,
    .default_configuration = &default_configuration<ContactDetailsConfig>,
    .make = &make,
    .upgrade = &upgrade_contact,
};

}  // namespace thingstead::rule::customer_details
