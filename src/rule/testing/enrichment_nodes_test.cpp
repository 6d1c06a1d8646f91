// The nodes that add what is known to messages.
#include <gtest/gtest.h>

#include "rule/message_body.h"
#include "rule/testing/node_world.h"

namespace thingstead::rule::testing {
namespace {

using model::AttributeScope;

/// A world in which everything has some values.
struct RichWorld : NodeWorld {
    RichWorld() {
        for (const model::EntityId entity :
             {model::EntityId(customer.id), model::EntityId(house.tenant),
              model::EntityId(asset.id), model::EntityId(device.id), model::EntityId(inner.id)}) {
            set_attribute(entity, AttributeScope::server, "limit", std::int64_t{7});
            set_attribute(entity, AttributeScope::server, "name", std::string("s"));
            set_point(entity, house.clock.now_ms() - 90'000, "t", 21.5);
            set_point(entity, house.clock.now_ms() - 80'000, "t", 22.0);
            set_point(entity, house.clock.now_ms() - 70'000, "t", std::string("hot"));
            set_point(entity, 5, "j", model::JsonText{R"({"x":1})"});
        }
        set_attribute(device.id, AttributeScope::client, "on", true);
        set_attribute(device.id, AttributeScope::shared, "ratio", 2.0);
        model::Tenant owner;
        owner.id = house.tenant;
        owner.title = "Owner";
        owner.email = "own@example.com";
        house.entities.put(owner);
    }
};

struct Enriched {
    const char* type;
    const char* configuration;
    const char* way;
    const char* data;      ///< Of a failure: the beginning of its text.
    const char* metadata;  ///< "key=value;…"
};
constexpr const char* in = R"({"k":"limit"})";
constexpr const char* md = "m=target";

const Enriched enriched[] = {
    {"metadata.TbGetCustomerAttributeNode",   R"({"dataMapping":{"$[k]":"${m}","none":"n"}})",
     "Success",                                                                                                                                                           in,                                                             "m=target;target=7"                                                                                         },
    {"metadata.TbGetCustomerAttributeNode",
     R"({"dataMapping":{"limit":"l","none":"n"},"fetchTo":"DATA"})",                                                                                           "Success",
     R"({"k":"limit","l":7})",                                                                                                                                                                                                            md                                                                                                          },
    {"metadata.TbGetCustomerAttributeNode",
     R"({"dataToFetch":"LATEST_TELEMETRY","dataMapping":{"t":"a","j":"b","none":"n"}})",                                                                       "Success",
     in,                                                                                                                                                                                                                                  R"(m=target;a=hot;b={"x":1})"                                                                               },
    {"metadata.TbGetCustomerAttributeNode",
     R"({"dataToFetch":"LATEST_TELEMETRY","dataMapping":{"j":"b","none":"n"},"fetchTo":"DATA"})",                                                              "Success", R"({"k":"limit","b":{"x":1},"n":null})",                        md                                                                                                          },
    {"metadata.TbGetTenantAttributeNode",     R"({"dataMapping":{"name":"n"}})",                                                                               "Success", in,
     "m=target;n=s"                                                                                                                                                                                                                                                                                                                                   },
    {"metadata.TbGetTenantAttributeNode",
     R"({"dataToFetch":"LATEST_TELEMETRY","dataMapping":{"t":"t"}})",                                                                                          "Success", in,
     "m=target;t=hot"                                                                                                                                                                                                                                                                                                                                 },
    {"metadata.TbGetRelatedAttributeNode",    R"({"dataMapping":{"limit":"l"}})",                                                                              "Success", in,
     "m=target;l=7"                                                                                                                                                                                                                                                                                                                                   },
    {"metadata.TbGetRelatedAttributeNode",
     R"({"dataToFetch":"FIELDS","dataMapping":{"name":"n","label":"l","none":"x"}})",                                                                          "Success", in,
     "m=target;n=Boiler"                                                                                                                                                                                                                                                                                                                              },
    {"metadata.TbGetRelatedAttributeNode",
     R"({"dataToFetch":"FIELDS","dataMapping":{"name":"n"},"relationsQuery":{"direction":"TO","filters":[]}})",
     "Failure",                                                                                                                                                           "Failed to find a related entity!",                             md                                                                                                          },

    {"metadata.TbGetCustomerDetailsNode",     R"({"detailsList":["ID"],"fetchTo":"METADATA"})",
     "Success",                                                                                                                                                           in,                                                             "m=target;customer_id=<customer>"                                                                           },
    {"metadata.TbGetCustomerDetailsNode",
     R"({"detailsList":["TITLE","COUNTRY","STATE","ADDRESS2","ADDITIONAL_INFO"]})",                                                                            "Success",
     R"({"k":"limit","customer_title":"Acme","customer_country":"Norway","customer_address2":"","customer_additionalInfo":"Buys much"})",
     md                                                                                                                                                                                                                                                                                                                                               },
    {"metadata.TbGetTenantDetailsNode",
     R"({"detailsList":["EMAIL","ADDITIONAL_INFO","CITY"],"fetchTo":"METADATA"})",                                                                             "Success", in,
     "m=target;tenant_email=own@example.com;tenant_additionalInfo=own@example.com"                                                                                                                                                                                                                                                                    },
    {"metadata.TbGetTenantDetailsNode",       R"({"detailsList":["CITY","ADDITIONAL_INFO","TITLE"]})",
     "Success",                                                                                                                                                           R"({"k":"limit","tenant_title":"Owner"})",                      md                                                                                                          },

    {"metadata.TbGetOriginatorFieldsNode",    R"({})",                                                                                                         "Success", in,
     "m=target;originatorName=Thermometer;originatorType=Thermostat"                                                                                                                                                                                                                                                                                  },
    {"metadata.TbGetOriginatorFieldsNode",
     R"({"dataMapping":{"createdTime":"${m}","label":"l","id":"i","none":"n","additionalInfo.description":"d","additionalInfo.place":"p","customerId":"c"}})",
     "Success",                                                                                                                                                           in,                                                             R"(m=target;target=42;l=null;i=<device>;d=In the hall;p={"x":1};c=<customer>)"                              },
    {"metadata.TbGetOriginatorFieldsNode",
     R"({"dataMapping":{"createdTime":"t","label":"l"},"ignoreNullStrings":true,"fetchTo":"DATA"})",                                                           "Success", R"({"k":"limit","t":"42"})",                                    md                                                                                                          },

    {"metadata.TbGetAttributesNode",
     R"({"clientAttributeNames":["on"],"sharedAttributeNames":["ratio"],"serverAttributeNames":["$[k]"],"latestTsKeyNames":["t","j"]})",
     "Success",                                                                                                                                                           in,                                                             R"(m=target;cs_on=true;shared_ratio=2.0;ss_limit=7;t=hot;j={"x":1})"                                        },
    {"metadata.TbGetAttributesNode",
     R"({"clientAttributeNames":["on"],"sharedAttributeNames":["ratio"],"latestTsKeyNames":["j"],"fetchTo":"DATA"})",
     "Success",                                                                                                                                                           R"({"k":"limit","cs_on":true,"shared_ratio":2.0,"j":{"x":1}})", md                                                                                                          },
    {"metadata.TbGetAttributesNode",          R"({"latestTsKeyNames":["j"],"getLatestValueWithTs":true})",
     "Success",                                                                                                                                                           in,                                                             "m=target;j={ts:5,value:{x:1}}"                                                                             },
    {"metadata.TbGetAttributesNode",
     R"({"latestTsKeyNames":["j"],"getLatestValueWithTs":true,"fetchTo":"DATA"})",                                                                             "Success",
     R"({"k":"limit","j":{"ts":5,"value":{"x":1}}})",                                                                                                                                                                                     md                                                                                                          },
    {"metadata.TbGetAttributesNode",
     R"({"clientAttributeNames":["on","off"],"serverAttributeNames":["q","w"],"latestTsKeyNames":["z"]})",
     "Failure",                                                                                                                                                           "These keys are not stored: client attributes [off]; server attributes [q, w]; latest "
     "telemetry [z]",                                                                                                                                                                                                      "m=target;cs_on=true"                                                                                       },
    {"metadata.TbGetAttributesNode",
     R"({"clientAttributeNames":["on","off"],"latestTsKeyNames":["z"],"tellFailureIfAbsent":false})",
     "Success",                                                                                                                                                           in,                                                             "m=target;cs_on=true"                                                                                       },
    {"metadata.TbGetAttributesNode",          R"({})",                                                                                                         "Success", in,                                                             md                                                                                                          },

    {"metadata.TbGetDeviceAttrNode",
     R"({"serverAttributeNames":["limit"],"deviceRelationsQuery":{"deviceTypes":["Thermostat"]}})",                                                            "Success", in,                                                             "m=target;ss_limit=7"                                                                                       },
    {"metadata.TbGetDeviceAttrNode",          R"({"serverAttributeNames":["limit"]})",                                                                         "Failure",
     "Failed to find a related device!",                                                                                                                                                                                                  md                                                                                                          },
    {"metadata.TbGetDeviceAttrNode",
     R"({"serverAttributeNames":["limit"],"deviceRelationsQuery":{"deviceTypes":["Thermostat"],"relationType":"Manages"}})",
     "Failure",                                                                                                                                                           "Failed to find a related device!",                             md                                                                                                          },

    {"metadata.TbGetTelemetryNode",           R"({"latestTsKeyNames":["t","none"]})",                                                                          "Success", in,
     R"(m=target;t="21.5")"                                                                                                                                                                                                                                                                                                                           },
    {"metadata.TbGetTelemetryNode",           R"({"latestTsKeyNames":["t"],"fetchMode":"LAST"})",                                                              "Success",
     in,                                                                                                                                                                                                                                  R"(m=target;t="hot")"                                                                                       },
    {"metadata.TbGetTelemetryNode",           R"({"latestTsKeyNames":["t"],"fetchMode":"ALL"})",                                                               "Success",
     in,                                                                                                                                                                                                                                  R"(m=target;t=[{ts:1699999910000,value:21.5},{ts:1699999920000,value:22.0},{ts:1699999930000,value:"hot"}])"},
    {"metadata.TbGetTelemetryNode",
     R"({"latestTsKeyNames":["t"],"fetchMode":"ALL","orderBy":"DESC","limit":2})",                                                                             "Success", in,
     R"(m=target;t=[{ts:1699999930000,value:"hot"},{ts:1699999920000,value:22.0}])"                                                                                                                                                                                                                                                                   },
    {"metadata.TbGetTelemetryNode",
     R"({"latestTsKeyNames":["t"],"fetchMode":"ALL","aggregation":"COUNT"})",                                                                                  "Success", in,
     R"(m=target;t=[{ts:1699999910000,value:3}])"                                                                                                                                                                                                                                                                                                     },
    {"metadata.TbGetTelemetryNode",
     R"({"latestTsKeyNames":["t"],"startInterval":85,"startIntervalTimeUnit":"SECONDS","endInterval":75,"endIntervalTimeUnit":"SECONDS"})",
     "Success",                                                                                                                                                           in,                                                             R"(m=target;t="22.0")"                                                                                      },
    {"metadata.TbGetTelemetryNode",
     R"({"latestTsKeyNames":["t"],"startInterval":1,"endInterval":1})",                                                                                        "Success", in,                                                             md                                                                                                          },
    {"metadata.TbGetTelemetryNode",
     R"({"latestTsKeyNames":["t"],"startInterval":1,"endInterval":2})",                                                                                        "Failure",
     "Interval start should be less than Interval end",                                                                                                                                                                                   md                                                                                                          },
    {"metadata.TbGetTelemetryNode",
     R"({"latestTsKeyNames":["t"],"useMetadataIntervalPatterns":true,"startIntervalPattern":"${none}","endIntervalPattern":"1"})",
     "Failure",                                                                                                                                                           "Message value: 'none' is undefined",                           md                                                                                                          },
    {"metadata.TbGetTelemetryNode",
     R"({"latestTsKeyNames":["t"],"useMetadataIntervalPatterns":true,"startIntervalPattern":"${m}","endIntervalPattern":"1"})",
     "Failure",                                                                                                                                                           "Message value: 'm' has invalid format",                        md                                                                                                          },
    {"metadata.TbGetTelemetryNode",
     R"({"latestTsKeyNames":["t"],"useMetadataIntervalPatterns":true,"startIntervalPattern":"1","endIntervalPattern":"2"})",
     "Failure",                                                                                                                                                           "Message value: '1' is undefined",                              md                                                                                                          },

    {"metadata.TbFetchDeviceCredentialsNode", R"({})",                                                                                                         "Failure",
     "Failed to get credentials of the device!",                                                                                                                                                                                          md                                                                                                          },
};

std::string known_ids(std::string text, const NodeWorld& world) {
    const auto replace = [&](std::string_view name, const std::string& id) {
        if (const std::size_t at = text.find(name); at != std::string::npos)
            text.replace(at, name.size(), id);
    };
    replace("<customer>", world.customer.id.to_string());
    replace("<device>", world.device.id.to_string());
    return text;
}

std::string pairs_of(const model::Metadata& metadata) {
    std::string out;
    for (const auto& [key, value] : metadata) out += (out.empty() ? "" : ";") + key + "=" + value;
    return out;
}

TEST(EnrichmentNodes, AddWhatEachRowSays) {
    RichWorld world;
    for (const Enriched& row : enriched) {
        SCOPED_TRACE(std::string(row.type) + " " + row.configuration);
        const Result<> made = world.make(row.type, row.configuration);
        ASSERT_TRUE(made) << made.error().message;
        const NodeAnswer answer = world.send(in, metadata_of({
                                                     {"m", "target"}
        }));
        EXPECT_EQ(answer.way(), row.way);
        EXPECT_EQ(pairs_of(answer.msg.metadata), known_ids(row.metadata, world));
        if (answer.error.empty())
            EXPECT_EQ(answer.msg.data, row.data);
        else
            EXPECT_TRUE(answer.error.starts_with(row.data)) << answer.error;
    }
}

/// Nodes that put something into the data, or read patterns.
TEST(EnrichmentNodes, NeedAnObjectForTheData) {
    RichWorld world;
    for (const char* type :
         {"metadata.TbGetCustomerAttributeNode", "metadata.TbGetTenantAttributeNode",
          "metadata.TbGetRelatedAttributeNode", "metadata.TbGetOriginatorFieldsNode",
          "metadata.TbGetAttributesNode", "metadata.TbFetchDeviceCredentialsNode"}) {
        SCOPED_TRACE(type);
        ASSERT_TRUE(world.make(type, R"({"fetchTo":"DATA"})"));
        EXPECT_EQ(world.send("[]").error, "Message body is not an object!");
        EXPECT_EQ(world.send("{").way(), "Failure");
        const Result<> made = world.make(type, R"({"fetchTo":null})");
        ASSERT_FALSE(made);
        EXPECT_EQ(made.error().message, "fetchTo can't be null! Allowed values: DATA, METADATA");
    }
    for (const char* type :
         {"metadata.TbGetCustomerDetailsNode", "metadata.TbGetTenantDetailsNode"}) {
        SCOPED_TRACE(type);
        ASSERT_TRUE(world.make(type, R"({"detailsList":["TITLE"]})"));
        EXPECT_EQ(world.send("[]").error, "Message body is not an object!");
        EXPECT_FALSE(world.make(type, R"({"detailsList":[]})"));
        EXPECT_FALSE(world.make(type, R"({"detailsList":["TITLE"],"fetchTo":null})"));
        EXPECT_FALSE(world.make(type, R"({"detailsList":["SHOE_SIZE"]})"));
    }
}

TEST(EnrichmentNodes, FailWithTheirStore) {
    RichWorld world;
    ASSERT_TRUE(world.make("metadata.TbGetAttributesNode", R"({"latestTsKeyNames":["t"]})"));
    world.house.timeseries.fail_reads(true);
    EXPECT_EQ(world.send("{}").error, "the fake store fails");
    ASSERT_TRUE(world.make("metadata.TbGetTelemetryNode", R"({"latestTsKeyNames":["t"]})"));
    EXPECT_EQ(world.send("{}").error, "the fake store fails");
    ASSERT_TRUE(world.make("metadata.CalculateDeltaNode"));
    EXPECT_EQ(world.send(R"({"pulseCounter":1})").error, "the fake store fails");
    world.house.entities.fail_reads(ErrorCode::unavailable);
    for (const char* type :
         {"metadata.TbGetCustomerAttributeNode", "metadata.TbGetTenantAttributeNode",
          "metadata.TbGetRelatedAttributeNode", "metadata.TbGetOriginatorFieldsNode",
          "metadata.TbGetDeviceAttrNode", "metadata.TbFetchDeviceCredentialsNode"}) {
        SCOPED_TRACE(type);
        ASSERT_TRUE(world.make(type));
        EXPECT_EQ(world.send("{}").error, "the fake store fails");
    }
}

TEST(EnrichmentNodes, SeeTheirTenantAlone) {
    RichWorld world;
    const auto error_of = [&](const char* type, const char* configuration, model::EntityId of) {
        EXPECT_TRUE(world.make(type, configuration));
        return world.send_of(of, "{}").error;
    };
    const char* const customer = "metadata.TbGetCustomerAttributeNode";
    const char* const fields = "metadata.TbGetOriginatorFieldsNode";
    for (const model::EntityId of : {model::EntityId(world.foreign.id), model::EntityId(world.gone),
                                     model::EntityId(world.foreign_customer.id)}) {
        EXPECT_EQ(error_of(customer, R"({})", of), "Originator not found");
        EXPECT_EQ(error_of(fields, R"({})", of), "Originator not found");
    }
    EXPECT_EQ(error_of(customer, R"({})", world.inner.id),
              "Originator is not assigned to any customer");
    EXPECT_EQ(error_of(customer, R"({})", world.house.tenant),
              "Unexpected originator EntityType: TENANT");
    EXPECT_EQ(error_of(fields, R"({})", {model::EntityType::dashboard, world.gone.uuid}),
              "Unexpected originator EntityType: DASHBOARD");
    world.relate(world.inner.id, "Contains", world.foreign.id);
    EXPECT_EQ(error_of("metadata.TbGetRelatedAttributeNode", "{}", world.inner.id),
              "Failed to find a related entity!");
    EXPECT_EQ(
        error_of("metadata.TbGetDeviceAttrNode",
                 R"({"deviceRelationsQuery":{"deviceTypes":["Thermostat"]}})", world.inner.id),
        "Failed to find a related device!");
}

TEST(CustomerDetails, PassWhereNobodyIsFound) {
    RichWorld world;
    ASSERT_TRUE(world.make("metadata.TbGetCustomerDetailsNode", R"({"detailsList":["TITLE"]})"));
    EXPECT_EQ(world.send_of(world.user.id, "{}").msg.data, R"({"customer_title":"Acme"})");
    EXPECT_EQ(world.send_of(world.view.id, "{}").msg.data, R"({"customer_title":"Acme"})");
    for (const model::EntityId of : {model::EntityId(world.gone), model::EntityId(world.foreign.id),
                                     model::EntityId(model::EntityType::edge, world.gone.uuid)}) {
        const NodeAnswer answer = world.send_of(of, "{}");
        EXPECT_EQ(answer.way(), "Success");
        EXPECT_EQ(answer.msg.data, "{}");
    }
    EXPECT_EQ(world.send_of(world.inner.id, "{}").error,
              "Originator is not assigned to any customer");
    EXPECT_EQ(world.send_of(world.customer.id, "{}").error,
              "Entity with entityType 'CUSTOMER' is not supported.");
    world.device.customer_id = model::CustomerId::make();
    world.house.entities.put(world.device);
    EXPECT_EQ(world.send("{}").msg.data, "{}");
}

TEST(DeviceCredentials, AreAddedByTheirKind) {
    RichWorld world;
    const char* const type = "metadata.TbFetchDeviceCredentialsNode";
    model::DeviceCredentials credentials;
    credentials.id = new_time_uuid();
    credentials.device_id = world.device.id;
    credentials.credentials_id = "token";
    const auto added = [&](model::CredentialsType kind, const char* value, const char* to) {
        credentials.credentials_type = kind;
        credentials.credentials_value = value;
        world.house.entities.put(credentials);
        EXPECT_TRUE(world.make(type, R"({"fetchTo":")" + std::string(to) + "\"}"));
        const NodeAnswer answer = world.send("{}");
        return std::string(to) == "DATA" ? answer.msg.data : pairs_of(answer.msg.metadata);
    };
    using enum model::CredentialsType;
    EXPECT_EQ(added(access_token, "", "METADATA"),
              "credentialsType=ACCESS_TOKEN;credentials=token");
    EXPECT_EQ(added(x509_certificate, "MIIB", "METADATA"),
              "credentialsType=X509_CERTIFICATE;credentials=MIIB");
    EXPECT_EQ(added(mqtt_basic, R"({"userName": "u"})", "METADATA"),
              R"(credentialsType=MQTT_BASIC;credentials={"userName":"u"})");
    EXPECT_EQ(added(lwm2m_credentials, R"({"client":{}})", "DATA"),
              R"({"credentialsType":"LWM2M_CREDENTIALS","credentials":{"client":{}}})");
    EXPECT_EQ(world.send_of(world.asset.id, "{}").error, "Unsupported originator type: ASSET!");
    credentials.device_id = world.foreign.id;
    world.house.entities.put(credentials);
    EXPECT_EQ(world.send_of(world.foreign.id, "{}").error,
              "Failed to get credentials of the device!");
}

TEST(EnrichmentNodes, DoNotStartWithAWrongConfiguration) {
    NodeWorld world;
    for (const char* type :
         {"metadata.TbGetCustomerAttributeNode", "metadata.TbGetTenantAttributeNode"}) {
        EXPECT_EQ(world.make(type, R"({"dataToFetch":"FIELDS"})").error().message,
                  "dataToFetch can't be FIELDS here!");
        EXPECT_FALSE(world.make(type, R"({"dataMapping":{}})"));
        EXPECT_FALSE(world.make(type, R"({"dataToFetch":null})"));
    }
    EXPECT_FALSE(world.make("metadata.TbGetOriginatorFieldsNode", R"({"dataMapping":{}})"));
    EXPECT_FALSE(world.make("metadata.TbGetDeviceAttrNode", R"({"deviceRelationsQuery":null})"));
    const char* const telemetry = "metadata.TbGetTelemetryNode";
    EXPECT_FALSE(world.make(telemetry));
    for (const char* configuration :
         {R"("fetchMode":"ALL","limit":1)", R"("fetchMode":"ALL","limit":1001)",
          R"("fetchMode":"ALL","orderBy":null)", R"("fetchMode":"ALL","aggregation":null)",
          R"("fetchMode":null)", R"("startIntervalTimeUnit":"YEARS")"}) {
        SCOPED_TRACE(configuration);
        EXPECT_FALSE(world.make(
            telemetry, R"({"latestTsKeyNames":["t"],)" + std::string(configuration) + "}"));
    }
}

struct EnrichUpgrade {
    const char* type;
    int from;
    const char* before;
    const char* after;
};
const EnrichUpgrade enrich_upgrades[] = {
    {"metadata.CalculateDeltaNode",           0, "{}",                                            R"({"excludeZeroDeltas":false})"                                       },
    {"metadata.TbGetCustomerAttributeNode",   0, R"({"telemetry":true,"attrMapping":{"a":"b"}})",
     R"({"dataToFetch":"LATEST_TELEMETRY","dataMapping":{"a":"b"},"fetchTo":"METADATA"})"                                                                                },
    {"metadata.TbGetTenantAttributeNode",     0, R"({"telemetry":"false","attrMapping":{}})",
     R"({"dataToFetch":"ATTRIBUTES","dataMapping":{},"fetchTo":"METADATA"})"                                                                                             },
    {"metadata.TbGetRelatedAttributeNode",    0, R"({"attrMapping":{}})",
     "telemetry or attrMapping is missing"                                                                                                                               },
    {"metadata.TbGetCustomerDetailsNode",     0, R"({"addToMetadata":true})",
     R"({"fetchTo":"METADATA"})"                                                                                                                                         },
    {"metadata.TbGetTenantDetailsNode",       0, R"({"addToMetadata":false})",                    R"({"fetchTo":"DATA"})"                                                },
    {"metadata.TbFetchDeviceCredentialsNode", 0, R"({"fetchToMetadata":false})",
     R"({"fetchTo":"DATA"})"                                                                                                                                             },
    {"metadata.TbGetAttributesNode",          0, R"({"fetchToData":true})",                       R"({"fetchTo":"DATA"})"                                                },
    {"metadata.TbGetAttributesNode",          0, R"({"fetchToData":null})",                       R"({"fetchTo":"METADATA"})"                                            },
    {"metadata.TbGetDeviceAttrNode",          0, "{}",                                            R"({"fetchTo":"METADATA"})"                                            },
    {"metadata.TbGetOriginatorFieldsNode",    0, R"({"fieldsMapping":{"a":"b"}})",
     R"({"dataMapping":{"a":"b"},"fetchTo":"METADATA"})"                                                                                                                 },
    {"metadata.TbGetOriginatorFieldsNode",    0, "{}",                                            "fieldsMapping is missing"                                             },
    {"metadata.TbGetTelemetryNode",           0, R"({"fetchMode":"FIRST"})",
     R"({"fetchMode":"FIRST","orderBy":"ASC","aggregation":"NONE","limit":1000})"                                                                                        },
    {"metadata.TbGetTelemetryNode",           0, R"({"fetchMode":"SOME","orderBy":"ASC"})",
     R"({"fetchMode":"LAST","orderBy":"DESC","aggregation":"NONE","limit":1000})"                                                                                        },
    {"metadata.TbGetTelemetryNode",           0,
     R"({"fetchMode":"ALL","orderBy":"","aggregation":null,"limit":5})",                          R"({"fetchMode":"ALL","orderBy":"ASC","aggregation":"NONE","limit":5})"},
    {"metadata.TbGetTelemetryNode",           1, R"({"fetchMode":"ALL","orderBy":"DESC"})",
     R"({"fetchMode":"ALL","orderBy":"DESC","limit":1000,"aggregation":"NONE"})"                                                                                         },
    {"metadata.TbGetTelemetryNode",           1, R"({"fetchMode":"LAST"})",
     R"({"fetchMode":"LAST","limit":1000})"                                                                                                                              },
};

TEST(EnrichmentNodes, UpgradeOldConfigurations) {
    for (const EnrichUpgrade& row : enrich_upgrades) {
        SCOPED_TRACE(std::string(row.type) + " " + row.before);
        const std::string after = upgraded(row.type, row.from, row.before);
        const Result<json::value> expected = parse_json(row.after);
        if (expected)
            EXPECT_EQ(parse_json(after).value(), *expected) << after;
        else
            EXPECT_EQ(after, row.after);
    }
}

struct DefaultConfiguration {
    const char* type;
    const char* document;
};
const DefaultConfiguration default_configurations[] = {
    {"metadata.TbGetRelatedAttributeNode",
     R"({"dataToFetch":"ATTRIBUTES","dataMapping":{"serialNumber":"sn"},"fetchTo":"METADATA","relationsQuery":{"direction":"FROM","maxLevel":1,"filters":[{"relationType":"Contains","entityTypes":[]}],"fetchLastLevelOnly":false}})"                                                                                              },
    {"metadata.TbGetDeviceAttrNode",
     R"({"clientAttributeNames":[],"sharedAttributeNames":[],"serverAttributeNames":[],"latestTsKeyNames":[],"tellFailureIfAbsent":true,"getLatestValueWithTs":false,"fetchTo":"METADATA","deviceRelationsQuery":{"direction":"FROM","maxLevel":1,"relationType":"Contains","deviceTypes":["default"],"fetchLastLevelOnly":false}})"},
    {"metadata.TbGetTelemetryNode",
     R"({"latestTsKeyNames":[],"fetchMode":"FIRST","orderBy":"ASC","aggregation":"NONE","limit":1000,"startInterval":2,"startIntervalTimeUnit":"MINUTES","endInterval":1,"endIntervalTimeUnit":"MINUTES","useMetadataIntervalPatterns":false,"startIntervalPattern":"","endIntervalPattern":""})"                                   },
    {"metadata.CalculateDeltaNode",
     R"({"inputValueKey":"pulseCounter","outputValueKey":"delta","useCache":true,"addPeriodBetweenMsgs":false,"periodValueKey":"periodInMs","round":null,"tellFailureIfDeltaIsNegative":true,"excludeZeroDeltas":false})"                                                                                                           },
    {"filter.TbCheckRelationNode",
     R"({"checkForSingleEntity":true,"direction":"FROM","entityType":"","entityId":"","relationType":"Contains"})"                                                                                                                                                                                                                  },
};

TEST(Nodes, BeginWithTheConfigurationOfTheInterface) {
    for (const DefaultConfiguration& row : default_configurations)
        EXPECT_EQ(default_of(row.type), row.document);
}

}  // namespace
}  // namespace thingstead::rule::testing
