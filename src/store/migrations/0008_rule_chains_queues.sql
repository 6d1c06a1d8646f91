-- Queues of the rule engine, and whose statistics there are. Rule chains keep their nodes and
-- connections as the document that the table has since the beginning.
CREATE TABLE "queue" (
    "id" {id} NOT NULL PRIMARY KEY,
    "created_time" {int} NOT NULL,
    "tenant_id" {id} NOT NULL,
    "name" {text} NOT NULL,
    "topic" {text} NOT NULL,
    "poll_interval" {int} NOT NULL,
    "partitions" {int} NOT NULL,
    "consumer_per_partition" {bool} NOT NULL,
    "pack_processing_timeout" {int} NOT NULL,
    "submit_strategy" {json},
    "processing_strategy" {json},
    "additional_info" {json}
){table};
CREATE UNIQUE INDEX "queue_name_unq_key" ON "queue" ("tenant_id", "name");
CREATE UNIQUE INDEX "queue_topic_unq_key" ON "queue" ("tenant_id", "topic");

CREATE TABLE "queue_stats" (
    "id" {id} NOT NULL PRIMARY KEY,
    "created_time" {int} NOT NULL,
    "tenant_id" {id} NOT NULL,
    "queue_name" {text} NOT NULL,
    "service_id" {text} NOT NULL
){table};
CREATE UNIQUE INDEX "queue_stats_unq_key" ON "queue_stats" ("tenant_id", "queue_name", "service_id");
