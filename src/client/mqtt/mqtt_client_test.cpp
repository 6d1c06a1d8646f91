#include "client/mqtt/mqtt_client.h"

#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <string>
#include <vector>

#include "base/log_testing.h"
#include "client/mqtt/broker_testing.h"
#include "net/io_threads.h"

namespace thingstead::client {
namespace {

using namespace std::chrono_literals;
using Strings = std::vector<std::string>;

/// Tells how one call ended.
struct MqttAnswer {
    MqttClient::Done done() const {
        return [promise = promise](const Result<>& outcome) {
            promise->set_value(outcome ? "done" : outcome.error().message);
        };
    }
    std::string get() const {
        std::future<std::string> future = promise->get_future();
        return future.wait_for(1min) == std::future_status::ready ? future.get() : "no answer";
    }
    std::shared_ptr<std::promise<std::string>> promise =
        std::make_shared<std::promise<std::string>>();
};

struct MqttHouse {
    MqttClientSettings settings_for(std::uint16_t port) {
        MqttClientSettings settings;
        settings.address = {"127.0.0.1", port};
        settings.session.client_id = "me";
        settings.session.publish_timeout = 60s;
        settings.session.answer_timeout = 60s;
        settings.retry_min = 1ms;
        settings.retry_max = 20ms;
        return settings;
    }
    void open(MqttClientSettings settings) {
        client = std::make_unique<MqttClient>(io.at(0), std::move(settings), log.log);
    }
    std::string publish(std::string payload, mqtt::QoS qos = mqtt::QoS::at_least_once) {
        const MqttAnswer answer;
        MqttMessage message("t", std::move(payload));
        message.qos = qos;
        client->publish(std::move(message), answer.done());
        return answer.get();
    }

    MemoryLog log = open_memory_log();
    net::IoThreads io{1};
    std::unique_ptr<MqttClient> client;
};

TEST(MqttClient, PublishesAtEveryQosInEveryVersion) {
    TestBroker broker;
    for (const mqtt::Version version :
         {mqtt::Version::v3_1, mqtt::Version::v3_1_1, mqtt::Version::v5}) {
        MqttHouse house;
        MqttClientSettings settings = house.settings_for(broker.port());
        settings.session.version = version;
        settings.session.user_name = "user";
        settings.fresh_password = [] { return "fresh"; };
        house.open(settings);
        EXPECT_EQ(house.publish("a"), "done");
        EXPECT_EQ(house.publish("b", mqtt::QoS::exactly_once), "done");
        EXPECT_EQ(house.publish("c", mqtt::QoS::at_most_once), "done");
        EXPECT_EQ(broker.take(4), (Strings{"connect me user fresh", "t=a", "t=b", "t=c"}));
        house.client.reset();
        EXPECT_EQ(broker.take(1), Strings{"bye"});
    }
}

TEST(MqttClient, WhatABrokerRefusesFailsAtOnceUntilItDoesNot) {
    TestBroker broker;
    broker.refuses = true;
    MqttHouse house;
    house.open(house.settings_for(broker.port()));
    EXPECT_EQ(house.publish("a"), "the MQTT broker refused the connection: not authorized");
    broker.refuses = false;
    while (house.publish("b") != "done") std::this_thread::yield();
}

TEST(MqttClient, SaysThatNobodyListensAndConnectsWhenSomebodyDoes) {
    std::uint16_t port = 0;
    {
        TestBroker gone;
        port = gone.port();
    }
    MqttHouse house;
    house.open(house.settings_for(port));
    EXPECT_EQ(house.publish("a"), "cannot connect to 127.0.0.1:" + std::to_string(port));
    TestBroker broker(std::nullopt, port);
    while (house.publish("b") != "done") std::this_thread::yield();
    EXPECT_EQ(broker.take(2), (Strings{"connect me - -", "t=b"}));
}

TEST(MqttClient, SendsAgainWhatALostConnectionLeftOpen) {
    TestBroker broker;
    broker.answers = false;
    MqttHouse house;
    MqttClientSettings settings = house.settings_for(broker.port());
    settings.retry_min = 0ms;  // However short it was: the connection counts as a good one.
    house.open(settings);
    const MqttAnswer answer;
    house.client->publish({"t", "a"}, answer.done());
    EXPECT_EQ(broker.take(2), (Strings{"connect me - -", "t=a"}));
    broker.answers = true;
    broker.drop_all();
    EXPECT_EQ(answer.get(), "done");
    EXPECT_EQ(broker.take(2), (Strings{"connect me - -", "t=a"}));
}

TEST(MqttClient, WhatIsNotAnsweredInTimeFails) {
    TestBroker broker;
    broker.answers = false;
    MqttHouse house;
    MqttClientSettings settings = house.settings_for(broker.port());
    settings.session.publish_timeout = 100ms;
    house.open(settings);
    EXPECT_EQ(house.publish("a"), "the MQTT broker did not answer in time");
}

TEST(MqttClient, KeepsNoMoreThanItsLimit) {
    TestBroker broker;
    broker.answers = false;
    MqttHouse house;
    MqttClientSettings settings = house.settings_for(broker.port());
    settings.session.unacknowledged_max = 1;
    house.open(settings);
    const MqttAnswer first, second, third;
    house.client->publish({"t", "a"}, first.done());
    house.client->publish({"t", "b"}, second.done());
    house.client->publish({"t", "c"}, third.done());
    EXPECT_EQ(third.get(), "too much waits for the MQTT broker");
    house.client->close();
    EXPECT_EQ(first.get(), "the MQTT client was closed");
}

TEST(MqttClient, TakesMessagesItSubscribedTo) {
    TestBroker broker;
    MqttHouse house;
    MqttClientSettings settings = house.settings_for(broker.port());
    settings.retry_min = 0ms;
    std::mutex mutex;
    std::condition_variable changed;
    Strings got;
    settings.on_message = [&](const MqttMessage& message) {
        house.client->acknowledge(message.receipt);
        const std::lock_guard lock(mutex);
        got.push_back(message.topic + "=" + message.payload);
        changed.notify_all();
    };
    house.open(settings);
    const MqttAnswer subscribed;
    house.client->subscribe("#", mqtt::QoS::exactly_once, subscribed.done());
    EXPECT_EQ(subscribed.get(), "done");
    EXPECT_EQ(house.publish("a"), "done");
    broker.take(3);  // connect, t=a, delivered
    broker.drop_all();
    broker.take(1);
    while (house.publish("b") != "done") std::this_thread::yield();
    std::unique_lock lock(mutex);
    EXPECT_TRUE(changed.wait_for(lock, 1min, [&] { return got.size() >= 2; }));
    EXPECT_EQ(got, (Strings{"t=a", "t=b"}));
    lock.unlock();
    const MqttAnswer left;
    house.client->unsubscribe("#", left.done());
    EXPECT_EQ(left.get(), "done");
}

TEST(MqttClient, ReachesNoAddressThatIsNotPermitted) {
    TestBroker broker;
    const net::EgressGuard guard;
    MqttHouse house;
    MqttClientSettings settings = house.settings_for(broker.port());
    settings.egress = &guard;
    house.open(settings);
    EXPECT_EQ(house.publish("a"), "127.0.0.1:" + std::to_string(broker.port()) +
                                      " is not an address that may be called");
}

}  // namespace
}  // namespace thingstead::client
