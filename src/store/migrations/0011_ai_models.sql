-- provider and model_id stand in the configuration too: lists are searched and sorted by them.
CREATE TABLE "ai_model" (
    "id" {id} NOT NULL PRIMARY KEY,
    "created_time" {int} NOT NULL,
    "tenant_id" {id} NOT NULL,
    "name" {text} NOT NULL,
    "provider" {text} NOT NULL,
    "model_id" {text} NOT NULL,
    "configuration" {json},
    "external_id" {id},
    "version" {int}
){table};
CREATE UNIQUE INDEX "ai_model_name_unq_key" ON "ai_model" ("tenant_id", "name");
CREATE UNIQUE INDEX "ai_model_external_id_unq_key" ON "ai_model" ("tenant_id", "external_id");
CREATE INDEX "idx_ai_model_tenant_id" ON "ai_model" ("tenant_id", "id");
