#include "store/event_conformance.h"
#include "store/postgres/postgres_event_store.h"
#include "store/postgres/postgres_testing.h"

namespace thingstead::store {
namespace {

/// A folder of the suite is a schema here; it goes with the server.
Result<std::unique_ptr<EventStore>> open_events(const std::filesystem::path& folder,
                                                const EventLimits& limits,
                                                MetricsRegistry& metrics) {
    const std::string schema = folder.filename();
    EXPECT_TRUE(postgres::connect()->execute("CREATE SCHEMA IF NOT EXISTS \"" + schema + "\""));
    postgres::EventSettings settings;
    settings.url = postgres::url_of_schema(schema);
    return postgres::open_postgres_event_store(settings, limits, Log(), metrics);
}

INSTANTIATE_TEST_SUITE_P(Postgres, EventConformance,
                         testing::Values(EventDriver{"postgres", open_events}),
                         [](const auto& driver) { return driver.param.name; });

}  // namespace
}  // namespace thingstead::store
