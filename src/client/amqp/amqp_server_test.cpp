// AmqpPublisher against a real RabbitMQ.
#include <amqp.h>
#include <amqp_framing.h>
#include <amqp_tcp_socket.h>
#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "client/amqp/amqp_publisher.h"
#include "support/server_control.h"

namespace thingstead::client {
namespace {

using namespace std::chrono_literals;

net::Address rabbitmq_address() {
    return net::parse_address(test::server_variable("THINGSTEAD_TEST_RABBITMQ")).value();
}

AmqpPublisherSettings amqp_settings() {
    AmqpPublisherSettings settings;
    settings.address = rabbitmq_address();
    settings.publish_timeout = 60s;
    settings.retry_min = 1ms;
    settings.retry_max = 100ms;
    return settings;
}

/// The other side: makes queues and empties them.
class AmqpReader {
  public:
    AmqpReader() : state_(amqp_new_connection()) {
        const net::Address address = rabbitmq_address();
        amqp_socket_t* const socket = amqp_tcp_socket_new(state_);
        TS_ASSERT(amqp_socket_open(socket, address.host.c_str(), address.port) == AMQP_STATUS_OK);
        check(amqp_login(state_, "/", 0, 131'072, 0, AMQP_SASL_METHOD_PLAIN, "guest", "guest"));
        amqp_channel_open(state_, 1);
        check(amqp_get_rpc_reply(state_));
    }
    ~AmqpReader() { amqp_destroy_connection(state_); }
    AmqpReader(const AmqpReader&) = delete;
    AmqpReader& operator=(const AmqpReader&) = delete;

    void make_queue(const char* name) {
        amqp_queue_declare(state_, 1, amqp_cstring_bytes(name), 0, 0, 0, 0, amqp_empty_table);
        check(amqp_get_rpc_reply(state_));
    }
    /// "body type mode" of the next message; "" if there is none.
    std::string get(const char* name) {
        const amqp_rpc_reply_t reply = amqp_basic_get(state_, 1, amqp_cstring_bytes(name), 1);
        check(reply);
        if (reply.reply.id == AMQP_BASIC_GET_EMPTY_METHOD) return "";
        amqp_message_t message;
        check(amqp_read_message(state_, 1, &message, 0));
        const amqp_basic_properties_t& has = message.properties;
        std::string out(static_cast<const char*>(message.body.bytes), message.body.len);
        out += " " +
               std::string(static_cast<const char*>(has.content_type.bytes), has.content_type.len);
        out += " " + std::to_string(has.delivery_mode);
        amqp_destroy_message(&message);
        return out;
    }

  private:
    static void check(const amqp_rpc_reply_t& reply) {
        TS_ASSERT(reply.reply_type == AMQP_RESPONSE_NORMAL);
    }
    amqp_connection_state_t state_;
};

using AmqpAnswer = std::future<std::string>;

AmqpAnswer publish(AmqpPublisher& publisher, AmqpMessage message) {
    const auto promise = std::make_shared<std::promise<std::string>>();
    publisher.publish(std::move(message), [promise](const Result<>& outcome) {
        promise->set_value(outcome ? "done" : outcome.error().message);
    });
    return promise->get_future();
}

std::string told(AmqpAnswer answer) {
    return answer.wait_for(1min) == std::future_status::ready ? answer.get() : "no answer";
}

AmqpMessage to_queue(const std::string& queue, const std::string& body) {
    return {.exchange = "", .routing_key = queue, .body = body};
}

TEST(AmqpPublisher, TheBrokerHasWhatIsDone) {
    AmqpReader reader;
    reader.make_queue("plain");
    AmqpPublisher publisher(amqp_settings(), Log());
    AmqpMessage message = to_queue("plain", std::string(300'000, 'x'));
    message.content_type = "text/plain";
    message.delivery_mode = 2;
    EXPECT_EQ(told(publish(publisher, message)), "done");
    EXPECT_EQ(reader.get("plain"), std::string(300'000, 'x') + " text/plain 2");
    std::vector<AmqpAnswer> answers;
    for (int i = 0; i < 500; ++i)
        answers.push_back(publish(publisher, to_queue("plain", std::to_string(i))));
    for (AmqpAnswer& each : answers) EXPECT_EQ(told(std::move(each)), "done");
    for (int i = 0; i < 500; ++i) EXPECT_EQ(reader.get("plain"), std::to_string(i) + "  0");
}

TEST(AmqpPublisher, OneBadExchangeHarmsNoOtherMessage) {
    AmqpReader reader;
    reader.make_queue("good");
    AmqpPublisher publisher(amqp_settings(), Log());
    std::vector<AmqpAnswer> answers;
    for (int i = 0; i < 20; ++i) {
        AmqpMessage message = to_queue("good", std::to_string(i));
        if (i == 7) message.exchange = "nowhere";
        answers.push_back(publish(publisher, std::move(message)));
    }
    for (std::size_t i = 0; i < answers.size(); ++i)
        EXPECT_EQ(told(std::move(answers[i])),
                  i == 7 ? "RabbitMQ: NOT_FOUND - no exchange 'nowhere' in vhost '/'" : "done");
    EXPECT_EQ(told(publish(publisher, to_queue("good", "after"))), "done");
}

TEST(AmqpPublisher, TellsARefusal) {
    AmqpPublisherSettings settings = amqp_settings();
    settings.password = "wrong";
    AmqpPublisher publisher(settings, Log());
    const std::string why = told(publish(publisher, to_queue("q", "x")));
    EXPECT_NE(why.find("ACCESS_REFUSED"), std::string::npos) << why;
    settings = amqp_settings();
    settings.virtual_host = "nowhere";
    AmqpPublisher other(settings, Log());
    const std::string what = told(publish(other, to_queue("q", "x")));
    EXPECT_NE(what.find("nowhere"), std::string::npos) << what;
}

TEST(AmqpPublisher, FailsWhileTheBrokerIsDownAndRecovers) {
    AmqpPublisher publisher(amqp_settings(), Log());
    EXPECT_EQ(told(publish(publisher, to_queue("q", "x"))), "done");
    test::control_server("kill", "rabbitmq");
    while (told(publish(publisher, to_queue("q", "x"))).find("cannot connect") == std::string::npos)
        std::this_thread::yield();
    test::control_server("start", "rabbitmq");
    while (told(publish(publisher, to_queue("q", "x"))) != "done") std::this_thread::yield();
}

TEST(AmqpPublisher, ReachesNoAddressThatIsNotPermitted) {
    const net::EgressGuard guard;
    AmqpPublisherSettings settings = amqp_settings();
    settings.egress = &guard;
    AmqpPublisher publisher(settings, Log());
    const std::string why = told(publish(publisher, to_queue("q", "x")));
    EXPECT_NE(why.find("is not an address that may be called"), std::string::npos) << why;
}

}  // namespace
}  // namespace thingstead::client
