// Rows for tables of users, in a real Cassandra.
#include "store/custom_tables.h"

#include <string>
#include <string_view>

#include "protocol/cql/value.h"
#include "store/cassandra/cassandra_testing.h"
#include "store/timeseries_testing.h"

namespace thingstead::store::cassandra {
namespace {

struct CustomRow {
    std::string_view row, error;  ///< No error: it is taken.
};

constexpr CustomRow custom_rows[] = {
    {R"({"id":"a","whole":20,"real":20,"text":"x"})",                 ""                                     },
    {R"({"id":"b","whole":9007199254740993,"real":1.5,"flag":true})", ""                                     },
    {R"({"id":"c","whole":1.5})",                                     "bigint"                               },
    {R"({"id":"d","nothing":1})",                                     "JSON values map contains unrecognized"},
};

TEST(CassandraStore, TakesRowsForTablesOfUsers) {
    OpenedStore opened(server_settings());
    CustomTables* const tables = opened.store->custom_tables();
    ASSERT_NE(tables, nullptr);
    const std::string table = "thingstead_test.cs_tb_rows";
    ASSERT_TRUE(run_statement("DROP TABLE IF EXISTS " + table));
    ASSERT_TRUE(run_statement("CREATE TABLE " + table +
                              " (id text PRIMARY KEY, whole bigint, real double, text text, "
                              "flag boolean)"));
    for (const CustomRow& row : custom_rows) {
        SCOPED_TRACE(row.row);
        const auto done =
            run_task(tables->insert("cs_tb_rows", std::string(row.row), std::chrono::seconds(0)));
        EXPECT_EQ(done.has_value(), row.error.empty());
        if (done) continue;
        EXPECT_EQ(done.error().code, ErrorCode::invalid_argument);
        EXPECT_NE(done.error().message.find(row.error), std::string::npos) << done.error().message;
    }
    // Columns that a row does not name keep what they have; those it names may expire.
    ASSERT_TRUE(run_task(
        tables->insert("cs_tb_rows", R"({"id":"a","text":"y"})", std::chrono::seconds(1000))));
    const auto answer = run_statement("SELECT whole, real, text, ttl(text), ttl(real) FROM " +
                                      table + " WHERE id = 'a'");
    ASSERT_TRUE(answer);
    cql::RowCursor cursor(answer->rows());
    ASSERT_TRUE(cursor.next());
    EXPECT_EQ(cql::read_bigint(cursor.cell()), 20);
    EXPECT_EQ(cql::read_double(cursor.cell()), 20.0);
    EXPECT_EQ(cursor.cell(), "y");
    EXPECT_GT(cql::read_int(cursor.cell()).value_or(0), 0);
    EXPECT_EQ(cql::read_int(cursor.cell()), std::nullopt);
    const auto missing =
        run_task(tables->insert("cs_tb_missing", R"({"id":"a"})", std::chrono::seconds(0)));
    ASSERT_FALSE(missing);
    EXPECT_NE(missing.error().message.find("cs_tb_missing"), std::string::npos)
        << missing.error().message;
}

}  // namespace
}  // namespace thingstead::store::cassandra
