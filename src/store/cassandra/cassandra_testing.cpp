#include "store/cassandra/cassandra_testing.h"

#include <boost/asio/io_context.hpp>
#include <future>

#include "net/io_threads.h"
#include "net/task_group.h"

namespace thingstead::store::cassandra {
namespace {

Task<> ask_once(Session& session, Question question, std::promise<Result<Answer>>& answered) {
    const Result<> opened = co_await session.open();
    if (!opened) {
        answered.set_value(opened.error());
    } else {
        Result<Answer> answer = co_await session.ask(std::move(question));
        answered.set_value(std::move(answer));
    }
    session.close();
}

}  // namespace

Result<Answer> run_statement(const std::string& query, cql::Values values) {
    MetricsRegistry registry;
    ClientMetrics metrics(registry);
    net::IoThreads io(1, "statement");
    Session session(io.at(0).get_executor(), server_settings(), {}, Log(), metrics);
    net::TaskGroup tasks("statement", Log());
    std::promise<Result<Answer>> answered;
    Question question;
    question.query = query;
    question.values = std::move(values);
    tasks.spawn(io.at(0).get_executor(), "ask", ask_once(session, std::move(question), answered));
    Result<Answer> out = answered.get_future().get();
    tasks.stop(std::chrono::seconds(10));
    session.stop(std::chrono::seconds(10));
    return out;
}

}  // namespace thingstead::store::cassandra
