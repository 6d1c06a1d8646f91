// What fields remember: written together, before messages are done, also when the store fails.
#include "rule/field_states.h"

#include <gtest/gtest.h>

#include "core/device/device_rules.h"
#include "rule/testing/entity_bench.h"

namespace thingstead::rule::testing::field_states {
namespace {

using model::FieldState;

/// Counts writes, and fails so many of them first.
class CountingStore final : public store::EntityStore {
  public:
    explicit CountingStore(store::EntityStore& below) : below_(below) {}

    Task<Result<>> read(std::function<Result<>(store::Reader&)> work) override {
        return below_.read(std::move(work));
    }
    Task<Result<>> write(std::function<Result<>(store::Transaction&)> work) override {
        ++writes;
        if (fails == 0) return below_.write(std::move(work));
        --fails;
        return refuse();
    }
    Result<> write_now(std::function<Result<>(store::Transaction&)> work) override {
        return below_.write_now(std::move(work));
    }
    void stop() override {}

    std::size_t writes = 0, fails = 0;

  private:
    static Task<Result<>> refuse() { co_return Error{ErrorCode::unavailable, "no room"}; }
    store::EntityStore& below_;
};

struct StatesHouse : EntityBench {
    StatesHouse()
        : counting(*store),
          states(counting, bench->timers, bench->services().spawn, bench->house.log.log) {
        for (int i = 0; i < 20; ++i) devices.push_back(device("d" + std::to_string(i)).id);
    }

    StateKey key(std::size_t device) const { return {bench->house.tenant, devices[device], owner}; }
    void keep(std::size_t device, std::int64_t number, bool lazy = false) {
        states.keep(key(device), {json::object{{"n", number}}, number}, lazy);
    }
    Task<Result<>> written(std::size_t device) {
        co_await states.written(devices[device]);
        co_return Result<>();
    }
    Task<Result<>> recall(std::size_t device, KeptState& into) {
        const auto found = co_await states.recall(key(device), std::string());
        if (found) into = *found;
        co_return found ? Result<>() : Result<>(found.error());
    }

    CountingStore counting;
    FieldStates states;
    model::RuleNodeId owner = model::RuleNodeId::make();
    std::vector<model::DeviceId> devices;
};

TEST(FieldStates, AreWrittenTogetherWhileAWriteIsUnderWay) {
    StatesHouse house;
    std::size_t done = 0;
    const auto message = [](StatesHouse& of, std::size_t device, std::size_t& count) -> Task<> {
        for (const std::int64_t number : {1, 2}) of.keep(device, number);
        co_await of.states.written(of.devices[device]);
        ++count;
    };
    for (std::size_t i = 0; i < house.devices.size(); ++i)
        ASSERT_TRUE(house.bench->services().spawn("message", message(house, i, done)));
    house.bench->turn_and_wait(std::chrono::milliseconds(0));
    EXPECT_EQ(done, house.devices.size());
    EXPECT_EQ(house.counting.writes, 2u) << "the first's alone, and all others'";
    const auto rows = house.all<FieldState>({});
    ASSERT_EQ(rows.size(), house.devices.size());
    EXPECT_EQ(rows[0].due_ts, 2);
}

TEST(FieldStates, AreRecalledBeforeTheyAreWritten) {
    StatesHouse house;
    house.keep(0, 7);
    KeptState found;
    ASSERT_TRUE(house.bench->run(house.recall(0, found)));
    EXPECT_EQ(found.due, 7);
    EXPECT_EQ(house.counting.writes, 0u);
    ASSERT_TRUE(house.bench->run(house.written(1))) << "of another entity nothing waits";
    EXPECT_EQ(house.counting.writes, 0u);
    ASSERT_TRUE(house.bench->run(house.written(0)));
    house.keep(0, 8, true);
    ASSERT_TRUE(house.bench->run(house.written(0)));
    EXPECT_EQ(house.all<FieldState>({}).at(0).due_ts, 7) << "nobody waits for what is lazy";
    house.bench->turn_and_wait(std::chrono::seconds(1));
    EXPECT_EQ(house.all<FieldState>({}).at(0).due_ts, 8);
    house.states.keep(house.key(0), KeptState());
    ASSERT_TRUE(house.bench->run(house.written(0)));
    EXPECT_TRUE(house.all<FieldState>({}).empty());
}

TEST(FieldStates, WaitForAStoreThatFails) {
    StatesHouse house;
    house.counting.fails = 1;
    house.keep(0, 7);
    ASSERT_TRUE(house.bench->run(house.written(0)));
    EXPECT_EQ(house.counting.writes, 2u);
    EXPECT_EQ(house.all<FieldState>({}).size(), 1u);
}

TEST(FieldStates, AreReadInSteps) {
    StatesHouse house;
    // More of one entity than a step has, and entities around it.
    std::vector<FieldState> rows;
    for (std::size_t i = 0; i < 700; ++i) {
        FieldState& row = rows.emplace_back();
        row.entity_id = house.devices[i < 600 ? 3 : i % 20];
        row.owner_id = model::RuleNodeId::make();
        row.tenant_id = house.bench->house.tenant;
        if (i % 7 != 0) row.due_ts = static_cast<std::int64_t>(i);
        row.state = json::object();
    }
    house.write<int>([&](store::Transaction& transaction) -> Result<int> {
        for (const FieldState& each : rows)
            if (const Result<> put = transaction.put(each); !put) return put.error();
        return 0;
    });
    std::set<std::int64_t> seen;
    const auto read = [](StatesHouse& of, std::set<std::int64_t>& into) -> Task<Result<>> {
        std::optional<FieldState> last;
        const store::Filter filter = FieldStates::due_states(FieldStates::rule_node_prefix);
        for (;;) {
            const auto page = co_await of.states.page(filter, last);
            if (!page) co_return page.error();
            if (page->empty()) co_return Result<>();
            for (const FieldState& each : *page) into.insert(*each.due_ts);
            last = page->back();
        }
    };
    ASSERT_TRUE(house.bench->run(read(house, seen)));
    EXPECT_EQ(seen.size(), 600u);
}

}  // namespace
}  // namespace thingstead::rule::testing::field_states
