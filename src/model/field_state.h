// What a calculated field, or a rule node with alarm rules, remembers of an entity between its
// values: how often rules were met, when what is due next. Nobody sees it by the interface.
#pragma once
#include <optional>
#include <string_view>

#include "base/clock.h"
#include "base/describe.h"
#include "base/json.h"
#include "model/ids.h"

namespace thingstead::model {

struct FieldState {
    EntityId entity_id;
    EntityId owner_id;  ///< The calculated field or rule node.
    TenantId tenant_id;
    /// When time alone decides something; 0: whenever somebody looks. None: never.
    std::optional<EpochMs> due_ts{};
    json::value state;  ///< As its owner writes it.
};
constexpr auto describe(const FieldState*) {
    return fields(field("entityId", &FieldState::entity_id, "", in_key),
                  field("ownerId", &FieldState::owner_id, "", in_key),
                  field("tenantId", &FieldState::tenant_id), field("dueTs", &FieldState::due_ts),
                  field("state", &FieldState::state));
}
constexpr std::string_view table_name(const FieldState*) { return "calculated_field_state"; }

}  // namespace thingstead::model

namespace thingstead {
TS_JSON_ELSEWHERE(model::FieldState)
}  // namespace thingstead
