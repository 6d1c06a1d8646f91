// The client of one cluster: its nodes, connections to each, and the way of every request.
#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/log.h"
#include "net/task.h"
#include "net/task_group.h"
#include "protocol/cql/response.h"
#include "store/cassandra/connection.h"
#include "store/cassandra/request.h"
#include "store/cassandra/ring.h"
#include "store/cassandra/settings.h"
#include "store/cassandra/store_metrics.h"
#include "store/cassandra/topology.h"

namespace thingstead::store::cassandra {

/// An answer that owns its frame. Move it and its views stay good: the body is on the heap.
struct Answer {
    std::unique_ptr<std::string> body;
    cql::Response response;
    const cql::Rows& rows() const { return std::get<cql::Rows>(response); }
};

/// What ask() sends.
struct Question {
    std::optional<StatementId> statement{};  ///< Nothing: `query` as it is.
    std::string query{};
    cql::Values values{};
    cql::QueryOptions options{};
    std::string paging_state{};
    std::optional<cql::Token> token{};
    bool idempotent = true;
    bool prepare = false;  ///< `query` is to be prepared.
};

/// All methods on the thread of `executor`, if not said otherwise.
class Session {
  public:
    /// `statements` are prepared on every node; a StatementId is an index. `metrics` outlives it.
    Session(boost::asio::any_io_executor executor, const Settings& settings,
            std::vector<std::string> statements, Log log, ClientMetrics& metrics);
    ~Session();
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    /// Reaches a first node and learns of the others. To be called once. Errors: unavailable - none
    /// can be reached within `open_timeout`; unauthenticated; unsupported; invalid_argument - a
    /// setting, which the detail names.
    Task<Result<>> open();
    /// Connects to all nodes, prepares the statements, and keeps it so; returns when the first node
    /// is ready. Errors: as open(); and what a node says against a statement.
    Task<Result<>> start();
    /// Called when a request may be sent again after a time without any node, and a few times a
    /// second.
    void set_on_tick(std::function<void()> on_tick) { on_tick_ = std::move(on_tick); }

    /// Sends, or fails the request at once if no node can take it. The request is tried again on
    /// other nodes before it fails.
    void send(std::unique_ptr<Request> request);
    /// As send(), for a coroutine on this thread. Errors: unavailable, timeout, and the node's
    /// words in the detail for other codes.
    Task<Result<Answer>> ask(Question question);
    std::size_t hosts_up() const { return hosts_up_; }
    /// Number of the node that a partition's requests go to; nothing: any, or none is up. Whoever
    /// sends many rows in one request groups them by it.
    std::optional<std::uint32_t> owner_of(cql::Token token);
    /// Waits until all nodes have one schema, a while at most.
    Task<Result<>> await_schema_agreement();

    /// Refuses requests, ends connections; requests that wait are destroyed unheard. Then stop the
    /// tasks.
    void close();
    /// From another thread, after close(): waits for the end of all tasks.
    bool stop(std::chrono::milliseconds deadline) { return tasks_.stop(deadline); }

  private:
    struct Host;
    class Link;
    class Preparing;
    friend class Link;

    Task<Result<>> reach_first(std::vector<ContactPoint> points);
    Task<Result<>> reach_again();
    Task<Result<>> try_control(std::string host, std::uint16_t port);
    Task<Result<>> refresh();
    Task<> watch();
    Task<> keep_connected(std::shared_ptr<Host> host, std::size_t slot);
    Task<Result<>> prepare_all(std::shared_ptr<Link> link);
    Task<> tick();
    Task<Result<Answer>> ask_link(std::shared_ptr<Link> link, Question question);
    Result<> apply(std::vector<NodeInfo> nodes);
    Host& host_of(const NodeInfo& node);
    void connect_to(const std::shared_ptr<Host>& host);
    void rebuild_ring();
    Task<Result<std::vector<NodeInfo>>> read_peers();
    void on_event(const cql::Response& event);
    void on_link_closed(Link& link);
    void mark_up(Host& host);
    void mark_down(Host& host, const Error& why);
    void retry_elsewhere(std::unique_ptr<Request> request, Host* failed, Failure failure);
    void on_server_error(Link& link, std::unique_ptr<Request> request,
                         const cql::ServerError& error);
    void reprepare(Link& link, std::unique_ptr<Request> request, std::string_view id);
    std::shared_ptr<Link> choose(const Request& request);
    std::shared_ptr<Link> link_of(const Host& host, const Request& request) const;
    ConnectionSettings connection_settings() const;

    const boost::asio::any_io_executor executor_;
    const Settings settings_;
    const std::vector<std::string> statements_;
    const Log log_;
    ClientMetrics& metrics_;
    net::TaskGroup tasks_;
    std::function<void()> on_tick_;
    net::SslContext tls_;
    std::string datacenter_;
    std::uint16_t default_port_ = 9042;
    std::vector<std::shared_ptr<Host>> hosts_;  ///< By number; a host that left keeps its number.
    Ring ring_;
    std::size_t hosts_up_ = 0, turn_ = 0;
    std::shared_ptr<Link> control_;
    std::unique_ptr<Signal> refresh_wanted_, first_ready_;
    std::optional<Error> start_error_;
    std::vector<std::uint32_t> candidates_;  ///< Of choose(), kept for its memory.
    std::optional<bool> has_peers_v2_;
    bool started_ = false, closed_ = false;
};

}  // namespace thingstead::store::cassandra
