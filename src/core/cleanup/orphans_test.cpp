#include "core/cleanup/orphans_testing.h"
#include "store/sqlite/sqlite_store.h"

namespace thingstead::core {
namespace {

Result<std::unique_ptr<store::EntityStore>> open(const std::filesystem::path& folder,
                                                 MetricsRegistry& metrics) {
    store::sqlite::Settings settings;
    settings.file = folder / "entities.db";
    return store::sqlite::open_sqlite_store(settings, Log(), metrics);
}

INSTANTIATE_TEST_SUITE_P(Sqlite, NoOrphans, testing::Values(store::EntityDriver{"sqlite", open}),
                         [](const auto& driver) { return driver.param.name; });

}  // namespace
}  // namespace thingstead::core
