#include "core/cleanup/orphans_testing.h"
#include "store/postgres/postgres_entity_store.h"
#include "store/postgres/postgres_testing.h"

namespace thingstead::core {
namespace {

/// A folder of the suite is a schema here; it goes with the server.
Result<std::unique_ptr<store::EntityStore>> open(const std::filesystem::path& folder,
                                                 MetricsRegistry& metrics) {
    const std::string schema = folder.filename();
    EXPECT_TRUE(
        store::postgres::connect()->execute("CREATE SCHEMA IF NOT EXISTS \"" + schema + "\""));
    store::postgres::EntitySettings settings;
    settings.url = store::postgres::url_of_schema(schema);
    settings.readers = 2;
    return store::postgres::open_postgres_entity_store(settings, Log(), metrics);
}

INSTANTIATE_TEST_SUITE_P(Postgres, NoOrphans,
                         testing::Values(store::EntityDriver{"postgres", open}),
                         [](const auto& driver) { return driver.param.name; });

}  // namespace
}  // namespace thingstead::core
