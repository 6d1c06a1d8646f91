#include "client/kafka/kafka_producer.h"

#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <memory>
#include <string>

#include "client/kafka/mock_cluster_testing.h"

namespace thingstead::client {
namespace {

using namespace std::chrono_literals;

KafkaProducerSettings kafka_settings(const std::string& servers,
                                     const std::string& timeout_ms = "60000") {
    KafkaProducerSettings settings;
    settings.properties = {
        {"bootstrap.servers",  servers   },
        {"message.timeout.ms", timeout_ms},
        {"linger.ms",          "0"       },
        {"retries",            "0"       }
    };
    return settings;
}

/// "topic/partition/offset", or the error's text.
std::string sent(KafkaProducer& producer, KafkaRecord record) {
    const auto promise = std::make_shared<std::promise<std::string>>();
    std::future<std::string> future = promise->get_future();
    producer.send(std::move(record), [promise](const Result<KafkaPlace>& place) {
        promise->set_value(place ? place->topic + "/" + std::to_string(place->partition) + "/" +
                                       std::to_string(place->offset)
                                 : place.error().message);
    });
    return future.wait_for(1min) == std::future_status::ready ? future.get() : "no answer";
}

TEST(KafkaProducer, TellsWhereARecordIs) {
    MockCluster cluster;
    cluster.make_topic("readings", 1);
    const auto producer = KafkaProducer::open(kafka_settings(cluster.servers()), Log());
    ASSERT_TRUE(producer);
    EXPECT_EQ(sent(**producer,
                   {
                       "readings", "k", "v", {{"a", "1"}, {"b", "2"}}
    }),
              "readings/0/0");
    EXPECT_EQ(sent(**producer, {"readings", std::nullopt, "w"}), "readings/0/1");
    EXPECT_EQ(cluster.first_record("readings", 0), "k=v|a=1|b=2");
}

TEST(KafkaProducer, TellsABrokersRefusal) {
    MockCluster cluster;
    cluster.make_topic("readings", 1);
    cluster.fail_next(RD_KAFKA_RESP_ERR_INVALID_RECORD);
    const auto producer = KafkaProducer::open(kafka_settings(cluster.servers()), Log());
    ASSERT_TRUE(producer);
    EXPECT_EQ(sent(**producer, {"readings", {}, "v"}),
              "Kafka: Broker: Broker failed to validate record");
    EXPECT_EQ(sent(**producer, {"readings", {}, "v"}), "readings/0/0");
}

TEST(KafkaProducer, SaysWhyNoBrokerIsReached) {
    std::string servers;
    {
        MockCluster gone;
        servers = gone.servers();
    }
    const auto producer = KafkaProducer::open(kafka_settings(servers, "500"), Log());
    ASSERT_TRUE(producer);
    const std::string why = sent(**producer, {"readings", {}, "v"});
    EXPECT_NE(why.find("timed out"), std::string::npos) << why;
    EXPECT_NE(why.find("Connection refused"), std::string::npos) << why;
}

TEST(KafkaProducer, ReachesNoAddressThatIsNotPermitted) {
    MockCluster cluster;
    const net::EgressGuard guard;
    KafkaProducerSettings settings = kafka_settings(cluster.servers(), "500");
    settings.egress = &guard;
    const auto producer = KafkaProducer::open(settings, Log());
    ASSERT_TRUE(producer);
    const std::string why = sent(**producer, {"readings", {}, "v"});
    EXPECT_NE(why.find("timed out"), std::string::npos) << why;
}

TEST(KafkaProducer, RefusesBeyondItsLimitAndWhatIsClosed) {
    std::string servers;
    {
        MockCluster gone;
        servers = gone.servers();
    }
    KafkaProducerSettings settings = kafka_settings(servers);
    settings.records_max = 1;
    const auto producer = KafkaProducer::open(settings, Log());
    ASSERT_TRUE(producer);
    const auto first = std::make_shared<std::promise<std::string>>();
    (*producer)->send({"readings", {}, "v"}, [first](const Result<KafkaPlace>& place) {
        first->set_value(place ? "sent" : place.error().message);
    });
    EXPECT_EQ(sent(**producer, {"readings", {}, "w"}), "Kafka: too many records wait");
    (*producer)->close();
    std::future<std::string> answer = first->get_future();
    ASSERT_EQ(answer.wait_for(1min), std::future_status::ready);
    EXPECT_EQ(answer.get(), "Kafka: the producer was closed");
    EXPECT_EQ(sent(**producer, {"readings", {}, "w"}), "Kafka: the producer was closed");
}

TEST(KafkaProducer, NamesAPropertyThatIsWrong) {
    KafkaProducerSettings settings = kafka_settings("127.0.0.1:1");
    settings.properties.emplace_back("no.such", "1");
    const auto producer = KafkaProducer::open(settings, Log());
    ASSERT_FALSE(producer);
    EXPECT_NE(producer.error().message.find("no.such"), std::string::npos);
}

}  // namespace
}  // namespace thingstead::client
