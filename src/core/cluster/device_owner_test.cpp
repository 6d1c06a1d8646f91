#include "core/cluster/device_owner.h"

#include <gtest/gtest.h>

#include <deque>

#include "core/cluster/cluster_testing.h"
#include "core/cluster/notifications.h"
#include "core/cluster/session_reports.h"
#include "core/cluster/topics.h"

namespace thingstead::core::cluster {
namespace {

using namespace std::chrono_literals;

/// Writes down what it hears.
struct Connectivity final : DeviceConnectivity {
    void connected(const DeviceIdentityPtr&, EpochMs) override { heard += "+"; }
    void disconnected(const DeviceIdentityPtr&, EpochMs) override { heard += "-"; }
    void active(const DeviceIdentityPtr&, EpochMs) override { heard += "."; }
    std::string take() { return std::exchange(heard, {}); }
    std::string heard;
};

/// What comes for one service, in order.
class Mail {
  public:
    Mail(queue::Queue& queue, const std::string& topic, Log log) {
        reader_ = *queue::read_from_end(
            queue, single_topic(topic), "test", reader_settings,
            [this](const queue::Received& received) {
                condition_.change([&] { records_.emplace_back(as_text(received.record().value)); });
                return true;
            },
            log);
    }
    Notification next() {
        std::string record;
        const bool came = condition_.wait([&] { return !records_.empty(); });
        EXPECT_TRUE(came);
        condition_.change([&] {
            if (records_.empty()) return;
            record = records_.front();
            records_.pop_front();
        });
        const Result<Notification> read = decode_notification(as_bytes(record));
        EXPECT_TRUE(read);
        return read ? *read : Notification();
    }

  private:
    Condition condition_;
    std::deque<std::string> records_;
    std::unique_ptr<queue::PartitionReader> reader_;
};

struct DeviceOwnerTest : testing::Test {
    ~DeviceOwnerTest() override {
        outbox.stop(5s);
        mail_a.reset();
        mail_b.reset();
        queue->stop();
    }
    static ServiceInfo service(const std::string& id, const std::string& role) {
        return {id, {role}, "", 1, false};
    }
    void hear_of(const ServiceInfo& info) {
        EXPECT_TRUE(directory.on_announcement(as_bytes(encode(info))));
    }
    void own() {
        owner.assigned(0);
        owner.restored(0);
    }
    void report(const std::string& from, std::uint32_t sessions, EpochMs connect, EpochMs gone,
                EpochMs active = 0) {
        DeviceReports reports{from, {}};
        reports.devices.push_back({device, sessions, connect, gone, active});
        EXPECT_TRUE(*owner.on_record(0, as_bytes(encode(ToCore(reports)))));
    }
    void push(const std::string& key) {
        EXPECT_TRUE(*owner.on_record(
            0, as_bytes(encode(ToCore(SharedAttributesRemoved{device->device, {key}})))));
    }
    static std::string key_of(const Notification& of) {
        const SharedAttributesRemoved* removed = std::get_if<SharedAttributesRemoved>(&of);
        return removed ? removed->keys.at(0) : "kind " + std::to_string(of.index());
    }

