-- Devices, profiles, assets, entity views.
CREATE INDEX "idx_device_firmware_id" ON "device" ("firmware_id") WHERE "firmware_id" IS NOT NULL;
CREATE INDEX "idx_device_software_id" ON "device" ("software_id") WHERE "software_id" IS NOT NULL;

-- What a device said that may be claimed, until it is or the time has passed.
CREATE TABLE "device_claim" (
    "device_id" {id} NOT NULL PRIMARY KEY,
    "secret_key" {text} NOT NULL,
    "expiration_time" {int} NOT NULL
){table};
CREATE INDEX "idx_device_claim_expiration_time" ON "device_claim" ("expiration_time");

CREATE TABLE "asset_profile" (
    "id" {id} NOT NULL PRIMARY KEY,
    "created_time" {int} NOT NULL,
    "tenant_id" {id} NOT NULL,
    "name" {text} NOT NULL,
    "description" {text},
    "image" {text},
    "default" {bool} NOT NULL,
    "default_rule_chain_id" {id},
    "default_dashboard_id" {id},
    "default_queue_name" {text},
    "default_edge_rule_chain_id" {id},
    "external_id" {id},
    "version" {int}
){table};
CREATE UNIQUE INDEX "asset_profile_name_unq_key" ON "asset_profile" ("tenant_id", "name");
CREATE UNIQUE INDEX "asset_profile_external_id_unq_key"
    ON "asset_profile" ("tenant_id", "external_id") WHERE "external_id" IS NOT NULL;
CREATE INDEX "idx_asset_profile_default_rule_chain_id"
    ON "asset_profile" ("default_rule_chain_id") WHERE "default_rule_chain_id" IS NOT NULL;

CREATE TABLE "asset" (
    "id" {id} NOT NULL PRIMARY KEY,
    "created_time" {int} NOT NULL,
    "additional_info" {json},
    "tenant_id" {id} NOT NULL,
    "customer_id" {id} NOT NULL,
    "name" {text} NOT NULL,
    "type" {text} NOT NULL,
    "label" {text},
    "asset_profile_id" {id} NOT NULL,
    "external_id" {id},
    "version" {int}
){table};
CREATE UNIQUE INDEX "asset_name_unq_key" ON "asset" ("tenant_id", "name");
CREATE UNIQUE INDEX "asset_external_id_unq_key" ON "asset" ("tenant_id", "external_id")
    WHERE "external_id" IS NOT NULL;
CREATE INDEX "idx_asset_tenant_id" ON "asset" ("tenant_id", "id");
CREATE INDEX "idx_asset_created_time" ON "asset" ("tenant_id", "created_time");
CREATE INDEX "idx_asset_customer_id" ON "asset" ("tenant_id", "customer_id");
CREATE INDEX "idx_asset_type" ON "asset" ("tenant_id", "type");
CREATE INDEX "idx_asset_asset_profile_id" ON "asset" ("tenant_id", "asset_profile_id");

-- entity_id is "DEVICE:<uuid>" or "ASSET:<uuid>".
CREATE TABLE "entity_view" (
    "id" {id} NOT NULL PRIMARY KEY,
    "created_time" {int} NOT NULL,
    "tenant_id" {id} NOT NULL,
    "entity_id" {text} NOT NULL,
    "customer_id" {id} NOT NULL,
    "name" {text} NOT NULL,
    "type" {text} NOT NULL,
    "keys" {json},
    "start_time_ms" {int} NOT NULL,
    "end_time_ms" {int} NOT NULL,
    "external_id" {id},
    "additional_info" {json},
    "version" {int}
){table};
CREATE UNIQUE INDEX "entity_view_name_unq_key" ON "entity_view" ("tenant_id", "name");
CREATE UNIQUE INDEX "entity_view_external_id_unq_key" ON "entity_view" ("tenant_id", "external_id")
    WHERE "external_id" IS NOT NULL;
CREATE INDEX "idx_entity_view_entity_id" ON "entity_view" ("entity_id");
CREATE INDEX "idx_entity_view_customer_id" ON "entity_view" ("tenant_id", "customer_id");
