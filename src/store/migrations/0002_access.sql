-- Relations, and who may do what beyond the three authorities: groups, roles, branches of customers.
CREATE TABLE "relation" (
    "from_id" {id} NOT NULL,
    "from_type" {text} NOT NULL,
    "relation_type_group" {text} NOT NULL,
    "relation_type" {text} NOT NULL,
    "to_id" {id} NOT NULL,
    "to_type" {text} NOT NULL,
    "additional_info" {json},
    "version" {int},
    PRIMARY KEY ("from_id", "from_type", "relation_type_group", "relation_type", "to_id", "to_type")
){clustered};
CREATE INDEX "idx_relation_to" ON "relation" ("to_id", "relation_type_group");

ALTER TABLE "customer" ADD COLUMN "parent_customer_id" {id};
CREATE TABLE "customer_branch" (
    "ancestor_id" {id} NOT NULL,
    "descendant_id" {id} NOT NULL,
    PRIMARY KEY ("ancestor_id", "descendant_id")
){clustered};
CREATE INDEX "idx_customer_parent" ON "customer" ("parent_customer_id")
    WHERE "parent_customer_id" IS NOT NULL;
CREATE INDEX "idx_customer_branch_descendant" ON "customer_branch" ("descendant_id");
INSERT INTO "customer_branch" SELECT "id", "id" FROM "customer";

CREATE TABLE "entity_group" (
    "id" {id} NOT NULL PRIMARY KEY,
    "created_time" {int} NOT NULL,
    "tenant_id" {id} NOT NULL,
    "customer_id" {id} NOT NULL,
    "type" {text} NOT NULL,
    "name" {text} NOT NULL,
    "group_all" {bool} NOT NULL,
    "edge_group_all" {bool} NOT NULL,
    "configuration" {json},
    "external_id" {id},
    "additional_info" {json},
    "version" {int}
){table};
CREATE UNIQUE INDEX "entity_group_name_unq_key"
    ON "entity_group" ("tenant_id", "customer_id", "type", "name");

CREATE TABLE "entity_group_member" (
    "group_id" {id} NOT NULL,
    "entity_id" {id} NOT NULL,
    "created_time" {int} NOT NULL,
    PRIMARY KEY ("group_id", "entity_id")
){clustered};
CREATE INDEX "idx_entity_group_member_entity" ON "entity_group_member" ("entity_id");

CREATE TABLE "role" (
    "id" {id} NOT NULL PRIMARY KEY,
    "created_time" {int} NOT NULL,
    "tenant_id" {id} NOT NULL,
    "customer_id" {id} NOT NULL,
    "name" {text} NOT NULL,
    "type" {text} NOT NULL,
    "permissions" {json},
    "excluded_permissions" {json},
    "external_id" {id},
    "additional_info" {json},
    "version" {int}
){table};
CREATE UNIQUE INDEX "role_name_unq_key" ON "role" ("tenant_id", "customer_id", "name");

CREATE TABLE "group_permission" (
    "id" {id} NOT NULL PRIMARY KEY,
    "created_time" {int} NOT NULL,
    "tenant_id" {id} NOT NULL,
    "user_group_id" {id} NOT NULL,
    "role_id" {id} NOT NULL,
    "entity_group_id" {id},
    "entity_group_type" {text},
    "public" {bool} NOT NULL
){table};
CREATE UNIQUE INDEX "group_permission_unq_key"
    ON "group_permission" ("user_group_id", "role_id", "entity_group_id");
CREATE UNIQUE INDEX "group_permission_generic_unq_key"
    ON "group_permission" ("user_group_id", "role_id") WHERE "entity_group_id" IS NULL;
CREATE INDEX "idx_group_permission_role" ON "group_permission" ("role_id");
CREATE INDEX "idx_group_permission_entity_group" ON "group_permission" ("entity_group_id");

-- What is left to remove of entities that are gone: telemetry, events, alarms, entities of a tenant.
CREATE TABLE "cleanup_task" (
    "id" {id} NOT NULL PRIMARY KEY,
    "created_time" {int} NOT NULL,
    "tenant_id" {id} NOT NULL,
    "entity_id" {id} NOT NULL,
    "entity_type" {text} NOT NULL,
    "step" {int} NOT NULL,
    "done" {int} NOT NULL
){table};
