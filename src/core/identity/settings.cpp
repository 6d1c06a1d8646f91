#include "core/identity/settings.h"

#include <charconv>
#include <utility>

#include "core/entity/read.h"

namespace thingstead::core {
namespace {

store::Filter of_key(std::string_view key) {
    return {
        {"tenantId", model::system_tenant.uuid},
        {"key",      std::string(key)         }
    };
}

json::value endpoint(bool enabled, const char* port) {
    return json::object{
        {"enabled", enabled},
        {"host",    ""     },
        {"port",    port   }
    };
}

json::value first_document(std::string_view key) {
    if (key == setting_key::general)
        return json::object{
            {"baseUrl",              "http://localhost:8080"},
            {"prohibitDifferentUrl", false                  }
        };
    if (key == setting_key::mail)
        return json::object{
            {"mailFrom",           "Thingstead <sysadmin@localhost.localdomain>"},
            {"smtpProtocol",       "smtp"                                       },
            {"smtpHost",           "localhost"                                  },
            {"smtpPort",           "25"                                         },
            {"timeout",            "10000"                                      },
            {"enableTls",          false                                        },
            {"username",           ""                                           },
            {"password",           ""                                           },
            {"tlsVersion",         "TLSv1.2"                                    },
            {"enableProxy",        false                                        },
            {"showChangePassword", false                                        }
        };
    return json::object{
        {"http",  endpoint(true,  "8080")},
        {"https", endpoint(false, "443") },
        {"mqtt",  endpoint(true,  "1883")},
        {"mqtts", endpoint(false, "8883")},
        {"coap",  endpoint(true,  "5683")},
        {"coaps", endpoint(false, "5684")}
    };
}

std::string without_end_slash(std::string url) {
    while (url.ends_with('/')) url.pop_back();
    return url;
}

}  // namespace

Result<std::optional<model::AdminSettings>> find_setting(store::Reader& reader,
                                                         std::string_view key) {
    return reader.find<model::AdminSettings>(of_key(key));
}

Result<json::object> setting_members(store::Reader& reader, std::string_view key) {
    auto stored = find_setting(reader, key);
    if (!stored) return stored.error();
    if (!*stored || !(*stored)->json_value.is_object()) return json::object();
    return std::move((*stored)->json_value.get_object());
}

Result<> put_setting(store::Transaction& transaction, std::string_view key, json::value document,
                     EpochMs now_ms) {
    auto stored = find_setting(transaction, key);
    if (!stored) return stored.error();
    if (*stored) {
        (*stored)->json_value = std::move(document);
        return transaction.update(**stored);
    }
    model::AdminSettings fresh;
    fresh.id = model::AdminSettingsId::make();
    fresh.created_time = now_ms;
    fresh.key = key;
    fresh.json_value = std::move(document);
    return transaction.insert(fresh);
}

Result<model::SecuritySettings> security_settings(store::Reader& reader) {
    const auto stored = find_setting(reader, setting_key::security);
    if (!stored) return stored.error();
    if (!*stored) return model::SecuritySettings();
    return from_json<model::SecuritySettings>((*stored)->json_value, Binding::stored);
}

Result<std::string> base_url(store::Reader& reader, std::string from_request) {
    const Result<json::object> general = setting_members(reader, setting_key::general);
    if (!general) return general.error();
    std::string configured = text_member(*general, "baseUrl");
    const bool only = flag_member(*general, "prohibitDifferentUrl");
    if ((only || from_request.empty()) && !configured.empty())
        return without_end_slash(std::move(configured));
    return without_end_slash(std::move(from_request));
}

Task<Result<std::string>> base_url(const Platform& platform, std::string from_request) {
    const std::function<Result<std::string>(store::Reader&)> work = [&](store::Reader& reader) {
        return base_url(reader, from_request);
    };
    co_return co_await read<std::string>(platform, work);
}

Result<> ensure_settings(store::Transaction& transaction, EpochMs now_ms) {
    for (const std::string_view key :
         {setting_key::general, setting_key::mail, setting_key::connectivity}) {
        const auto stored = find_setting(transaction, key);
        if (!stored) return stored.error();
        if (*stored) continue;
        if (Result<> put = put_setting(transaction, key, first_document(key), now_ms); !put)
            return put;
    }
    return {};
}

std::string text_member(const json::object& members, std::string_view name) {
    const json::value* value = members.if_contains(name);
    return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

bool flag_member(const json::object& members, std::string_view name, bool otherwise) {
    const json::value* value = members.if_contains(name);
    if (!value || value->is_null()) return otherwise;
    if (const bool* flag = value->if_bool()) return *flag;
    return value->is_string() && value->get_string() == "true";
}

std::int64_t number_member(const json::object& members, std::string_view name,
                           std::int64_t otherwise) {
    const json::value* value = members.if_contains(name);
    if (!value) return otherwise;
    if (const json::string* text = value->if_string()) {
        std::int64_t number = 0;
        const char* const end = text->data() + text->size();
        const auto [stop, failed] = std::from_chars(text->data(), end, number);
        return failed == std::errc() && stop == end ? number : otherwise;
    }
    boost::system::error_code failed;
    const auto number = value->to_number<std::int64_t>(failed);
    return failed ? otherwise : number;
}

}  // namespace thingstead::core
