// Two processes' worth of servers over one queue: a node, and a transport without stores.
#include "app/roles.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>

#include "app/server.h"
#include "base/json.h"
#include "net/net_testing.h"
#include "queue/log/log_testing.h"

namespace thingstead::app {
namespace {

using namespace std::chrono_literals;
using net::RawClient;

std::string text_field(std::string_view text) {
    std::string out;
    out.push_back(static_cast<char>(text.size() >> 8));
    out.push_back(static_cast<char>(text.size() & 0xFF));
    return out + std::string(text);
}
/// An MQTT packet of less than 128 bytes after its header.
std::string packet(char first, const std::string& rest) {
    return std::string(1, first) + std::string(1, static_cast<char>(rest.size())) + rest;
}

/// Speaks MQTT 3.1.1, just enough.
class MqttDevice {
  public:
    MqttDevice(std::uint16_t port, std::string_view token) : socket_(port) {
        const std::string head = text_field("MQTT") + std::string("\x04\x82\x00\x3c", 4);
        socket_.send(packet('\x10', head + text_field("") + text_field(token)));
        answer_ = socket_.read_bytes(4);
    }
    bool accepted() const { return answer_ == std::string("\x20\x02\x00\x00", 4); }
    bool publish(const std::string& topic, const std::string& payload) {
        socket_.send(packet('\x32', text_field(topic) + std::string("\x00\x07", 2) + payload));
        return socket_.read_bytes(4) == std::string("\x40\x02\x00\x07", 4);
    }
    bool subscribe(const std::string& filter) {
        socket_.send(packet(
            '\x82', std::string("\x00\x08", 2) + text_field(filter) + std::string("\x00", 1)));
        return socket_.read_bytes(5) == std::string("\x90\x03\x00\x08\x00", 5);
    }
    RawClient& socket() { return socket_; }

  private:
    RawClient socket_;
    std::string answer_;
};

struct Reply {
    int status = 0;
    json::value body;
};

/// A user of the REST interface.
class User {
  public:
    explicit User(std::uint16_t port) : port_(port) {
        const Reply login = ask("POST", "/api/auth/login",
                                R"({"username":"tenant@thingsboard.org","password":"tenant"})");
        EXPECT_EQ(login.status, 200);
        token_ = login.body.at("token").as_string();
    }
    Reply ask(const std::string& method, const std::string& path, const std::string& body = "") {
        RawClient socket(port_);
        std::string request = method + " " + path + " HTTP/1.1\r\nHost: test\r\n";
        if (!token_.empty()) request += "X-Authorization: Bearer " + token_ + "\r\n";
        request +=
            "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
            "\r\n\r\n" + body;
        socket.send(request);
        const std::string reply = socket.read_reply();
        const std::size_t head = reply.find("\r\n\r\n");
        Result<json::value> document = parse_json(reply.substr(head + 4));
        return {std::stoi(reply.substr(9, 3)), document ? *document : json::value()};
    }
    std::string device_id(const std::string& name) {
        const Reply device = ask("GET", "/api/tenant/devices?deviceName=" + name);
        EXPECT_EQ(device.status, 200);
        return std::string(device.body.at("id").at("id").as_string());
    }
    /// Null: there is no such server attribute.
    json::value server_attribute(const std::string& device, const std::string& key) {
        const Reply got = ask("GET", "/api/plugins/telemetry/DEVICE/" + device +
                                         "/values/attributes/SERVER_SCOPE?keys=" + key);
        if (got.status != 200 || got.body.as_array().empty()) return nullptr;
        return got.body.at(0).at("value");
    }

