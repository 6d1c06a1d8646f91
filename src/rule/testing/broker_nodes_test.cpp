// Nodes that hand messages to brokers and to tables in Cassandra.
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <thread>
#include <vector>

#include "client/kafka/mock_cluster_testing.h"
#include "client/mqtt/broker_testing.h"
#include "rule/node/azure_iot_hub/sas_token.h"
#include "rule/node/kafka/kafka_properties.h"
#include "rule/node/kafka/text_encoding.h"
#include "rule/shared_clients.h"
#include "rule/testing/node_bench.h"
#include "store/custom_tables.h"

namespace thingstead::rule::testing {
namespace {

using namespace std::chrono_literals;
using Strings = std::vector<std::string>;

constexpr std::string_view mqtt_type = "mqtt.TbMqttNode";
constexpr std::string_view azure_type = "mqtt.azure.TbAzureIotHubNode";
constexpr std::string_view kafka_type = "kafka.TbKafkaNode";
constexpr std::string_view rabbitmq_type = "rabbitmq.TbRabbitMqNode";
constexpr std::string_view table_type = "action.TbSaveToCustomCassandraTableNode";

/// Nodes that may reach this machine.
struct BrokerBench {
    explicit BrokerBench(const std::vector<std::string>& networks = {"127.0.0.0/8"})
        : clients(SharedClients::open(networks).value()) {
        bench.outside.clients = clients.get();
    }
    /// The default configuration with other values; the error's text, or "".
    std::string make(std::string_view type, std::string_view values) {
        json::value configuration = parse_json(default_of(type)).value();
        const json::value changes = parse_json(values).value();
        for (const auto& [key, value] : changes.as_object()) configuration.as_object()[key] = value;
        const Result<> made = bench.make(type, json::serialize(configuration));
        return made ? "" : made.error().message;
    }
    std::string make_mqtt(std::uint16_t port, const std::string& more = "") {
        return make(mqtt_type, R"({"host": "127.0.0.1", "clientId": "me", "port": )" +
                                   std::to_string(port) + more + "}");
    }

    std::unique_ptr<SharedClients> clients;
    NodeBench bench;
};

struct MakeRow {
    std::string_view type, values, error;
};

constexpr MakeRow broker_refusals[] = {
    {mqtt_type,     R"({})",                                                                               "Host of the MQTT broker is not set!"                                             },
    {mqtt_type,
     R"({"host": "h", "clientId": "123456789012345678901234", "protocolVersion": "MQTT_3_1"})",            "Client ID is too long '123456789012345678901234'. MQTT_3_1 allows 23 characters!"},
    {mqtt_type,     R"({"host": "h", "credentials": {"type": "sas"}})",
     "Credentials type is not supported: 'sas'!"                                                                                                                                             },
    {mqtt_type,     R"({"host": "h", "credentials": "x"})",                                                "credentials: expected an object"                                                 },
    {mqtt_type,     R"({"host": "h", "ssl": true, "credentials": {"type": "cert.PEM", "caCert": "x"}})",
     "CA certificate cannot be used"                                                                                                                                                         },
    {mqtt_type,
     R"({"host": "h", "ssl": true, "credentials": {"type": "cert.PEM", "cert": "x", "privateKey": "y"}})",
     "Client certificate cannot be used"                                                                                                                                                     },
    {azure_type,    R"({"host": "h"})",                                                                    "Device ID of the hub is not set!"                                                },
    {azure_type,    R"({"host": "h", "clientId": "d", "credentials": {"type": "sas", "sasKey": "?"}})",
     "SAS key is not base64!"                                                                                                                                                                },
    {kafka_type,    R"({"acks": "2"})",                                                                    "acks must be 0, 1, -1 or all!"                                                   },
    {kafka_type,    R"({"kafkaHeadersCharset": "EBCDIC"})",
     "Character set is not supported: 'EBCDIC'!"                                                                                                                                             },
    {kafka_type,    R"({"otherProperties": {"plugin.library.paths": "/x"}})",
     "otherProperties: plugin.library.paths is not supported"                                                                                                                                },
    {rabbitmq_type, R"({"host": ""})",                                                                     "Host of RabbitMQ is not set!"                                                    },
    {rabbitmq_type, R"({"clientProperties": {"a": 1}})",                                                   "clientProperties: a must be a text"                                              },
    {table_type,    R"({"tableName": "t; x", "fieldsMapping": {"a": "a"}})",
     "Table name should be up to 42 letters, digits and '_', and begin with a letter: 't; x'!"                                                                                               },
    {table_type,    R"({"tableName": "t", "fieldsMapping": {"a": "a\""}})",
     "fieldsMapping: 'a' has no name of a column: 'a\"'!"                                                                                                                                    },
    {table_type,    R"({"tableName": "t", "fieldsMapping": {}})",                                          "fieldsMapping has no fields!"                                                    },
    {table_type,    R"({"tableName": "t", "fieldsMapping": {"a": "a"}})",
     "Unable to connect to Cassandra database: time series are not kept in Cassandra "
     "(store.timeseries_driver)!"                                                                                                                                                            },
};

