#include "rule/flight_recorder.h"

#include <gtest/gtest.h>

#include <thread>

namespace thingstead::rule {
namespace {

NodeInfo node_of(model::TenantId tenant, std::string name) {
    return {tenant, model::RuleChainId::make(), model::RuleNodeId::make(), std::move(name),
            "chain"};
}

TEST(FlightRecorder, KeepsTheLatestHopsInOrder) {
    HopRing ring(4);
    EXPECT_TRUE(ring.read().empty());
    for (std::uint64_t i = 0; i < 6; ++i)
        ring.put({i, 7, 1'700'000'000'123, 3, 250, 0xABCD, core::HopOutcome::left_chain});
    const std::vector<Hop> hops = ring.read();
    ASSERT_EQ(hops.size(), 4u);
    EXPECT_EQ(hops.front().message, 2u);
    const Hop& last = hops.back();
    EXPECT_EQ(last.message, 5u);
    EXPECT_EQ(last.originator, 7u);
    EXPECT_EQ(last.at_ms, 1'700'000'000'123);
    EXPECT_EQ(last.node, 3u);
    EXPECT_EQ(last.took_us, 250u);
    EXPECT_EQ(last.relation, 0xABCD);
    EXPECT_EQ(last.outcome, core::HopOutcome::left_chain);
}

TEST(FlightRecorder, GivesNoHopThatIsHalfOverwritten) {
    HopRing ring(64);
    std::atomic<bool> end{false};
    std::thread writer([&] {
        for (std::uint64_t i = 1; !end; ++i)
            ring.put({i, i * 3, static_cast<EpochMs>(i & 0xFFFF), static_cast<std::uint32_t>(i),
                      static_cast<std::uint32_t>(i), 1, core::HopOutcome::went_on});
    });
    for (int round = 0; round < 500; ++round)
        for (const Hop& hop : ring.read()) {
            ASSERT_EQ(hop.originator, hop.message * 3);
            ASSERT_EQ(hop.node, static_cast<std::uint32_t>(hop.message));
        }
    end = true;
    writer.join();
}

TEST(FlightRecorder, FindsByMessageByOriginatorAndTheSlowest) {
    FlightRecorder recorder(16);
    const model::TenantId tenant = model::TenantId::make();
    const std::uint32_t a = recorder.number_of(node_of(tenant, "a"), "x.A");
    const std::uint32_t foreign = recorder.number_of(node_of(model::TenantId::make(), "f"), "x.A");
    const std::uint16_t success = recorder.number_of("Success");
    EXPECT_EQ(recorder.number_of("Success"), success);
    const auto ring = recorder.ring();
    const Uuid first = new_random_uuid(), second = new_random_uuid(), device = new_random_uuid();
    using enum core::HopOutcome;
    ring->put({trace_hash(first), trace_hash(device), 100, a, 5, success, went_on});
    ring->put({trace_hash(first), trace_hash(device), 200, a, 90, 0, failed});
    ring->put({trace_hash(second), trace_hash(device), 300, a, 40, 0, consumed});
    ring->put({trace_hash(first), trace_hash(device), 300, foreign, 999, 0, consumed});

    core::TraceQuery query;
    query.tenant = tenant;
    query.message = first;
    const auto hops = recorder.find(query);
    ASSERT_EQ(hops.size(), 2u);
    EXPECT_EQ(hops[0].relation, "Success");
    EXPECT_EQ(hops[0].rule_node_name, "a");
    EXPECT_EQ(hops[0].rule_node_type, "x.A");
    EXPECT_EQ(hops[1].outcome, failed);
    EXPECT_EQ(hops[1].duration_us, 90);
    EXPECT_EQ(hops[0].trace, hops[1].trace);

    query = {};
    query.tenant = tenant;
    query.originator = device;
    EXPECT_EQ(recorder.find(query).size(), 3u);
    query.slowest_first = true;
    query.since_ms = 150;
    query.limit = 1;
    const auto slowest = recorder.find(query);
    ASSERT_EQ(slowest.size(), 1u);
    EXPECT_EQ(slowest[0].duration_us, 90);
}

TEST(FlightRecorder, ForgetsARingThatNobodyWritesAnyMore) {
    FlightRecorder recorder(2);
    const model::TenantId tenant = model::TenantId::make();
    auto ring = recorder.ring();
    ring->put(
        {1, 1, 1, recorder.number_of(node_of(tenant, "a"), "x.A"), 1, 0, core::HopOutcome::ended});
    core::TraceQuery query;
    query.tenant = tenant;
    EXPECT_EQ(recorder.find(query).size(), 1u);
    ring.reset();
    EXPECT_TRUE(recorder.find(query).empty());
}

}  // namespace
}  // namespace thingstead::rule
