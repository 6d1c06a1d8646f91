#include "core/bulk_import/bulk_import.h"

#include <gtest/gtest.h>

#include "core/bulk_import/csv.h"

namespace thingstead::core {
namespace {

using Records = std::vector<CsvRecord>;

TEST(Csv, RecordsAreCutAsSpreadsheetsWriteThem) {
    const struct {
        const char* text;
        char delimiter;
        Records records;
    } rows[] = {
        {"",                     ',', {}                              },
        {"a,b\nc,d\n",           ',', {{"a", "b"}, {"c", "d"}}        },
        {"a;b\r\nc,d",           ';', {{"a", "b"}, {"c,d"}}           },
        {"\xEF\xBB\xBF"
         "a,b",         ',',
         {{"a", "b"}}                                                 },
        {"\"a,\"\"b\"\"\nc\",d", ',', {{"a,\"b\"\nc", "d"}}           },
        {"a,,\n\n,b",            ',', {{"a", "", ""}, {""}, {"", "b"}}},
        {"a,\"\"",               ',', {{"a", ""}}                     },
    };
    for (const auto& row : rows) {
        const Result<Records> found = parse_csv(row.text, row.delimiter);
        ASSERT_TRUE(found) << row.text;
        EXPECT_EQ(*found, row.records) << row.text;
    }
    for (const char* text : {"a,\"b", "\"a\"b,c", "\""}) EXPECT_FALSE(parse_csv(text, ',')) << text;
}

TEST(BulkImport, TextsBecomeTheValuesThatTheyLookLike) {
    EXPECT_EQ(import_value("true"), model::Value(true));
    EXPECT_EQ(import_value("FALSE"), model::Value(false));
    EXPECT_EQ(import_value("42"), model::Value(std::int64_t{42}));
    EXPECT_EQ(import_value("4.5"), model::Value(4.5));
    EXPECT_EQ(import_value("{\"a\":1}"), model::Value(model::JsonText{"{\"a\":1}"}));
    EXPECT_EQ(import_value("{a"), model::Value(std::string("{a")));
    EXPECT_EQ(import_value("forty"), model::Value(std::string("forty")));
}

json::value request(std::string_view columns, std::string_view file, std::string_view more = "") {
    json::object out;
    out["file"] = file;
    out["mapping"] = *parse_json("{\"columns\":" + std::string(columns) + std::string(more) + "}");
    return out;
}

TEST(BulkImport, RowsAreReadByTheirColumns) {
    const Result<ImportTable> table = import_table(request(
        R"([{"type":"NAME"},{"type":"TIMESERIES","key":"t"},{"type":"SERVER_ATTRIBUTE","key":"a"}])",
        "n;t;a\npump;1;\n\nshort", R"(,"delimiter":";","header":true,"update":false)"));
    ASSERT_TRUE(table) << table.error().message;
    EXPECT_FALSE(table->update);
    ASSERT_EQ(table->rows.size(), 2u);
    const ImportRow& pump = table->rows[0];
    EXPECT_EQ(pump.line, 2u);
    EXPECT_EQ(pump.fields.at(ImportColumn::name), "pump");
    ASSERT_EQ(pump.telemetry.size(), 1u);
    EXPECT_EQ(pump.telemetry[0].value, model::Value(std::int64_t{1}));
    EXPECT_TRUE(pump.server_attributes.empty());
    EXPECT_EQ(table->rows[1].line, 4u);
    EXPECT_EQ(table->rows[1].problem, "there are 1 values for 3 columns");
}

TEST(BulkImport, WrongRequestsAreRefused) {
    for (const json::value& wrong :
         {json::value(1), request("{}", ""), request(R"([{"type":"NOSUCH"}])", ""),
          request(R"([{"type":"TIMESERIES"}])", ""), request("[null]", ""), request("[5]", ""),
          request(R"([{"type":"NAME"}])", "", R"(,"delimiter":"ab")"),
          request(R"([{"type":"NAME"}])", "\"open"), json::value(json::object())})
        EXPECT_FALSE(import_table(wrong)) << wrong;
}

TEST(BulkImport, ARowChangesWhatItNames) {
    model::Device device;
    device.type = "old";
    device.device_profile_id = model::DeviceProfileId::make();
    device.version = 7;
    device.additional_info = *parse_json(R"({"kept":1})");
    ImportRow row;
    row.fields = {
        {ImportColumn::name,        "pump"    },
        {ImportColumn::type,        "new"     },
        {ImportColumn::description, "d"       },
        {ImportColumn::is_gateway,  "true"    },
        {ImportColumn::snmp_host,   "10.0.0.1"},
        {ImportColumn::snmp_port,   "162"     }
    };
    apply_row(row, device);
    EXPECT_EQ(device.name, "pump");
    EXPECT_EQ(device.type, "new");
    EXPECT_EQ(device.device_profile_id.uuid, Uuid{});
    EXPECT_FALSE(device.version);
    EXPECT_EQ(device.additional_info,
              *parse_json(R"({"kept":1,"description":"d","gateway":true})"));
    EXPECT_EQ(device.device_data.at("transportConfiguration"),
              *parse_json(R"({"type":"SNMP","host":"10.0.0.1","port":162,"protocolVersion":"V2C",)"
                          R"("community":"public"})"));
}

TEST(BulkImport, CredentialsFollowFromTheColumns) {
    using model::CredentialsType;
    const auto type_of = [](ImportColumn column) {
        ImportRow row;
        row.fields[column] = "x";
        const auto credentials = row_credentials(row);
        EXPECT_TRUE(credentials);
        return credentials ? credentials->credentials_type : CredentialsType::access_token;
    };
    EXPECT_EQ(type_of(ImportColumn::access_token), CredentialsType::access_token);
    EXPECT_EQ(type_of(ImportColumn::mqtt_user_name), CredentialsType::mqtt_basic);
    EXPECT_EQ(type_of(ImportColumn::x509), CredentialsType::x509_certificate);
    EXPECT_EQ(type_of(ImportColumn::lwm2m_client_endpoint), CredentialsType::lwm2m_credentials);
    EXPECT_FALSE(row_credentials(ImportRow{}));
}

}  // namespace
}  // namespace thingstead::core
