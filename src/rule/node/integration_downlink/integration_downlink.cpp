#include "rule/cannot_work.h"

namespace thingstead::rule::integration_downlink {
namespace {

std::string_view why() { return "Integrations are not run by this server!"; }

json::value new_configuration() {
    return json::object{
        {"integrationId", nullptr}
    };
}

}  // namespace

extern const NodeDescriptor descriptor{
    .type = "org.thingsboard.rule.engine.integration.TbIntegrationDownlinkNode",
    .name = "integration downlink",
    .kind = NodeKind::action,
    .summary =
        "Hands messages to an integration, for the devices behind it. Does not start: "
        "integrations are not run here.",
    .default_configuration = &new_configuration,
    .make = &cannot_work<&why>,
};

}  // namespace thingstead::rule::integration_downlink