TEST(BrokerNodes, DoNotStartWithAConfigurationThatCannotWork) {
    BrokerBench house;
    for (const MakeRow& row : broker_refusals) {
        SCOPED_TRACE(row.values);
        EXPECT_EQ(house.make(row.type, row.values), row.error);
    }
    house.bench.outside.clients = nullptr;
    EXPECT_EQ(house.make_mqtt(1), "MQTT brokers are not reached from here!");
    EXPECT_EQ(house.make(kafka_type, "{}"), "Kafka is not reached from here!");
    EXPECT_EQ(house.make(rabbitmq_type, "{}"), "RabbitMQ is not reached from here!");
}

TEST(BrokerNodes, UpgradeOlderConfigurations) {
    EXPECT_EQ(upgraded(mqtt_type, 0, "{}"),
              R"({"parseToPlainText":false,"protocolVersion":"MQTT_3_1"})");
    EXPECT_EQ(upgraded(mqtt_type, 1, "{}"), R"({"protocolVersion":"MQTT_3_1"})");
    EXPECT_EQ(upgraded(azure_type, 0, "{}"), R"({"protocolVersion":"MQTT_3_1_1"})");
    EXPECT_EQ(upgraded(kafka_type, 0, R"({"keySerializer":"x","valueSerializer":"y","acks":"1"})"),
              R"({"acks":"1"})");
    EXPECT_EQ(upgraded(table_type, 0, "{}"), R"({"defaultTtl":0})");
}

TEST(MqttNode, PublishesToATopicOfTheMessage) {
    client::TestBroker broker;
    BrokerBench house;
    ASSERT_EQ(house.make_mqtt(broker.port(), R"(, "topicPattern": "t/${room}/$[kind]",
        "credentials": {"type": "basic", "username": "u", "password": "p"})"),
              "");
    const NodeAnswer answer = house.bench.send(R"({"kind":"x"})", metadata_of({
                                                                      {"room", "7"}
    }));
    EXPECT_EQ(answer.way(), "Success") << answer.error;
    EXPECT_EQ(answer.msg.metadata.find("error"), nullptr);
    EXPECT_EQ(broker.take(2), (Strings{"connect me u p", R"(t/7/x={"kind":"x"})"}));
}

