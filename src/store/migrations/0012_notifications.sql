-- Whom notifications go to, what they say, what is sent or waits to be, and what users were told.
-- `recipients` of a target is the type of its filter of users, else its own type.
CREATE TABLE "notification_target" (
    "id" {id} NOT NULL PRIMARY KEY,
    "created_time" {int} NOT NULL,
    "tenant_id" {id} NOT NULL,
    "name" {text} NOT NULL,
    "configuration" {json},
    "recipients" {text} NOT NULL
){table};
CREATE UNIQUE INDEX "notification_target_name_unq_key" ON "notification_target" ("tenant_id", "name");

CREATE TABLE "notification_template" (
    "id" {id} NOT NULL PRIMARY KEY,
    "created_time" {int} NOT NULL,
    "tenant_id" {id} NOT NULL,
    "name" {text} NOT NULL,
    "notification_type" {text} NOT NULL,
    "configuration" {json}
){table};
CREATE UNIQUE INDEX "notification_template_name_unq_key" ON "notification_template" ("tenant_id", "name");

-- A request waits, or is being worked on, while `due_time` is set: any server may take it then.
CREATE TABLE "notification_request" (
    "id" {id} NOT NULL PRIMARY KEY,
    "created_time" {int} NOT NULL,
    "tenant_id" {id} NOT NULL,
    "targets" {json},
    "template_id" {id},
    "template" {json},
    "info" {json},
    "additional_config" {json},
    "originator_entity_id" {text},
    "rule_id" {id},
    "status" {text},
    "stats" {json},
    "due_time" {int},
    "worker" {id},
    "progress" {json}
){table};
CREATE INDEX "idx_notification_request_tenant" ON "notification_request" ("tenant_id", "created_time");
CREATE INDEX "idx_notification_request_time" ON "notification_request" ("created_time");
CREATE INDEX "idx_notification_request_due" ON "notification_request" ("due_time")
    WHERE "due_time" IS NOT NULL;

CREATE TABLE "notification" (
    "id" {id} NOT NULL PRIMARY KEY,
    "created_time" {int} NOT NULL,
    "request_id" {id} NOT NULL,
    "recipient_id" {id} NOT NULL,
    "type" {text} NOT NULL,
    "delivery_method" {text} NOT NULL,
    "subject" {text},
    "text" {text} NOT NULL,
    "additional_config" {json},
    "status" {text} NOT NULL
){table};
CREATE INDEX "idx_notification_request_id" ON "notification" ("request_id");
CREATE INDEX "idx_notification_recipient" ON "notification" ("recipient_id", "delivery_method", "created_time");
CREATE INDEX "idx_notification_time" ON "notification" ("created_time");
