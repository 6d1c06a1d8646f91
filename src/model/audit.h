// What users did: one entry for each operation, successful or not.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "base/describe.h"
#include "base/json.h"
#include "model/ids.h"

namespace thingstead::model {

/// The names are those of the interface.
enum class ActionType : std::uint8_t {
    // clang-format off
    added, deleted, updated, attributes_updated, attributes_deleted, attributes_read,
    timeseries_updated, timeseries_deleted, rpc_call, credentials_updated, credentials_read,
    assigned_to_customer, unassigned_from_customer, activated, suspended,
    relation_add_or_update, relation_deleted, relations_deleted, rest_api_rule_engine_call,
    alarm_ack, alarm_clear, alarm_delete, alarm_assigned, alarm_unassigned,
    login, logout, lockout, assigned_from_tenant, assigned_to_tenant,
    provision_success, provision_failure, assigned_to_edge, unassigned_from_edge,
    added_comment, updated_comment, deleted_comment, sms_sent,
    change_owner, added_to_entity_group, removed_from_entity_group, made_public, made_private,
    // clang-format on
};
constexpr auto enum_names(ActionType) {
    using namespace std::literals;
    using enum ActionType;
    return std::array{
        std::pair{added,                     "ADDED"sv                    },
        std::pair{deleted,                   "DELETED"sv                  },
        std::pair{updated,                   "UPDATED"sv                  },
        std::pair{attributes_updated,        "ATTRIBUTES_UPDATED"sv       },
        std::pair{attributes_deleted,        "ATTRIBUTES_DELETED"sv       },
        std::pair{attributes_read,           "ATTRIBUTES_READ"sv          },
        std::pair{timeseries_updated,        "TIMESERIES_UPDATED"sv       },
        std::pair{timeseries_deleted,        "TIMESERIES_DELETED"sv       },
        std::pair{rpc_call,                  "RPC_CALL"sv                 },
        std::pair{credentials_updated,       "CREDENTIALS_UPDATED"sv      },
        std::pair{credentials_read,          "CREDENTIALS_READ"sv         },
        std::pair{assigned_to_customer,      "ASSIGNED_TO_CUSTOMER"sv     },
        std::pair{unassigned_from_customer,  "UNASSIGNED_FROM_CUSTOMER"sv },
        std::pair{activated,                 "ACTIVATED"sv                },
        std::pair{suspended,                 "SUSPENDED"sv                },
        std::pair{relation_add_or_update,    "RELATION_ADD_OR_UPDATE"sv   },
        std::pair{relation_deleted,          "RELATION_DELETED"sv         },
        std::pair{relations_deleted,         "RELATIONS_DELETED"sv        },
        std::pair{rest_api_rule_engine_call, "REST_API_RULE_ENGINE_CALL"sv},
        std::pair{alarm_ack,                 "ALARM_ACK"sv                },
        std::pair{alarm_clear,               "ALARM_CLEAR"sv              },
        std::pair{alarm_delete,              "ALARM_DELETE"sv             },
        std::pair{alarm_assigned,            "ALARM_ASSIGNED"sv           },
        std::pair{alarm_unassigned,          "ALARM_UNASSIGNED"sv         },
        std::pair{login,                     "LOGIN"sv                    },
        std::pair{logout,                    "LOGOUT"sv                   },
        std::pair{lockout,                   "LOCKOUT"sv                  },
        std::pair{assigned_from_tenant,      "ASSIGNED_FROM_TENANT"sv     },
        std::pair{assigned_to_tenant,        "ASSIGNED_TO_TENANT"sv       },
        std::pair{provision_success,         "PROVISION_SUCCESS"sv        },
        std::pair{provision_failure,         "PROVISION_FAILURE"sv        },
        std::pair{assigned_to_edge,          "ASSIGNED_TO_EDGE"sv         },
        std::pair{unassigned_from_edge,      "UNASSIGNED_FROM_EDGE"sv     },
        std::pair{added_comment,             "ADDED_COMMENT"sv            },
        std::pair{updated_comment,           "UPDATED_COMMENT"sv          },
        std::pair{deleted_comment,           "DELETED_COMMENT"sv          },
        std::pair{sms_sent,                  "SMS_SENT"sv                 },
        std::pair{change_owner,              "CHANGE_OWNER"sv             },
        std::pair{added_to_entity_group,     "ADDED_TO_ENTITY_GROUP"sv    },
        std::pair{removed_from_entity_group, "REMOVED_FROM_ENTITY_GROUP"sv},
        std::pair{made_public,               "MADE_PUBLIC"sv              },
        std::pair{made_private,              "MADE_PRIVATE"sv             }
    };
}

enum class ActionStatus : std::uint8_t { success, failure };
constexpr auto enum_names(ActionStatus) {
    using namespace std::literals;
    return std::array{
        std::pair{ActionStatus::success, "SUCCESS"sv},
        std::pair{ActionStatus::failure, "FAILURE"sv}
    };
}

struct AuditLog {
    Uuid id{};
    EpochMs created_time = 0;
    TenantId tenant_id;
    CustomerId customer_id;
    EntityType entity_type = EntityType::tenant;
    Uuid entity_id{};  ///< Null if it never came to be.
    std::optional<std::string> entity_name;
    UserId user_id;
    std::optional<std::string> user_name;
    ActionType action_type = ActionType::added;
    json::value action_data;
    ActionStatus action_status = ActionStatus::success;
    std::string action_failure_details;  ///< Empty on success.
};
constexpr auto describe(const AuditLog*) {
    return fields(field("id", &AuditLog::id), field("createdTime", &AuditLog::created_time),
                  field("tenantId", &AuditLog::tenant_id),
                  field("customerId", &AuditLog::customer_id),
                  field("entityType", &AuditLog::entity_type, "", searchable),
                  field("entityId", &AuditLog::entity_id),
                  field("entityName", &AuditLog::entity_name, "", searchable),
                  field("userId", &AuditLog::user_id),
                  field("userName", &AuditLog::user_name, "", searchable),
                  field("actionType", &AuditLog::action_type, "", searchable),
                  field("actionData", &AuditLog::action_data),
                  field("actionStatus", &AuditLog::action_status, "", searchable),
                  field("actionFailureDetails", &AuditLog::action_failure_details));
}
/// In the database of the event store; the tables of events are in store/sql/event_rows.cpp.
constexpr std::string_view table_name(const AuditLog*) { return "audit_log"; }

}  // namespace thingstead::model

namespace thingstead {
TS_JSON_ELSEWHERE(model::AuditLog)
}  // namespace thingstead
