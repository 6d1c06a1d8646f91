#include "model/msg.h"

#include <algorithm>
#include <charconv>
#include <iterator>

namespace thingstead::model {

const std::string* Metadata::find(std::string_view key) const {
    for (const auto& [name, value] : entries_)
        if (name == key) return &value;
    return nullptr;
}

std::string_view Metadata::get(std::string_view key) const {
    const std::string* value = find(key);
    return value ? std::string_view(*value) : std::string_view();
}

void Metadata::put(std::string_view key, std::string_view value) {
    for (auto& [name, old] : entries_) {
        if (name != key) continue;
        old = value;
        return;
    }
    entries_.emplace_back(key, value);
}

void Metadata::erase(std::string_view key) {
    std::erase_if(entries_, [&](const auto& entry) { return entry.first == key; });
}

EpochMs Msg::metadata_ts() const {
    const std::string_view text = metadata.get("ts");
    EpochMs at = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), at);
    return failed == std::errc() && end == text.data() + text.size() && !text.empty() ? at : ts;
}

namespace {

struct Connection {
    std::string_view type, relation;
};

constexpr Connection connections[] = {
    {"POST_TELEMETRY_REQUEST",         "Post telemetry"             },
    {"POST_ATTRIBUTES_REQUEST",        "Post attributes"            },
    {"TO_SERVER_RPC_REQUEST",          "RPC Request from Device"    },
    {"RPC_CALL_FROM_SERVER_TO_DEVICE", "RPC Request to Device"      },
    {"ACTIVITY_EVENT",                 "Activity Event"             },
    {"INACTIVITY_EVENT",               "Inactivity Event"           },
    {"CONNECT_EVENT",                  "Connect Event"              },
    {"DISCONNECT_EVENT",               "Disconnect Event"           },
    {"ENTITY_CREATED",                 "Entity Created"             },
    {"ENTITY_UPDATED",                 "Entity Updated"             },
    {"ENTITY_DELETED",                 "Entity Deleted"             },
    {"ENTITY_ASSIGNED",                "Entity Assigned"            },
    {"ENTITY_UNASSIGNED",              "Entity Unassigned"          },
    {"ENTITY_ASSIGNED_FROM_TENANT",    "Entity Assigned From Tenant"},
    {"ENTITY_ASSIGNED_TO_TENANT",      "Entity Assigned To Tenant"  },
    {"ATTRIBUTES_UPDATED",             "Attributes Updated"         },
    {"ATTRIBUTES_DELETED",             "Attributes Deleted"         },
    {"TIMESERIES_UPDATED",             "Timeseries Updated"         },
    {"TIMESERIES_DELETED",             "Timeseries Deleted"         },
    {"ALARM",                          "Alarm"                      },
    {"ALARM_CREATED",                  "Alarm Created"              },
    {"ALARM_UPDATED",                  "Alarm Updated"              },
    {"ALARM_SEVERITY_UPDATED",         "Alarm Severity Updated"     },
    {"ALARM_ACK",                      "Alarm Acknowledged"         },
    {"ALARM_CLEAR",                    "Alarm Cleared"              },
    {"ALARM_ASSIGNED",                 "Alarm Assigned"             },
    {"ALARM_UNASSIGNED",               "Alarm Unassigned"           },
    {"COMMENT_CREATED",                "Comment Created"            },
    {"COMMENT_UPDATED",                "Comment Updated"            },
    {"RPC_QUEUED",                     "RPC Queued"                 },
    {"RPC_SENT",                       "RPC Sent"                   },
    {"RPC_DELIVERED",                  "RPC Delivered"              },
    {"RPC_SUCCESSFUL",                 "RPC Successful"             },
    {"RPC_TIMEOUT",                    "RPC Timeout"                },
    {"RPC_EXPIRED",                    "RPC Expired"                },
    {"RPC_FAILED",                     "RPC Failed"                 },
    {"RPC_DELETED",                    "RPC Deleted"                },
    {"RELATION_ADD_OR_UPDATE",         "Relation Added or Updated"  },
    {"RELATION_DELETED",               "Relation Deleted"           },
    {"RELATIONS_DELETED",              "All Relations Deleted"      },
    {"REST_API_REQUEST",               "REST API request"           },
};

}  // namespace

std::string_view connection_of(std::string_view type) {
    const auto* row = std::find_if(std::begin(connections), std::end(connections),
                                   [&](const Connection& each) { return each.type == type; });
    return row == std::end(connections) ? std::string_view("Other") : row->relation;
}

}  // namespace thingstead::model
