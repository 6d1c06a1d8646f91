#include "core/entity/kind.h"

namespace thingstead::core {
namespace {

struct Conflict {
    std::string_view constraint, message;
};

/// Names of the unique indexes of store/migrations.
constexpr Conflict conflicts[] = {
    {"ai_model_name_unq_key",                "AI model with such name already exist!"                    },
    {"ai_model_external_id_unq_key",         "AI model with such external id already exists!"            },
    {"admin_settings_key_unq_key",           "Admin settings with such name already exists!"             },
    {"asset_name_unq_key",                   "Asset with such name already exists!"                      },
    {"asset_external_id_unq_key",            "Asset with such external id already exists!"               },
    {"asset_profile_name_unq_key",           "Asset profile with such name already exists!"              },
    {"asset_profile_external_id_unq_key",    "Asset profile with such external id already exists!"       },
    {"calculated_field_name_unq_key",        "Calculated field with such name and type already exists"   },
    {"customer_title_unq_key",               "Customer with such title already exists!"                  },
    {"customer_external_id_unq_key",         "Customer with such external id already exists!"            },
    {"dashboard_external_id_unq_key",        "Dashboard with such external id already exists!"           },
    {"device_name_unq_key",                  "Device with such name already exists!"                     },
    {"device_external_id_unq_key",           "Device with such external id already exists!"              },
    {"device_credentials_id_unq_key",        "Device credentials are already assigned to another device!"},
    {"device_profile_name_unq_key",          "Device profile with such name already exists!"             },
    {"device_profile_external_id_unq_key",   "Device profile with such external id already exists!"      },
    {"device_provision_key_unq_key",
     "Device profile with such provision device key already exists!"                                     },
    {"domain_name_unq_key",                  "Domain with such name and scheme already exists!"          },
    {"entity_group_name_unq_key",            "Entity group with such name already exists!"               },
    {"entity_view_name_unq_key",             "Entity view with such name already exists!"                },
    {"entity_view_external_id_unq_key",      "Entity view with such external id already exists!"         },
    {"group_permission_unq_key",             "Group permission with such role already exists!"           },
    {"group_permission_generic_unq_key",     "Group permission with such role already exists!"           },
    {"mobile_app_pkg_name_unq_key",
     "Mobile app with such package name and platform already exists!"                                    },
    {"notification_target_name_unq_key",     "Recipients group with such name already exists"            },
    {"notification_template_name_unq_key",   "Notification template with such name already exists"       },
    {"oauth2_template_provider_id_unq_key",
     "Client registration template with such providerId already exists!"                                 },
    {"ota_package_title_version_unq_key",    "OtaPackage with such title and version already exists!"    },
    {"ota_package_external_id_unq_key",      "Ota package with such external id already exists!"         },
    {"resource_key_unq_key",                 "Resource with such key already exists!"                    },
    {"resource_public_resource_key_unq_key", "Resource with such public key already exists!"             },
    {"resource_external_id_unq_key",         "Resource with such external id already exists!"            },
    {"role_name_unq_key",                    "Role with such name already exists!"                       },
    {"rule_chain_external_id_unq_key",       "Rule chain with such external id already exists!"          },
    {"tenant_profile_name_unq_key",          "Tenant profile with such name already exists!"             },
    {"widget_type_fqn_unq_key",              "Widget type with such fqn already exists!"                 },
    {"widget_type_external_id_unq_key",      "Widget type with such external id already exists!"         },
    {"widgets_bundle_external_id_unq_key",   "Widgets bundle with such external id already exists!"      },
    {"widgets_bundle_alias_unq_key",         "Widgets Bundle with such alias already exists!"            },
};

}  // namespace

Error not_found(std::string_view noun, const Uuid& id) {
    return {ErrorCode::not_found,
            std::string(noun) + " with id [" + id.to_string() + "] is not found"};
}

Error item_not_found() { return {ErrorCode::not_found, "Requested item wasn't found!"}; }

Error changed_by_another(std::string_view noun) {
    return {ErrorCode::conflict, std::string(noun) + " was already changed by someone else"};
}

Error invalid(std::string message) { return {ErrorCode::invalid_argument, std::move(message)}; }

Error in_words(const Error& error) {
    if (error.code != ErrorCode::conflict) return error;
    for (const Conflict& each : conflicts)
        if (each.constraint == error.message) return invalid(std::string(each.message));
    // Of a version, which is in words already.
    if (error.message.find(' ') != std::string::npos) return error;
    return invalid("Constraint violation: " + error.message);
}

}  // namespace thingstead::core
