#include "core/cluster/subscription_relay.h"

#include <gtest/gtest.h>

#include <future>

#include "base/log_testing.h"
#include "core/cluster/cluster_testing.h"
#include "core/cluster/notifications.h"
#include "core/cluster/topics.h"
#include "net/io_threads.h"
#include "net/task_group.h"

namespace thingstead::core::cluster {
namespace {

using namespace std::chrono_literals;

ServiceInfo node_info(const std::string& id) {
    ServiceInfo info;
    info.id = id;
    info.roles = {"node"};
    info.started_ms = 1;
    return info;
}

/// As much of a node as live values need.
struct LiveNode {
    LiveNode(const std::string& id, queue::Queue& queue, const Clock& clock, Log log,
             RelaySettings settings = {})
        : subscriptions(metrics),
          outbox(queue, {}, log, metrics),
          directory(node_info(id), {}, outbox, clock, log, metrics),
          relay(settings, subscriptions, directory, outbox, metrics),
          taker({nullptr, nullptr, nullptr, nullptr, &relay}, "node", metrics) {
        subscriptions.listen_to_others(relay);
        directory.listen([this](const ServiceInfo& service, Directory::News news) {
            relay.on_service(service, news);
        });
        reader = *queue::read_from_end(
            queue, single_topic(core_notifications_topic(id)), "test", reader_settings,
            [this](const queue::Received& received) {
                EXPECT_TRUE(taker.on_notification(received.record().value));
                return true;
            },
            log);
    }
    ~LiveNode() {
        reader.reset();
        relay.stop();
        outbox.stop(5s);
    }
    void hears_of(const std::string& id, bool leaving = false) {
        ServiceInfo other = node_info(id);
        other.leaving = leaving;
        EXPECT_TRUE(directory.on_announcement(as_bytes(encode(other))));
    }

    MetricsRegistry metrics;
    Subscriptions subscriptions;
    Outbox outbox;
    Directory directory;
    SubscriptionRelay relay;
    NotificationTaker taker;
    std::unique_ptr<queue::PartitionReader> reader;
};

Task<> wait_known(Subscriptions& subscriptions, model::EntityId entity,
                  std::shared_ptr<std::promise<void>> known) {
    co_await subscriptions.known_everywhere(entity);
    known->set_value();
}

struct SubscriptionRelayTest : testing::Test {
    ~SubscriptionRelayTest() override {
        tasks.stop(1s);
        io.stop();
        b.reset();
        a.reset();
        queue->stop();
    }
    void meet() {
        a->hears_of("b");
        b->hears_of("a");
    }
    Subscriptions::Id subscribe(LiveNode& node, SubscriptionRequest request) {
        return node.subscriptions.subscribe(std::move(request), [this](const auto& updates) {
            heard.change([&] {
                for (const Update& each : updates)
                    values.push_back(each.key + "=" +
                                     (each.value ? model::to_text(*each.value) : "gone") + "@" +
                                     std::to_string(each.ts));
            });
        });
    }
    std::future<void> wait_for_others(LiveNode& node) {
        auto known = std::make_shared<std::promise<void>>();
        std::future<void> done = known->get_future();
        tasks.spawn(io.at(0).get_executor(), "wait",
                    wait_known(node.subscriptions, entity, std::move(known)));
        return done;
    }
    /// Whether others said so; and not that patience ended.
    void expect_known(LiveNode& node) {
        ASSERT_EQ(wait_for_others(node).wait_for(30s), std::future_status::ready);
    }
    std::vector<std::string> next(std::size_t count) {
        EXPECT_TRUE(heard.wait([&] { return values.size() >= count; }));
        std::vector<std::string> got;
        heard.change([&] { got.swap(values); });
        return got;
    }

