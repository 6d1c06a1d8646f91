// The inside of Session, for its .cpp files.
#pragma once
#include <map>

#include "store/cassandra/session.h"

namespace thingstead::store::cassandra {

/// One node. Lives as long as its tasks.
struct Session::Host {
    std::uint32_t number = 0;
    NodeInfo node{};
    bool wanted = true;  ///< It is in the cluster and in our datacenter.
    bool up = false;
    std::vector<std::shared_ptr<Link>> links{};  ///< That take requests.
    std::vector<std::string> ids{};              ///< Of the statements, as this node calls them.
    /// Requests that wait until the node knows their statement again.
    std::map<StatementId, std::vector<std::unique_ptr<Request>>> unprepared{};
    std::vector<std::unique_ptr<Signal>> wakes{};  ///< Of each connection's task: try again now.
    std::size_t tasks = 0;                         ///< That keep connections to it.
    bool told_down = false;
};

/// A connection with what the session knows of it.
class Session::Link final : public ConnectionOwner, public std::enable_shared_from_this<Link> {
  public:
    Link(Session& s, std::shared_ptr<Host> h)
        : session(&s), host(std::move(h)), ended(s.executor_) {}

    void on_server_error(std::unique_ptr<Request> request, const cql::ServerError& error) override;
    void on_no_answer(std::unique_ptr<Request> request, Error error) override;
    void on_event(const cql::Response& event) override;
    void on_closed() override;

    Session* session;
    std::shared_ptr<Host> host;  ///< Null: of the control connection.
    std::shared_ptr<Connection> connection{};
    Signal ended;
};

}  // namespace thingstead::store::cassandra
