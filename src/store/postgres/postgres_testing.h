// Helpers of tests that use a PostgreSQL of tools/servers/run.py.
#pragma once
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "base/uuid.h"
#include "store/postgres/connection.h"
#include "support/server_control.h"

namespace thingstead::store::postgres {

inline std::string server_url() { return test::server_variable("THINGSTEAD_TEST_POSTGRES"); }

/// The URL for tables in a schema, which `options` of libpq choose.
inline std::string url_of_schema(const std::string& schema) {
    return server_url() + "?options=-csearch_path%3D%22" + schema + "%22";
}

inline std::unique_ptr<Connection> connect(const std::string& url = server_url()) {
    auto opened = Connection::open({.url = url});
    EXPECT_TRUE(opened) << opened.error().message << opened.error().detail;
    return *std::move(opened);
}

/// A schema of its own for the tables of one test.
class TestSchema {
  public:
    TestSchema() { EXPECT_TRUE(connect()->execute("CREATE SCHEMA \"" + name_ + "\"")); }
    ~TestSchema() { EXPECT_TRUE(connect()->execute("DROP SCHEMA \"" + name_ + "\" CASCADE")); }
    TestSchema(const TestSchema&) = delete;
    TestSchema& operator=(const TestSchema&) = delete;

    std::string url() const { return url_of_schema(name_); }
    std::unique_ptr<Connection> connect_inside() const { return connect(url()); }

  private:
    std::string name_ = "t" + new_random_uuid().to_string().substr(0, 8);
};

}  // namespace thingstead::store::postgres
