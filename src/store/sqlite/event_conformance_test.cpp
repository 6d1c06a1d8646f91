#include "store/event_conformance.h"

#include "store/sqlite/sqlite_event_store.h"

namespace thingstead::store {
namespace {

Result<std::unique_ptr<EventStore>> open_events(const std::filesystem::path& folder,
                                                const EventLimits& limits,
                                                MetricsRegistry& metrics) {
    sqlite::EventSettings settings;
    settings.file = folder / "events.db";
    return sqlite::open_sqlite_event_store(settings, limits, Log(), metrics);
}

INSTANTIATE_TEST_SUITE_P(Sqlite, EventConformance,
                         testing::Values(EventDriver{"sqlite", open_events}),
                         [](const auto& driver) { return driver.param.name; });

}  // namespace
}  // namespace thingstead::store
