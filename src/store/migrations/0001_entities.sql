-- Entities of the platform and their attributes.
-- Unique rules are named unique indexes: their names are what a conflict answers.
CREATE TABLE "tenant_profile" (
    "id" {id} NOT NULL PRIMARY KEY,
    "created_time" {int} NOT NULL,
    "name" {text} NOT NULL,
    "description" {text},
    "default" {bool} NOT NULL,
    "isolated_tb_rule_engine" {bool} NOT NULL,
    "profile_data" {json}
){table};
CREATE UNIQUE INDEX "tenant_profile_name_unq_key" ON "tenant_profile" ("name");

CREATE TABLE "tenant" (
    "id" {id} NOT NULL PRIMARY KEY,
    "created_time" {int} NOT NULL,
    "tenant_profile_id" {id} NOT NULL,
    "title" {text} NOT NULL,
    "region" {text},
    "additional_info" {json},
    "version" {int} NOT NULL
){table};
CREATE INDEX "idx_tenant_tenant_profile_id" ON "tenant" ("tenant_profile_id");

CREATE TABLE "customer" (
    "id" {id} NOT NULL PRIMARY KEY,
    "created_time" {int} NOT NULL,
    "tenant_id" {id} NOT NULL,
    "title" {text} NOT NULL,
    "additional_info" {json},
    "version" {int} NOT NULL
){table};
CREATE UNIQUE INDEX "customer_title_unq_key" ON "customer" ("tenant_id", "title");

CREATE TABLE "tb_user" (
    "id" {id} NOT NULL PRIMARY KEY,
    "created_time" {int} NOT NULL,
    "tenant_id" {id} NOT NULL,
    "customer_id" {id} NOT NULL,
    "email" {text} NOT NULL,
    "authority" {text} NOT NULL,
    "first_name" {text},
    "last_name" {text},
    "phone" {text},
    "additional_info" {json},
    "version" {int} NOT NULL
){table};
CREATE UNIQUE INDEX "tb_user_email_key" ON "tb_user" ("email");
CREATE INDEX "idx_tb_user_customer_id" ON "tb_user" ("tenant_id", "customer_id");
CREATE INDEX "idx_tb_user_authority" ON "tb_user" ("tenant_id", "authority");

CREATE TABLE "user_credentials" (
    "id" {id} NOT NULL PRIMARY KEY,
    "created_time" {int} NOT NULL,
    "user_id" {id} NOT NULL,
    "enabled" {bool} NOT NULL,
    "password" {text},
    "failed_login_attempts" {int} NOT NULL,
    "last_login_ts" {int} NOT NULL
){table};
CREATE UNIQUE INDEX "user_credentials_user_id_key" ON "user_credentials" ("user_id");

CREATE TABLE "device_profile" (
    "id" {id} NOT NULL PRIMARY KEY,
    "created_time" {int} NOT NULL,
    "tenant_id" {id} NOT NULL,
    "name" {text} NOT NULL,
    "description" {text},
    "default" {bool} NOT NULL,
    "type" {text} NOT NULL,
    "image" {text},
    "transport_type" {text} NOT NULL,
    "provision_type" {text} NOT NULL,
    "profile_data" {json},
    "provision_device_key" {text},
    "default_rule_chain_id" {id},
    "default_edge_rule_chain_id" {id},
    "default_dashboard_id" {id},
    "default_queue_name" {text},
    "firmware_id" {id},
    "software_id" {id},
    "external_id" {id},
    "version" {int}
){table};
CREATE UNIQUE INDEX "device_profile_name_unq_key" ON "device_profile" ("tenant_id", "name");
CREATE UNIQUE INDEX "device_provision_key_unq_key" ON "device_profile" ("provision_device_key")
    WHERE "provision_device_key" IS NOT NULL;
CREATE UNIQUE INDEX "device_profile_external_id_unq_key"
    ON "device_profile" ("tenant_id", "external_id") WHERE "external_id" IS NOT NULL;
