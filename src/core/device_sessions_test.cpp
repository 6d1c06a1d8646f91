#include "core/device_sessions.h"

#include <gtest/gtest.h>

namespace thingstead::core {
namespace {

struct Downlink final : DeviceDownlink {
    void on_shared_attributes(const std::vector<model::KeyValue>& updated) override {
        for (const model::KeyValue& each : updated) heard.push_back("set " + each.key);
    }
    void on_shared_attributes_removed(const std::vector<std::string>& keys) override {
        for (const std::string& key : keys) heard.push_back("removed " + key);
    }
    void on_device_changed() override { heard.emplace_back("changed"); }
    void on_close(SessionCloseReason reason) override {
        heard.push_back("close " + std::to_string(static_cast<int>(reason)));
    }
    void on_reply(std::int32_t request_id, std::string data) override {
        heard.push_back("reply " + std::to_string(request_id) + " " + data);
    }
    std::vector<std::string> heard;
};

std::string closed(SessionCloseReason reason) {
    return "close " + std::to_string(static_cast<int>(reason));
}

struct DeviceSessionsTest : testing::Test {
    std::shared_ptr<TransportProfile> profile = std::make_shared<TransportProfile>();

    DeviceIdentityPtr device() {
        profile->id = model::DeviceProfileId{new_time_uuid()};
        DeviceIdentity identity{};
        identity.device = model::DeviceId{new_time_uuid()};
        identity.profile = profile;
        return std::make_shared<const DeviceIdentity>(std::move(identity));
    }
    void change(const DeviceIdentityPtr& of, ChangeKind kind) {
        events.publish({
            kind, {},
             model::EntityId{model::EntityType::device, of->device.uuid}
        });
    }

    /// A session of a log-in with that version of the device's credentials.
    std::shared_ptr<Downlink> open_with(std::int64_t version, const DeviceIdentityPtr& of) {
        DeviceIdentity identity = *of;
        identity.credentials_version = version;
        auto downlink = std::make_shared<Downlink>();
        sessions.open(std::make_shared<const DeviceIdentity>(std::move(identity)), downlink, false);
        return downlink;
    }
    void tell_credentials(const DeviceIdentityPtr& of, std::int64_t version) {
        EntityChange change{ChangeKind::credentials_updated, of->tenant, of->device};
        change.credentials_version = version;
        events.publish(change);
    }

    MetricsRegistry metrics;
    EntityEvents events;
    DeviceSessions sessions{{.sessions_per_device_max = 2}, events, metrics};
};

TEST_F(DeviceSessionsTest, OverTheLimitTheEldestCountedSessionGoes) {
    const DeviceIdentityPtr one = device();
    std::vector<std::shared_ptr<Downlink>> downlinks;
    for (int i = 0; i < 4; ++i) downlinks.push_back(std::make_shared<Downlink>());
    const auto poll = sessions.open(one, downlinks[0], false);
    const auto eldest = sessions.open(one, downlinks[1], true);
    const auto second = sessions.open(one, downlinks[2], true);
    const auto third = sessions.open(one, downlinks[3], true);
    EXPECT_TRUE(downlinks[0]->heard.empty());
    EXPECT_EQ(downlinks[1]->heard, std::vector{closed(SessionCloseReason::newer_session)});
    EXPECT_EQ(sessions.size(), 3u);
    EXPECT_FALSE(sessions.close(eldest));  // it has gone already
    EXPECT_FALSE(sessions.close(second));
    EXPECT_TRUE(sessions.close(third));
    EXPECT_FALSE(sessions.close(third));
    EXPECT_FALSE(sessions.close(poll));  // it never counted
    EXPECT_EQ(sessions.size(), 0u);
}

TEST_F(DeviceSessionsTest, AttributesReachTheSessionsOfTheirDeviceThatWantThem) {
    const DeviceIdentityPtr one = device(), other = device();
    const auto wants = std::make_shared<Downlink>(), silent = std::make_shared<Downlink>(),
               foreign = std::make_shared<Downlink>();
    const auto wanting = sessions.open(one, wants, true);
    sessions.open(one, silent, true);
    sessions.want_attributes(sessions.open(other, foreign, true), true);
    sessions.want_attributes(wanting, true);
    sessions.push_shared_attributes(one->device, {
                                                     {"a", std::int64_t{1}}
    });
    sessions.push_shared_attributes_removed(one->device, {"b"});
    sessions.want_attributes(wanting, false);
    sessions.push_shared_attributes_removed(one->device, {"c"});
    EXPECT_EQ(wants->heard, (std::vector<std::string>{"set a", "removed b"}));
    EXPECT_TRUE(silent->heard.empty());
    EXPECT_TRUE(foreign->heard.empty());
}

TEST_F(DeviceSessionsTest, AChangeOfTheDeviceOrItsProfileIsHeard) {
    const DeviceIdentityPtr one = device();
    const auto downlink = std::make_shared<Downlink>();
    sessions.open(one, downlink, true);
    change(one, ChangeKind::created);
    change(one, ChangeKind::updated);
    change(one, ChangeKind::credentials_updated);
    change(one, ChangeKind::deleted);
    change(device(), ChangeKind::deleted);
    EXPECT_EQ(downlink->heard,
              (std::vector{std::string("changed"), closed(SessionCloseReason::credentials_updated),
                           closed(SessionCloseReason::device_deleted)}));
}

TEST_F(DeviceSessionsTest, ASessionWithTheNewCredentialsStays) {
    const DeviceIdentityPtr one = device();
    const auto older = open_with(1, one), newer = open_with(2, one);
    tell_credentials(one, 2);
    const std::vector gone{closed(SessionCloseReason::credentials_updated)};
    EXPECT_EQ(older->heard, gone);
    EXPECT_TRUE(newer->heard.empty());
    tell_credentials(one, 0);
    EXPECT_EQ(newer->heard, gone);
}

TEST_F(DeviceSessionsTest, ASessionThatOpensAfterItsEndWasToldEnds) {
    const DeviceIdentityPtr one = device();
    tell_credentials(one, 2);
    EXPECT_EQ(open_with(1, one)->heard,
              std::vector{closed(SessionCloseReason::credentials_updated)});
    EXPECT_TRUE(open_with(2, one)->heard.empty());
    EXPECT_TRUE(open_with(0, one)->heard.empty()) << "of a process that tells no versions";
    change(one, ChangeKind::deleted);
    EXPECT_EQ(open_with(2, one)->heard, std::vector{closed(SessionCloseReason::device_deleted)});
}

TEST_F(DeviceSessionsTest, AnAnswerGoesToTheSessionThatAskedAlone) {
    const DeviceIdentityPtr one = device();
    const auto asker = std::make_shared<Downlink>(), other = std::make_shared<Downlink>();
    const auto asking = sessions.open(one, asker, true);
    sessions.open(one, other, true);
    const Uuid session = sessions.uuid_of(asking);
    sessions.reply({one->device, session, 7, "42"});
    sessions.reply({model::DeviceId::make(), session, 8, "of another device"});
    sessions.reply({
        one->device, Uuid{session.msb + 1, session.lsb},
         8, "of another life"
    });
    EXPECT_EQ(asker->heard, std::vector<std::string>{"reply 7 42"});
    EXPECT_TRUE(other->heard.empty());
    sessions.close(asking);
    sessions.reply({one->device, session, 9, "late"});
    EXPECT_EQ(asker->heard.size(), 1u);
}

}  // namespace
}  // namespace thingstead::core
