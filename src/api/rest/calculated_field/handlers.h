// Handlers of calculated fields and of alarm rules, which are fields of one type.
#pragma once
#include <optional>

#include "api/rest/entity_calls.h"
#include "core/calculated_field/calculated_fields.h"

namespace thingstead::api::calculated_field {

/// Saves, enters it in the audit log and tells the rule engine.
Task<Result<core::Saved<model::CalculatedField>>> save_and_tell(Call call,
                                                                model::CalculatedField field);
/// Removes likewise. `alarm_rule`: another field is one that is not there.
Task<Result<net::Reply>> delete_field(Call call, model::CalculatedFieldId id, bool alarm_rule);
/// What the field was evaluated with last, as its debug events have it; nothing if there is none.
Task<Result<net::Reply>> latest_debug_event(Call call, model::CalculatedFieldId id);
/// entityType, entities and, of `call`, name. Errors: invalid_argument.
Result<core::FieldQuery> field_query(const Call& call);
/// {"error"?, "output"} of a script that is tried.
Task<Result<net::Reply>> test_field_script(Call call);

Task<Result<net::Reply>> save_alarm_rule(Call call);
Task<Result<net::Reply>> get_alarm_rule(Call call);
Task<Result<net::Reply>> delete_alarm_rule(Call call);
Task<Result<net::Reply>> get_alarm_rule_debug(Call call);
Task<Result<net::Reply>> list_alarm_rules(Call call);
Task<Result<net::Reply>> list_alarm_rules_of(Call call);
Task<Result<net::Reply>> list_alarm_rule_names(Call call);
/// A page of `names`, which are sorted, as the call asks.
Result<net::Reply> names_reply(const Call& call, std::vector<std::string> names);
/// AlarmRuleDefinition: a field without its type.
json::object alarm_rule_schema();
json::object alarm_rule_info_schema();

}  // namespace thingstead::api::calculated_field
