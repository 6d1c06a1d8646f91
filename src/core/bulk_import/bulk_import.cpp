#include "core/bulk_import/bulk_import.h"

#include <algorithm>
#include <functional>

#include "core/asset/asset_rules.h"
#include "core/bulk_import/csv.h"
#include "core/device/devices.h"
#include "core/profiles.h"
#include "model/document.h"
#include "model/number.h"
#include "model/validate.h"

namespace thingstead::core {
namespace {

using Col = ImportColumn;
using model::Asset;
using model::Device;
using model::DeviceCredentials;

struct Column {
    ImportColumn kind = Col::name;
    std::string key;
};

struct Mapping {
    std::vector<Column> columns;
    char delimiter = ',';
    bool header = true;
    bool update = true;
};

bool takes_key(ImportColumn kind) {
    return kind == Col::shared_attribute || kind == Col::server_attribute ||
           kind == Col::timeseries;
}

const json::value* member(const json::object& of, std::string_view name) {
    const json::value* found = of.if_contains(name);
    return found && !found->is_null() ? found : nullptr;
}

std::string text_of(const json::object& of, std::string_view name) {
    const json::value* found = member(of, name);
    const json::string* text = found ? found->if_string() : nullptr;
    return text ? std::string(*text) : std::string();
}

bool flag_of(const json::object& of, std::string_view name, bool otherwise) {
    const json::value* found = member(of, name);
    if (!found) return otherwise;
    return found->is_bool() ? found->get_bool()
                            : found->is_string() && found->get_string() == "true";
}

Result<Mapping> mapping_of(const json::object& request) {
    const json::value* found = member(request, "mapping");
    const json::object* document = found ? found->if_object() : nullptr;
    const json::value* listed = document ? member(*document, "columns") : nullptr;
    const json::array* columns = listed ? listed->if_array() : nullptr;
    if (!columns) return invalid("The mapping of columns should be specified!");
    Mapping mapping;
    mapping.header = flag_of(*document, "header", true);
    mapping.update = flag_of(*document, "update", true);
    const std::string delimiter = text_of(*document, "delimiter");
    if (delimiter.size() > 1 || delimiter == "\"" || delimiter == "\n" || delimiter == "\r")
        return invalid("The delimiter should be one character!");
    if (!delimiter.empty()) mapping.delimiter = delimiter.front();
    for (const json::value& each : *columns) {
        const json::object* row = each.if_object();
        const auto kind = enum_value<ImportColumn>(row ? text_of(*row, "type") : std::string());
        if (!kind) return invalid("The type of a column should be specified!");
        Column column{*kind, text_of(*row, "key")};
        if (takes_key(*kind) && model::is_blank(column.key))
            return invalid("The key of a column should be specified!");
        mapping.columns.push_back(std::move(column));
    }
    return mapping;
}

ImportRow row_of(const Mapping& mapping, const CsvRecord& record, std::size_t line) {
    ImportRow row{line};
    if (record.size() < mapping.columns.size()) {
        row.problem = "there are " + std::to_string(record.size()) + " values for " +
                      std::to_string(mapping.columns.size()) + " columns";
        return row;
    }
    for (std::size_t i = 0; i < mapping.columns.size(); ++i) {
        const Column& column = mapping.columns[i];
        if (model::is_blank(record[i])) continue;
        if (column.kind == Col::server_attribute)
            row.server_attributes.push_back({column.key, import_value(record[i])});
        else if (column.kind == Col::shared_attribute)
            row.shared_attributes.push_back({column.key, import_value(record[i])});
        else if (column.kind == Col::timeseries)
            row.telemetry.push_back({column.key, import_value(record[i])});
        else
            row.fields[column.kind] = record[i];
    }
    return row;
}

bool is_empty_line(const CsvRecord& record) { return record.size() == 1 && record[0].empty(); }

const std::string* field_of(const ImportRow& row, ImportColumn kind) {
    const auto found = row.fields.find(kind);
    return found == row.fields.end() ? nullptr : &found->second;
}

bool has_any(const ImportRow& row, ImportColumn from, ImportColumn to) {
    const auto first = row.fields.lower_bound(from);
    return first != row.fields.end() && first->first <= to;
}

bool has_lwm2m(const ImportRow& row) {
    return has_any(row, Col::lwm2m_client_endpoint, Col::lwm2m_server_client_secret_key);
}

template <class T>
void apply_common(const ImportRow& row, T& entity) {
    if (const std::string* text = field_of(row, Col::name)) entity.name = *text;
    if (const std::string* text = field_of(row, Col::label)) entity.label = *text;
    if (const std::string* text = field_of(row, Col::description)) {
        if (!entity.additional_info.is_object()) entity.additional_info.emplace_object();
        entity.additional_info.get_object()["description"] = *text;
    }
    entity.version.reset();  // Rows know no versions.
}

void apply_snmp(const ImportRow& row, Device& device) {
    if (!has_any(row, Col::snmp_host, Col::snmp_community_string)) return;
    json::object transport{
        {"type",            "SNMP"  },
        {"host",            nullptr },
        {"port",            161     },
        {"protocolVersion", "V2C"   },
        {"community",       "public"}
    };
    if (const std::string* text = field_of(row, Col::snmp_host)) transport["host"] = *text;
    if (const std::string* text = field_of(row, Col::snmp_version))
        transport["protocolVersion"] = *text;
    if (const std::string* text = field_of(row, Col::snmp_community_string))
        transport["community"] = *text;
    if (const std::string* text = field_of(row, Col::snmp_port)) {
        const model::Value port = import_value(*text);
        const auto* number = std::get_if<std::int64_t>(&port);
        transport["port"] = number ? json::value(*number) : json::value(*text);
    }
    if (!device.device_data.is_object()) device.device_data.emplace_object();
    device.device_data.get_object()["transportConfiguration"] = std::move(transport);
}

void put_text(json::object& into, std::string_view key, const ImportRow& row, ImportColumn kind) {
    if (const std::string* text = field_of(row, kind)) into[key] = *text;
}

json::object lwm2m_server(const ImportRow& row, ImportColumn mode, ImportColumn id,
                          ImportColumn secret_key) {
    json::object server{
        {"securityMode", "NO_SEC"}
    };
    put_text(server, "securityMode", row, mode);
    put_text(server, "clientPublicKeyOrId", row, id);
    put_text(server, "clientSecretKey", row, secret_key);
    return server;
}

std::string lwm2m_document(const ImportRow& row) {
    json::object client{
        {"securityConfigClientMode", "NO_SEC"}
    };
    put_text(client, "endpoint", row, Col::lwm2m_client_endpoint);
    put_text(client, "securityConfigClientMode", row, Col::lwm2m_client_security_config_mode);
    put_text(client, "identity", row, Col::lwm2m_client_identity);
    put_text(client, "key", row, Col::lwm2m_client_key);
    put_text(client, "cert", row, Col::lwm2m_client_cert);
    json::object bootstrap;
    bootstrap["bootstrapServer"] = lwm2m_server(row, Col::lwm2m_bootstrap_server_security_mode,
                                                Col::lwm2m_bootstrap_server_public_key_or_id,
                                                Col::lwm2m_bootstrap_server_secret_key);
    bootstrap["lwm2mServer"] = lwm2m_server(row, Col::lwm2m_server_security_mode,
                                            Col::lwm2m_server_client_public_key_or_id,
                                            Col::lwm2m_server_client_secret_key);
    json::object whole;
    whole["client"] = std::move(client);
    whole["bootstrap"] = std::move(bootstrap);
    return json::serialize(whole);
}

/// Devices of LwM2M credentials have a profile of that transport: made if there is none so called.
Result<> ensure_lwm2m_profile(store::Transaction& transaction, model::TenantId tenant,
                              const std::string& profile_name, EpochMs now_ms) {
    const auto found = transaction.find<model::DeviceProfile>({
        {"tenantId", tenant.uuid },
        {"name",     profile_name}
    });
    if (!found) return found.error();
    if (*found) return {};
    model::DeviceProfile profile = new_device_profile(tenant, profile_name, now_ms);
    profile.transport_type = model::TransportType::lwm2m;
    profile.profile_data.get_object()["transportConfiguration"] =
        default_transport_configuration(model::TransportType::lwm2m);
    return transaction.insert(profile);
}

/// The entity of the row's name, or a new one.
template <class T>
Result<T> start_of(store::Reader& reader, const Caller& caller, const ImportRow& row) {
    const std::string* wanted = field_of(row, Col::name);
    if (!wanted) return T{};  // which the save refuses
    auto found = reader.find<T>({
        {"tenantId", caller.tenant.uuid},
        {"name",     *wanted           }
    });
    if (!found) return found.error();
    return *found ? **std::move(found) : T{};
}

}  // namespace

Result<ImportTable> import_table(const json::value& request) {
    if (Result<> fits = model::check_document("BulkImportRequest", request); !fits)
        return fits.error();
    const json::object& document = request.get_object();
    const Result<Mapping> mapping = mapping_of(document);
    if (!mapping) return mapping.error();
    const Result<std::vector<CsvRecord>> records =
        parse_csv(text_of(document, "file"), mapping->delimiter);
    if (!records) return records.error();
    ImportTable table;
    table.update = mapping->update;
    for (std::size_t i = mapping->header ? 1 : 0; i < records->size(); ++i)
        if (!is_empty_line((*records)[i]))
            table.rows.push_back(row_of(*mapping, (*records)[i], i + 1));
    return table;
}

model::Value import_value(const std::string& text) {
    if (text == "true" || text == "TRUE" || text == "True") return true;
    if (text == "false" || text == "FALSE" || text == "False") return false;
    if (model::looks_like_number(text))
        if (Result<model::Value> number = model::number_value(text, true))
            return *std::move(number);
    if (text.starts_with('{') || text.starts_with('['))
        if (parse_json(text)) return model::JsonText{text};
    return text;
}

void apply_row(const ImportRow& row, Device& device) {
    apply_common(row, device);
    const std::string* profile = field_of(row, Col::type);
    if (profile && *profile != device.type) {
        device.type = *profile;
        device.device_profile_id = {};
    }
    if (const std::string* text = field_of(row, Col::is_gateway)) {
        if (!device.additional_info.is_object()) device.additional_info.emplace_object();
        device.additional_info.get_object()["gateway"] = import_value(*text) == model::Value(true);
    }
    apply_snmp(row, device);
}

void apply_row(const ImportRow& row, Asset& asset) {
    apply_common(row, asset);
    const std::string* profile = field_of(row, Col::type);
    if (profile && *profile != asset.type) {
        asset.type = *profile;
        asset.asset_profile_id = {};
    }
}

std::optional<DeviceCredentials> row_credentials(const ImportRow& row) {
    DeviceCredentials credentials;
    if (const std::string* token = field_of(row, Col::access_token)) {
        credentials.credentials_id = *token;
    } else if (has_any(row, Col::mqtt_client_id, Col::mqtt_password)) {
        credentials.credentials_type = model::CredentialsType::mqtt_basic;
        json::object fields;
        put_text(fields, "clientId", row, Col::mqtt_client_id);
        put_text(fields, "userName", row, Col::mqtt_user_name);
        put_text(fields, "password", row, Col::mqtt_password);
        credentials.credentials_value = json::serialize(fields);
    } else if (const std::string* certificate = field_of(row, Col::x509)) {
        credentials.credentials_type = model::CredentialsType::x509_certificate;
        credentials.credentials_value = *certificate;
    } else if (has_lwm2m(row)) {
        credentials.credentials_type = model::CredentialsType::lwm2m_credentials;
        credentials.credentials_value = lwm2m_document(row);
    } else {
        return std::nullopt;
    }
    return credentials;
}

Task<Result<Saved<Device>>> import_device(const Platform& platform, Caller caller, ImportRow row) {
    const std::optional<DeviceCredentials> credentials = row_credentials(row);
    EntityChange change{ChangeKind::updated, caller.tenant, model::DeviceId{}};
    const std::function<Result<Saved<Device>>(store::Transaction&)> work =
        [&](store::Transaction& transaction) -> Result<Saved<Device>> {
        Result<Device> device = start_of<Device>(transaction, caller, row);
        if (!device) return device.error();
        apply_row(row, *device);
        const EpochMs now = platform.clock.now_ms();
        if (has_lwm2m(row) && !model::is_blank(device->type))
            if (Result<> made = ensure_lwm2m_profile(transaction, caller.tenant, device->type, now);
                !made)
                return made.error();
        return save_device_in(transaction, caller, now, *std::move(device), credentials, change,
                              SaveOptions{});
    };
    Result<Saved<Device>> saved = co_await write<Saved<Device>>(platform, work);
    if (saved) platform.events.publish(change);
    co_return saved;
}

Task<Result<Saved<Asset>>> import_asset(const Platform& platform, Caller caller, ImportRow row) {
    EntityChange change{ChangeKind::updated, caller.tenant, model::AssetId{}};
    const std::function<Result<Saved<Asset>>(store::Transaction&)> work =
        [&](store::Transaction& transaction) -> Result<Saved<Asset>> {
        Result<Asset> asset = start_of<Asset>(transaction, caller, row);
        if (!asset) return asset.error();
        apply_row(row, *asset);
        return save_in(transaction, caller, platform.clock.now_ms(), *std::move(asset), change);
    };
    Result<Saved<Asset>> saved = co_await write<Saved<Asset>>(platform, work);
    if (saved) platform.events.publish(change);
    co_return saved;
}

}  // namespace thingstead::core
