-- Log-in with other servers: clients, domains that show them, templates.
CREATE TABLE "oauth2_client" (
    "id" {id} NOT NULL PRIMARY KEY,
    "created_time" {int} NOT NULL,
    "tenant_id" {id} NOT NULL,
    "title" {text} NOT NULL,
    "mapper_config" {json},
    "client_id" {text} NOT NULL,
    "client_secret" {text} NOT NULL,
    "authorization_uri" {text} NOT NULL,
    "access_token_uri" {text} NOT NULL,
    "scope" {json},
    "user_info_uri" {text},
    "user_name_attribute_name" {text} NOT NULL,
    "jwk_set_uri" {text},
    "client_authentication_method" {text} NOT NULL,
    "login_button_label" {text} NOT NULL,
    "login_button_icon" {text},
    "platforms" {json},
    "additional_info" {json}
){table};
CREATE INDEX "idx_oauth2_client_tenant_id" ON "oauth2_client" ("tenant_id", "id");

CREATE TABLE "oauth2_client_registration_template" (
    "id" {id} NOT NULL PRIMARY KEY,
    "created_time" {int} NOT NULL,
    "additional_info" {json},
    "provider_id" {text} NOT NULL,
    "mapper_config" {json},
    "authorization_uri" {text},
    "access_token_uri" {text},
    "scope" {json},
    "user_info_uri" {text},
    "user_name_attribute_name" {text},
    "jwk_set_uri" {text},
    "client_authentication_method" {text},
    "comment" {text},
    "login_button_icon" {text},
    "login_button_label" {text},
    "help_link" {text}
){table};
CREATE UNIQUE INDEX "oauth2_template_provider_id_unq_key"
    ON "oauth2_client_registration_template" ("provider_id");

CREATE TABLE "domain" (
    "id" {id} NOT NULL PRIMARY KEY,
    "created_time" {int} NOT NULL,
    "tenant_id" {id} NOT NULL,
    "name" {text} NOT NULL,
    "oauth2_enabled" {bool} NOT NULL,
    "propagate_to_edge" {bool} NOT NULL
){table};
CREATE UNIQUE INDEX "domain_name_unq_key" ON "domain" ("name");

CREATE TABLE "domain_oauth2_client" (
    "domain_id" {id} NOT NULL,
    "oauth2_client_id" {id} NOT NULL,
    PRIMARY KEY ("domain_id", "oauth2_client_id")
){clustered};
CREATE INDEX "idx_domain_oauth2_client_client" ON "domain_oauth2_client" ("oauth2_client_id");