    queue::log::LogStorage storage;
    std::unique_ptr<queue::Queue> queue = storage.open();
    ManualClock clock;
    MemoryLog log = open_memory_log();
    MetricsRegistry metrics;
    Outbox outbox{*queue, {}, log.log, metrics};
    Directory directory{service("node", "node"), {}, outbox, clock, log.log, metrics};
    Connectivity activity;
    DeviceOwner owner{{}, activity, directory, outbox, clock, log.log, metrics};
    DeviceIdentityPtr device = some_device(some_profile());
    std::unique_ptr<Mail> mail_a =
        std::make_unique<Mail>(*queue, transport_notifications_topic("a"), log.log);
    std::unique_ptr<Mail> mail_b =
        std::make_unique<Mail>(*queue, transport_notifications_topic("b"), log.log);
};

TEST_F(DeviceOwnerTest, ReportsBecomeConnectsAndDisconnectsOnce) {
    own();
    report("a", 1, 10, 0, 10);
    EXPECT_EQ(activity.take(), "+.");
    report("a", 1, 10, 0);
    report("a", 1, 10, 0);
    EXPECT_EQ(activity.take(), "") << "a repetition is no news";
    report("a", 1, 20, 0);
    EXPECT_EQ(activity.take(), "+-") << "a newer session took the place of the one before";
    report("a", 0, 20, 30);
    EXPECT_EQ(activity.take(), "-");
    report("a", 0, 40, 50);
    EXPECT_EQ(activity.take(), "+-") << "a session between two reports";
    EXPECT_EQ(owner.devices(), 1u) << "it may be polling";
    clock.advance(301s);
    owner.check_silence();
    EXPECT_EQ(owner.devices(), 0u);
}

TEST_F(DeviceOwnerTest, SessionsEndWithTheirServiceOrItsSilence) {
    hear_of(service("a", "mqtt"));
    own();
    directory.listen(
        [this](const ServiceInfo& info, Directory::News news) { owner.on_service(info, news); });
    report("a", 1, 10, 0);
    report("b", 1, 11, 0);
    EXPECT_EQ(activity.take(), "++");
    ServiceInfo last_word = service("a", "mqtt");
    last_word.leaving = true;
    hear_of(last_word);
    EXPECT_EQ(activity.take(), "-");
    clock.advance(181s);
    owner.check_silence();
    EXPECT_EQ(activity.take(), "-");
    EXPECT_EQ(owner.devices(), 0u);
}

TEST_F(DeviceOwnerTest, APushThatOvertakesTheReportOfItsSessionFollowsIt) {
    own();
    clock.advance(11s);  // Learnt.
    const EpochMs connected = clock.now_ms();
    clock.advance(1s);
    push("one");
    push("two");
    report("a", 1, connected, 0);
    EXPECT_EQ(key_of(mail_a->next()), "one");
    EXPECT_EQ(key_of(mail_a->next()), "two");
    push("three");
    EXPECT_EQ(key_of(mail_a->next()), "three");
    report("a", 1, connected, 0);
    report("b", 1, clock.now_ms() + 1, 0);  // A session that began after all of them.
    push("four");
    EXPECT_EQ(key_of(mail_a->next()), "four") << "a repetition brings nothing again";
    EXPECT_EQ(key_of(mail_b->next()), "four");
}

TEST_F(DeviceOwnerTest, APushIsNotKeptForLong) {
    own();
    clock.advance(11s);
    const EpochMs connected = clock.now_ms();
    push("early");
    clock.advance(6s);
    push("late");
    report("a", 1, connected, 0);
    EXPECT_EQ(key_of(mail_a->next()), "late");
}

TEST(RecentPushes, TheEldestGo) {
    RecentPushes recent({5s, 1000});
    const model::DeviceId one{
        Uuid{0, 1}
    },
        other{Uuid{0, 2}};
    const RecentPushes::Time now{};
    for (EpochMs at = 1; at <= 3; ++at) recent.keep(one, std::string(100, 'x'), now, at);
    recent.keep(other, std::string(2000, 'x'), now, 4);  // More than all may take.
    EXPECT_EQ(recent.since(one, now, 0).size(), 3u);
    recent.keep(other, std::string(100, 'x'), now, 4);
    EXPECT_EQ(recent.since(one, now, 0).size(), 2u);
    EXPECT_EQ(recent.since(one, now, 3).size(), 1u);
    EXPECT_EQ(recent.since(other, now, 0).size(), 1u);
    EXPECT_EQ(recent.since(other, now + 6s, 0).size(), 0u);
}

TEST_F(DeviceOwnerTest, PushesReachTheServicesOfTheDeviceAndWhileLearningAll) {
    hear_of(service("a", "mqtt"));
    hear_of(service("b", "http"));
    own();
    EXPECT_EQ(std::get<ReportSessions>(mail_a->next()).partition, 0);
    EXPECT_EQ(std::get<ReportSessions>(mail_b->next()).partition, 0);
    push("early");
    EXPECT_EQ(key_of(mail_a->next()), "early");
    EXPECT_EQ(key_of(mail_b->next()), "early");
    clock.advance(11s);
    report("b", 1, 10, 0);
    push("to b");
    EXPECT_EQ(key_of(mail_b->next()), "to b");
    report("a", 1, clock.now_ms() + 1, 0);
    push("to both");
    EXPECT_EQ(key_of(mail_a->next()), "to both") << "and not what was for b";
    EXPECT_EQ(key_of(mail_b->next()), "to both");
}

TEST_F(DeviceOwnerTest, AnotherOwnersPartitionIsLeftAlone) {
    EXPECT_FALSE(*owner.on_record(0, as_bytes(encode(ToCore(DeviceReports{"a", {}})))));
    own();
    EXPECT_FALSE(owner.on_record(0, as_bytes("junk"))) << "unreadable";
    report("a", 1, 10, 0);
    owner.revoked(0);
    EXPECT_EQ(owner.devices(), 0u);
    EXPECT_EQ(activity.take(), "+") << "the session goes on elsewhere";
    EXPECT_FALSE(*owner.on_record(0, as_bytes(encode(ToCore(DeviceReports{"a", {}})))));
}

TEST_F(DeviceOwnerTest, RecordsWaitUntilThePartitionIsRestoredOrGone) {
    owner.assigned(0);
    std::thread restoring([this] {
        const auto waits = [this] { report("a", 1, 10, 0); };
        waits();
    });
    owner.restored(0);
    restoring.join();
    EXPECT_EQ(activity.take(), "+");
    owner.assigned(1);
    std::thread leaving([this] {
        EXPECT_FALSE(*owner.on_record(1, as_bytes(encode(ToCore(DeviceReports{"a", {}})))));
    });
    owner.revoked(1);
    leaving.join();
}

TEST_F(DeviceOwnerTest, WhatChangesIsToldToEverybodyWhoIsThere) {
    Teller teller(directory, outbox, 1);
    directory.listen(
        [&](const ServiceInfo& info, Directory::News news) { teller.on_service(info, news); });
    Mail to_node(*queue, core_notifications_topic("other"), log.log);
    hear_of(service("a", "mqtt"));
    hear_of(service("a", "mqtt"));
    hear_of(service("other", "node"));
    EXPECT_EQ(std::get<Greeting>(mail_a->next()).node, "node");
    EXPECT_EQ(std::get<Greeting>(to_node.next()).node, "node");
    EntityChange change{ChangeKind::deleted, device->tenant, device->device};
    teller.on_change(change);
    EXPECT_EQ(std::get<EntityChange>(mail_a->next()).entity, change.entity);
    const EntityChange heard = std::get<EntityChange>(to_node.next());
    EXPECT_EQ(heard.entity, change.entity);
    teller.on_change(heard);  // from afar: not told on
    clock.advance(16s);
    directory.check_silence();
    teller.on_change(change);  // nobody is there
    EXPECT_TRUE(directory.others().empty());
    hear_of(service("a", "mqtt"));
    EXPECT_EQ(std::get<Greeting>(mail_a->next()).node, "node") << "what it missed, it forgets";
}

TEST_F(DeviceOwnerTest, ANewLifeOfAServiceIsNewsAndTheOldOnesLastWordIsNot) {
    std::string news;
    directory.listen([&](const ServiceInfo&, Directory::News what) {
        news += what == Directory::News::came ? "+" : "-";
    });
    ServiceInfo first = service("a", "mqtt"), second = first;
    second.started_ms = 2;
    hear_of(first);
    hear_of(second);
    EXPECT_EQ(news, "+-+");
    first.leaving = true;
    hear_of(first);
    EXPECT_EQ(news, "+-+");
    EXPECT_FALSE(directory.on_announcement(as_bytes("junk")));
    hear_of(directory.self());
    EXPECT_EQ(directory.others().size(), 1u);
}

struct Downlink final : DeviceDownlink {
    void on_shared_attributes(const std::vector<model::KeyValue>& updated) override {
        heard += "set " + updated.at(0).key + ";";
    }
    void on_shared_attributes_removed(const std::vector<std::string>& keys) override {
        heard += "removed " + keys.at(0) + ";";
    }
    void on_device_changed() override { heard += "changed;"; }
    void on_close(SessionCloseReason) override { heard += "closed;"; }
    void on_reply(std::int32_t, std::string data) override { heard += "reply " + data + ";"; }
    std::string heard;
};

TEST_F(DeviceOwnerTest, NotificationsReachTheSessionsOfTheProcess) {
    EntityEvents events;
    DeviceSessions sessions({}, events, metrics);
    const auto downlink = std::make_shared<Downlink>();
    const DeviceSessions::SessionId session = sessions.open(device, downlink, true);
    sessions.want_attributes(session, true);
    NotificationTaker taker({&events, nullptr, &sessions, nullptr}, "transport", metrics);
    const auto take = [&](const Notification& what) {
        EXPECT_TRUE(taker.on_notification(as_bytes(encode(what))));
    };
    take(SharedAttributes{device->device, {{"k", true}}});
    take(SharedAttributesRemoved{device->device, {"r"}});
    take(DeviceReply{device->device, sessions.uuid_of(session), 7, "42"});
    take(EntityChange{ChangeKind::updated, device->tenant, device->device});
    take(EntityChange{ChangeKind::deleted, device->tenant, device->device});
    take(Greeting{"n"});
    take(ReportSessions{0});
    EXPECT_FALSE(taker.on_notification(as_bytes("junk")));
    EXPECT_EQ(downlink->heard, "set k;removed r;reply 42;changed;closed;");
}

TEST_F(DeviceOwnerTest, SessionsAreReportedWhenTheyChangeAndWhenAsked) {
    ReportSettings settings;
    settings.partitions = 1;
    SessionReports reports("a", settings, outbox, clock, metrics);
    Condition condition;
    std::vector<DeviceReport> heard;
    auto reader = queue::GroupReader::open(
        *queue, shared_topic(core_topic, 1), "test", reader_settings, {},
        [&](const queue::Received& received) {
            const Result<ToCore> message = decode_to_core(received.record().value);
            condition.change([&] {
                for (const DeviceReport& each : std::get<DeviceReports>(*message).devices)
                    heard.push_back(each);
            });
            return true;
        },
        log.log);
    ASSERT_TRUE(reader);
    const auto next = [&] {
        DeviceReport report;
        EXPECT_TRUE(condition.wait([&] { return !heard.empty(); }));
        condition.change([&] { report = std::exchange(heard, {}).at(0); });
        return report;
    };
    reports.connected(device, 10);
    reports.send(false);
    EXPECT_EQ(next().sessions, 1u);
    reports.active(device, 20);
    reports.send(false);  // activity waits for its own round
    reports.send(true);
    EXPECT_EQ(next().activity_ms, 20);
    reports.repeat(0);
    reports.send(false);
    EXPECT_EQ(next().connect_ms, 10);
    reports.disconnected(device, 30);
    reports.send(false);
    const DeviceReport last = next();
    EXPECT_EQ(last.sessions, 0u);
    EXPECT_EQ(last.disconnect_ms, 30);
    EXPECT_EQ(reports.size(), 0u) << "who has gone is not remembered";
    reports.polls(device, 40);
    reports.send(false);
    EXPECT_EQ(next().activity_ms, 40);
}

}  // namespace
}  // namespace thingstead::core::cluster
