-- Audit entries and diagnostic events. Times lead the keys: what is old is removed by time.
-- The columns of an event's body begin with e_.
CREATE TABLE "audit_log" (
    "id" {id} NOT NULL,
    "created_time" {int} NOT NULL,
    "tenant_id" {id} NOT NULL,
    "customer_id" {id} NOT NULL,
    "entity_type" {text} NOT NULL,
    "entity_id" {id} NOT NULL,
    "entity_name" {text},
    "user_id" {id} NOT NULL,
    "user_name" {text},
    "action_type" {text} NOT NULL,
    "action_data" {json},
    "action_status" {text} NOT NULL,
    "action_failure_details" {text} NOT NULL,
    PRIMARY KEY ("created_time", "id")
){by_time};
CREATE INDEX "idx_audit_log_tenant_id" ON "audit_log" ("tenant_id", "created_time", "id");
CREATE INDEX "idx_audit_log_entity_id" ON "audit_log" ("entity_id", "created_time", "id");

CREATE TABLE "error_event" (
    "id" {id} NOT NULL,
    "created_time" {int} NOT NULL,
    "tenant_id" {id} NOT NULL,
    "entity_id" {id} NOT NULL,
    "service_id" {text} NOT NULL,
    "e_method" {text} NOT NULL,
    "e_error" {text},
    PRIMARY KEY ("created_time", "id")
){by_time};
CREATE INDEX "idx_error_event_entity_id" ON "error_event" ("tenant_id", "entity_id", "created_time", "id");

CREATE TABLE "lc_event" (
    "id" {id} NOT NULL,
    "created_time" {int} NOT NULL,
    "tenant_id" {id} NOT NULL,
    "entity_id" {id} NOT NULL,
    "service_id" {text} NOT NULL,
    "e_event" {text} NOT NULL,
    "e_success" {bool} NOT NULL,
    "e_error" {text},
    PRIMARY KEY ("created_time", "id")
){by_time};
CREATE INDEX "idx_lc_event_entity_id" ON "lc_event" ("tenant_id", "entity_id", "created_time", "id");

CREATE TABLE "stats_event" (
    "id" {id} NOT NULL,
    "created_time" {int} NOT NULL,
    "tenant_id" {id} NOT NULL,
    "entity_id" {id} NOT NULL,
    "service_id" {text} NOT NULL,
    "e_messages_processed" {int} NOT NULL,
    "e_errors_occurred" {int} NOT NULL,
    PRIMARY KEY ("created_time", "id")
){by_time};
CREATE INDEX "idx_stats_event_entity_id" ON "stats_event" ("tenant_id", "entity_id", "created_time", "id");

CREATE TABLE "rule_node_debug_event" (
    "id" {id} NOT NULL,
    "created_time" {int} NOT NULL,
    "tenant_id" {id} NOT NULL,
    "entity_id" {id} NOT NULL,
    "service_id" {text} NOT NULL,
    "e_type" {text} NOT NULL,
    "e_entity_id" {id},
    "e_entity_type" {text},
    "e_msg_id" {id},
    "e_msg_type" {text},
    "e_data_type" {text},
    "e_relation_type" {text},
    "e_data" {text},
    "e_metadata" {text},
    "e_error" {text},
    PRIMARY KEY ("created_time", "id")
){by_time};
CREATE INDEX "idx_rule_node_debug_event_entity_id" ON "rule_node_debug_event" ("tenant_id", "entity_id", "created_time", "id");

CREATE TABLE "rule_chain_debug_event" (
    "id" {id} NOT NULL,
    "created_time" {int} NOT NULL,
    "tenant_id" {id} NOT NULL,
    "entity_id" {id} NOT NULL,
    "service_id" {text} NOT NULL,
    "e_message" {text},
    "e_error" {text},
    PRIMARY KEY ("created_time", "id")
){by_time};
CREATE INDEX "idx_rule_chain_debug_event_entity_id" ON "rule_chain_debug_event" ("tenant_id", "entity_id", "created_time", "id");

CREATE TABLE "cf_debug_event" (
    "id" {id} NOT NULL,
    "created_time" {int} NOT NULL,
    "tenant_id" {id} NOT NULL,
    "entity_id" {id} NOT NULL,
    "service_id" {text} NOT NULL,
    "e_calculated_field_id" {id} NOT NULL,
    "e_entity_id" {id},
    "e_entity_type" {text},
    "e_msg_id" {id},
    "e_msg_type" {text},
    "e_arguments" {text},
    "e_result" {text},
    "e_error" {text},
    PRIMARY KEY ("created_time", "id")
){by_time};
CREATE INDEX "idx_cf_debug_event_entity_id" ON "cf_debug_event" ("tenant_id", "entity_id", "created_time", "id");
