// Stores on the Cassandra that tools/servers/run.py started.
#pragma once
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

#include "store/cassandra/cassandra_store.h"
#include "store/cassandra/session.h"
#include "support/server_control.h"

namespace thingstead::store::cassandra {

/// Of the server; one copy of each row.
inline Settings server_settings() {
    Settings settings;
    settings.contact_points = test::server_variable("THINGSTEAD_TEST_CASSANDRA");
    settings.user = test::server_variable("THINGSTEAD_TEST_CASSANDRA_USER");
    settings.password = test::server_variable("THINGSTEAD_TEST_CASSANDRA_PASSWORD");
    settings.keyspace = "thingstead_test";
    return settings;
}

/// Runs one statement by a client of its own and gives its answer.
Result<Answer> run_statement(const std::string& query, cql::Values values = {});

struct OpenedStore {
    explicit OpenedStore(Settings settings, Log log = Log()) {
        auto opened = open_cassandra_store(std::move(settings), std::move(log), *metrics);
        EXPECT_TRUE(opened) << (opened ? "" : opened.error().message + opened.error().detail);
        if (opened) store = *std::move(opened);
    }
    std::unique_ptr<MetricsRegistry> metrics = std::make_unique<MetricsRegistry>();
    std::unique_ptr<TimeseriesStore> store;
};

}  // namespace thingstead::store::cassandra
