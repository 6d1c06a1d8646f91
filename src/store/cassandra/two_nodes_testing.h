// A session that is connected to two nodes of one token each.
#pragma once
#include <gtest/gtest.h>

#include <boost/asio/post.hpp>
#include <chrono>
#include <future>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "base/log_testing.h"
#include "store/cassandra/fake_node.h"
#include "store/cassandra/session.h"

namespace thingstead::store::cassandra {

template <class T>
Task<> keep(Task<Result<T>> task, std::promise<Result<T>>& promise) {
    Result<T> result = co_await std::move(task);
    promise.set_value(std::move(result));
}

inline Task<Result<>> open_and_start(Session& session) {
    const Result<> opened = co_await session.open();
    if (!opened) co_return opened.error();
    co_return co_await session.start();
}

/// The first node owns tokens up to 0, the second one the others.
class TwoNodes : public testing::Test {
  protected:
    explicit TwoNodes(std::vector<std::string> statements = {"statement"},
                      std::chrono::milliseconds request_timeout = std::chrono::milliseconds(500)) {
        make_first();
        make_second();
        tell_nodes();
        settings.contact_points = "127.0.0.1:" + std::to_string(port);
        settings.connections_per_host = 1;
        settings.connect_timeout = std::chrono::seconds(2);
        settings.request_timeout = request_timeout;
        settings.reconnect_delay_max = std::chrono::milliseconds(200);
        settings.open_timeout = std::chrono::seconds(5);
        session = std::make_unique<Session>(io.at(0).get_executor(), settings,
                                            std::move(statements), log.log, metrics);
        const Result<> opened = run(open_and_start(*session));
        EXPECT_TRUE(opened) << (opened ? "" : opened.error().detail);
        EXPECT_TRUE(log.lines->wait_for("host.up address=127.0.0.1"));
        EXPECT_TRUE(log.lines->wait_for("host.up address=127.0.0.2"));
    }
    ~TwoNodes() override {
        close();
        EXPECT_TRUE(session->stop(std::chrono::seconds(10)));
        tasks.stop(std::chrono::seconds(10));
    }

    /// Nothing that was sent is heard of any more.
    void close() {
        on_client([&] { session->close(); });
    }
    template <class Work>
    void on_client(Work work) {
        std::promise<void> done;
        boost::asio::post(io.at(0), [&] {
            work();
            done.set_value();
        });
        done.get_future().get();
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
        Question question;
        question.statement = 0;
        question.token = token;
        question.idempotent = idempotent;
        return run(session->ask(std::move(question)));
    }

    std::uint16_t port = 0;
    Settings settings;
    std::vector<NodeInfo> nodes;
    std::unique_ptr<FakeNode> first, second;
    MemoryLog log = open_memory_log(LogLevel::info);
    MetricsRegistry registry;
    ClientMetrics metrics{registry};
    net::IoThreads io{1, "test"};
    net::TaskGroup tasks{"test", Log()};
    std::unique_ptr<Session> session;
};

}  // namespace thingstead::store::cassandra
