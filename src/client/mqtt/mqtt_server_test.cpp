// MqttClient against a real broker, Mosquitto.
#include <gtest/gtest.h>

#include <algorithm>
#include <condition_variable>
#include <fstream>
#include <future>
#include <iterator>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "client/mqtt/mqtt_client.h"
#include "net/io_threads.h"
#include "net/tls_pem.h"
#include "support/server_control.h"

namespace thingstead::client {
namespace {

using namespace std::chrono_literals;
using Strings = std::vector<std::string>;

MqttClientSettings mosquitto_settings(const char* variable = "THINGSTEAD_TEST_MOSQUITTO") {
    MqttClientSettings settings;
    settings.address = net::parse_address(test::server_variable(variable)).value();
    settings.session.client_id = "thingstead";
    settings.session.publish_timeout = 60s;
    settings.retry_min = 1ms;
    settings.retry_max = 100ms;
    return settings;
}

std::string text_of_file(const std::string& name) {
    std::ifstream file(test::server_variable("THINGSTEAD_TEST_MOSQUITTO_FOLDER") + "/" + name);
    return {std::istreambuf_iterator<char>(file), {}};
}

struct Mosquitto {
    void open(MqttClientSettings settings) {
        settings.on_message = [this](const MqttMessage& message) {
            client->acknowledge(message.receipt);
            const std::lock_guard lock(mutex);
            got.push_back(message.topic + "=" + message.payload);
            changed.notify_all();
        };
        client = std::make_unique<MqttClient>(io.at(0), std::move(settings), Log());
    }
    std::string ended(const std::function<void(MqttClient::Done)>& begin) {
        const auto promise = std::make_shared<std::promise<std::string>>();
        begin([promise](const Result<>& outcome) {
            promise->set_value(outcome ? "done" : outcome.error().message);
        });
        std::future<std::string> answer = promise->get_future();
        return answer.wait_for(1min) == std::future_status::ready ? answer.get() : "no answer";
    }
    std::string publish(const std::string& payload, mqtt::QoS qos = mqtt::QoS::at_least_once) {
        return ended([&](MqttClient::Done done) {
            MqttMessage message("a/b", payload);
            message.qos = qos;
            client->publish(std::move(message), std::move(done));
        });
    }
    std::string subscribe(mqtt::QoS qos) {
        return ended(
            [&](MqttClient::Done done) { client->subscribe("a/+", qos, std::move(done)); });
    }
    Strings take(std::size_t count) {
        std::unique_lock lock(mutex);
        changed.wait_for(lock, 1min, [&] { return got.size() >= count; });
        return std::exchange(got, {});
    }

    std::mutex mutex;
    std::condition_variable changed;
    Strings got;
    net::IoThreads io{1};
    std::unique_ptr<MqttClient> client;
};

TEST(MqttClient, SpeaksWithARealBrokerInEveryVersionAtEveryQos) {
    for (const mqtt::Version version :
         {mqtt::Version::v3_1, mqtt::Version::v3_1_1, mqtt::Version::v5}) {
        SCOPED_TRACE(static_cast<int>(version));
        Mosquitto house;
        MqttClientSettings settings = mosquitto_settings();
        settings.session.version = version;
        house.open(settings);
        EXPECT_EQ(house.subscribe(mqtt::QoS::exactly_once), "done");
        EXPECT_EQ(house.publish("0", mqtt::QoS::at_most_once), "done");
        EXPECT_EQ(house.publish("1", mqtt::QoS::at_least_once), "done");
        EXPECT_EQ(house.publish("2", mqtt::QoS::exactly_once), "done");
        Strings got = house.take(3);
        std::ranges::sort(got);
        EXPECT_EQ(got, (Strings{"a/b=0", "a/b=1", "a/b=2"}));
    }
}

TEST(MqttClient, LogsInWithItsPassword) {
    for (const auto& [password, answer] : {
             std::pair{"thingstead-secret", "done"                                                  },
             std::pair{"wrong",             "the MQTT broker refused the connection: not authorized"}
    }) {
        Mosquitto house;
        MqttClientSettings settings = mosquitto_settings("THINGSTEAD_TEST_MOSQUITTO_PASSWORD");
        settings.session.user_name = "thingstead";
        settings.session.password = password;
        house.open(settings);
        EXPECT_EQ(house.publish("x"), answer);
    }
}

TEST(MqttClient, ShowsItsCertificate) {
    net::TlsClientTexts texts;
    texts.authorities = text_of_file("ca.crt");
    for (const bool with_own : {true, false}) {
        texts.certificate = with_own ? text_of_file("client.crt") : "";
        texts.private_key = with_own ? text_of_file("client.key") : "";
        Mosquitto house;
        MqttClientSettings settings = mosquitto_settings("THINGSTEAD_TEST_MOSQUITTO_TLS");
        settings.tls = net::make_tls_client_context(texts).value();
        house.open(settings);
        EXPECT_EQ(house.publish("x") == "done", with_own);
    }
    Mosquitto house;
    MqttClientSettings settings = mosquitto_settings("THINGSTEAD_TEST_MOSQUITTO_TLS");
    settings.tls = net::make_tls_client_context(net::TlsClientTexts()).value();
    house.open(settings);
    EXPECT_EQ(house.publish("x"), "no TLS with " + net::to_string(settings.address));
}

TEST(MqttClient, OutlivesARestartOfTheBroker) {
    Mosquitto house;
    house.open(mosquitto_settings());
    EXPECT_EQ(house.subscribe(mqtt::QoS::at_least_once), "done");
    test::control_server("kill", "mosquitto");
    while (house.publish("x").find("cannot connect") == std::string::npos)
        std::this_thread::yield();
    test::control_server("start", "mosquitto");
    while (house.publish("y") != "done") std::this_thread::yield();
    EXPECT_EQ(house.take(1), Strings{"a/b=y"});
}

}  // namespace
}  // namespace thingstead::client
