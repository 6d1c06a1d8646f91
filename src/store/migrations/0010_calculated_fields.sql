-- entity_id is "DEVICE:<uuid>" and the like, as in entity_view.
CREATE TABLE "calculated_field" (
    "id" {id} NOT NULL PRIMARY KEY,
    "created_time" {int} NOT NULL,
    "tenant_id" {id} NOT NULL,
    "entity_id" {text} NOT NULL,
    "type" {text} NOT NULL,
    "name" {text} NOT NULL,
    "debug_settings" {json},
    "configuration_version" {int} NOT NULL,
    "configuration" {json},
    "version" {int},
    "additional_info" {json}
){table};
CREATE UNIQUE INDEX "calculated_field_name_unq_key" ON "calculated_field" ("entity_id", "type", "name");
CREATE INDEX "idx_calculated_field_tenant_id" ON "calculated_field" ("tenant_id", "id");
