// Devices and assets from a table of text: one row, one entity, found again by its name.
// Source: rest-semantics section 14 of the interface.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/entity/save.h"
#include "core/platform.h"
#include "model/asset.h"
#include "model/entities.h"
#include "model/kv.h"

namespace thingstead::core {

/// What a column of the table is.
enum class ImportColumn : std::uint8_t {
    // clang-format off
    name, type, label, shared_attribute, server_attribute, timeseries, access_token, x509,
    mqtt_client_id, mqtt_user_name, mqtt_password, lwm2m_client_endpoint,
    lwm2m_client_security_config_mode, lwm2m_client_identity, lwm2m_client_key, lwm2m_client_cert,
    lwm2m_bootstrap_server_security_mode, lwm2m_bootstrap_server_public_key_or_id,
    lwm2m_bootstrap_server_secret_key, lwm2m_server_security_mode,
    lwm2m_server_client_public_key_or_id, lwm2m_server_client_secret_key, snmp_host, snmp_port,
    snmp_version, snmp_community_string, is_gateway, description, routing_key, secret,
    // clang-format on
};
constexpr auto enum_names(ImportColumn) {
    using namespace std::literals;
    using enum ImportColumn;
    return std::array{
        std::pair{name,                                    "NAME"sv                                },
        std::pair{type,                                    "TYPE"sv                                },
        std::pair{label,                                   "LABEL"sv                               },
        std::pair{shared_attribute,                        "SHARED_ATTRIBUTE"sv                    },
        std::pair{server_attribute,                        "SERVER_ATTRIBUTE"sv                    },
        std::pair{timeseries,                              "TIMESERIES"sv                          },
        std::pair{access_token,                            "ACCESS_TOKEN"sv                        },
        std::pair{x509,                                    "X509"sv                                },
        std::pair{mqtt_client_id,                          "MQTT_CLIENT_ID"sv                      },
        std::pair{mqtt_user_name,                          "MQTT_USER_NAME"sv                      },
        std::pair{mqtt_password,                           "MQTT_PASSWORD"sv                       },
        std::pair{lwm2m_client_endpoint,                   "LWM2M_CLIENT_ENDPOINT"sv               },
        std::pair{lwm2m_client_security_config_mode,       "LWM2M_CLIENT_SECURITY_CONFIG_MODE"sv   },
        std::pair{lwm2m_client_identity,                   "LWM2M_CLIENT_IDENTITY"sv               },
        std::pair{lwm2m_client_key,                        "LWM2M_CLIENT_KEY"sv                    },
        std::pair{lwm2m_client_cert,                       "LWM2M_CLIENT_CERT"sv                   },
        std::pair{lwm2m_bootstrap_server_security_mode,    "LWM2M_BOOTSTRAP_SERVER_SECURITY_MODE"sv},
        std::pair{lwm2m_bootstrap_server_public_key_or_id,
                  "LWM2M_BOOTSTRAP_SERVER_PUBLIC_KEY_OR_ID"sv                                      },
        std::pair{lwm2m_bootstrap_server_secret_key,       "LWM2M_BOOTSTRAP_SERVER_SECRET_KEY"sv   },
        std::pair{lwm2m_server_security_mode,              "LWM2M_SERVER_SECURITY_MODE"sv          },
        std::pair{lwm2m_server_client_public_key_or_id,    "LWM2M_SERVER_CLIENT_PUBLIC_KEY_OR_ID"sv},
        std::pair{lwm2m_server_client_secret_key,          "LWM2M_SERVER_CLIENT_SECRET_KEY"sv      },
        std::pair{snmp_host,                               "SNMP_HOST"sv                           },
        std::pair{snmp_port,                               "SNMP_PORT"sv                           },
        std::pair{snmp_version,                            "SNMP_VERSION"sv                        },
        std::pair{snmp_community_string,                   "SNMP_COMMUNITY_STRING"sv               },
        std::pair{is_gateway,                              "IS_GATEWAY"sv                          },
        std::pair{description,                             "DESCRIPTION"sv                         },
        std::pair{routing_key,                             "ROUTING_KEY"sv                         },
        std::pair{secret,                                  "SECRET"sv                              }
    };
}

/// A row of the table; blank values are not in it.
struct ImportRow {
    std::size_t line = 0;  ///< From 1, a header included.
    std::map<ImportColumn, std::string> fields{};
    std::vector<model::KeyValue> server_attributes{};
    std::vector<model::KeyValue> shared_attributes{};
    std::vector<model::KeyValue> telemetry{};
    std::string problem{};  ///< Not empty: the row has fewer values than there are columns.
};

struct ImportTable {
    std::vector<ImportRow> rows;
    bool update = false;  ///< Keys and values of entities that are there already are written too.
};

/// Of {"file","mapping":{"columns":[{"type","key"}],"delimiter","update","header"}}.
/// Errors: invalid_argument - the document, the table, a column without its key.
Result<ImportTable> import_table(const json::value& request);

/// A text of the table as the value that it looks like: true, 42, 4.2, {"a":1}, else the text.
model::Value import_value(const std::string& text);

/// Creates or updates what the row names. Errors: those of save().
Task<Result<Saved<model::Device>>> import_device(const Platform& platform, Caller caller,
                                                 ImportRow row);
Task<Result<Saved<model::Asset>>> import_asset(const Platform& platform, Caller caller,
                                               ImportRow row);

/// The device as the row says it: for import_device().
void apply_row(const ImportRow& row, model::Device& device);
void apply_row(const ImportRow& row, model::Asset& asset);
/// None: the row says nothing of credentials.
std::optional<model::DeviceCredentials> row_credentials(const ImportRow& row);

}  // namespace thingstead::core
