#include "core/cluster/requests.h"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>

#include "core/cluster/cluster_testing.h"
#include "core/cluster/topics.h"
#include "core/device_auth.h"

namespace thingstead::core::cluster {
namespace {

using namespace std::chrono_literals;

/// A transport and a node over one queue; the node is deaf until it is opened.
struct RequestsTest : testing::Test {
    RequestsTest() { settings.timeout = 20s; }
    ~RequestsTest() override {
        responses.reset();
        requests.reset();
        if (server) server->stop(5s);
        io.stop();
        outbox.reset();
        queue->stop();
    }

    void open_transport() {
        client = std::make_unique<RequestClient>("host-mqtt", settings, *outbox, clock, metrics);
        auto reader = queue::read_from_end(
            *queue, single_topic(responses_topic("host-mqtt")), transport_group("host-mqtt"),
            reader_settings,
            [this](const queue::Received& received) {
                // Errors are counted: the tests look there.
                (void)client->on_response(received.record().value);
                return true;
            },
            log.log);
        ASSERT_TRUE(reader) << reader.error().message;
        responses = *std::move(reader);
    }
    void open_node() {
        server = std::make_unique<RequestServer>(store, store, RequestServerSettings{2}, *outbox,
                                                 io, clock, log.log, metrics);
        auto reader = queue::GroupReader::open(
            *queue, shared_topic(requests_topic, settings.partitions), std::string(requests_group),
            reader_settings, {},
            [this](const queue::Received& received) {
                (void)server->on_request(received.record().value);
                return true;
            },
            log.log);
        ASSERT_TRUE(reader) << reader.error().message;
        requests = *std::move(reader);
    }
    template <class T>
    std::future<T> start(Task<T> task) {
        return boost::asio::co_spawn(io.next(), std::move(task), boost::asio::use_future);
    }
    std::uint64_t count(const std::string& name) {
        const std::string all = metrics.expose();
        const std::size_t at = all.find("\n" + name + " ");
        return at == std::string::npos ? 0 : std::stoull(all.substr(at + name.size() + 2));
    }

    queue::log::LogStorage storage;
    std::unique_ptr<queue::Queue> queue = storage.open();
    SystemClock clock;
    MemoryLog log = open_memory_log();
    MetricsRegistry metrics;
    net::IoThreads io{2};
    FakeStore store;
    RequestSettings settings;
    std::unique_ptr<Outbox> outbox =
        std::make_unique<Outbox>(*queue, OutboxSettings{}, log.log, metrics);
    std::unique_ptr<RequestClient> client;
    std::unique_ptr<RequestServer> server;
    std::unique_ptr<queue::PartitionReader> responses;
    std::unique_ptr<queue::GroupReader> requests;
};

TEST_F(RequestsTest, ATransportHearsWhatTheNodeKnows) {
    open_transport();
    open_node();
    const auto profile = some_profile();
    const DeviceIdentityPtr device = some_device(profile);
    store.put("token", device);
    store.put("other", some_device(profile));
    RemoteCredentials credentials(*client);
    const auto found = start(credentials.find("token")).get();
    ASSERT_TRUE(found) << found.error().message;
    EXPECT_EQ((*found)->identity->device, device->device);
    const auto other = start(credentials.find("other")).get();
    ASSERT_TRUE(other);
    EXPECT_EQ((*other)->identity->profile, (*found)->identity->profile) << "one profile, one copy";
    EXPECT_EQ(*start(credentials.find("nobody")).get(), nullptr);
    EXPECT_EQ((*start(credentials.identity(device->device)).get())->name, "Pump");
    EXPECT_EQ(*start(credentials.identity(model::DeviceId::make())).get(), nullptr);

    RemoteAttributes attributes(*client);
    const auto view = start(attributes.read_for_device(device->device, std::nullopt,
                                                       std::vector<std::string>{"a", "b"}))
                          .get();
    ASSERT_TRUE(view);
    EXPECT_TRUE(view->client.empty());
    ASSERT_EQ(view->shared.size(), 2u);
    EXPECT_EQ(view->shared[1].key, "b");
    EXPECT_EQ(client->in_flight(), 0u);
}

TEST_F(RequestsTest, ManyAtOnceGetTheirOwnAnswers) {
    open_transport();
    open_node();
    RemoteCredentials credentials(*client);
    std::vector<DeviceIdentityPtr> devices;
    std::vector<std::future<Result<CredentialsEntryPtr>>> asked;
    for (int i = 0; i < 200; ++i) {
        devices.push_back(some_device(some_profile()));
        store.put(std::to_string(i), devices.back());
    }
    for (int i = 0; i < 200; ++i) asked.push_back(start(credentials.find(std::to_string(i))));
    for (std::size_t i = 0; i < asked.size(); ++i) {
        const auto found = asked[i].get();
        ASSERT_TRUE(found) << found.error().message;
        EXPECT_EQ((*found)->identity->device, devices[i]->device);
    }
}

TEST_F(RequestsTest, WithoutANodeItIsToldSoInTimeAndAskedAgain) {
    settings.timeout = 50ms;
    open_transport();
    RemoteCredentials credentials(*client);
    const auto late = start(credentials.find("token")).get();
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().code, ErrorCode::timeout);
    EXPECT_EQ(client->in_flight(), 0u);
    open_node();
    // What waited in the queue meanwhile is over, and not asked of the store.
    EXPECT_TRUE(becomes([&] { return count("thingstead_cluster_requests_expired_total") == 1; }));
    EXPECT_EQ(store.asked(), 0);
}

TEST_F(RequestsTest, LateAndForeignAnswersAreDropped) {
    open_transport();
    outbox->send(single_topic(responses_topic("host-mqtt")), Uuid{},
                 encode(TransportResponse{new_random_uuid(), NotFound{}}));
    outbox->send(single_topic(responses_topic("host-mqtt")), Uuid{}, "junk");
    EXPECT_TRUE(becomes([&] { return count("thingstead_cluster_responses_unknown_total") == 1; }));
    EXPECT_TRUE(
        becomes([&] { return count("thingstead_cluster_responses_malformed_total") == 1; }));
    open_node();
    store.put("token", some_device(some_profile()));
    RemoteCredentials credentials(*client);
    EXPECT_NE(*start(credentials.find("token")).get(), nullptr) << "and the reader goes on";
}

TEST_F(RequestsTest, MoreThanMayWaitAreRefused) {
    settings.timeout = 300ms;
    settings.in_flight_max = 1;
    open_transport();
    RemoteCredentials credentials(*client);
    auto first = start(credentials.find("a"));
    ASSERT_TRUE(becomes([&] { return client->in_flight() == 1; }));
    const auto second = start(credentials.find("b")).get();
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, ErrorCode::unavailable);
    EXPECT_EQ(first.get().error().code, ErrorCode::timeout);
}