TEST(MqttNode, RetainsAddsTheServersIdAndUnquotesWhenToldTo) {
    client::TestBroker broker;
    BrokerBench house;
    ASSERT_EQ(house.make_mqtt(broker.port(), R"(, "retainedMessage": true,
        "parseToPlainText": true, "appendClientIdSuffix": true, "protocolVersion": "MQTT_5")"),
              "");
    EXPECT_EQ(house.bench.send(R"("a \"b\"")").way(), "Success");
    EXPECT_EQ(house.bench.send(R"({"a":1})").way(), "Success");
    EXPECT_EQ(broker.take(3), (Strings{"connect me_bench - -", R"(my-topic=a "b" retained)",
                                       R"(my-topic={"a":1} retained)"}));
}

TEST(MqttNode, FailsWhileTheBrokerIsDownAndRecovers) {
    std::uint16_t port = 0;
    {
        client::TestBroker gone;
        port = gone.port();
    }
    BrokerBench house;
    ASSERT_EQ(house.make_mqtt(port), "");
    const NodeAnswer failed = house.bench.send("{}");
    const std::string why = "cannot connect to 127.0.0.1:" + std::to_string(port);
    EXPECT_EQ(failed.way(), "Failure");
    EXPECT_EQ(failed.error, why);
    EXPECT_EQ(failed.msg.metadata.get("error"), "class java.net.ConnectException: " + why);
    client::TestBroker broker(std::nullopt, port);
    while (house.bench.send("{}").way() != "Success") std::this_thread::yield();
}

TEST(MqttNode, TellsTheBrokersRefusalAndABadPattern) {
    client::TestBroker broker;
    broker.refuses = true;
    BrokerBench house;
    ASSERT_EQ(house.make_mqtt(broker.port()), "");
    EXPECT_EQ(house.bench.send("{}").error,
              "the MQTT broker refused the connection: not authorized");
    EXPECT_EQ(house.bench.send("no json").error, "Failed to process pattern!");
}

TEST(MqttNode, ReachesNoAddressThatIsNotPermitted) {
    client::TestBroker broker;
    BrokerBench house{{}};
    ASSERT_EQ(house.make_mqtt(broker.port()), "");
    EXPECT_EQ(house.bench.send("{}").error, "127.0.0.1:" + std::to_string(broker.port()) +
                                                " is not an address that may be called");
}

TEST(MqttNode, NodesOfOneIdShareAConnectionUntilTheConfigurationChanges) {
    client::TestBroker broker;
    BrokerBench house;
    for (int i = 0; i < 2; ++i) {
        ASSERT_EQ(house.make_mqtt(broker.port()), "");
        EXPECT_EQ(house.bench.send("{}").way(), "Success");
    }
    EXPECT_EQ(broker.take(3), (Strings{"connect me - -", "my-topic={}", "my-topic={}"}));
    ASSERT_EQ(house.make_mqtt(broker.port(), R"(, "topicPattern": "other")"), "");
    EXPECT_EQ(house.bench.send("{}").way(), "Success");
    const Strings seen = broker.take(3);
    EXPECT_EQ(std::multiset<std::string>(seen.begin(), seen.end()),
              (std::multiset<std::string>{"bye", "connect me - -", "other={}"}));
    house.bench.drop_node();
    EXPECT_EQ(broker.take(1), Strings{"bye"});
}

TEST(MqttNode, AcknowledgesFirstIfTheServerIsSetSo) {
    client::TestBroker broker;
    BrokerBench house;
    house.bench.house.settings.external.force_ack = true;
    ASSERT_EQ(house.make_mqtt(broker.port()), "");
    const NodeAnswer answer = house.bench.send("{}");
    EXPECT_EQ(answer.way(), "consumed");
    EXPECT_EQ(broker.take(2), (Strings{"connect me - -", "my-topic={}"}));
}

TEST(AzureIotHubNode, SignsItsTokens) {
    EXPECT_EQ(
        azure_iot_hub::sas_token("hub.azure-devices.net", "dev 1", "secret", 1'700'000'000'000),
        "SharedAccessSignature sr=hub.azure-devices.net%2Fdevices%2Fdev%201&sig="
        "rcMk0uVicrrHwnd%2BKbnw3UzgIdRq%2Bd5s%2BYz5l7hEd44%3D&se=1731536000");
}

TEST(KafkaNode, WritesKeyDataAndHeadersAndTellsWhereTheyAre) {
    if (!client::mock_cluster_runs) GTEST_SKIP() << "not with this sanitizer";
    client::MockCluster cluster;
    cluster.make_topic("readings-7", 1);
    BrokerBench house;
    ASSERT_EQ(house.make(kafka_type, R"({"topicPattern": "readings-${room}", "keyPattern": "$[k]",
        "addMetadataKeyValuesAsKafkaHeaders": true, "kafkaHeadersCharset": "ISO-8859-1",
        "bootstrapServers": ")" + cluster.servers() +
                                         "\"}"),
              "");
    const NodeAnswer answer =
        house.bench.send(R"({"k":"key"})", metadata_of({
                                               {"room", "7"    },
                                               {"name", "Küche"}
    }));
    EXPECT_EQ(answer.way(), "Success") << answer.error;
    EXPECT_EQ(answer.msg.metadata.get("topic"), "readings-7");
    EXPECT_EQ(answer.msg.metadata.get("partition"), "0");
    EXPECT_EQ(answer.msg.metadata.get("offset"), "0");
    EXPECT_EQ(cluster.first_record("readings-7", 0),
              "key={\"k\":\"key\"}|tb_msg_md_room=7|tb_msg_md_name=K\xFC"
              "che");
}

TEST(KafkaNode, FailsWithTheBrokersReason) {
    if (!client::mock_cluster_runs) GTEST_SKIP() << "not with this sanitizer";
    client::MockCluster cluster;
    cluster.make_topic("my-topic", 1);
    cluster.fail_next(RD_KAFKA_RESP_ERR_INVALID_RECORD);
    BrokerBench house;
    ASSERT_EQ(house.make(kafka_type, R"({"bootstrapServers": ")" + cluster.servers() + "\"}"), "");
    const NodeAnswer failed = house.bench.send("{}");
    EXPECT_EQ(failed.way(), "Failure");
    EXPECT_EQ(failed.msg.metadata.get("error"),
              "class java.lang.IllegalArgumentException: Kafka: Broker: Broker failed to validate "
              "record");
    EXPECT_EQ(house.bench.send("{}").way(), "Success");
}