CREATE INDEX "idx_device_profile_default_rule_chain_id"
    ON "device_profile" ("default_rule_chain_id") WHERE "default_rule_chain_id" IS NOT NULL;

CREATE TABLE "device" (
    "id" {id} NOT NULL PRIMARY KEY,
    "created_time" {int} NOT NULL,
    "additional_info" {json},
    "tenant_id" {id} NOT NULL,
    "customer_id" {id} NOT NULL,
    "name" {text} NOT NULL,
    "type" {text} NOT NULL,
    "label" {text},
    "device_profile_id" {id} NOT NULL,
    "device_data" {json},
    "firmware_id" {id},
    "software_id" {id},
    "external_id" {id},
    "version" {int}
){table};
CREATE UNIQUE INDEX "device_name_unq_key" ON "device" ("tenant_id", "name");
CREATE UNIQUE INDEX "device_external_id_unq_key" ON "device" ("tenant_id", "external_id")
    WHERE "external_id" IS NOT NULL;
CREATE INDEX "idx_device_tenant_id" ON "device" ("tenant_id", "id");
CREATE INDEX "idx_device_created_time" ON "device" ("tenant_id", "created_time");
CREATE INDEX "idx_device_customer_id" ON "device" ("tenant_id", "customer_id");
CREATE INDEX "idx_device_type" ON "device" ("tenant_id", "type");
CREATE INDEX "idx_device_device_profile_id" ON "device" ("tenant_id", "device_profile_id");

CREATE TABLE "device_credentials" (
    "id" {id} NOT NULL PRIMARY KEY,
    "created_time" {int} NOT NULL,
    "device_id" {id} NOT NULL,
    "credentials_type" {text} NOT NULL,
    "credentials_id" {text} NOT NULL,
    "credentials_value" {text},
    "version" {int}
){table};
CREATE UNIQUE INDEX "device_credentials_id_unq_key" ON "device_credentials" ("credentials_id");
CREATE UNIQUE INDEX "device_credentials_device_id_unq_key" ON "device_credentials" ("device_id");

CREATE TABLE "rule_chain" (
    "id" {id} NOT NULL PRIMARY KEY,
    "created_time" {int} NOT NULL,
    "tenant_id" {id} NOT NULL,
    "name" {text} NOT NULL,
    "type" {text} NOT NULL,
    "first_rule_node_id" {id},
    "root" {bool} NOT NULL,
    "debug_mode" {bool} NOT NULL,
    "configuration" {json},
    "external_id" {id},
    "additional_info" {json},
    "version" {int},
    "metadata" {json}
){table};
CREATE UNIQUE INDEX "rule_chain_external_id_unq_key" ON "rule_chain" ("tenant_id", "external_id")
    WHERE "external_id" IS NOT NULL;
CREATE INDEX "idx_rule_chain_type" ON "rule_chain" ("tenant_id", "type", "root");

CREATE TABLE "admin_settings" (
    "id" {id} NOT NULL PRIMARY KEY,
    "created_time" {int} NOT NULL,
    "tenant_id" {id} NOT NULL,
    "key" {text} NOT NULL,
    "json_value" {json}
){table};
CREATE UNIQUE INDEX "admin_settings_key_unq_key" ON "admin_settings" ("tenant_id", "key");

-- Exactly one of the value columns is not null. attribute_type: 1 client, 2 server, 3 shared.
CREATE TABLE "attribute_kv" (
    "entity_id" {id} NOT NULL,
    "attribute_type" {int} NOT NULL,
    "attribute_key" {text} NOT NULL,
    "bool_v" {bool},
    "str_v" {text},
    "long_v" {int},
    "dbl_v" {real},
    "json_v" {json},
    "last_update_ts" {int} NOT NULL,
    PRIMARY KEY ("entity_id", "attribute_type", "attribute_key")
){clustered};
