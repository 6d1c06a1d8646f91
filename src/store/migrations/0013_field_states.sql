-- What calculated fields and alarm rules remember of entities. Both ids are "DEVICE:<uuid>" and
-- the like; the owner is a calculated field or a rule node.
CREATE TABLE "calculated_field_state" (
    "entity_id" {text} NOT NULL,
    "owner_id" {text} NOT NULL,
    "tenant_id" {id} NOT NULL,
    "due_ts" {int},
    "state" {json},
    PRIMARY KEY ("entity_id", "owner_id")
){clustered};
CREATE INDEX "idx_calculated_field_state_owner" ON "calculated_field_state" ("owner_id", "entity_id");