struct PropertyRow {
    std::string_view java, library;  ///< `library` is "name=value", several joined by '|'.
};

constexpr PropertyRow known_properties[] = {
    {R"({"compression.type": "lz4"})",                                                            "compression.type=lz4"   },
    {R"({"delivery.timeout.ms": 5000})",                                                          "message.timeout.ms=5000"},
    {R"({"max.request.size": "100"})",                                                            "message.max.bytes=100"  },
    {R"({"enable.idempotence": true})",                                                           "enable.idempotence=true"},
    {R"({"ssl.truststore.type": "PEM"})",                                                         ""                       },
    {R"({"ssl.truststore.certificates": "a\\nb"})",                                               "ssl.ca.pem=a\nb"        },
    {R"({"ssl.endpoint.identification.algorithm": ""})",
     "ssl.endpoint.identification.algorithm=none"                                                                          },
    {R"({"sasl.jaas.config": "org.x.PlainLoginModule required username=\"u\" password=\"p\";"})",
     "sasl.username=u|sasl.password=p"                                                                                     },
};

TEST(KafkaNode, KnowsThePropertiesOfTheJavaClient) {
    for (const PropertyRow& row : known_properties) {
        SCOPED_TRACE(row.java);
        const auto got = kafka::library_properties(parse_json(row.java).value());
        ASSERT_TRUE(got) << got.error().message;
        std::string text;
        for (const auto& [name, value] : *got)
            text += (text.empty() ? "" : "|") + name + "=" + value;
        EXPECT_EQ(text, row.library);
    }
    for (const std::string_view bad :
         {R"({"sasl.oauthbearer.config": "x"})", R"({"ssl.keystore.type": "JKS"})",
          R"({"acks": [1]})", R"({"sasl.jaas.config": "Krb5LoginModule"})",
          R"({"key.serializer": "x.LongSerializer"})"})
        EXPECT_FALSE(kafka::library_properties(parse_json(bad).value())) << bad;
}

