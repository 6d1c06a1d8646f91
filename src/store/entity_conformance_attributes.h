// Part of store/entity_conformance.h: attributes.
#pragma once
#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "store/entity_conformance_fixture.h"

namespace thingstead::store {

inline std::vector<std::string> keys_of(const std::vector<model::Attribute>& attributes) {
    std::vector<std::string> keys;
    for (const model::Attribute& each : attributes) keys.push_back(each.key);
    return keys;
}

TEST_P(EntityConformance, KeepsAttributesOfEveryTypeSortedByKey) {
    const model::DeviceId device = model::DeviceId::make();
    const std::vector<model::KeyValue> values = {
        {"text",     "grün"                                       },
        {"long",     std::numeric_limits<std::int64_t>::min()     },
        {"double",   0.1                                          },
        {"false",    false                                        },
        {"json",     model::JsonText{R"({"a": [1, {"b": null}]})"}},
        {"empty",    ""                                           },
        {"whole",    5.0                                          },
        {"A \"key'", std::int64_t{0}                              }
    };
    ASSERT_TRUE(write([&](Transaction& tx) {
        return tx.save_attributes({device, model::AttributeScope::client, values, 1'234});
    }));
    const std::vector<model::Attribute> all = attributes(device, model::AttributeScope::client);
    EXPECT_EQ(keys_of(all), (std::vector<std::string>{"A \"key'", "double", "empty", "false",
                                                      "json", "long", "text", "whole"}));
    for (const model::Attribute& found : all) {
        const auto written = std::find_if(values.begin(), values.end(),
                                          [&](const auto& each) { return each.key == found.key; });
        EXPECT_EQ(found.value, written->value) << found.key;
        EXPECT_EQ(found.last_update_ms, 1'234);
    }
    EXPECT_EQ(keys_of(attributes(device, model::AttributeScope::client,
                                 {"text", "double", "never", "text"})),
              (std::vector<std::string>{"double", "text"}));
}

TEST_P(EntityConformance, OverwritesAnAttributeWithAnotherType) {
    const model::DeviceId device = model::DeviceId::make();
    const std::vector<model::Value> values = {true,    std::int64_t{7},        7.5,
                                              "seven", model::JsonText{"[7]"}, false};
    EpochMs ts = 100;
    for (const model::Value& value : values) {
        ASSERT_TRUE(write([&](Transaction& tx) {
            return tx.save_attributes(
                {device, model::AttributeScope::server, {{"k", value}}, ++ts});
        }));
        const std::vector<model::Attribute> found =
            attributes(device, model::AttributeScope::server);
        ASSERT_EQ(found.size(), 1u);
        EXPECT_EQ(found[0].value, value);
        EXPECT_EQ(found[0].last_update_ms, ts);
    }
}

TEST_P(EntityConformance, RefusesNumbersThatJsonCannotCarry) {
    const model::DeviceId device = model::DeviceId::make();
    for (const double value :
         {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
        const Result<> saved = write([&](Transaction& tx) {
            return tx.save_attributes({
                device, model::AttributeScope::server, {{"fine", true}, {"bad", value}},
                  1
            });
        });
        ASSERT_FALSE(saved);
        EXPECT_EQ(saved.error().code, ErrorCode::invalid_argument);
    }
    EXPECT_TRUE(attributes(device, model::AttributeScope::server).empty());
}

TEST_P(EntityConformance, KeepsScopesAndEntitiesApart) {
    const model::DeviceId one = model::DeviceId::make();
    const model::DeviceId two = model::DeviceId::make();
    const auto save = [&](model::DeviceId device, model::AttributeScope scope, std::int64_t value) {
        ASSERT_TRUE(write([&](Transaction& tx) {
            return tx.save_attributes({device, scope, {{"k", value}}, 1});
        }));
    };
    save(one, model::AttributeScope::client, 1);
    save(one, model::AttributeScope::server, 2);
    save(one, model::AttributeScope::shared, 3);
    save(two, model::AttributeScope::server, 4);
    EXPECT_EQ(attributes(one, model::AttributeScope::client)[0].value,
              model::Value(std::int64_t{1}));
    EXPECT_EQ(attributes(one, model::AttributeScope::server)[0].value,
              model::Value(std::int64_t{2}));
    EXPECT_EQ(attributes(one, model::AttributeScope::shared)[0].value,
              model::Value(std::int64_t{3}));
    EXPECT_EQ(attributes(two, model::AttributeScope::server)[0].value,
              model::Value(std::int64_t{4}));

    ASSERT_TRUE(write([&](Transaction& tx) { return tx.remove_entity_attributes(one); }));
    for (const auto scope : {model::AttributeScope::client, model::AttributeScope::server,
                             model::AttributeScope::shared})
        EXPECT_TRUE(attributes(one, scope).empty());
    EXPECT_EQ(attributes(two, model::AttributeScope::server).size(), 1u);
}

TEST_P(EntityConformance, RemovesAttributesAndNamesThoseThatWereThere) {
    const model::DeviceId device = model::DeviceId::make();
    ASSERT_TRUE(write([&](Transaction& tx) {
        return tx.save_attributes({
            device, model::AttributeScope::server, {{"a", true}, {"b", true}, {"c", true}},
              1
        });
    }));
    std::vector<std::string> removed;
    ASSERT_TRUE(write([&](Transaction& tx) -> Result<> {
        Result<std::vector<std::string>> keys =
            tx.remove_attributes(device, model::AttributeScope::server, {"c", "a", "never"});
        if (!keys) return keys.error();
        removed = *std::move(keys);
        return {};
    }));
    EXPECT_EQ(removed, (std::vector<std::string>{"a", "c"}));
    EXPECT_EQ(keys_of(attributes(device, model::AttributeScope::server)),
              std::vector<std::string>{"b"});
}

TEST_P(EntityConformance, LosesNulCharactersOfAttributes) {
    const model::DeviceId device = model::DeviceId::make();
    const std::string with_nul("x\0y", 3);
    ASSERT_TRUE(write([&](Transaction& tx) {
        return tx.save_attributes(
            {device, model::AttributeScope::server, {{with_nul, with_nul}}, 1});
    }));
    const std::vector<model::Attribute> found =
        attributes(device, model::AttributeScope::server, {with_nul});
    ASSERT_EQ(found.size(), 1u);
    EXPECT_EQ(found[0].key, "xy");
    EXPECT_EQ(found[0].value, model::Value("xy"));
}

}  // namespace thingstead::store