  private:
    std::uint16_t port_;
    std::string token_;
};

template <class IsSo>
bool eventually(IsSo is_so) {
    for (int i = 0; i < 600 && !is_so(); ++i) std::this_thread::sleep_for(50ms);
    return is_so();
}

struct RolesTest : testing::Test {
    ~RolesTest() override {
        transport.reset();
        node.reset();
        queue->stop();
    }
    Settings settings(const std::string& name, std::vector<std::string> roles) const {
        Settings with;
        with.data = storage.directory.path() + "/" + name;
        with.io_threads = 1;
        with.service.id = name;
        with.service.roles = std::move(roles);
        with.api.http_port = with.metrics.port = with.transport.mqtt.port = 0;
        with.queue.partitions = with.cluster.partitions = 2;
        with.cluster.announce_period = 100ms;
        with.cluster.activity_period = 200ms;
        return with;
    }
    std::unique_ptr<Server> open(const Settings& with) {
        auto server = Server::start(with, true, log.log, queue.get());
        EXPECT_TRUE(server) << server.error().message;
        return server ? *std::move(server) : nullptr;
    }
    std::unique_ptr<Server> open_node() { return open(settings("node", {"node"})); }
    std::unique_ptr<Server> open_transport() {
        return open(settings("transport", {"mqtt", "http"}));
    }

