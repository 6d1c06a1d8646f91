// Calculated fields: values that the rule engine makes of the telemetry and attributes of an
// entity, or of every entity of a profile. An alarm rule is one of type ALARM. Source: the
// interface's schemas CalculatedField and AlarmRuleDefinition.
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
#include "model/msg.h"
#include "model/rule_chain.h"

namespace thingstead::model {

enum class CalculatedFieldType : std::uint8_t {
    simple,
    script,
    geofencing,
    alarm,
    propagation,
    related_entities_aggregation,
    entity_aggregation
};
constexpr auto enum_names(CalculatedFieldType) {
    using namespace std::literals;
    using enum CalculatedFieldType;
    return std::array{
        std::pair{simple,                       "SIMPLE"sv                      },
        std::pair{script,                       "SCRIPT"sv                      },
        std::pair{geofencing,                   "GEOFENCING"sv                  },
        std::pair{alarm,                        "ALARM"sv                       },
        std::pair{propagation,                  "PROPAGATION"sv                 },
        std::pair{related_entities_aggregation, "RELATED_ENTITIES_AGGREGATION"sv},
        std::pair{entity_aggregation,           "ENTITY_AGGREGATION"sv          }
    };
}

struct CalculatedField {
    CalculatedFieldId id;
    EpochMs created_time = 0;
    TenantId tenant_id;
    /// Whose values are made: a device, an asset, or a profile for all that have it; of alarm rules
    /// also a customer.
    EntityId entity_id;
    CalculatedFieldType type = CalculatedFieldType::simple;
    std::string name;  ///< Unique within entity and type; of an alarm rule, the type of its alarms.
    std::optional<DebugSettings> debug_settings;
    std::optional<bool> debug_mode;  ///< The older form of debug_settings: accepted, never kept.
    std::int32_t configuration_version = 0;
    json::value configuration;
    std::optional<std::int64_t> version;
    json::value additional_info;
};
constexpr auto describe(const CalculatedField*) {
    using Field = CalculatedField;
    return fields(
        field("id", &Field::id), field("createdTime", &Field::created_time, "", server_owned),
        field("tenantId", &Field::tenant_id, "", server_owned),
        field("entityId", &Field::entity_id, "",
              required_as("Calculated field entity id should be specified!")),
        field("type", &Field::type, "", of_schema("CalculatedFieldType")),
        field("name", &Field::name, "", searchable, short_text,
              required_as("Calculated field name should be specified!")),
        field("debugSettings", &Field::debug_settings, "", of_schema("DebugSettings")),
        field("debugMode", &Field::debug_mode, "", omit_null, wire_only),
        field("configurationVersion", &Field::configuration_version),
        field("configuration", &Field::configuration, "", up_to(1'000'000),
              of_schema("CalculatedFieldConfiguration"),
              required_as("Calculated field configuration should be specified!")),
        field("version", &Field::version), field("additionalInfo", &Field::additional_info));
}
constexpr std::string_view table_name(const CalculatedField*) { return "calculated_field"; }

}  // namespace thingstead::model

namespace thingstead {
TS_JSON_ELSEWHERE(model::CalculatedField)
}  // namespace thingstead
