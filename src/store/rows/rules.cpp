// Rows of rule chains, queues, relations, groups and records.
#include "model/ai_model.h"
#include "model/audit.h"
#include "model/calculated_field.h"
#include "model/cleanup.h"
#include "model/entities.h"
#include "model/entity_group.h"
#include "model/field_state.h"
#include "model/queue.h"
#include "model/relation.h"
#include "store/row_mapping.h"

namespace thingstead::store {

TS_MAP_ROWS(model::Queue)
TS_MAP_ROWS(model::QueueStats)
TS_MAP_ROWS(model::RuleChain)
TS_MAP_ROWS(model::CleanupTask)
TS_MAP_ROWS(model::AuditLog)
TS_MAP_ROWS(model::Relation)
TS_MAP_ROWS(model::EntityGroup)
TS_MAP_ROWS(model::EntityGroupMember)
TS_MAP_ROWS(model::Role)
TS_MAP_ROWS(model::GroupPermission)
TS_MAP_ROWS(model::CustomerBranch)
TS_MAP_ROWS(model::CalculatedField)
TS_MAP_ROWS(model::AiModel)
TS_MAP_ROWS(model::FieldState)

}  // namespace thingstead::store
