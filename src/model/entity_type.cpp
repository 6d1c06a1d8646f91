#include "model/entity_type.h"

#include <cstddef>
#include <iterator>

namespace thingstead::model {
namespace {

struct Names {
    std::string_view wire, normal;
};

constexpr Names names[] = {
    {"TENANT",                "Tenant"               },
    {"CUSTOMER",              "Customer"             },
    {"USER",                  "User"                 },
    {"DASHBOARD",             "Dashboard"            },
    {"ASSET",                 "Asset"                },
    {"DEVICE",                "Device"               },
    {"ALARM",                 "Alarm"                },
    {"RULE_CHAIN",            "Rule chain"           },
    {"RULE_NODE",             "Rule node"            },
    {"ENTITY_VIEW",           "Entity View"          },
    {"WIDGETS_BUNDLE",        "Widgets bundle"       },
    {"WIDGET_TYPE",           "Widget type"          },
    {"TENANT_PROFILE",        "Tenant profile"       },
    {"DEVICE_PROFILE",        "Device profile"       },
    {"ASSET_PROFILE",         "Asset profile"        },
    {"API_USAGE_STATE",       "Api usage state"      },
    {"TB_RESOURCE",           "Resource"             },
    {"OTA_PACKAGE",           "Ota package"          },
    {"EDGE",                  "Edge"                 },
    {"RPC",                   "Rpc"                  },
    {"QUEUE",                 "Queue"                },
    {"NOTIFICATION_TARGET",   "Notification target"  },
    {"NOTIFICATION_TEMPLATE", "Notification template"},
    {"NOTIFICATION_REQUEST",  "Notification request" },
    {"NOTIFICATION",          "Notification"         },
    {"NOTIFICATION_RULE",     "Notification rule"    },
    {"QUEUE_STATS",           "Queue stats"          },
    {"OAUTH2_CLIENT",         "Oauth2 client"        },
    {"DOMAIN",                "Domain"               },
    {"MOBILE_APP",            "Mobile app"           },
    {"MOBILE_APP_BUNDLE",     "Mobile app bundle"    },
    {"CALCULATED_FIELD",      "Calculated field"     },
    {"JOB",                   "Job"                  },
    {"ADMIN_SETTINGS",        "Admin settings"       },
    {"AI_MODEL",              "AI model"             },
    {"API_KEY",               "Api key"              },
    {"ENTITY_GROUP",          "Entity group"         },
    {"ROLE",                  "Role"                 },
    {"GROUP_PERMISSION",      "Group permission"     },
};
static_assert(std::size(names) == static_cast<std::size_t>(entity_type_last) + 1);

}  // namespace

std::string_view wire_name(EntityType type) { return names[static_cast<std::size_t>(type)].wire; }
std::string_view normal_name(EntityType type) {
    return names[static_cast<std::size_t>(type)].normal;
}

std::optional<EntityType> entity_type_of(std::string_view wire) {
    for (std::size_t i = 0; i < std::size(names); ++i)
        if (names[i].wire == wire) return static_cast<EntityType>(i);
    return std::nullopt;
}

}  // namespace thingstead::model