TEST_F(RequestsTest, RequestsThatCannotBeReadDoNotStopTheNode) {
    open_transport();
    open_node();
    outbox->send(shared_topic(requests_topic, settings.partitions), Uuid{}, "junk");
    outbox->send(shared_topic(requests_topic, settings.partitions), Uuid{},
                 encode(TransportRequest{new_random_uuid(), "no/name", clock.now_ms() + 60'000,
                                         FindCredentials{"x"}}));
    EXPECT_TRUE(becomes([&] { return count("thingstead_cluster_requests_malformed_total") == 1; }));
    store.put("token", some_device(some_profile()));
    RemoteCredentials credentials(*client);
    EXPECT_NE(*start(credentials.find("token")).get(), nullptr);
}

TEST_F(RequestsTest, AFailureOfTheNodeIsNoRefusal) {
    open_transport();
    open_node();
    store.fail(true);
    RemoteCredentials credentials(*client);
    EntityEvents events;
    DeviceAuth auth(credentials, events, {}, clock, metrics);
    const auto failed = start(auth.by_token("token")).get();
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code, ErrorCode::unavailable);
    store.fail(false);
    store.put("token", some_device(some_profile()));
    EXPECT_TRUE(start(auth.by_token("token")).get());
}

TEST_F(RequestsTest, AnswersAreRememberedUntilTheyChange) {
    open_transport();
    open_node();
    RemoteCredentials credentials(*client);
    EntityEvents events;
    DeviceAuth auth(credentials, events, {}, clock, metrics);
    EXPECT_EQ(start(auth.by_token("token")).get().error().code, ErrorCode::unauthenticated);
    EXPECT_EQ(start(auth.by_token("token")).get().error().code, ErrorCode::unauthenticated);
    EXPECT_EQ(store.asked(), 1) << "a refusal is remembered";
    const DeviceIdentityPtr device = some_device(some_profile());
    store.put("token", device);
    EntityChange change{ChangeKind::created, device->tenant, device->device};
    change.credentials_ids = {"token"};
    events.publish(change);
    EXPECT_TRUE(start(auth.by_token("token")).get());
    EXPECT_TRUE(start(auth.by_token("token")).get());
    EXPECT_EQ(store.asked(), 2);
    store.remove("token");
    auth.forget();
    EXPECT_FALSE(start(auth.by_token("token")).get());
    EXPECT_EQ(store.asked(), 3);
}

}  // namespace
}  // namespace thingstead::core::cluster
