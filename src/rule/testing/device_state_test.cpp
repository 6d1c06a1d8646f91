// The device state node, and what becomes of what it tells.
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "core/device_activity.h"
#include "rule/testing/node_bench.h"

namespace thingstead::rule::testing::device_state {
namespace {

using namespace std::chrono_literals;
using core::DeviceEvent;

const char* const node = "action.TbDeviceStateNode";

struct Told {
    model::TenantId tenant;
    model::DeviceId device;
    DeviceEvent event;
    EpochMs at_ms;
};

/// Writes down what it is told.
class Listener final : public core::DeviceStates {
  public:
    Task<Result<>> tell(model::TenantId tenant, model::DeviceId device, DeviceEvent event,
                        EpochMs at_ms) override {
        told.push_back({tenant, device, event, at_ms});
        if (fails) co_return Error{ErrorCode::not_found, "Device is not found!"};
        co_return Result<>();
    }
    std::vector<Told> told;
    bool fails = false;
};

TEST(DeviceStateNode, TellsEachEventAtTheTimeOfTheMetadata) {
    for (const auto& [event, name] : enum_names(DeviceEvent{})) {
        SCOPED_TRACE(name);
        NodeBench bench;
        Listener listener;
        bench.device_states = &listener;
        ASSERT_TRUE(bench.make(node, R"({"event":")" + std::string(name) + R"("})"));
        EXPECT_EQ(bench
                      .send("{}", metadata_of({
                                      {"ts", "123"}
        }))
                      .way(),
                  "Success");
        ASSERT_EQ(listener.told.size(), 1u);
        EXPECT_EQ(listener.told[0].tenant, bench.house.tenant);
        EXPECT_EQ(listener.told[0].device, bench.house.device);
        EXPECT_EQ(listener.told[0].event, event);
        EXPECT_EQ(listener.told[0].at_ms, 123);
    }
}

TEST(DeviceStateNode, LimitsEachDevice) {
    NodeBench bench;
    Listener listener;
    bench.device_states = &listener;
    ASSERT_TRUE(bench.make(node));
    EXPECT_EQ(bench.send("{}").way(), "Success");
    EXPECT_EQ(bench.send("{}").way(), "Rate limited") << "one in a second";
    model::Msg other = bench.message("{}");
    other.originator = model::DeviceId::make();
    EXPECT_EQ(bench.send(other).way(), "Success");
    int told = 1;
    for (int second = 0; second < 59; ++second) {
        bench.turn(1s);
        told += bench.send("{}").way() == "Success";
    }
    EXPECT_GE(told, 50);
    EXPECT_LT(told, 60) << "thirty in a minute, and what came back meanwhile";
    for (int minute = 0; minute < 20; ++minute) {
        bench.turn(60s);
        told += bench.send("{}").way() == "Success";
        bench.turn(1s);
        told += bench.send("{}").way() == "Success";
    }
    EXPECT_LT(told, 85) << "sixty in an hour, and what came back meanwhile";
}

TEST(DeviceStateNode, FailsForOthersThanDevices) {
    NodeBench bench;
    Listener listener;
    EXPECT_EQ(bench.make(node).error().message, "States of devices are not kept by this server!");
    bench.device_states = &listener;
    EXPECT_FALSE(bench.make(node, R"({"event":"REBOOT_EVENT"})"));
    ASSERT_TRUE(bench.make(node));
    model::Msg msg = bench.message("{}");
    msg.originator = bench.house.tenant;
    EXPECT_EQ(bench.send(msg).error,
              "Unsupported originator entity type: [TENANT]. Only DEVICE entity type is "
              "supported.");
    listener.fails = true;
    EXPECT_EQ(bench.send("{}").error, "Device is not found!");
}

/// DeviceActivity over a device that the house's tenant has.
struct Activity {
    Activity() {
        model::DeviceProfile profile;
        profile.id = model::DeviceProfileId::make();
        model::Device device;
        device.id = bench.house.device;
        device.tenant_id = bench.house.tenant;
        device.name = "Thermometer";
        device.device_profile_id = profile.id;
        bench.house.entities.put(profile);
        bench.house.entities.put(device);
        std::vector<std::unique_ptr<core::RuleIngress>> ingresses;
        ingresses.push_back(core::RuleIngress::open(bench.context, bench.house.queue,
                                                    core::main_topic, bench.house.ingress_metrics)
                                .value());
        pool = std::make_unique<core::IngressPool>(std::move(ingresses));
        activity = std::make_unique<core::DeviceActivity>(
            bench.house.entities, bench.house.attributes, *pool, bench.house.events,
            core::DeviceActivitySettings{}, bench.house.clock, bench.house.log.log,
            bench.house.metrics);
        bench.device_states = activity.get();
    }
    ~Activity() { bench.drop_node(); }

    /// Types of the messages that a report sends.
    std::vector<std::string> report() {
        const std::size_t before = bench.house.queue.records().size();
        boost::asio::co_spawn(bench.context, activity->report(), boost::asio::detached);
        bench.run_ready();
        std::vector<std::string> types;
        for (const model::QueuedMsg& each : bench.house.messages_from(before))
            types.push_back(each.msg.type);
        return types;
    }
    void tell(const std::string& event, EpochMs at) {
        ASSERT_TRUE(bench.make(node, R"({"event":")" + event + R"("})"));
        model::Metadata metadata;
        metadata.put("ts", std::to_string(at));
        EXPECT_EQ(bench.send("{}", metadata).way(), "Success");
    }
    bool is_active() {
        for (const model::Attribute& each :
             bench.house.entities.attributes(bench.house.device, model::AttributeScope::server))
            if (each.key == "active") return std::get<bool>(each.value);
        return false;
    }

    NodeBench bench;
    std::unique_ptr<core::IngressPool> pool;
    std::unique_ptr<core::DeviceActivity> activity;
};

using Types = std::vector<std::string>;

TEST(DeviceActivity, TakesWhatChainsTell) {
    Activity house;
    const EpochMs now = house.bench.house.clock.now_ms();
    house.tell("CONNECT_EVENT", now);
    EXPECT_EQ(house.report(), Types{"CONNECT_EVENT"});
    EXPECT_FALSE(house.is_active()) << "to connect is no activity";
    house.tell("ACTIVITY_EVENT", now + 1);
    EXPECT_EQ(house.report(), Types{"ACTIVITY_EVENT"});
    EXPECT_TRUE(house.is_active());
    house.tell("INACTIVITY_EVENT", now);
    EXPECT_EQ(house.report(), Types{}) << "it was active since";
    house.tell("DISCONNECT_EVENT", now + 2);
    EXPECT_EQ(house.report(), Types{"DISCONNECT_EVENT"});
    house.tell("INACTIVITY_EVENT", now + 3);
    EXPECT_EQ(house.report(), Types{"INACTIVITY_EVENT"});
    EXPECT_FALSE(house.is_active());
}

TEST(DeviceActivity, KnowsNoDeviceOfAnotherTenant) {
    Activity house;
    ASSERT_TRUE(house.bench.make(node));
    house.bench.house.tenant = model::TenantId::make();
    EXPECT_EQ(house.bench.send("{}").error, "Device is not found!");
    EXPECT_EQ(house.report(), Types{});
}

}  // namespace
}  // namespace thingstead::rule::testing::device_state
