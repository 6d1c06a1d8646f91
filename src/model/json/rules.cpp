// JSON of rule chains, queues, relations and records: compiled here once.
#include "model/ai_model.h"
#include "model/audit.h"
#include "model/calculated_field.h"
#include "model/cleanup.h"
#include "model/events.h"
#include "model/field_state.h"
#include "model/queue.h"
#include "model/relation.h"
#include "model/rule_chain.h"

namespace thingstead {

TS_JSON_HERE(model::AuditLog)
TS_JSON_HERE(model::CleanupTask)
TS_JSON_HERE(model::FieldState)
TS_JSON_HERE(model::ErrorEvent)
TS_JSON_HERE(model::LifecycleEvent)
TS_JSON_HERE(model::StatsEvent)
TS_JSON_HERE(model::RuleNodeDebugEvent)
TS_JSON_HERE(model::RuleChainDebugEvent)
TS_JSON_HERE(model::CalculatedFieldDebugEvent)
TS_JSON_HERE(model::SubmitStrategy)
TS_JSON_HERE(model::ProcessingStrategy)
TS_JSON_HERE(model::Queue)
TS_JSON_HERE(model::QueueStats)
TS_JSON_HERE(model::Relation)
TS_JSON_HERE(model::EntityRelation)
TS_JSON_HERE(model::EntityRelationInfo)
TS_JSON_HERE(model::RelationsSearch)
TS_JSON_HERE(model::RelationFilter)
TS_JSON_HERE(model::RelationsQuery)
TS_JSON_HERE(model::DebugSettings)
TS_JSON_HERE(model::RuleNode)
TS_JSON_HERE(model::NodeConnectionInfo)
TS_JSON_HERE(model::RuleChainConnectionInfo)
TS_JSON_HERE(model::RuleChainNote)
TS_JSON_HERE(model::RuleChainMetaData)
TS_JSON_HERE(model::CalculatedField)
TS_JSON_HERE(model::AiModel)

}  // namespace thingstead
