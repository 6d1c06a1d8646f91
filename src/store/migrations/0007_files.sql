-- Widgets, resources, images, OTA packages. The bytes of files are apart from what lists read.
CREATE TABLE "resource" (
    "id" {id} NOT NULL PRIMARY KEY,
    "created_time" {int} NOT NULL,
    "tenant_id" {id} NOT NULL,
    "title" {text} NOT NULL,
    "resource_type" {text} NOT NULL,
    "resource_sub_type" {text},
    "resource_key" {text} NOT NULL,
    "public" {bool} NOT NULL,
    "public_resource_key" {text},
    "etag" {text},
    "file_name" {text} NOT NULL,
    "descriptor" {json},
    "external_id" {id},
    "search_text" {text},
    "data_size" {int} NOT NULL
){table};
CREATE UNIQUE INDEX "resource_key_unq_key" ON "resource" ("tenant_id", "resource_type", "resource_key");
CREATE UNIQUE INDEX "resource_public_resource_key_unq_key" ON "resource" ("public_resource_key")
    WHERE "public_resource_key" IS NOT NULL;
CREATE UNIQUE INDEX "resource_external_id_unq_key" ON "resource" ("tenant_id", "external_id")
    WHERE "external_id" IS NOT NULL;
CREATE INDEX "idx_resource_etag" ON "resource" ("tenant_id", "etag");

CREATE TABLE "ota_package" (
    "id" {id} NOT NULL PRIMARY KEY,
    "created_time" {int} NOT NULL,
    "tenant_id" {id} NOT NULL,
    "device_profile_id" {id},
    "type" {text},
    "title" {text} NOT NULL,
    "version" {text} NOT NULL,
    "tag" {text},
    "url" {text},
    "has_data" {bool} NOT NULL,
    "file_name" {text},
    "content_type" {text},
    "checksum_algorithm" {text},
    "checksum" {text},
    "data_size" {int},
    "external_id" {id},
    "additional_info" {json}
){table};
CREATE UNIQUE INDEX "ota_package_title_version_unq_key" ON "ota_package" ("tenant_id", "title", "version");
CREATE UNIQUE INDEX "ota_package_external_id_unq_key" ON "ota_package" ("tenant_id", "external_id")
    WHERE "external_id" IS NOT NULL;
CREATE INDEX "idx_ota_package_device_profile_id" ON "ota_package" ("device_profile_id");

CREATE TABLE "file_part" (
    "owner_id" {id} NOT NULL,
    "kind" {text} NOT NULL,
    "position" {int} NOT NULL,
    "tenant_id" {id} NOT NULL,
    "bytes" {bytes} NOT NULL,
    PRIMARY KEY ("owner_id", "kind", "position")
){table};
CREATE INDEX "idx_file_part_tenant_id" ON "file_part" ("tenant_id");

CREATE TABLE "widget_type" (
    "id" {id} NOT NULL PRIMARY KEY,
    "created_time" {int} NOT NULL,
    "tenant_id" {id} NOT NULL,
    "fqn" {text} NOT NULL,
    "name" {text} NOT NULL,
    "deprecated" {bool} NOT NULL,
    "scada" {bool} NOT NULL,
    "descriptor" {json},
    "image" {text},
    "description" {text},
    "tags" {json},
    "widget_type" {text},
    "external_id" {id},
    "version" {int}
){table};
CREATE UNIQUE INDEX "widget_type_fqn_unq_key" ON "widget_type" ("tenant_id", "fqn");
CREATE UNIQUE INDEX "widget_type_external_id_unq_key" ON "widget_type" ("tenant_id", "external_id")
    WHERE "external_id" IS NOT NULL;

CREATE TABLE "widgets_bundle" (
    "id" {id} NOT NULL PRIMARY KEY,
    "created_time" {int} NOT NULL,
    "tenant_id" {id} NOT NULL,
    "alias" {text} NOT NULL,
    "title" {text} NOT NULL,
    "image" {text},
    "scada" {bool} NOT NULL,
    "description" {text},
    "order" {int},
    "external_id" {id},
    "version" {int}
){table};
CREATE UNIQUE INDEX "widgets_bundle_alias_unq_key" ON "widgets_bundle" ("tenant_id", "alias");
CREATE UNIQUE INDEX "widgets_bundle_external_id_unq_key" ON "widgets_bundle" ("tenant_id", "external_id")
    WHERE "external_id" IS NOT NULL;

CREATE TABLE "widgets_bundle_widget" (
    "widgets_bundle_id" {id} NOT NULL,
    "widget_type_id" {id} NOT NULL,
    "widget_type_order" {int} NOT NULL,
    PRIMARY KEY ("widgets_bundle_id", "widget_type_id")
){clustered};
CREATE INDEX "idx_widgets_bundle_widget_type" ON "widgets_bundle_widget" ("widget_type_id");