    queue::log::LogStorage storage;
    std::unique_ptr<queue::Queue> queue = storage.open();
    ManualClock clock;
    MemoryLog log = open_memory_log();
    net::IoThreads io{1};
    net::TaskGroup tasks{"test", log.log};
    const model::EntityId entity = model::DeviceId::make();
    Condition heard;
    std::vector<std::string> values;
    std::unique_ptr<LiveNode> a = std::make_unique<LiveNode>("a", *queue, clock, log.log);
    std::unique_ptr<LiveNode> b = std::make_unique<LiveNode>("b", *queue, clock, log.log);
};

TEST_F(SubscriptionRelayTest, WhatOneNodeSavesIsHeardAtTheOther) {
    meet();
    subscribe(*a, {entity, SubscriptionKind::telemetry, {"t"}});
    expect_known(*a);
    b->subscriptions.on_telemetry(entity, 5,
                                  std::vector<model::KeyValue>{
                                      {"t", 1.5 },
                                      {"u", true}
    });
    EXPECT_EQ(next(1), std::vector<std::string>{"t=1.5@5"});
    b->subscriptions.on_telemetry_removed(entity, {
                                                      {"t", 0, std::nullopt}
    });
    EXPECT_EQ(next(1), std::vector<std::string>{"t=gone@0"});
    a->subscriptions.on_telemetry(entity, 6,
                                  std::vector<model::KeyValue>{
                                      {"t", std::int64_t{2}}
    });
    EXPECT_EQ(next(1), std::vector<std::string>{"t=2@6"}) << "once, not by the other node again";
}

TEST_F(SubscriptionRelayTest, AttributesKeepTheirScope) {
    meet();
    SubscriptionRequest request{entity, SubscriptionKind::attributes};
    request.scope = model::AttributeScope::shared;
    subscribe(*a, request);
    expect_known(*a);
    const std::vector<model::KeyValue> saved{
        {"k", std::string("v")}
    };
    b->subscriptions.on_attributes(entity, model::AttributeScope::server, 7, saved);
    b->subscriptions.on_attributes(entity, model::AttributeScope::shared, 8, saved);
    EXPECT_EQ(next(1), std::vector<std::string>{"k=v@8"});
}

TEST_F(SubscriptionRelayTest, OneThatEndsIsToldNoMore) {
    meet();
    const Subscriptions::Id first = subscribe(*a, {entity});
    const Subscriptions::Id second = subscribe(*a, {entity});
    expect_known(*a);
    EXPECT_EQ(b->relay.size(), 1u);
    a->subscriptions.unsubscribe(first);
    a->subscriptions.unsubscribe(second);
    EXPECT_TRUE(becomes([&] { return b->relay.size() == 0; }));
    EXPECT_EQ(b->subscriptions.size(), 0u);
}

TEST_F(SubscriptionRelayTest, ANodeThatGreetsIsToldEverything) {
    subscribe(*a, {entity});
    expect_known(*a);  // Nobody else is there.
    meet();
    EXPECT_EQ(b->relay.size(), 0u);
    a->relay.on_greeting("b");
    expect_known(*a);
    EXPECT_EQ(b->relay.size(), 1u);
    b->subscriptions.on_telemetry(entity, 5,
                                  std::vector<model::KeyValue>{
                                      {"t", true}
    });
    EXPECT_EQ(next(1), std::vector<std::string>{"t=true@5"});
}

TEST_F(SubscriptionRelayTest, AGreetingOfManyRecordsTakesNothingUpAgain) {
    RelaySettings settings;
    settings.entities_per_record = 2;
    a.reset();
    a = std::make_unique<LiveNode>("a", *queue, clock, log.log, settings);
    meet();
    for (int i = 0; i < 5; ++i) subscribe(*a, {model::DeviceId::make()});
    subscribe(*a, {entity});
    expect_known(*a);
    ASSERT_EQ(b->relay.size(), 6u);
    SubscriptionRequest quiet{entity};
    quiet.for_another = true;
    const Subscriptions::Id before = subscribe(*b, quiet);
    a->relay.on_greeting("b");
    subscribe(*a, {model::DeviceId::make()});  // Told, and taken, after the greeting.
    EXPECT_TRUE(becomes([&] { return b->relay.size() == 7; }));
    EXPECT_EQ(subscribe(*b, quiet), before + 5) << "but for the four of the last one";
}

TEST_F(SubscriptionRelayTest, AGreetingOfManyRecordsEndsWhatItLeavesOut) {
    const std::vector<model::EntityId> entities{model::DeviceId::make(), model::DeviceId::make(),
                                                entity};
    b->relay.on_interests({"a", 1, false, entities, {}});
    EXPECT_EQ(b->relay.size(), 3u);
    b->relay.on_interests({"a", 2, true, {entities[0]}, {}, true});
    EXPECT_EQ(b->subscriptions.size(), 12u) << "the next record may tell of the others";
    b->relay.on_interests({"a", 3, false, {entity}, {}});
    EXPECT_EQ(b->relay.size(), 2u);
    EXPECT_EQ(b->subscriptions.size(), 8u);
    b->relay.on_interests({"a", 4, true, {entities[1]}, {}, true});
    b->hears_of("a");
    b->hears_of("a", true);
    EXPECT_EQ(b->subscriptions.size(), 0u) << "it went in the middle of telling";
}

TEST_F(SubscriptionRelayTest, NobodyWaitsForANodeThatWent) {
    RelaySettings settings;
    settings.patience = 10min;
    a.reset();
    a = std::make_unique<LiveNode>("a", *queue, clock, log.log, settings);
    a->hears_of("mute");
    subscribe(*a, {entity});
    std::future<void> done = wait_for_others(*a);
    ASSERT_TRUE(becomes([&] { return a->relay.waiting() == 1; }));
    a->hears_of("mute", true);
    EXPECT_EQ(done.wait_for(30s), std::future_status::ready);
    EXPECT_EQ(a->relay.waiting(), 0u);
}

TEST_F(SubscriptionRelayTest, ThoseWhoGaveUpWaitingDoNotAddUp) {
    RelaySettings settings;
    settings.patience = 1ms;
    a.reset();
    a = std::make_unique<LiveNode>("a", *queue, clock, log.log, settings);
    a->hears_of("mute");
    subscribe(*a, {entity});
    for (int i = 0; i < 100; ++i) {
        expect_known(*a);
        std::this_thread::sleep_for(2ms);  // real time is what is swept by
    }
    EXPECT_LT(a->relay.waiting(), 10u);
}

TEST_F(SubscriptionRelayTest, WhatANodeThatWentLookedAtIsForgotten) {
    meet();
    subscribe(*a, {entity});
    expect_known(*a);
    b->hears_of("a", true);
    EXPECT_EQ(b->relay.size(), 0u);
    EXPECT_EQ(b->subscriptions.size(), 0u);
}

}  // namespace
}  // namespace thingstead::core::cluster
