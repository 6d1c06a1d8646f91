#include "store/entity_conformance.h"
#include "store/postgres/postgres_entity_store.h"
#include "store/postgres/postgres_testing.h"

namespace thingstead::store {
namespace {

/// A folder of the suite is a schema here; it goes with the server.
Result<std::unique_ptr<EntityStore>> open(const std::filesystem::path& folder,
                                          MetricsRegistry& metrics) {
    const std::string schema = folder.filename();
    EXPECT_TRUE(postgres::connect()->execute("CREATE SCHEMA IF NOT EXISTS \"" + schema + "\""));
    postgres::EntitySettings settings;
    settings.url = postgres::url_of_schema(schema);
    settings.readers = 2;
    return postgres::open_postgres_entity_store(settings, Log(), metrics);
}

INSTANTIATE_TEST_SUITE_P(Postgres, EntityConformance,
                         testing::Values(EntityDriver{"postgres", open}),
                         [](const auto& driver) { return driver.param.name; });
INSTANTIATE_TEST_SUITE_P(Postgres, EntityFilters, testing::Values(EntityDriver{"postgres", open}),
                         [](const auto& driver) { return driver.param.name; });

}  // namespace
}  // namespace thingstead::store
