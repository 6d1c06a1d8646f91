// The store of a sandbox over a real one: what is written is seen, undone, and never stored.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "core/device/device_rules.h"
#include "model/relation.h"
#include "rule/replay/sandbox_entities.h"
#include "rule/replay/testing/replay_world.h"
#include "rule/replay/unique_rules.h"

namespace thingstead::rule::testing::overlay {
namespace {

struct Overlay {
    EntityBench bench;
    Effects effects;
    Memory memory{1 << 20};
    SandboxEntities sandbox{*bench.store, effects, memory};

    Result<> write(const std::function<Result<>(store::Transaction&)>& work) {
        return answer_of_task(sandbox.write(work));
    }
    template <class T>
    std::vector<T> all(const store::Filter& filter) {
        std::vector<T> found;
        const std::function<Result<>(store::Reader&)> work = [&](store::Reader& reader) {
            auto rows = reader.all<T>(filter);
            if (!rows) return Result<>(rows.error());
            found = *std::move(rows);
            return Result<>();
        };
        const Result<> read = answer_of_task(sandbox.read(work));
        if (!read) throw std::runtime_error(read.error().message);
        return found;
    }
};

TEST(RowOverlay, ReadsWhatWasWrittenAndStoresNothing) {
    Overlay over;
    const model::Device a = over.bench.device("a");
    const model::Device b = over.bench.device("b");
    model::Device c = a;
    c.id = model::DeviceId::make();
    c.name = "c";
    ASSERT_TRUE(over.write([&](store::Transaction& transaction) -> Result<> {
        if (Result<> made = transaction.insert(c); !made) return made;
        model::Device renamed = a;
        renamed.name = "z";
        if (Result<> done = transaction.update(renamed); !done) return done;
        const auto removed = transaction.remove<model::Device>({
            {"id", b.id.uuid}
        });
        return removed ? Result<>() : Result<>(removed.error());
    }));
    const store::Filter of_tenant{
        {"tenantId", a.tenant_id.uuid}
    };
    std::vector<std::string> names;
    for (const model::Device& each : over.all<model::Device>(of_tenant)) names.push_back(each.name);
    std::sort(names.begin(), names.end());
    EXPECT_EQ(names, (std::vector<std::string>{"c", "z"}));
    EXPECT_EQ(over.all<model::Device>({
                                          {"name", std::string("a")}
    })
                  .size(),
              0u);
    EXPECT_EQ(over.all<model::Device>({
                                          {"name", store::Compare::starts_with, std::string("z")}
    })
                  .size(),
              1u);
    EXPECT_EQ(over.bench.all<model::Device>(of_tenant).size(), 2u);
    EXPECT_EQ(over.bench.get<model::Device>(a.id.uuid).name, "a");
    EXPECT_EQ(over.effects.take().size(), 3u);
}

TEST(RowOverlay, UndoesAWorkThatFails) {
    Overlay over;
    const model::Device a = over.bench.device("a");
    const Result<> done = over.write([&](store::Transaction& transaction) -> Result<> {
        model::Device renamed = a;
        renamed.name = "z";
        if (Result<> updated = transaction.update(renamed); !updated) return updated;
        const store::AttributesWrite write{
            a.id, model::AttributeScope::server, {{"k", std::int64_t{1}}}, 5};
        if (Result<> saved = transaction.save_attributes(write); !saved) return saved;
        return Error{ErrorCode::invalid_argument, "no"};
    });
    EXPECT_FALSE(done);
    EXPECT_EQ(over.all<model::Device>({
                                          {"id", a.id.uuid}
    })
                  .at(0)
                  .name,
              "a");
    EXPECT_TRUE(over.effects.take().empty());
    const std::function<Result<>(store::Reader&)> look = [&](store::Reader& reader) -> Result<> {
        const auto found = reader.attributes(a.id, model::AttributeScope::server, {"k"});
        if (!found) return found.error();
        EXPECT_TRUE(found->empty());
        return {};
    };
    EXPECT_TRUE(answer_of_task(over.sandbox.read(look)));
}

TEST(RowOverlay, KeepsWhatMayNotBeTwice) {
    Overlay over;
    const model::Device a = over.bench.device("a");
    const Result<> twice = over.write([&](store::Transaction& transaction) {
        model::Device same = a;
        same.id = model::DeviceId::make();
        return transaction.insert(same);
    });
    ASSERT_FALSE(twice);
    EXPECT_EQ(twice.error().code, ErrorCode::conflict);
    EXPECT_EQ(twice.error().message, "device_name_unq_key");
    EXPECT_FALSE(over.write([&](store::Transaction& t) { return t.insert(a); }));
    EXPECT_GT(unique_rules().size(), 20u);
}

TEST(RowOverlay, ChoosesByRowsThatWereWritten) {
    Overlay over;
    const model::Device a = over.bench.device("a");
    const model::Device b = over.bench.device("b");
    over.bench.relate(a.id, b.id);
    ASSERT_TRUE(over.write([&](store::Transaction& transaction) -> Result<> {
        const auto removed = transaction.remove<model::Relation>({
            {"fromId", a.id.uuid}
        });
        if (!removed) return removed.error();
        EXPECT_EQ(*removed, 1);
        model::Relation other;
        other.from_id = b.id.uuid;
        other.from_type = model::EntityType::device;
        other.to_id = a.id.uuid;
        other.to_type = model::EntityType::device;
        other.type = "Contains";
        return transaction.insert(other);
    }));
    const auto related = over.all<model::Device>({
        store::chosen_from<model::Relation>("id", "toId", {{"fromId", b.id.uuid}}
          )
    });
    ASSERT_EQ(related.size(), 1u);
    EXPECT_EQ(related.at(0).name, "a");
    EXPECT_TRUE(over
                    .all<model::Device>({
                        store::chosen_from<model::Relation>("id", "toId", {{"fromId", a.id.uuid}}
                          )
    })
                    .empty());
    EXPECT_EQ(over.bench.related(a.id, "Contains").size(), 1u);
}

TEST(RowOverlay, HasALimitOfMemory) {
    Overlay over;
    const model::Device a = over.bench.device("a");
    const std::string large(600'000, 'x');
    const auto save = [&](const std::string& key) {
        return over.write([&](store::Transaction& transaction) {
            return transaction.save_attributes(
                {a.id, model::AttributeScope::server, {{key, large}}, 5});
        });
    };
    // What is replaced is given back.
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(save("k"));
    const Result<> more = save("another");
    ASSERT_FALSE(more);
    EXPECT_EQ(more.error().code, ErrorCode::too_large);
    EXPECT_NE(more.error().message.find("rule.replay.memory_bytes_max"), std::string::npos);
}

}  // namespace
}  // namespace thingstead::rule::testing::overlay
