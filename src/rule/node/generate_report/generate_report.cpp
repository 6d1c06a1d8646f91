#include "rule/cannot_work.h"

namespace thingstead::rule::generate_report {
namespace {

std::string_view why() { return "Reports are not made by this server!"; }

json::value new_configuration() {
    return json::object{
        {"useSystemReportsServer",     true                                       },
        {"reportsServerEndpointUrl",   ""                                         },
        {"useReportConfigFromMessage", true                                       },
        {"reportConfig",               json::object{{"baseUrl", ""},
                                      {"dashboardId", nullptr},
                                      {"state", ""},
                                      {"timezone", ""},
                                      {"useDashboardTimewindow", true},
                                      {"timewindow", nullptr},
                                      {"namePattern", ""},
                                      {"type", "pdf"},
                                      {"useCurrentUserCredentials", true},
                                      {"userId", nullptr}}}
    };
}

}  // namespace

extern const NodeDescriptor descriptor{
    .type = "org.thingsboard.rule.engine.report.TbGenerateReportNode",
    .name = "generate dashboard report",
    .kind = NodeKind::action,
    .summary = "Makes a document of a dashboard. Does not start: reports are not made here.",
    .default_configuration = &new_configuration,
    .make = &cannot_work<&why>,
};

}  // namespace thingstead::rule::generate_report