TEST(KafkaNode, EncodesHeaders) {
    using kafka::Charset;
    EXPECT_EQ(kafka::encoded("aü€", Charset::utf_8), "aü€");
    EXPECT_EQ(kafka::encoded("aü€", Charset::us_ascii), "a??");
    EXPECT_EQ(kafka::encoded("aü€", Charset::iso_8859_1), "a\xFC?");
    EXPECT_EQ(to_hex(as_bytes(std::string_view(kafka::encoded("a€", Charset::utf_16)))),
              "feff006120ac");
    EXPECT_EQ(to_hex(as_bytes(std::string_view(kafka::encoded("a", Charset::utf_16le)))), "6100");
    EXPECT_EQ(to_hex(as_bytes(std::string_view(kafka::encoded("😀", Charset::utf_16be)))),
              "d83dde00");
}

TEST(RabbitMqNode, FailsWhileTheBrokerIsDown) {
    std::uint16_t port = 0;
    {
        client::TestBroker gone;
        port = gone.port();
    }
    BrokerBench house;
    ASSERT_EQ(
        house.make(rabbitmq_type, R"({"host": "127.0.0.1", "port": )" + std::to_string(port) + "}"),
        "");
    const NodeAnswer failed = house.bench.send("{}");
    EXPECT_EQ(failed.way(), "Failure");
    EXPECT_EQ(failed.error, "cannot connect to 127.0.0.1:" + std::to_string(port));
    EXPECT_EQ(house.bench.send("no json").error, "Failed to process pattern!");
}

/// Writes down what it is asked for.
struct FakeTables final : store::CustomTables {
    Task<Result<>> insert(std::string table, std::string row, std::chrono::seconds ttl) override {
        rows.push_back(table + " " + row + " " + std::to_string(ttl.count()));
        if (refuses) co_return Error{ErrorCode::invalid_argument, "unconfigured table"};
        co_return Result<>();
    }
    Strings rows;
    bool refuses = false;
};

struct TableRow {
    std::string_view data, outcome;  ///< The row, or the failure's text.
};

constexpr TableRow table_rows[] = {
    {R"({"a": 1, "b": "x"})",           R"(cs_tb_t {"id":"@","a":1,"b":"x"} 60)"                 },
    {R"({"a": 1.0, "b": {"c": [1]}})",  R"(cs_tb_t {"id":"@","a":1.0,"b":"{\"c\":[1]}"} 60)"     },
    {R"({"a": true, "b": "", "c": 1})", R"(cs_tb_t {"id":"@","a":true,"b":""} 60)"               },
    {R"({"a": 1})",                     "Message data doesn't contain key: 'b'!"                 },
    {R"({"a": 1, "b": [1]})",
     "Message data key: 'b' with value: '[1]' is not a JSON object or JSON primitive!"           },
    {R"({"a": null, "b": 1})",
     "Message data key: 'a' with value: 'null' is not a JSON object or JSON primitive!"          },
    {R"([1])",                          "Invalid message structure, it is not a JSON object: [1]"},
};

TEST(SaveToCustomTableNode, SavesTheFieldsThatAreMapped) {
    BrokerBench house;
    FakeTables tables;
    house.bench.outside.tables = &tables;
    ASSERT_EQ(house.make(table_type, R"({"tableName": "t", "defaultTtl": 60,
        "fieldsMapping": {"$entityId": "id", "a": "a", "b": "b"}})"),
              "");
    for (const TableRow& row : table_rows) {
        SCOPED_TRACE(row.data);
        tables.rows.clear();
        const NodeAnswer answer = house.bench.send(row.data);
        if (tables.rows.empty()) {
            EXPECT_EQ(answer.way(), "Failure");
            EXPECT_EQ(answer.error, row.outcome);
            continue;
        }
        std::string expected(row.outcome);
        if (const std::size_t at = expected.find('@'); at != std::string::npos)
            expected.replace(at, 1, house.bench.house.device.uuid.to_string());
        EXPECT_EQ(answer.way(), "Success");
        EXPECT_EQ(tables.rows, Strings{expected});
    }
    tables.refuses = true;
    EXPECT_EQ(house.bench.send(R"({"a": 1, "b": 2})").error, "unconfigured table");
}

}  // namespace
}  // namespace thingstead::rule::testing