    queue::log::LogStorage storage;
    std::unique_ptr<queue::Queue> queue = storage.open();
    MemoryLog log = open_memory_log();
    std::unique_ptr<Server> node;
    std::unique_ptr<Server> transport;
};

TEST_F(RolesTest, ADeviceOfATransportWithoutStoresIsServedByTheNode) {
    node = open_node();
    transport = open_transport();
    ASSERT_TRUE(node && transport);
    EXPECT_EQ(node->ports().mqtt, 0);
    EXPECT_FALSE(MqttDevice(transport->ports().mqtt, "nobody").accepted());
    MqttDevice device(transport->ports().mqtt, "A1_TEST_TOKEN");
    ASSERT_TRUE(device.accepted());
    EXPECT_TRUE(device.publish("v1/devices/me/telemetry", R"({"t":21})"));
    ASSERT_TRUE(device.subscribe("v1/devices/me/attributes"));

    User user(node->ports().http);
    const std::string id = user.device_id("Test%20Device%20A1");
    EXPECT_TRUE(eventually([&] {
        const Reply got =
            user.ask("GET", "/api/plugins/telemetry/DEVICE/" + id + "/values/timeseries?keys=t");
        return got.status == 200 && got.body.as_object().contains("t") &&
               got.body.at("t").at(0).at("value") == json::value("21");
    })) << "what the device sent is stored";
    EXPECT_TRUE(eventually([&] { return user.server_attribute(id, "active") == true; }))
        << "the owner of the device hears of it";

    EXPECT_EQ(user.ask("POST", "/api/plugins/telemetry/DEVICE/" + id + "/SHARED_SCOPE",
                       R"({"colour":"red"})")
                  .status,
              200);
    EXPECT_NE(device.socket().read_until(R"({"colour":"red"})").find("red"), std::string::npos)
        << "a shared attribute comes down";

    EXPECT_EQ(user.ask("DELETE", "/api/device/" + id).status, 200);
    device.socket().read_to_end();  // the session of a device that is gone ends
    EXPECT_FALSE(MqttDevice(transport->ports().mqtt, "A1_TEST_TOKEN").accepted())
        << "and what was remembered of it";
}

TEST_F(RolesTest, HttpDevicesComeToTheTransportAndUsersToTheNode) {
    node = open_node();
    transport = open_transport();
    ASSERT_TRUE(node && transport);
    const auto status = [](std::uint16_t port, const std::string& request) {
        RawClient socket(port);
        socket.send(request);
        return socket.read_reply().substr(9, 3);
    };
    const std::string telemetry =
        "POST /api/v1/A2_TEST_TOKEN/telemetry HTTP/1.1\r\nHost: t\r\n"
        "Content-Length: 7\r\n\r\n{\"a\":1}";
    EXPECT_EQ(status(transport->ports().http, telemetry), "200");
    EXPECT_EQ(status(node->ports().http, telemetry), "404");
    const std::string users = "GET /api/noauth/userPasswordPolicy HTTP/1.1\r\nHost: t\r\n\r\n";
    EXPECT_EQ(status(transport->ports().http, users), "404");
    const std::string attributes =
        "GET /api/v1/A2_TEST_TOKEN/attributes?sharedKeys=none HTTP/1.1\r\nHost: t\r\n\r\n";
    EXPECT_EQ(status(transport->ports().http, attributes), "200");
}

TEST_F(RolesTest, ATransportKeepsItsDevicesWhileTheNodeIsAway) {
    node = open_node();
    transport = open_transport();
    ASSERT_TRUE(node && transport);
    MqttDevice device(transport->ports().mqtt, "A3_TEST_TOKEN");
    ASSERT_TRUE(device.accepted());
    ASSERT_TRUE(device.subscribe("v1/devices/me/attributes"));
    node.reset();
    EXPECT_TRUE(device.publish("v1/devices/me/telemetry", R"({"t":5})")) << "the queue has it";
    node = open_node();
    ASSERT_TRUE(node);
    User user(node->ports().http);
    const std::string id = user.device_id("Test%20Device%20A3");
    EXPECT_TRUE(eventually([&] {
        const Reply got =
            user.ask("GET", "/api/plugins/telemetry/DEVICE/" + id + "/values/timeseries?keys=t");
        return got.status == 200 && got.body.as_object().contains("t") &&
               got.body.at("t").at(0).at("value") == json::value("5");
    }));
    // The new node was told of the session, so what is pushed finds the device.
    EXPECT_EQ(user.ask("POST", "/api/plugins/telemetry/DEVICE/" + id + "/SHARED_SCOPE",
                       R"({"colour":"blue"})")
                  .status,
              200);
    EXPECT_NE(device.socket().read_until(R"({"colour":"blue"})").find("blue"), std::string::npos);
    transport.reset();
    EXPECT_TRUE(eventually([&] {
        const json::value at = user.server_attribute(id, "lastDisconnectTime");
        return at.is_int64() && at.as_int64() > 0;
    })) << "the sessions of a transport that goes end";
}

TEST_F(RolesTest, ACacheServerThatIsAwaySlowsAndDoesNotFail) {
    const auto with_cache = [](Settings with) {
        with.store.cache_driver = CacheDriver::valkey;
        with.store.cache.addresses = {"127.0.0.1:1"};
        return with;
    };
    node = open(with_cache(settings("node", {"node"})));
    transport = open(with_cache(settings("transport", {"mqtt", "http"})));
    ASSERT_TRUE(node && transport);
    EXPECT_EQ(log.lines->count("cache.server.lost"), 2u) << "one line a process";
    EXPECT_FALSE(MqttDevice(transport->ports().mqtt, "nobody").accepted());
    MqttDevice device(transport->ports().mqtt, "A1_TEST_TOKEN");
    ASSERT_TRUE(device.accepted());
    User user(node->ports().http);
    const std::string id = user.device_id("Test%20Device%20A1");
    EXPECT_EQ(user.ask("DELETE", "/api/device/" + id).status, 200);
    device.socket().read_to_end();
    EXPECT_FALSE(MqttDevice(transport->ports().mqtt, "A1_TEST_TOKEN").accepted());
}

TEST_F(RolesTest, AMalformedAddressOfTheCacheIsNamed) {
    Settings with = settings("alone", {});
    with.store.cache_driver = CacheDriver::valkey;
    with.store.cache.addresses = {"nowhere"};
    const auto wrong = Server::start(with, true, log.log);
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error().code, ErrorCode::invalid_argument);
    EXPECT_NE(wrong.error().message.find("store.cache.addresses"), std::string::npos)
        << wrong.error().message;
}

TEST_F(RolesTest, TheEmbeddedQueueServesAllRolesOrNone) {
    const auto alone = Server::start(settings("alone", {"mqtt"}), true, log.log);
    ASSERT_FALSE(alone);
    EXPECT_EQ(alone.error().code, ErrorCode::invalid_argument);
    EXPECT_NE(alone.error().message.find("queue.driver"), std::string::npos);
    const auto unknown = Server::start(settings("alone", {"broker"}), true, log.log);
    ASSERT_FALSE(unknown);
    EXPECT_NE(unknown.error().message.find("service.roles"), std::string::npos);
}

TEST(Roles, NoneNamedIsAll) {
    EXPECT_TRUE(Roles::of({})->all());
    EXPECT_EQ(Roles::of({"http", "node"})->names(), (std::vector<std::string>{"node", "http"}));
    EXPECT_FALSE(Roles::of({"node"})->all());
}

}  // namespace
}  // namespace thingstead::app
