// A small MQTT broker in this process, for tests: the server's side of the codec behind a listener.
// It passes messages on to subscribers, and breaks when it is told to.
#pragma once
#include <algorithm>
#include <atomic>
#include <boost/asio/post.hpp>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "net/stream_socket.h"
#include "net/task_group.h"
#include "protocol/mqtt/server_session.h"
#include "protocol/mqtt/topic.h"

namespace thingstead::client {

class TestBroker {
  public:
    explicit TestBroker(std::optional<net::TlsSettings> tls = std::nullopt, std::uint16_t port = 0)
        : listener_(io_, {.address = "127.0.0.1", .port = port, .tls = std::move(tls)}, Log(),
                    metrics_, "broker",
                    [this](std::unique_ptr<net::Stream> stream) { accept(std::move(stream)); }) {
        TS_ASSERT(listener_.start());
    }
    ~TestBroker() {
        listener_.stop();
        tasks_.stop(std::chrono::seconds(30));
    }

    std::uint16_t port() const { return listener_.port(); }
    /// Ends every connection.
    void drop_all() {
        boost::asio::post(io_.at(0), [this] {
            for (Client* each : clients_) each->stream->close();
        });
    }
    /// Lines like "connect ID USER PASSWORD", "topic=payload", "topic=payload retained"; waits
    /// until there are `count`, a minute at most, and takes them away.
    std::vector<std::string> take(std::size_t count) {
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, std::chrono::minutes(1), [&] { return lines_.size() >= count; });
        return std::exchange(lines_, {});
    }

    std::atomic<bool> answers{true};   ///< Publishes of QoS 1 and 2 are acknowledged.
    std::atomic<bool> refuses{false};  ///< Who connects is not authorised.

  private:
    struct Client final : mqtt::SessionHandler {
        Client(TestBroker& at, std::unique_ptr<net::Stream> s)
            : broker(at), stream(std::move(s)), session(at.settings_, *this, Clock::now()) {}

        void on_connect(const mqtt::Connect& connect) override {
            broker.add("connect " + std::string(connect.client_id) + " " +
                       std::string(connect.user_name.value_or("-")) + " " +
                       std::string(connect.password.value_or("-")));
            if (broker.refuses)
                session.refuse(mqtt::ReasonCode::not_authorized);
            else
                session.accept({}, Clock::now());
        }
        mqtt::Flow on_publish(const mqtt::Publish& publish) override {
            const bool answers = broker.answers;  // Before anybody hears of it and changes that.
            broker.add(std::string(publish.topic) + "=" + std::string(publish.payload) +
                       (publish.retain ? " retained" : ""));
            if (publish.packet_id && answers) session.acknowledge(publish.packet_id);
            broker.pass_on(publish);
            return mqtt::Flow::more;
        }
        mqtt::Flow on_subscribe(const mqtt::Subscribe& subscribe) override {
            std::vector<mqtt::ReasonCode> reasons;
            for (const mqtt::Subscription& each : subscribe.filters) {
                filters.emplace_back(std::string(each.filter), each.qos);
                reasons.push_back(mqtt::ReasonCode{static_cast<std::uint8_t>(each.qos)});
            }
            session.suback(subscribe.packet_id, reasons);
            return mqtt::Flow::more;
        }
        mqtt::Flow on_unsubscribe(const mqtt::Unsubscribe& unsubscribe) override {
            filters.clear();
            const std::vector<mqtt::ReasonCode> reasons(unsubscribe.filters.size());
            session.unsuback(unsubscribe.packet_id, reasons);
            return mqtt::Flow::more;
        }
        void on_delivered(std::uint16_t, mqtt::ReasonCode) override { broker.add("delivered"); }
        void on_ping() override { broker.add("ping"); }
        void on_disconnect(const mqtt::Disconnect&) override { broker.add("bye"); }

        TestBroker& broker;
        std::unique_ptr<net::Stream> stream;
        mqtt::ServerSession session;
        std::vector<std::pair<std::string, mqtt::QoS>> filters;
    };
    using Clock = std::chrono::steady_clock;

    void accept(std::unique_ptr<net::Stream> stream) {
        const auto executor = stream->executor();
        tasks_.spawn(executor, "client", serve(*this, std::move(stream)));
    }
    static Task<> serve(TestBroker& broker, std::unique_ptr<net::Stream> stream) {
        Client client(broker, std::move(stream));
        broker.clients_.push_back(&client);
        const std::unique_ptr<Client, std::function<void(Client*)>> listed(
            &client, [&broker](Client* it) { std::erase(broker.clients_, it); });
        std::vector<std::byte> buffer(4096);
        while (!client.session.closed()) {
            const auto got = co_await client.stream->read_some(buffer);
            if (!got || *got == 0) break;
            client.session.feed(as_text(ByteSpan(buffer).first(*got)), Clock::now());
            std::string bytes;
            for (client.session.swap_output(bytes); !bytes.empty();
                 client.session.swap_output(bytes)) {
                const auto written = co_await client.stream->write(as_bytes(bytes));
                if (!written) co_return;
            }
        }
    }
    /// To subscribers on the connection that published: enough for tests.
    void pass_on(const mqtt::Publish& publish) {
        for (Client* each : clients_)
            for (const auto& [filter, qos] : each->filters)
                if (mqtt::topic_matches(filter, publish.topic))
                    each->session.publish(
                        {.topic = publish.topic, .payload = publish.payload, .qos = qos});
    }
    void add(std::string line) {
        const std::lock_guard lock(mutex_);
        lines_.push_back(std::move(line));
        changed_.notify_all();
    }

    net::IoThreads io_{1, "broker"};
    MetricsRegistry metrics_;
    mqtt::SessionSettings settings_;
    net::TaskGroup tasks_{"broker", Log()};
    std::vector<Client*> clients_;  ///< Of the thread of io_.
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<std::string> lines_;
    net::Listener listener_;
};

}  // namespace thingstead::client
