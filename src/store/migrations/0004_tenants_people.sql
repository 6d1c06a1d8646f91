-- Tenants, customers, users and their settings, dashboards.
ALTER TABLE "tenant" ADD COLUMN "country" {text};
ALTER TABLE "tenant" ADD COLUMN "state" {text};
ALTER TABLE "tenant" ADD COLUMN "city" {text};
ALTER TABLE "tenant" ADD COLUMN "address" {text};
ALTER TABLE "tenant" ADD COLUMN "address2" {text};
ALTER TABLE "tenant" ADD COLUMN "zip" {text};
ALTER TABLE "tenant" ADD COLUMN "phone" {text};
ALTER TABLE "tenant" ADD COLUMN "email" {text};
CREATE INDEX "idx_tenant_title" ON "tenant" ("title");

ALTER TABLE "customer" ADD COLUMN "country" {text};
ALTER TABLE "customer" ADD COLUMN "state" {text};
ALTER TABLE "customer" ADD COLUMN "city" {text};
ALTER TABLE "customer" ADD COLUMN "address" {text};
ALTER TABLE "customer" ADD COLUMN "address2" {text};
ALTER TABLE "customer" ADD COLUMN "zip" {text};
ALTER TABLE "customer" ADD COLUMN "phone" {text};
ALTER TABLE "customer" ADD COLUMN "email" {text};
ALTER TABLE "customer" ADD COLUMN "external_id" {id};
CREATE UNIQUE INDEX "customer_external_id_unq_key" ON "customer" ("tenant_id", "external_id")
    WHERE "external_id" IS NOT NULL;

-- A version may be missing, as in every other table.
ALTER TABLE "tenant" ADD COLUMN "next_version" {int};
UPDATE "tenant" SET "next_version" = "version";
ALTER TABLE "tenant" DROP COLUMN "version";
ALTER TABLE "tenant" RENAME COLUMN "next_version" TO "version";
ALTER TABLE "customer" ADD COLUMN "next_version" {int};
UPDATE "customer" SET "next_version" = "version";
ALTER TABLE "customer" DROP COLUMN "version";
ALTER TABLE "customer" RENAME COLUMN "next_version" TO "version";
ALTER TABLE "tb_user" ADD COLUMN "next_version" {int};
UPDATE "tb_user" SET "next_version" = "version";
ALTER TABLE "tb_user" DROP COLUMN "version";
ALTER TABLE "tb_user" RENAME COLUMN "next_version" TO "version";

CREATE TABLE "user_settings" (
    "user_id" {id} NOT NULL,
    "type" {text} NOT NULL,
    "settings" {json},
    PRIMARY KEY ("user_id", "type")
){clustered};

CREATE TABLE "mobile_session" (
    "token" {text} NOT NULL PRIMARY KEY,
    "user_id" {id} NOT NULL,
    "token_time" {int} NOT NULL
){table};
CREATE INDEX "idx_mobile_session_user_id" ON "mobile_session" ("user_id");

CREATE TABLE "dashboard" (
    "id" {id} NOT NULL PRIMARY KEY,
    "created_time" {int} NOT NULL,
    "tenant_id" {id} NOT NULL,
    "customer_id" {id} NOT NULL,
    "title" {text} NOT NULL,
    "image" {text},
    "assigned_customers" {json},
    "mobile_hide" {bool} NOT NULL,
    "mobile_order" {int},
    "external_id" {id},
    "version" {int},
    "configuration" {json}
){table};
CREATE UNIQUE INDEX "dashboard_external_id_unq_key" ON "dashboard" ("tenant_id", "external_id")
    WHERE "external_id" IS NOT NULL;
CREATE INDEX "idx_dashboard_tenant_id" ON "dashboard" ("tenant_id", "id");
CREATE INDEX "idx_dashboard_title" ON "dashboard" ("tenant_id", "title");
CREATE INDEX "idx_dashboard_customer_id" ON "dashboard" ("tenant_id", "customer_id");

-- Who works on a task, and until when nobody else does.
ALTER TABLE "cleanup_task" ADD COLUMN "worker" {id};
ALTER TABLE "cleanup_task" ADD COLUMN "taken_until" {int} DEFAULT 0 NOT NULL;
CREATE INDEX "idx_cleanup_task_taken_until" ON "cleanup_task" ("taken_until");
