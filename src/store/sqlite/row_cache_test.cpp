#include "store/sqlite/row_cache.h"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <filesystem>
#include <functional>

#include "base/log_testing.h"
#include "model/dashboard.h"
#include "model/entities.h"
#include "model/relation.h"
#include "store/sqlite/sqlite_store.h"

namespace thingstead::store::sqlite {
namespace {
namespace fs = std::filesystem;

model::Device make_device(const std::string& name) {
    model::Device device;
    device.id = model::DeviceId::make();
    device.tenant_id = model::TenantId::make();
    device.name = name;
    device.type = "default";
    return device;
}

const Table& devices() { return table_of<model::Device>(); }

TEST(RowCache, KeepsNothingThatWasReadBeforeACommit) {
    RowCache cache(1 << 20);
    const model::Device device = make_device("a");
    const std::uint64_t before = cache.state();
    cache.forget({.rows = {Uuid{1, 2}}});
    cache.put(devices(), to_row(device), before);
    EXPECT_FALSE(cache.find(devices(), device.id.uuid));
    cache.put(devices(), to_row(device), cache.state());
    EXPECT_TRUE(cache.find(devices(), device.id.uuid));
    cache.forget({});
    EXPECT_TRUE(cache.find(devices(), device.id.uuid)) << "a commit that changed no row";
    cache.forget({.rows = {device.id.uuid}});
    EXPECT_FALSE(cache.find(devices(), device.id.uuid));
}

TEST(RowCache, ForgetsEverythingIfNobodyKnowsWhatChanged) {
    RowCache cache(1 << 20);
    const model::Device one = make_device("a"), two = make_device("b");
    for (const auto* each : {&one, &two}) cache.put(devices(), to_row(*each), cache.state());
    cache.forget({.unknown = true});
    EXPECT_FALSE(cache.find(devices(), one.id.uuid));
    EXPECT_FALSE(cache.find(devices(), two.id.uuid));
}

TEST(RowCache, KeepsBothFormsOfATableAndForgetsBoth) {
    RowCache cache(1 << 20);
    model::Dashboard whole;
    whole.id = model::DashboardId::make();
    model::DashboardInfo info;
    info.id = whole.id;
    cache.put(table_of<model::Dashboard>(), to_row(whole), cache.state());
    EXPECT_FALSE(cache.find(table_of<model::DashboardInfo>(), info.id.uuid));
    cache.put(table_of<model::DashboardInfo>(), to_row(info), cache.state());
    EXPECT_EQ(cache.find(table_of<model::Dashboard>(), whole.id.uuid)->size(),
              table_of<model::Dashboard>().columns.size());
    cache.forget({.rows = {whole.id.uuid}});
    EXPECT_FALSE(cache.find(table_of<model::Dashboard>(), whole.id.uuid));
    EXPECT_FALSE(cache.find(table_of<model::DashboardInfo>(), info.id.uuid));
}

TEST(RowCache, StaysWithinItsBytesAndForgetsTheUnused) {
    constexpr std::int64_t bytes_max = 16 * 8 * 1024;
    RowCache cache(bytes_max);
    const model::Device used = make_device("used");
    cache.put(devices(), to_row(used), cache.state());
    std::size_t kept = 0;
    std::vector<model::Device> others;
    for (int i = 0; i < 1'000; ++i) {
        others.push_back(make_device(std::to_string(i)));
        cache.put(devices(), to_row(others.back()), cache.state());
        EXPECT_TRUE(cache.find(devices(), used.id.uuid));
    }
    for (const auto& each : others) kept += cache.find(devices(), each.id.uuid) ? 1 : 0;
    EXPECT_GT(kept, 16u);
    EXPECT_LT(kept, 200u);
    model::Device large = make_device(std::string(8 * 1024, 'x'));
    cache.put(devices(), to_row(large), cache.state());
    EXPECT_FALSE(cache.find(devices(), large.id.uuid)) << "it would take a shard's whole room";
    EXPECT_TRUE(cache.find(devices(), used.id.uuid));
}

TEST(RowCache, OfNoBytesKeepsNothing) {
    RowCache cache(0);
    const model::Device device = make_device("a");
    cache.put(devices(), to_row(device), cache.state());
    EXPECT_FALSE(cache.find(devices(), device.id.uuid));
}

class ReadInMemory : public testing::Test {
  protected:
    ReadInMemory() {
        fs::create_directories(folder_);
        Settings settings;
        settings.file = folder_ / "entities.db";
        auto opened = open_sqlite_store(settings, log_.log, metrics_);
        EXPECT_TRUE(opened);
        store_ = *std::move(opened);
        EXPECT_TRUE(write([&](Transaction& tx) { return tx.insert(device_); }));
    }
    ~ReadInMemory() override {
        store_.reset();
        fs::remove_all(folder_);
    }
    Result<> write(const std::function<Result<>(Transaction&)>& work) {
        return store_->write_now(work);
    }
    /// The name of the device as memory has it; "?": ask the file; "": there is none.
    std::string name_in_memory() {
        std::string name;
        const auto done = store_->read_in_memory([&](Reader& reader) -> Result<> {
            const auto found = reader.find<model::Device>({
                {"id", device_.id.uuid}
            });
            if (!found) return found.error();
            name = *found ? (*found)->name : "";
            return {};
        });
        return done ? name : "?";
    }
    void read_from_file();

