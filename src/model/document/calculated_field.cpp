// Shapes of what calculated fields and alarm rules are configured with.
#include "model/document/shapes.h"

namespace thingstead::model {
namespace {

constexpr std::string_view attribute_scope_names[] = {"CLIENT_SCOPE", "SERVER_SCOPE",
                                                      "SHARED_SCOPE"};

constexpr Member output_members[] = {
    {.name = "decimalsByDefault", .kind = Kind::integer},
    {.name = "name", .kind = Kind::text},
    {.name = "scope", .kind = Kind::text, .shape = "AttributeScope"},
    {.name = "strategy", .kind = Kind::object, .shape = "OutputStrategy"},
    {.name = "type", .kind = Kind::text, .required = true},
};

constexpr Member attributes_output_strategy_members[] = {
    {.name = "type", .kind = Kind::text, .required = true},
};

constexpr Member attributes_immediate_output_strategy_members[] = {
    {.name = "processCfs",                        .kind = Kind::boolean},
    {.name = "saveAttribute",                     .kind = Kind::boolean},
    {.name = "sendAttributesUpdatedNotification", .kind = Kind::boolean},
    {.name = "sendWsUpdate",                      .kind = Kind::boolean},
    {.name = "updateAttributesOnlyOnValueChange", .kind = Kind::boolean},
};

constexpr Variant attributes_output_strategy_variants[] = {
    {"IMMEDIATE",  "AttributesImmediateOutputStrategy"},
    {"RULE_CHAIN", "AttributesRuleChainOutputStrategy"},
};

constexpr Member attributes_output_members[] = {
    {.name = "strategy", .kind = Kind::object, .shape = "AttributesOutputStrategy"},
};

constexpr Member time_series_output_strategy_members[] = {
    {.name = "type", .kind = Kind::text, .required = true},
};

constexpr Member time_series_immediate_output_strategy_members[] = {
    {.name = "processCfs",     .kind = Kind::boolean     },
    {.name = "saveLatest",     .kind = Kind::boolean     },
    {.name = "saveTimeSeries", .kind = Kind::boolean     },
    {.name = "sendWsUpdate",   .kind = Kind::boolean     },
    {.name = "ttl",            .kind = Kind::long_integer},
};

constexpr Variant time_series_output_strategy_variants[] = {
    {"IMMEDIATE",  "TimeSeriesImmediateOutputStrategy"},
    {"RULE_CHAIN", "TimeSeriesRuleChainOutputStrategy"},
};

constexpr Member time_series_output_members[] = {
    {.name = "strategy", .kind = Kind::object, .shape = "TimeSeriesOutputStrategy"},
};

constexpr Variant output_variants[] = {
    {"ATTRIBUTES",  "AttributesOutput"},
    {"TIME_SERIES", "TimeSeriesOutput"},
};

constexpr Member calculated_field_configuration_members[] = {
    {.name = "output", .kind = Kind::object, .shape = "Output"},
    {.name = "type",   .kind = Kind::text,   .required = true },
};

constexpr Member cf_argument_dynamic_source_configuration_members[] = {
    {.name = "type", .kind = Kind::text, .required = true},
};

constexpr std::string_view entity_search_direction_names[] = {"FROM", "TO"};

constexpr Member relation_path_level_members[] = {
    {.name = "direction", .kind = Kind::text, .shape = "EntitySearchDirection", .required = true},
    {.name = "relationType", .kind = Kind::text, .required = true},
};

constexpr Member relation_path_query_dynamic_source_configuration_members[] = {
    {.name = "levels", .kind = Kind::object, .shape = "RelationPathLevel", .list = true},
};

constexpr Variant cf_argument_dynamic_source_configuration_variants[] = {
    {"CURRENT_OWNER",       "CurrentOwnerDynamicSourceConfiguration"     },
    {"RELATION_PATH_QUERY", "RelationPathQueryDynamicSourceConfiguration"},
};

constexpr std::string_view argument_type_names[] = {"TS_LATEST", "ATTRIBUTE", "TS_ROLLING"};

constexpr Member referenced_entity_key_members[] = {
    {.name = "key", .kind = Kind::text},
    {.name = "scope", .kind = Kind::text, .shape = "AttributeScope"},
    {.name = "type", .kind = Kind::text, .shape = "ArgumentType"},
};

constexpr Member argument_members[] = {
    {.name = "defaultValue", .kind = Kind::text},
    {.name = "limit", .kind = Kind::integer},
    {.name = "refDynamicSourceConfiguration",
     .kind = Kind::object,
     .shape = "CfArgumentDynamicSourceConfiguration"},
    {.name = "refEntityId", .kind = Kind::id, .shape = "EntityId"},
    {.name = "refEntityKey", .kind = Kind::object, .shape = "ReferencedEntityKey"},
    {.name = "timeWindow", .kind = Kind::long_integer},
};

constexpr Member alarm_condition_expression_members[] = {
    {.name = "type", .kind = Kind::text, .required = true},
};

constexpr std::string_view alarm_rule_complex_operation_names[] = {"AND", "OR"};

constexpr Member alarm_rule_key_filter_predicate_members[] = {
    {.name = "type", .kind = Kind::text, .required = true},
};

constexpr std::string_view alarm_rule_boolean_operation_names[] = {"EQUAL", "NOT_EQUAL"};

constexpr Member alarm_condition_value_boolean_members[] = {
    {.name = "dynamicValueArgument", .kind = Kind::text   },
    {.name = "staticValue",          .kind = Kind::boolean},
};

constexpr Member alarm_rule_boolean_filter_predicate_members[] = {
    {.name = "operation",
     .kind = Kind::text,
     .shape = "AlarmRuleBooleanOperation",
     .required = true},
    {.name = "value",
     .kind = Kind::object,
     .shape = "AlarmConditionValueBoolean",
     .required = true},
};

constexpr Member alarm_rule_complex_filter_predicate_members[] = {
    {.name = "operation", .kind = Kind::text, .shape = "AlarmRuleComplexOperation"},
    {.name = "predicates",
     .kind = Kind::object,
     .shape = "AlarmRuleKeyFilterPredicate",
     .list = true},
};

constexpr Member alarm_condition_value_long_members[] = {
    {.name = "dynamicValueArgument", .kind = Kind::text        },
    {.name = "staticValue",          .kind = Kind::long_integer},
};

constexpr std::string_view time_unit_names[] = {
    "NANOSECONDS", "MICROSECONDS", "MILLISECONDS", "SECONDS", "MINUTES", "HOURS", "DAYS"};

constexpr Member no_data_filter_predicate_members[] = {
    {.name = "duration",
     .kind = Kind::object,
     .shape = "AlarmConditionValueLong",
     .required = true                                                             },
    {.name = "unit",     .kind = Kind::text, .shape = "TimeUnit", .required = true},
};

constexpr std::string_view alarm_rule_numeric_operation_names[] = {
    "EQUAL", "NOT_EQUAL", "GREATER", "LESS", "GREATER_OR_EQUAL", "LESS_OR_EQUAL"};

constexpr Member alarm_condition_value_double_members[] = {
    {.name = "dynamicValueArgument", .kind = Kind::text  },
    {.name = "staticValue",          .kind = Kind::number},
};

constexpr Member alarm_rule_numeric_filter_predicate_members[] = {
    {.name = "operation",
     .kind = Kind::text,
     .shape = "AlarmRuleNumericOperation",
     .required = true                                                                                 },
    {.name = "value",     .kind = Kind::object, .shape = "AlarmConditionValueDouble", .required = true},
};

constexpr std::string_view alarm_rule_string_operation_names[] = {
    "EQUAL", "NOT_EQUAL", "STARTS_WITH", "ENDS_WITH", "CONTAINS", "NOT_CONTAINS", "IN", "NOT_IN"};

constexpr Member alarm_condition_value_string_members[] = {
    {.name = "dynamicValueArgument", .kind = Kind::text},
    {.name = "staticValue",          .kind = Kind::text},
};

constexpr Member alarm_rule_string_filter_predicate_members[] = {
    {.name = "ignoreCase", .kind = Kind::boolean},
    {.name = "operation",
     .kind = Kind::text,
     .shape = "AlarmRuleStringOperation",
     .required = true},
    {.name = "value", .kind = Kind::object, .shape = "AlarmConditionValueString", .required = true},
};

constexpr Variant alarm_rule_key_filter_predicate_variants[] = {
    {"BOOLEAN", "AlarmRuleBooleanFilterPredicate"},
    {"COMPLEX", "AlarmRuleComplexFilterPredicate"},
    {"NO_DATA", "NoDataFilterPredicate"          },
    {"NUMERIC", "AlarmRuleNumericFilterPredicate"},
    {"STRING",  "AlarmRuleStringFilterPredicate" },
};

constexpr std::string_view entity_key_value_type_names[] = {"STRING", "NUMERIC", "BOOLEAN",
                                                            "DATE_TIME"};

constexpr Member alarm_condition_filter_members[] = {
    {.name = "argument", .kind = Kind::text, .required = true},
    {.name = "operation", .kind = Kind::text, .shape = "AlarmRuleComplexOperation"},
    {.name = "predicates",
     .kind = Kind::object,
     .shape = "AlarmRuleKeyFilterPredicate",
     .list = true,
     .required = true},
    {.name = "valueType", .kind = Kind::text, .shape = "EntityKeyValueType", .required = true},
};

constexpr Member simple_alarm_condition_expression_members[] = {
    {.name = "filters",
     .kind = Kind::object,
     .shape = "AlarmConditionFilter",
     .list = true,
     .required = true},
    {.name = "operation", .kind = Kind::text, .shape = "AlarmRuleComplexOperation"},
};

constexpr Member tbel_alarm_condition_expression_members[] = {
    {.name = "expression", .kind = Kind::text, .required = true},
};

constexpr Variant alarm_condition_expression_variants[] = {
    {"SIMPLE", "SimpleAlarmConditionExpression"},
    {"TBEL",   "TbelAlarmConditionExpression"  },
};

constexpr Member alarm_schedule_members[] = {
    {.name = "type", .kind = Kind::text, .required = true},
};

constexpr Member custom_time_schedule_item_members[] = {
    {.name = "dayOfWeek", .kind = Kind::integer     },
    {.name = "enabled",   .kind = Kind::boolean     },
    {.name = "endsOn",    .kind = Kind::long_integer},
    {.name = "startsOn",  .kind = Kind::long_integer},
};

constexpr Member custom_time_schedule_members[] = {
    {.name = "items", .kind = Kind::object, .shape = "CustomTimeScheduleItem", .list = true},
    {.name = "timezone", .kind = Kind::text},
};

constexpr Member specific_time_schedule_members[] = {
    {.name = "daysOfWeek", .kind = Kind::integer, .list = true},
    {.name = "endsOn", .kind = Kind::long_integer},
    {.name = "startsOn", .kind = Kind::long_integer},
    {.name = "timezone", .kind = Kind::text},
};

constexpr Variant alarm_schedule_variants[] = {
    {"ANY_TIME",      "AnyTimeSchedule"     },
    {"CUSTOM",        "CustomTimeSchedule"  },
    {"SPECIFIC_TIME", "SpecificTimeSchedule"},
};

constexpr Member alarm_condition_value_alarm_schedule_members[] = {
    {.name = "dynamicValueArgument", .kind = Kind::text},
    {.name = "staticValue", .kind = Kind::object, .shape = "AlarmSchedule"},
};

constexpr Member alarm_condition_members[] = {
    {.name = "expression",
     .kind = Kind::object,
     .shape = "AlarmConditionExpression",
     .required = true},
    {.name = "schedule", .kind = Kind::object, .shape = "AlarmConditionValueAlarmSchedule"},
    {.name = "type", .kind = Kind::text, .required = true},
};

constexpr Member duration_alarm_condition_members[] = {
    {.name = "unit",  .kind = Kind::text,   .shape = "TimeUnit",                .required = true},
    {.name = "value", .kind = Kind::object, .shape = "AlarmConditionValueLong", .required = true},
};

constexpr Member alarm_condition_value_integer_members[] = {
    {.name = "dynamicValueArgument", .kind = Kind::text   },
    {.name = "staticValue",          .kind = Kind::integer},
};

constexpr Member repeating_alarm_condition_members[] = {
    {.name = "count",
     .kind = Kind::object,
     .shape = "AlarmConditionValueInteger",
     .required = true},
};

constexpr Variant alarm_condition_variants[] = {
    {"DURATION",  "DurationAlarmCondition" },
    {"REPEATING", "RepeatingAlarmCondition"},
    {"SIMPLE",    "SimpleAlarmCondition"   },
};

constexpr Member alarm_rule_members[] = {
    {.name = "alarmDetails", .kind = Kind::text},
    {.name = "condition", .kind = Kind::object, .shape = "AlarmCondition", .required = true},
    {.name = "dashboardId", .kind = Kind::id, .shape = "DashboardId"},
};

constexpr Member alarm_calculated_field_configuration_members[] = {
    {.name = "arguments", .kind = Kind::object, .shape = "Argument", .map = true, .required = true},
    {.name = "clearRule", .kind = Kind::object, .shape = "AlarmRule"},
    {.name = "createRules",
     .kind = Kind::object,
     .shape = "AlarmRule",
     .map = true,
     .required = true},
    {.name = "propagate", .kind = Kind::boolean},
    {.name = "propagateRelationTypes", .kind = Kind::text, .list = true},
    {.name = "propagateToOwner", .kind = Kind::boolean},
    {.name = "propagateToTenant", .kind = Kind::boolean},
};

constexpr Member agg_interval_members[] = {
    {.name = "type", .kind = Kind::text, .required = true},
};

constexpr Member custom_interval_members[] = {
    {.name = "durationSec", .kind = Kind::long_integer, .required = true},
    {.name = "offsetSec", .kind = Kind::long_integer},
    {.name = "tz", .kind = Kind::text, .required = true},
};

constexpr Member day_interval_members[] = {
    {.name = "offsetSec", .kind = Kind::long_integer},
    {.name = "tz", .kind = Kind::text, .required = true},
};

constexpr Member hour_interval_members[] = {
    {.name = "offsetSec", .kind = Kind::long_integer},
    {.name = "tz", .kind = Kind::text, .required = true},
};

constexpr Member month_interval_members[] = {
    {.name = "offsetSec", .kind = Kind::long_integer},
    {.name = "tz", .kind = Kind::text, .required = true},
};

constexpr Member quarter_interval_members[] = {
    {.name = "offsetSec", .kind = Kind::long_integer},
    {.name = "tz", .kind = Kind::text, .required = true},
};

constexpr Member week_interval_members[] = {
    {.name = "offsetSec", .kind = Kind::long_integer},
    {.name = "tz", .kind = Kind::text, .required = true},
};

constexpr Member week_sun_sat_interval_members[] = {
    {.name = "offsetSec", .kind = Kind::long_integer},
    {.name = "tz", .kind = Kind::text, .required = true},
};

constexpr Member year_interval_members[] = {
    {.name = "offsetSec", .kind = Kind::long_integer},
    {.name = "tz", .kind = Kind::text, .required = true},
};

constexpr Variant agg_interval_variants[] = {
    {"CUSTOM",       "CustomInterval"    },
    {"DAY",          "DayInterval"       },
    {"HOUR",         "HourInterval"      },
    {"MONTH",        "MonthInterval"     },
    {"QUARTER",      "QuarterInterval"   },
    {"WEEK",         "WeekInterval"      },
    {"WEEK_SUN_SAT", "WeekSunSatInterval"},
    {"YEAR",         "YearInterval"      },
};

constexpr std::string_view agg_function_names[] = {"MIN", "MAX",   "SUM",
                                                   "AVG", "COUNT", "COUNT_UNIQUE"};

constexpr Member agg_input_members[] = {
    {.name = "type", .kind = Kind::text, .required = true},
};

constexpr Member agg_function_input_members[] = {
    {.name = "function", .kind = Kind::text},
};

constexpr Member agg_key_input_members[] = {
    {.name = "key", .kind = Kind::text},
};

constexpr Variant agg_input_variants[] = {
    {"function", "AggFunctionInput"},
    {"key",      "AggKeyInput"     },
};

constexpr Member agg_metric_members[] = {
    {.name = "defaultValue", .kind = Kind::number},
    {.name = "filter", .kind = Kind::text},
    {.name = "function", .kind = Kind::text, .shape = "AggFunction"},
    {.name = "input", .kind = Kind::object, .shape = "AggInput"},
};

constexpr Member watermark_members[] = {
    {.name = "duration", .kind = Kind::long_integer},
};

constexpr Member entity_aggregation_calculated_field_configuration_members[] = {
    {.name = "arguments", .kind = Kind::object, .shape = "Argument", .map = true, .required = true},
    {.name = "interval", .kind = Kind::object, .shape = "AggInterval", .required = true},
    {.name = "metrics", .kind = Kind::object, .shape = "AggMetric", .map = true, .required = true},
    {.name = "produceIntermediateResult", .kind = Kind::boolean},
    {.name = "watermark", .kind = Kind::object, .shape = "Watermark"},
};

constexpr Member entity_coordinates_members[] = {
    {.name = "latitudeKeyName",  .kind = Kind::text, .required = true},
    {.name = "longitudeKeyName", .kind = Kind::text, .required = true},
};

constexpr std::string_view geofencing_report_strategy_names[] = {
    "REPORT_TRANSITION_EVENTS_ONLY", "REPORT_PRESENCE_STATUS_ONLY",
    "REPORT_TRANSITION_EVENTS_AND_PRESENCE_STATUS"};

constexpr Member zone_group_configuration_members[] = {
    {.name = "createRelationsWithMatchedZones", .kind = Kind::boolean},
    {.name = "direction", .kind = Kind::text, .shape = "EntitySearchDirection"},
    {.name = "perimeterKeyName", .kind = Kind::text, .required = true},
    {.name = "refDynamicSourceConfiguration",
     .kind = Kind::object,
     .shape = "CfArgumentDynamicSourceConfiguration"},
    {.name = "refEntityId", .kind = Kind::id, .shape = "EntityId"},
    {.name = "relationType", .kind = Kind::text},
    {.name = "reportStrategy",
     .kind = Kind::text,
     .shape = "GeofencingReportStrategy",
     .required = true},
};

constexpr Member geofencing_calculated_field_configuration_members[] = {
    {.name = "entityCoordinates",
     .kind = Kind::object,
     .shape = "EntityCoordinates",
     .required = true},
    {.name = "scheduledUpdateEnabled", .kind = Kind::boolean},
    {.name = "scheduledUpdateInterval", .kind = Kind::integer},
    {.name = "zoneGroups",
     .kind = Kind::object,
     .shape = "ZoneGroupConfiguration",
     .map = true,
     .required = true},
};

constexpr Member propagation_calculated_field_configuration_members[] = {
    {.name = "applyExpressionToResolvedArguments", .kind = Kind::boolean},
    {.name = "arguments", .kind = Kind::object, .shape = "Argument", .map = true, .required = true},
    {.name = "expression", .kind = Kind::text},
    {.name = "relation", .kind = Kind::object, .shape = "RelationPathLevel", .required = true},
};

constexpr Member related_entities_aggregation_calculated_field_configuration_members[] = {
    {.name = "arguments", .kind = Kind::object, .shape = "Argument", .map = true, .required = true},
    {.name = "deduplicationIntervalInSec", .kind = Kind::long_integer},
    {.name = "metrics", .kind = Kind::object, .shape = "AggMetric", .map = true, .required = true},
    {.name = "relation", .kind = Kind::object, .shape = "RelationPathLevel", .required = true},
    {.name = "scheduledUpdateEnabled", .kind = Kind::boolean},
    {.name = "scheduledUpdateInterval", .kind = Kind::integer},
    {.name = "useLatestTs", .kind = Kind::boolean},
};

constexpr Member script_calculated_field_configuration_members[] = {
    {.name = "arguments", .kind = Kind::object, .shape = "Argument", .map = true, .required = true},
    {.name = "expression", .kind = Kind::text},
};

constexpr Member simple_calculated_field_configuration_members[] = {
    {.name = "arguments", .kind = Kind::object, .shape = "Argument", .map = true, .required = true},
    {.name = "expression", .kind = Kind::text},
    {.name = "useLatestTs", .kind = Kind::boolean},
};

constexpr Variant calculated_field_configuration_variants[] = {
    {"ALARM",                        "AlarmCalculatedFieldConfiguration"                     },
    {"ENTITY_AGGREGATION",           "EntityAggregationCalculatedFieldConfiguration"         },
    {"GEOFENCING",                   "GeofencingCalculatedFieldConfiguration"                },
    {"PROPAGATION",                  "PropagationCalculatedFieldConfiguration"               },
    {"RELATED_ENTITIES_AGGREGATION", "RelatedEntitiesAggregationCalculatedFieldConfiguration"},
    {"SCRIPT",                       "ScriptCalculatedFieldConfiguration"                    },
    {"SIMPLE",                       "SimpleCalculatedFieldConfiguration"                    },
};

constexpr Shape calculated_field_table[] = {
    {.name = "AggFunction", .names = agg_function_names},
    {.name = "AggFunctionInput", .members = agg_function_input_members, .extends = "AggInput"},
    {.name = "AggInput",
     .members = agg_input_members,
     .discriminator = "type",
     .variants = agg_input_variants},
    {.name = "AggInterval",
     .members = agg_interval_members,
     .discriminator = "type",
     .variants = agg_interval_variants},
    {.name = "AggKeyInput", .members = agg_key_input_members, .extends = "AggInput"},
    {.name = "AggMetric", .members = agg_metric_members},
    {.name = "AlarmCalculatedFieldConfiguration",
     .members = alarm_calculated_field_configuration_members,
     .extends = "CalculatedFieldConfiguration"},
    {.name = "AlarmCondition",
     .members = alarm_condition_members,
     .discriminator = "type",
     .variants = alarm_condition_variants},
    {.name = "AlarmConditionExpression",
     .members = alarm_condition_expression_members,
     .discriminator = "type",
     .variants = alarm_condition_expression_variants},
    {.name = "AlarmConditionFilter", .members = alarm_condition_filter_members},
    {.name = "AlarmConditionValueAlarmSchedule",
     .members = alarm_condition_value_alarm_schedule_members},
    {.name = "AlarmConditionValueBoolean", .members = alarm_condition_value_boolean_members},
    {.name = "AlarmConditionValueDouble", .members = alarm_condition_value_double_members},
    {.name = "AlarmConditionValueInteger", .members = alarm_condition_value_integer_members},
    {.name = "AlarmConditionValueLong", .members = alarm_condition_value_long_members},
    {.name = "AlarmConditionValueString", .members = alarm_condition_value_string_members},
    {.name = "AlarmRule", .members = alarm_rule_members},
    {.name = "AlarmRuleBooleanFilterPredicate",
     .members = alarm_rule_boolean_filter_predicate_members,
     .extends = "AlarmRuleKeyFilterPredicate"},
    {.name = "AlarmRuleBooleanOperation", .names = alarm_rule_boolean_operation_names},
    {.name = "AlarmRuleComplexFilterPredicate",
     .members = alarm_rule_complex_filter_predicate_members,
     .extends = "AlarmRuleKeyFilterPredicate"},
    {.name = "AlarmRuleComplexOperation", .names = alarm_rule_complex_operation_names},
    {.name = "AlarmRuleKeyFilterPredicate",
     .members = alarm_rule_key_filter_predicate_members,
     .discriminator = "type",
     .variants = alarm_rule_key_filter_predicate_variants},
    {.name = "AlarmRuleNumericFilterPredicate",
     .members = alarm_rule_numeric_filter_predicate_members,
     .extends = "AlarmRuleKeyFilterPredicate"},
    {.name = "AlarmRuleNumericOperation", .names = alarm_rule_numeric_operation_names},
    {.name = "AlarmRuleStringFilterPredicate",
     .members = alarm_rule_string_filter_predicate_members,
     .extends = "AlarmRuleKeyFilterPredicate"},
    {.name = "AlarmRuleStringOperation", .names = alarm_rule_string_operation_names},
    {.name = "AlarmSchedule",
     .members = alarm_schedule_members,
     .discriminator = "type",
     .variants = alarm_schedule_variants},
    {.name = "AnyTimeSchedule", .extends = "AlarmSchedule"},
    {.name = "Argument", .members = argument_members},
    {.name = "ArgumentType", .names = argument_type_names},
    {.name = "AttributeScope", .names = attribute_scope_names},
    {.name = "AttributesImmediateOutputStrategy",
     .members = attributes_immediate_output_strategy_members,
     .extends = "AttributesOutputStrategy"},
    {.name = "AttributesOutput", .members = attributes_output_members, .extends = "Output"},
    {.name = "AttributesOutputStrategy",
     .members = attributes_output_strategy_members,
     .discriminator = "type",
     .variants = attributes_output_strategy_variants},
    {.name = "AttributesRuleChainOutputStrategy", .extends = "AttributesOutputStrategy"},
    {.name = "CalculatedFieldConfiguration",
     .members = calculated_field_configuration_members,
     .discriminator = "type",
     .variants = calculated_field_configuration_variants},
    {.name = "CfArgumentDynamicSourceConfiguration",
     .members = cf_argument_dynamic_source_configuration_members,
     .discriminator = "type",
     .variants = cf_argument_dynamic_source_configuration_variants},
    {.name = "CurrentOwnerDynamicSourceConfiguration",
     .extends = "CfArgumentDynamicSourceConfiguration"},
    {.name = "CustomInterval", .members = custom_interval_members, .extends = "AggInterval"},
    {.name = "CustomTimeSchedule",
     .members = custom_time_schedule_members,
     .extends = "AlarmSchedule"},
    {.name = "CustomTimeScheduleItem", .members = custom_time_schedule_item_members},
    {.name = "DayInterval", .members = day_interval_members, .extends = "AggInterval"},
    {.name = "DurationAlarmCondition",
     .members = duration_alarm_condition_members,
     .extends = "AlarmCondition"},
    {.name = "EntityAggregationCalculatedFieldConfiguration",
     .members = entity_aggregation_calculated_field_configuration_members,
     .extends = "CalculatedFieldConfiguration"},
    {.name = "EntityCoordinates", .members = entity_coordinates_members},
    {.name = "EntityKeyValueType", .names = entity_key_value_type_names},
    {.name = "EntitySearchDirection", .names = entity_search_direction_names},
    {.name = "GeofencingCalculatedFieldConfiguration",
     .members = geofencing_calculated_field_configuration_members,
     .extends = "CalculatedFieldConfiguration"},
    {.name = "GeofencingReportStrategy", .names = geofencing_report_strategy_names},
    {.name = "HourInterval", .members = hour_interval_members, .extends = "AggInterval"},
    {.name = "MonthInterval", .members = month_interval_members, .extends = "AggInterval"},
    {.name = "NoDataFilterPredicate",
     .members = no_data_filter_predicate_members,
     .extends = "AlarmRuleKeyFilterPredicate"},
    {.name = "Output",
     .members = output_members,
     .discriminator = "type",
     .variants = output_variants},
    {.name = "OutputStrategy"},
    {.name = "PropagationCalculatedFieldConfiguration",
     .members = propagation_calculated_field_configuration_members,
     .extends = "CalculatedFieldConfiguration"},
    {.name = "QuarterInterval", .members = quarter_interval_members, .extends = "AggInterval"},
    {.name = "ReferencedEntityKey", .members = referenced_entity_key_members},
    {.name = "RelatedEntitiesAggregationCalculatedFieldConfiguration",
     .members = related_entities_aggregation_calculated_field_configuration_members,
     .extends = "CalculatedFieldConfiguration"},
    {.name = "RelationPathLevel", .members = relation_path_level_members},
    {.name = "RelationPathQueryDynamicSourceConfiguration",
     .members = relation_path_query_dynamic_source_configuration_members,
     .extends = "CfArgumentDynamicSourceConfiguration"},
    {.name = "RepeatingAlarmCondition",
     .members = repeating_alarm_condition_members,
     .extends = "AlarmCondition"},
    {.name = "ScriptCalculatedFieldConfiguration",
     .members = script_calculated_field_configuration_members,
     .extends = "CalculatedFieldConfiguration"},
    {.name = "SimpleAlarmCondition", .extends = "AlarmCondition"},
    {.name = "SimpleAlarmConditionExpression",
     .members = simple_alarm_condition_expression_members,
     .extends = "AlarmConditionExpression"},
    {.name = "SimpleCalculatedFieldConfiguration",
     .members = simple_calculated_field_configuration_members,
     .extends = "CalculatedFieldConfiguration"},
    {.name = "SpecificTimeSchedule",
     .members = specific_time_schedule_members,
     .extends = "AlarmSchedule"},
    {.name = "TbelAlarmConditionExpression",
     .members = tbel_alarm_condition_expression_members,
     .extends = "AlarmConditionExpression"},
    {.name = "TimeSeriesImmediateOutputStrategy",
     .members = time_series_immediate_output_strategy_members,
     .extends = "TimeSeriesOutputStrategy"},
    {.name = "TimeSeriesOutput", .members = time_series_output_members, .extends = "Output"},
    {.name = "TimeSeriesOutputStrategy",
     .members = time_series_output_strategy_members,
     .discriminator = "type",
     .variants = time_series_output_strategy_variants},
    {.name = "TimeSeriesRuleChainOutputStrategy", .extends = "TimeSeriesOutputStrategy"},
    {.name = "TimeUnit", .names = time_unit_names},
    {.name = "Watermark", .members = watermark_members},
    {.name = "WeekInterval", .members = week_interval_members, .extends = "AggInterval"},
    {.name = "WeekSunSatInterval",
     .members = week_sun_sat_interval_members,
     .extends = "AggInterval"},
    {.name = "YearInterval", .members = year_interval_members, .extends = "AggInterval"},
    {.name = "ZoneGroupConfiguration", .members = zone_group_configuration_members},
};

}  // namespace

std::span<const Shape> calculated_field_shapes() { return calculated_field_table; }

}  // namespace thingstead::model
