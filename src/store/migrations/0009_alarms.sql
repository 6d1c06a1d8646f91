-- Alarms, the entities that they show on, the types that a tenant has, and comments.
CREATE TABLE "alarm" (
    "id" {id} NOT NULL PRIMARY KEY,
    "created_time" {int} NOT NULL,
    "tenant_id" {id} NOT NULL,
    "customer_id" {id},
    "type" {text} NOT NULL,
    "originator" {text} NOT NULL,
    "severity" {text} NOT NULL,
    "acknowledged" {bool} NOT NULL,
    "cleared" {bool} NOT NULL,
    "assignee_id" {id},
    "start_ts" {int} NOT NULL,
    "end_ts" {int} NOT NULL,
    "ack_ts" {int} NOT NULL,
    "clear_ts" {int} NOT NULL,
    "assign_ts" {int} NOT NULL,
    "details" {json},
    "propagate" {bool} NOT NULL,
    "propagate_to_owner" {bool} NOT NULL,
    "propagate_to_tenant" {bool} NOT NULL,
    "propagate_relation_types" {json},
    "status" {text} NOT NULL
){table};
-- Of one originator and type, one alarm at a time.
CREATE UNIQUE INDEX "alarm_active_unq_key" ON "alarm" ("originator", "type") WHERE NOT "cleared";
CREATE INDEX "idx_alarm_originator_type" ON "alarm" ("originator", "type", "cleared", "start_ts");
CREATE INDEX "idx_alarm_tenant_time" ON "alarm" ("tenant_id", "created_time");
CREATE INDEX "idx_alarm_tenant_status" ON "alarm" ("tenant_id", "cleared", "created_time");
CREATE INDEX "idx_alarm_tenant_type" ON "alarm" ("tenant_id", "type", "created_time");
CREATE INDEX "idx_alarm_customer" ON "alarm" ("customer_id", "created_time")
    WHERE "customer_id" IS NOT NULL;
CREATE INDEX "idx_alarm_assignee" ON "alarm" ("assignee_id", "created_time")
    WHERE "assignee_id" IS NOT NULL;
CREATE INDEX "idx_alarm_tenant_end" ON "alarm" ("tenant_id", "end_ts");

CREATE TABLE "entity_alarm" (
    "entity_id" {text} NOT NULL,
    "alarm_id" {id} NOT NULL,
    "tenant_id" {id} NOT NULL,
    "created_time" {int} NOT NULL,
    "alarm_type" {text} NOT NULL,
    PRIMARY KEY ("entity_id", "alarm_id")
){clustered};
CREATE INDEX "idx_entity_alarm_alarm" ON "entity_alarm" ("alarm_id");
CREATE INDEX "idx_entity_alarm_time" ON "entity_alarm" ("entity_id", "created_time");

CREATE TABLE "alarm_types" (
    "tenant_id" {id} NOT NULL,
    "type" {text} NOT NULL,
    PRIMARY KEY ("tenant_id", "type")
){clustered};

CREATE TABLE "alarm_comment" (
    "id" {id} NOT NULL PRIMARY KEY,
    "created_time" {int} NOT NULL,
    "alarm_id" {id} NOT NULL,
    "user_id" {id},
    "type" {text} NOT NULL,
    "comment" {json}
){table};
CREATE INDEX "idx_alarm_comment_alarm" ON "alarm_comment" ("alarm_id", "created_time");
