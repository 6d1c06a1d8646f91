// What may be done with what: the vocabulary of rights, with the names of the interface.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>
#include <utility>

#include "base/describe.h"
#include "model/entity_type.h"

namespace thingstead::core {

enum class Operation : std::uint8_t {
    // clang-format off
    create, read, write, remove, assign_to_customer, unassign_from_customer, rpc_call,
    read_credentials, write_credentials, read_attributes, write_attributes, read_telemetry,
    write_telemetry, claim_devices, assign_to_tenant, read_calculated_field,
    write_calculated_field, add_to_group, remove_from_group, change_owner, impersonate, share_group,
    // clang-format on
};
constexpr auto enum_names(Operation) {
    using namespace std::literals;
    using enum Operation;
    return std::array{
        std::pair{create,                 "CREATE"sv                },
        std::pair{read,                   "READ"sv                  },
        std::pair{write,                  "WRITE"sv                 },
        std::pair{remove,                 "DELETE"sv                },
        std::pair{assign_to_customer,     "ASSIGN_TO_CUSTOMER"sv    },
        std::pair{unassign_from_customer, "UNASSIGN_FROM_CUSTOMER"sv},
        std::pair{rpc_call,               "RPC_CALL"sv              },
        std::pair{read_credentials,       "READ_CREDENTIALS"sv      },
        std::pair{write_credentials,      "WRITE_CREDENTIALS"sv     },
        std::pair{read_attributes,        "READ_ATTRIBUTES"sv       },
        std::pair{write_attributes,       "WRITE_ATTRIBUTES"sv      },
        std::pair{read_telemetry,         "READ_TELEMETRY"sv        },
        std::pair{write_telemetry,        "WRITE_TELEMETRY"sv       },
        std::pair{claim_devices,          "CLAIM_DEVICES"sv         },
        std::pair{assign_to_tenant,       "ASSIGN_TO_TENANT"sv      },
        std::pair{read_calculated_field,  "READ_CALCULATED_FIELD"sv },
        std::pair{write_calculated_field, "WRITE_CALCULATED_FIELD"sv},
        std::pair{add_to_group,           "ADD_TO_GROUP"sv          },
        std::pair{remove_from_group,      "REMOVE_FROM_GROUP"sv     },
        std::pair{change_owner,           "CHANGE_OWNER"sv          },
        std::pair{impersonate,            "IMPERSONATE"sv           },
        std::pair{share_group,            "SHARE_GROUP"sv           }
    };
}

class Operations {
  public:
    constexpr Operations() = default;
    constexpr Operations(std::initializer_list<Operation> some) {
        for (const Operation each : some) bits_ |= bit(each);
    }
    static constexpr Operations all() {
        Operations out;
        out.bits_ = (1u << (static_cast<unsigned>(Operation::share_group) + 1)) - 1;
        return out;
    }

    constexpr bool contains(Operation one) const { return (bits_ & bit(one)) != 0; }
    constexpr bool empty() const { return bits_ == 0; }
    constexpr Operations& operator|=(Operations other) {
        bits_ |= other.bits_;
        return *this;
    }
    constexpr Operations without(Operations other) const {
        Operations out;
        out.bits_ = bits_ & ~other.bits_;
        return out;
    }
    constexpr Operations within(Operations other) const {
        Operations out;
        out.bits_ = bits_ & other.bits_;
        return out;
    }
    friend constexpr bool operator==(Operations, Operations) = default;

  private:
    static constexpr std::uint32_t bit(Operation one) { return 1u << static_cast<unsigned>(one); }
    std::uint32_t bits_ = 0;
};

enum class Resource : std::uint8_t {
    // clang-format off
    profile, admin_settings, alarm, device, asset, customer, dashboard, entity_view, edge, tenant,
    rule_chain, user, widgets_bundle, widget_type, oauth2_client, domain, mobile_app,
    mobile_app_bundle, oauth2_configuration_template, tenant_profile, device_profile, asset_profile,
    converter, integration, scheduler_event, blob_entity, customer_group, device_group, asset_group,
    user_group, entity_view_group, edge_group, dashboard_group, role, group_permission,
    white_labeling, audit_log, api_usage_state, tb_resource, ota_package, queue, queue_stats, rpc,
    version_control, notification, mobile_app_settings, custom_menu, job, secret, report_template,
    report, ai_model, ai, api_key,
    // clang-format on
};
inline constexpr std::size_t resource_count = static_cast<std::size_t>(Resource::api_key) + 1;

/// "DEVICE", as in roles. The names of operations are enum_name()'s.
std::string_view resource_name(Resource resource);
std::optional<Resource> resource_of_name(std::string_view name);
/// Nothing: entities of this kind have no rights of their own.
std::optional<Resource> resource_of(model::EntityType type);
/// DEVICE_GROUP of DEVICE. Nothing: there are no groups of this kind.
std::optional<Resource> group_resource_of(model::EntityType member_type);

}  // namespace thingstead::core
