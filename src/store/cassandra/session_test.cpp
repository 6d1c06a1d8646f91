#include "store/cassandra/session.h"

#include <gtest/gtest.h>

#include "store/cassandra/two_nodes_testing.h"

namespace thingstead::store::cassandra {
namespace {

using namespace std::chrono_literals;

constexpr cql::Token left = -5, right = 5;  // of partitions that the first and the second node own

std::optional<cql::Response> error_of(cql::ServerErrorCode code) {
    return cql::Response(cql::ServerError{.code = code, .message = "as the test wants"});
}

using SessionOfTwoNodes = TwoNodes;

TEST_F(SessionOfTwoNodes, APartitionsOwnerIsAsked) {
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(ask(left));
    EXPECT_EQ(first->executed(), 3u);
    EXPECT_EQ(second->executed(), 0u);
    for (int i = 0; i < 2; ++i) EXPECT_TRUE(ask(right));
    EXPECT_EQ(first->executed(), 3u);
    EXPECT_EQ(second->executed(), 2u);
    EXPECT_EQ(metrics.retries.value(), 0u);
}

TEST_F(SessionOfTwoNodes, TheNextNodeIsAskedWhereItMayHelp) {
    using enum cql::ServerErrorCode;
    struct Row {
        cql::ServerErrorCode code;
        bool idempotent, helped;
    };
    const Row rows[] = {
        {overloaded,       false, true },
        {unavailable,      false, true },
        {is_bootstrapping, true,  true },
        {write_timeout,    true,  true },
        {write_timeout,    false, false},
        {read_failure,     true,  true },
        {server_error,     false, false},
        {invalid,          true,  false},
        {unauthorized,     true,  false},
    };
    for (const Row& row : rows) {
        SCOPED_TRACE(cql::to_string(row.code));
        first->set_on_execute([&](std::size_t) { return error_of(row.code); });
        const std::size_t before = second->executed();
        const auto answer = ask(left, row.idempotent);
        EXPECT_EQ(answer.has_value(), row.helped);
        EXPECT_EQ(second->executed() - before, row.helped ? 1u : 0u);
        if (answer.has_error()) {
            EXPECT_NE(answer.error().detail.find("as the test wants"), std::string::npos);
        }
    }
}

TEST_F(SessionOfTwoNodes, ARequestThatNoNodeTakesFails) {
    for (FakeNode* node : {first.get(), second.get()})
        node->set_on_execute(
            [](std::size_t) { return error_of(cql::ServerErrorCode::overloaded); });
    const auto answer = ask(left);
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, ErrorCode::unavailable);
    EXPECT_EQ(first->executed() + second->executed(), 2u);
}

TEST_F(SessionOfTwoNodes, AForgottenStatementIsPreparedOnThatNodeAgain) {
    const std::size_t prepared = first->prepared();
    first->set_on_execute([](std::size_t n) {
        return n == 0 ? error_of(cql::ServerErrorCode::unprepared) : cql::Response(cql::Void{});
    });
    EXPECT_TRUE(ask(left));
    EXPECT_EQ(first->prepared(), prepared + 1);
    EXPECT_EQ(first->executed(), 2u);
    EXPECT_EQ(second->executed(), 0u);
}

TEST_F(SessionOfTwoNodes, ASilentNodeIsLeftForTheOtherAndItsConnectionRenewed) {
    first->set_on_execute([](std::size_t n) {
        return n == 0 ? std::nullopt : std::optional<cql::Response>(cql::Void{});
    });
    EXPECT_TRUE(ask(left));
    EXPECT_EQ(second->executed(), 1u);
    EXPECT_TRUE(log.lines->wait_for("host.down"));
    while (log.lines->count("host.up address=127.0.0.1") < 2) {
        ASSERT_TRUE(ask(right));
    }
    EXPECT_TRUE(ask(left));
    EXPECT_EQ(first->executed(), 2u);
}

TEST_F(SessionOfTwoNodes, ANodeThatGoesAwayIsFoundAgain) {
    first.reset();
    EXPECT_TRUE(log.lines->wait_for("host.down"));
    EXPECT_TRUE(ask(left));
    EXPECT_EQ(second->executed(), 1u);
    make_first();
    while (log.lines->count("host.up address=127.0.0.1") < 2) {
        ASSERT_TRUE(ask(right));
    }
    EXPECT_TRUE(ask(left));
    EXPECT_EQ(first->executed(), 1u);
}

TEST_F(SessionOfTwoNodes, WithoutAnyNodeRequestsFailAtOnce) {
    first.reset();
    second.reset();
    while (ask(left)) {
    }
    const auto answer = ask(left);
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, ErrorCode::unavailable);
}

}  // namespace
}  // namespace thingstead::store::cassandra
