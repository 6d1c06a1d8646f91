#include "rule/chain_cache.h"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <utility>

#include "rule/node_registry.h"
#include "rule/testing/node_bench.h"

namespace thingstead::rule::testing {
namespace {

/// Calls `before_answer` when a read has looked, and before its answer is there.
struct SlowEntities final : store::EntityStore {
    explicit SlowEntities(store::EntityStore& of) : inner(of) {}

    Task<Result<>> read(std::function<Result<>(store::Reader&)> work) override {
        const Result<> done = co_await inner.read(std::move(work));
        if (before_answer) std::exchange(before_answer, nullptr)();
        co_return done;
    }
    Task<Result<>> write(std::function<Result<>(store::Transaction&)> work) override {
        return inner.write(std::move(work));
    }
    Result<> write_now(std::function<Result<>(store::Transaction&)> work) override {
        return inner.write_now(std::move(work));
    }
    void stop() override {}

    store::EntityStore& inner;
    std::function<void()> before_answer;
};

struct ChainCacheTest : ::testing::Test {
    void store_chain() {
        model::RuleChain chain;
        chain.id = model::RuleChainId::make();
        chain.tenant_id = tenant;
        chain.name = "a chain";
        stored.put(chain);
    }
    void tell() {
        changes->add({core::ChangeKind::updated, tenant, model::RuleChainId::make()});
        cache.refresh();
    }
    /// How many chains it found.
    std::size_t load() {
        std::size_t found = 0;
        const auto task = [&]() -> Task<Result<>> {
            const Result<ChainCache::Chains> loaded = co_await cache.load(tenant);
            if (!loaded) co_return loaded.error();
            found = (*loaded)->chains.size();
            co_return Result<>();
        };
        EXPECT_TRUE(bench.run(task()));
        return found;
    }

    Board board;
    FakeEntities stored{board};
    SlowEntities slow{stored};
    NodeBench bench{slow};
    model::TenantId tenant = bench.house.tenant;
    NodeRegistry registry{all_nodes()};
    std::shared_ptr<ChainChanges> changes = std::make_shared<ChainChanges>();
    ChainCache cache{10, registry, bench.services(), changes};
};

TEST_F(ChainCacheTest, KeepsWhatItLoadedUntilThatChanges) {
    store_chain();
    EXPECT_EQ(cache.find(tenant), nullptr);
    EXPECT_EQ(load(), 1u);
    ASSERT_NE(cache.find(tenant), nullptr);
    store_chain();
    tell();
    EXPECT_EQ(cache.find(tenant), nullptr);
    EXPECT_EQ(load(), 2u);
    ASSERT_NE(cache.find(tenant), nullptr);
}

TEST_F(ChainCacheTest, AChangeThatOvertakesALoadIsLoadedAgain) {
    for (int round = 0; round < 2; ++round) {  // The first load, and one over what is kept.
        store_chain();
        const std::size_t before = stored.reads();
        slow.before_answer = [&] {
            store_chain();
            tell();
        };
        const std::size_t read = load();
        EXPECT_EQ(stored.reads(), before + 1);
        EXPECT_EQ(cache.find(tenant), nullptr) << "it was read before the change";
        EXPECT_EQ(load(), read + 1);
        ASSERT_NE(cache.find(tenant), nullptr);
        EXPECT_EQ(cache.find(tenant)->chains.size(), read + 1);
    }
}

}  // namespace
}  // namespace thingstead::rule::testing
