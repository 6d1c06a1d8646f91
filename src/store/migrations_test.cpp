#include "store/migrations.h"

#include <gtest/gtest.h>

#include <vector>

namespace thingstead::store {
namespace {

constexpr Dialect plain{.id = "ID",
                        .integer = "INT",
                        .text = "TEXT",
                        .boolean = "BOOL",
                        .real = "REAL",
                        .json = "JSON",
                        .bytes = "BYTES",
                        .table = "",
                        .clustered = " CLUSTERED",
                        .by_time = " BY TIME",
                        .begin = "BEGIN"};

constexpr Migration three[] = {
    {1, "one",   "CREATE 1"},
    {2, "two",   "CREATE 2"},
    {3, "three", "CREATE 3"},
};

/// Remembers what it was told; `version` moves with commits.
class Recorder final : public SchemaConnection {
  public:
    Result<> execute(const std::string& sql) override {
        statements.push_back(sql);
        if (!failing.empty() && sql.find(failing) != std::string::npos)
            return Error{ErrorCode::unavailable, "no", "said no"};
        if (sql.starts_with("BEGIN")) pending = version;
        if (sql.starts_with("INSERT")) pending = version + 1;
        if (sql == "COMMIT") version = pending;
        return {};
    }
    Result<std::int64_t> query_integer(const std::string&) override { return version; }
    std::size_t count(std::string_view part) const {
        std::size_t found = 0;
        for (const std::string& each : statements) found += each.find(part) != std::string::npos;
        return found;
    }

    std::int64_t version = 0;
    std::int64_t pending = 0;
    std::string failing{};
    std::vector<std::string> statements;
};

TEST(Render, PutsTheDialectsWordsInPlace) {
    EXPECT_EQ(*render("a {id} b {int},{bool}){clustered};", plain), "a ID b INT,BOOL) CLUSTERED;");
    EXPECT_EQ(*render("no braces", plain), "no braces");
}

TEST(Render, RefusesAnUnknownPlaceholder) {
    EXPECT_EQ(render("{uuid}", plain).error().code, ErrorCode::internal);
    EXPECT_EQ(render("{int", plain).error().code, ErrorCode::internal);
}

TEST(Migrations, AreNumberedWithoutGapsAndFitEveryPlaceholder) {
    for (const auto& migrations : {all_migrations(), event_migrations()}) {
        std::int64_t version = 0;
        for (const Migration& each : migrations) {
            EXPECT_EQ(each.version, ++version);
            EXPECT_TRUE(render(each.sql, plain)) << each.name;
        }
        EXPECT_GE(version, 1);
    }
}

TEST(Migrate, GoesFromEachOlderVersionToTheNewest) {
    for (std::int64_t from = 0; from <= 3; ++from) {
        SCOPED_TRACE(from);
        Recorder database;
        database.version = from;
        EXPECT_EQ(*migrate(database, plain, three), static_cast<std::size_t>(3 - from));
        EXPECT_EQ(database.version, 3);
        EXPECT_EQ(database.count("CREATE 1"), from < 1 ? 1u : 0u);
        EXPECT_EQ(database.count("CREATE 3"), from < 3 ? 1u : 0u);
        EXPECT_EQ(*migrate(database, plain, three), 0u);
    }
}

TEST(Migrate, RefusesADatabaseOfANewerServer) {
    Recorder database;
    database.version = 4;
    const Result<std::size_t> done = migrate(database, plain, three);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, ErrorCode::unsupported);
    EXPECT_NE(done.error().message.find("schema version 4"), std::string::npos);
    EXPECT_NE(done.error().message.find("up to 3"), std::string::npos);
    EXPECT_EQ(database.count("BEGIN"), 0u);
}

TEST(Migrate, RollsBackTheOneThatFailsAndKeepsThoseBefore) {
    Recorder database;
    database.failing = "CREATE 2";
    const Result<std::size_t> done = migrate(database, plain, three);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().detail, "migration 2 (two): said no");
    EXPECT_EQ(database.version, 1);
    EXPECT_EQ(database.statements.back(), "ROLLBACK");
    database.failing.clear();
    EXPECT_EQ(*migrate(database, plain, three), 2u);
    EXPECT_EQ(database.version, 3);
}

TEST(Migrate, RollsBackWhenTheCommitFails) {
    Recorder database;
    database.failing = "COMMIT";
    EXPECT_FALSE(migrate(database, plain, three));
    EXPECT_EQ(database.statements.back(), "ROLLBACK");
    EXPECT_EQ(database.version, 0);
}

}  // namespace
}  // namespace thingstead::store
