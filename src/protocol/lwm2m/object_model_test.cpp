#include "protocol/lwm2m/object_model.h"

#include <gtest/gtest.h>

namespace thingstead::lwm2m {
namespace {

constexpr std::string_view device = R"(<?xml version="1.0" encoding="UTF-8"?>
<!-- a comment -->
<LWM2M xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
  <Object ObjectType="MODefinition">
    <Name>Device</Name>
    <Description1><![CDATA[Name <Name>not this</Name>]]></Description1>
    <ObjectID>3</ObjectID>
    <ObjectURN>urn:oma:lwm2m:oma:3:1.2</ObjectURN>
    <LWM2MVersion>1.1</LWM2MVersion>
    <ObjectVersion>1.2</ObjectVersion>
    <MultipleInstances>Single</MultipleInstances>
    <Mandatory>Mandatory</Mandatory>
    <Resources>
      <Item ID="9"><Name>Battery Level</Name><Operations>R</Operations>
        <MultipleInstances>Single</MultipleInstances><Mandatory>Optional</Mandatory>
        <Type>Integer</Type><RangeEnumeration>0..100</RangeEnumeration><Units>/100</Units>
        <Description>x</Description></Item>
      <Item ID="4"><Name>Reboot</Name><Operations>E</Operations>
        <MultipleInstances>Single</MultipleInstances><Mandatory>Mandatory</Mandatory>
        <Type></Type></Item>
    </Resources>
  </Object>
  <Object><Name>Second</Name><ObjectID>4</ObjectID></Object>
</LWM2M>)";

TEST(ObjectModel, IsTheFirstObjectOfTheFile) {
    const auto model = parse_object_model(device);
    ASSERT_TRUE(model) << model.error().message;
    EXPECT_EQ(model->key(), "3_1.2");
    EXPECT_EQ(model->name, "Device");
    EXPECT_FALSE(model->multiple);
    EXPECT_TRUE(model->mandatory);
    ASSERT_EQ(model->resources.size(), 2u);
    const ResourceModel& level = model->resources[0];
    EXPECT_EQ(level.id, 9);
    EXPECT_EQ(level.type, "Integer");
    EXPECT_EQ(level.range, "0..100");
    EXPECT_EQ(level.units, "/100");
    EXPECT_TRUE(level.readable());
    EXPECT_FALSE(level.mandatory);
    EXPECT_FALSE(model->resources[1].readable());
    EXPECT_TRUE(model->resources[1].mandatory);
}

TEST(ObjectModel, WithoutAVersionIsTheFirstOne) {
    const auto model = parse_object_model(
        "<LWM2M><Object><Name>A</Name><ObjectID>7</ObjectID><ObjectVersion/></Object></LWM2M>");
    ASSERT_TRUE(model);
    EXPECT_EQ(model->key(), "7_1.0");
}

TEST(ObjectModel, CutAtAnyByteIsRefused) {
    for (std::size_t cut = 0; cut < device.size(); ++cut)
        ASSERT_FALSE(parse_object_model(device.substr(0, cut))) << cut;
}

TEST(ObjectModel, RefusesWhatIsNoDefinition) {
    for (const std::string_view text :
         {"", "text", "<LWM2M/>", "<Object><Name>A</Name><ObjectID>7</ObjectID></Object>",
          "<LWM2M><Object><Name>A</Name></Object></LWM2M>",
          "<LWM2M><Object><ObjectID>7</ObjectID></Object></LWM2M>",
          "<LWM2M><Object><Name>A</Name><ObjectID>70000</ObjectID></Object></LWM2M>",
          "<!DOCTYPE LWM2M><LWM2M><Object><Name>A</Name><ObjectID>7</ObjectID></Object></LWM2M>",
          "<!DOCTYPE LWM2M [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><LWM2M><Object><Name>&a;"
          "</Name><ObjectID>7</ObjectID></Object></LWM2M>"})
        EXPECT_FALSE(parse_object_model(text)) << text;
}

TEST(KeyName, IsCamelCase) {
    EXPECT_EQ(key_name("Battery Level"), "batteryLevel");
    EXPECT_EQ(key_name("UTC Offset"), "utcOffset");
    EXPECT_EQ(key_name("Min/Max (value)"), "minMaxValue");
    EXPECT_EQ(key_name(""), "");
}

}  // namespace
}  // namespace thingstead::lwm2m
