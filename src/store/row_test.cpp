#include "store/row.h"

#include <gtest/gtest.h>

#include "model/entities.h"
#include "store/row.h"

namespace thingstead::store {
namespace {

TEST(SnakeCase, TurnsEveryCapitalIntoAWord) {
    EXPECT_EQ(snake_case("id"), "id");
    EXPECT_EQ(snake_case("deviceProfileId"), "device_profile_id");
    EXPECT_EQ(snake_case("isolatedTbRuleEngine"), "isolated_tb_rule_engine");
    EXPECT_EQ(snake_case(""), "");
}

TEST(TableOf, NamesColumnsKindsAndSearchableFields) {
    const Table& table = table_of<model::Device>();
    EXPECT_EQ(table.name, "device");
    EXPECT_EQ(table.columns.front().name, "id");
    ASSERT_NE(table.find("deviceProfileId"), nullptr);
    EXPECT_EQ(table.find("deviceProfileId")->name, "device_profile_id");
    EXPECT_EQ(table.find("deviceProfileId")->kind, ColumnKind::id);
    EXPECT_EQ(table.find("firmwareId")->kind, ColumnKind::id);
    EXPECT_EQ(table.find("createdTime")->kind, ColumnKind::integer);
    EXPECT_EQ(table.find("version")->kind, ColumnKind::integer);
    EXPECT_EQ(table.find("deviceData")->kind, ColumnKind::json);
    EXPECT_TRUE(table.find("label")->searchable);
    EXPECT_FALSE(table.find("tenantId")->searchable);
    EXPECT_EQ(table.find("device_profile_id"), nullptr);
    EXPECT_EQ(table_of<model::TenantProfile>().find("default")->kind, ColumnKind::boolean);
    EXPECT_EQ(table_of<model::User>().find("authority")->kind, ColumnKind::text);
}

TEST(Row, CarriesAnEntityThereAndBack) {
    model::Device device;
    device.id = model::DeviceId::make();
    device.name = "meter";
    device.firmware_id = model::OtaPackageId::make();
    device.additional_info = {
        {"gateway", true}
    };
    device.version = 7;
    const Result<model::Device> back = from_row<model::Device>(to_row(device));
    ASSERT_TRUE(back) << back.error().detail;
    EXPECT_EQ(to_json(*back), to_json(device));
    EXPECT_EQ(back->label, std::nullopt);
    EXPECT_EQ(back->customer_id, model::no_customer);
}

TEST(Row, HoldsDocumentsAroundThoseThatWereTaken) {
    const std::string deepest = std::string(json_depth_max, '[') + std::string(json_depth_max, ']');
    json::value wrapped = *parse_json(deepest);
    for (int i = 0; i < 8; ++i) wrapped = json::array{wrapped};
    const Result<json::value> back = json_of_cell(json_cell(wrapped));
    ASSERT_TRUE(back) << back.error().detail;
    EXPECT_EQ(*back, wrapped);
    EXPECT_FALSE(json_of_cell(std::string("{\"a\":")));
}

TEST(Row, LosesNulCharactersOfTexts) {
    model::Device device;
    device.name = std::string("a\0b", 3);
    EXPECT_EQ(from_row<model::Device>(to_row(device))->name, "ab");
}

TEST(Row, NamesTheColumnThatDoesNotFit) {
    Row row = to_row(model::User{});
    row[5] = std::string("EMPEROR");
    const Result<model::User> back = from_row<model::User>(row);
    ASSERT_FALSE(back);
    EXPECT_EQ(back.error().code, ErrorCode::internal);
    EXPECT_EQ(back.error().detail,
              "tb_user.authority: a text instead of a name of the enumeration");

    row = to_row(model::Device{});
    row[1] = Cell();
    EXPECT_EQ(from_row<model::Device>(row).error().detail,
              "device.created_time: NULL instead of an integer in range");
    row = to_row(model::Device{});
    row[2] = std::string("{");
    EXPECT_FALSE(from_row<model::Device>(row));
}

}  // namespace
}  // namespace thingstead::store
