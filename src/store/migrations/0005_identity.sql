-- Log-in of users: links to activate and to reset, second factors, API keys, void tokens.
ALTER TABLE "user_credentials" ADD COLUMN "activate_token" {text};
ALTER TABLE "user_credentials" ADD COLUMN "activate_token_exp_time" {int};
ALTER TABLE "user_credentials" ADD COLUMN "reset_token" {text};
ALTER TABLE "user_credentials" ADD COLUMN "reset_token_exp_time" {int};
ALTER TABLE "user_credentials" ADD COLUMN "additional_info" {json};
CREATE UNIQUE INDEX "user_credentials_activate_token_unq_key"
    ON "user_credentials" ("activate_token") WHERE "activate_token" IS NOT NULL;
CREATE UNIQUE INDEX "user_credentials_reset_token_unq_key"
    ON "user_credentials" ("reset_token") WHERE "reset_token" IS NOT NULL;

CREATE TABLE "user_auth_settings" (
    "id" {id} NOT NULL PRIMARY KEY,
    "created_time" {int} NOT NULL,
    "user_id" {id} NOT NULL,
    "two_fa_settings" {json}
){table};
CREATE UNIQUE INDEX "user_auth_settings_user_id_key" ON "user_auth_settings" ("user_id");

CREATE TABLE "two_factor_check" (
    "id" {id} NOT NULL PRIMARY KEY,
    "code" {text},
    "code_purpose" {text},
    "code_expires" {int} NOT NULL,
    "code_sent" {int} NOT NULL,
    "window_start" {int} NOT NULL,
    "window_attempts" {int} NOT NULL,
    "failures" {int} NOT NULL,
    "totp_step" {int} NOT NULL
){table};

CREATE TABLE "token_mark" (
    "id" {id} NOT NULL PRIMARY KEY,
    "valid_from" {int} NOT NULL,
    "expires" {int} NOT NULL
){table};
CREATE INDEX "idx_token_mark_expires" ON "token_mark" ("expires");

CREATE TABLE "api_key" (
    "id" {id} NOT NULL PRIMARY KEY,
    "created_time" {int} NOT NULL,
    "tenant_id" {id} NOT NULL,
    "user_id" {id} NOT NULL,
    "description" {text} NOT NULL,
    "enabled" {bool} NOT NULL,
    "expiration_time" {int} NOT NULL,
    "value_hash" {text} NOT NULL
){table};
CREATE UNIQUE INDEX "api_key_value_unq_key" ON "api_key" ("value_hash");
CREATE INDEX "idx_api_key_user_id" ON "api_key" ("user_id");
CREATE INDEX "idx_api_key_expiration_time" ON "api_key" ("expiration_time");
