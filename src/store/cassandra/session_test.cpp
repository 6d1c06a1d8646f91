#include "store/cassandra/session.h"

#include <gtest/gtest.h>

#include <boost/asio/post.hpp>
#include <future>
#include <limits>

#include "base/log_testing.h"
#include "store/cassandra/fake_node.h"

namespace thingstead::store::cassandra {
namespace {

using namespace std::chrono_literals;

constexpr cql::Token left = -5, right = 5;  // of partitions that the first and the second node own

template <class T>
Task<> keep(Task<Result<T>> task, std::promise<Result<T>>& promise) {
    Result<T> result = co_await std::move(task);
    promise.set_value(std::move(result));
}

Task<Result<>> open_and_start(Session& session) {
    const Result<> opened = co_await session.open();
    if (!opened) co_return opened.error();
    co_return co_await session.start();
}

Question execute(cql::Token token, bool idempotent) {
    Question out;
    out.statement = 0;
    out.token = token;
    out.idempotent = idempotent;
    return out;
}

std::optional<cql::Response> error_of(cql::ServerErrorCode code) {
    return cql::Response(cql::ServerError{.code = code, .message = "as the test wants"});
}

/// Two nodes of one token each, and a session that is connected to both.
class TwoNodes : public testing::Test {
  protected:
    TwoNodes() {
        make_first();
        make_second();
        tell_nodes();
        Settings settings;
        settings.contact_points = "127.0.0.1:" + std::to_string(port);
        settings.connections_per_host = 1;
        settings.connect_timeout = 2s;
        settings.request_timeout = 500ms;
        settings.reconnect_delay_max = 200ms;
        settings.open_timeout = 5s;
        session =
            std::make_unique<Session>(io.at(0).get_executor(), settings,
                                      std::vector<std::string>{"statement"}, log.log, metrics);
        const Result<> opened = run(open_and_start(*session));
        EXPECT_TRUE(opened) << (opened ? "" : opened.error().detail);
        EXPECT_TRUE(log.lines->wait_for("host.up address=127.0.0.1"));
        EXPECT_TRUE(log.lines->wait_for("host.up address=127.0.0.2"));
    }
    ~TwoNodes() override {
        std::promise<void> closed;
        boost::asio::post(io.at(0), [&] {
            session->close();
            closed.set_value();
        });
        closed.get_future().get();
        EXPECT_TRUE(session->stop(10s));
        tasks.stop(10s);
    }

    void make_first() {
        first = std::make_unique<FakeNode>("127.0.0.1", port, nodes);
        port = first->port();
    }
    void make_second() { second = std::make_unique<FakeNode>("127.0.0.2", port, nodes); }
    void tell_nodes() {
        nodes.push_back(node_info("127.0.0.1", port, 0));
        nodes.push_back(node_info("127.0.0.2", port, std::numeric_limits<cql::Token>::max()));
        first->set_nodes(nodes);
        second->set_nodes(nodes);
    }
    template <class T>
    Result<T> run(Task<Result<T>> task) {
        std::promise<Result<T>> promise;
        tasks.spawn(io.at(0).get_executor(), "test", keep(std::move(task), promise));
        return promise.get_future().get();
    }
    Result<Answer> ask(cql::Token token, bool idempotent = true) {
        return run(session->ask(execute(token, idempotent)));
    }

    std::uint16_t port = 0;
    std::vector<NodeInfo> nodes;
    std::unique_ptr<FakeNode> first, second;
    MemoryLog log = open_memory_log(LogLevel::info);
    MetricsRegistry registry;
    ClientMetrics metrics{registry};
    net::IoThreads io{1, "test"};
    net::TaskGroup tasks{"test", Log()};
    std::unique_ptr<Session> session;
};

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
