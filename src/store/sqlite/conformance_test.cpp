#include "store/entity_conformance.h"
#include "store/sqlite/sqlite_store.h"

namespace thingstead::store {
namespace {

Result<std::unique_ptr<EntityStore>> open(const std::filesystem::path& folder,
                                          MetricsRegistry& metrics) {
    sqlite::Settings settings;
    settings.file = folder / "entities.db";
    return sqlite::open_sqlite_store(settings, Log(), metrics);
}

INSTANTIATE_TEST_SUITE_P(Sqlite, EntityConformance, testing::Values(EntityDriver{"sqlite", open}),
                         [](const auto& driver) { return driver.param.name; });
INSTANTIATE_TEST_SUITE_P(Sqlite, EntityFilters, testing::Values(EntityDriver{"sqlite", open}),
                         [](const auto& driver) { return driver.param.name; });

}  // namespace
}  // namespace thingstead::store