    fs::path folder_ = fs::temp_directory_path() / ("row_cache_" + new_random_uuid().to_string());
    MetricsRegistry metrics_;
    MemoryLog log_ = open_memory_log();
    boost::asio::io_context context_{1};  ///< Outlives the store, whose threads post to it.
    model::Device device_ = make_device("old");
    std::unique_ptr<EntityStore> store_;
};

void ReadInMemory::read_from_file() {
    auto done = boost::asio::co_spawn(context_, store_->read([&](Reader& reader) -> Result<> {
        const auto found = reader.find<model::Device>({
            {"id", device_.id.uuid}
        });
        return found ? Result<>() : found.error();
    }),
                                      boost::asio::use_future);
    context_.restart();
    context_.run();
    EXPECT_TRUE(done.get());
}

TEST_F(ReadInMemory, IsAsTrueAsTheFile) {
    EXPECT_EQ(name_in_memory(), "?");
    read_from_file();
    EXPECT_EQ(name_in_memory(), "old");
    device_.name = "new";
    ASSERT_TRUE(write([&](Transaction& tx) { return tx.update(device_); }));
    EXPECT_EQ(name_in_memory(), "?");
    read_from_file();
    EXPECT_EQ(name_in_memory(), "new");
    ASSERT_TRUE(write([&](Transaction& tx) -> Result<> {
        const auto changed = tx.change<model::Device>(
            {
                {"name", std::string("newer")}
        },
            {{"type", std::string("default")}});
        return changed ? Result<>() : changed.error();
    }));
    read_from_file();
    EXPECT_EQ(name_in_memory(), "newer");
    ASSERT_TRUE(write([&](Transaction& tx) -> Result<> {
        const auto removed = tx.remove<model::Device>({
            {"id", device_.id.uuid}
        });
        return removed ? Result<>() : removed.error();
    }));
    read_from_file();
    EXPECT_EQ(name_in_memory(), "?") << "what is not there is not kept";
}

TEST_F(ReadInMemory, KeepsRowsWhileOthersChange) {
    read_from_file();
    ASSERT_TRUE(write([&](Transaction& tx) { return tx.insert(make_device("other")); }));
    ASSERT_TRUE(write([&](Transaction& tx) -> Result<> {
        const auto removed = tx.remove<model::Relation>({
            {"fromId", Uuid{1, 2}}
        });
        return removed ? Result<>() : removed.error();
    }));
    EXPECT_EQ(name_in_memory(), "old");
}

TEST_F(ReadInMemory, LeavesWhatNeedsMoreThanRowsByIdToTheFile) {
    read_from_file();
    const std::function<Result<>(Reader&)> works[] = {
        [&](Reader& reader) -> Result<> {
            const auto found = reader.find<model::Device>({
                {"name", std::string("old")}
            });
            return found ? Result<>() : found.error();
        },
        [&](Reader& reader) -> Result<> {
            const auto found = reader.count<model::Device>({});
            return found ? Result<>() : found.error();
        },
        [&](Reader& reader) -> Result<> {
            const auto found =
                reader.attributes(device_.id, model::AttributeScope::server, {"active"});
            return found ? Result<>() : found.error();
        },
        // It took no notice of the error: its answer still means nothing.
        [&](Reader& reader) -> Result<> {
            (void)reader.page<model::Device>({}, {});
            return {};
        },
    };
    for (const auto& work : works) EXPECT_FALSE(store_->read_in_memory(work));
}

}  // namespace
}  // namespace thingstead::store::sqlite
