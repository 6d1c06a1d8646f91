// The nodes of the cluster: how they are found, connected to, lost and found again.
#include <algorithm>
#include <random>

#include "net/timer.h"
#include "protocol/cql/value.h"
#include "store/cassandra/session_parts.h"

namespace thingstead::store::cassandra {
namespace {

using namespace std::chrono_literals;

constexpr auto first_reconnect_delay = 100ms;
constexpr auto tick_period = 50ms;
/// The topology is read again without being told to, should an event have been lost.
constexpr auto refresh_period = 60s;
/// Events come in bursts, and before the tables that they are about.
constexpr auto refresh_delay = 300ms;
constexpr auto agreement_timeout = 10s;

std::chrono::milliseconds jittered(std::chrono::milliseconds delay) {
    static thread_local std::minstd_rand random(std::random_device{}());
    return delay / 2 + delay * static_cast<int>(random() % 100) / 100;
}

/// A link that its task leaves hears nothing more.
struct Detach {
    std::shared_ptr<Connection> connection;
    ~Detach() { connection->detach(); }
};

bool is_final(const Error& error) {
    return error.code == ErrorCode::unauthenticated || error.code == ErrorCode::unsupported ||
           error.code == ErrorCode::invalid_argument;
}

Question query(std::string_view text) {
    Question out;
    out.query = text;
    return out;
}

}  // namespace

Session::Session(boost::asio::any_io_executor executor, const Settings& settings,
                 std::vector<std::string> statements, Log log, ClientMetrics& metrics)
    : executor_(std::move(executor)),
      settings_(settings),
      statements_(std::move(statements)),
      log_(std::move(log)),
      metrics_(metrics),
      tasks_("cassandra", log_),
      datacenter_(settings.local_datacenter),
      refresh_wanted_(std::make_unique<Signal>(executor_)),
      first_ready_(std::make_unique<Signal>(executor_)) {}

Session::~Session() = default;

ConnectionSettings Session::connection_settings() const {
    return {.user = settings_.user,
            .password = settings_.password,
            .tls = tls_,
            .connect_timeout = settings_.connect_timeout,
            .request_timeout = settings_.request_timeout,
            .heartbeat_interval = settings_.heartbeat_interval,
            .requests_max = settings_.requests_per_connection_max};
}

Task<Result<>> Session::open() {
    const auto points = parse_contact_points(settings_.contact_points);
    if (!points) co_return points.error();
    default_port_ = points->front().port;
    if (settings_.tls) {
        auto context = make_client_tls_context(settings_.tls_authority_file);
        if (!context) co_return context.error();
        tls_ = *std::move(context);
    }
    tasks_.spawn(executor_, "cassandra tick", tick());
    co_return co_await reach_first(*points);
}

Task<Result<>> Session::reach_first(std::vector<ContactPoint> points) {
    const auto deadline = std::chrono::steady_clock::now() + settings_.open_timeout;
    while (true) {
        std::string why;
        for (const ContactPoint& point : points) {
            const Result<> reached = co_await try_control(point.host, point.port);
            if (reached) co_return Result<>();
            const Error& error = reached.error();
            why += (why.empty() ? "" : "; ") + point.host + ":" + std::to_string(point.port) +
                   ": " + (error.detail.empty() ? error.message : error.detail);
            if (error.code == ErrorCode::unauthenticated)
                co_return Error{error.code, error.message, "user, password: " + why};
            if (is_final(error)) co_return error;
        }
        if (std::chrono::steady_clock::now() + 500ms > deadline)
            co_return Error{ErrorCode::unavailable, "Cassandra cannot be reached",
                            "contact_points: " + why};
        co_await net::sleep_for(500ms);
    }
}

/// The connection that is told of changes and asked for the topology.
Task<Result<>> Session::try_control(std::string host, std::uint16_t port) {
    const auto link = std::make_shared<Link>(*this, nullptr);
    link->connection = std::make_shared<Connection>(executor_, connection_settings(), *link);
    const Result<> opened = co_await link->connection->open(std::move(host), port, tasks_);
    if (!opened) co_return opened.error();
    if (control_) control_->connection->detach();
    control_ = link;
    default_port_ = port;
    const Result<> read = co_await refresh();
    if (!read) {
        link->connection->close(read.error());
        co_return read.error();
    }
    link->connection->listen();
    co_return Result<>();
}

Task<Result<std::vector<NodeInfo>>> Session::read_peers() {
    if (has_peers_v2_.value_or(true)) {
        const auto answer = co_await ask_link(control_, query(peers_v2_query));
        if (answer) {
            has_peers_v2_ = true;
            co_return read_nodes(answer->rows());
        }
        if (answer.error().code != ErrorCode::invalid_argument) co_return answer.error();
        has_peers_v2_ = false;
    }
    const auto answer = co_await ask_link(control_, query(peers_query));
    if (!answer) co_return answer.error();
    co_return read_nodes(answer->rows());
}

Task<Result<>> Session::refresh() {
    const auto local = co_await ask_link(control_, query(local_query));
    if (!local) co_return local.error();
    auto nodes = read_nodes(local->rows());
    if (!nodes) co_return nodes.error();
    if (nodes->empty()) co_return Error{ErrorCode::unavailable, "the node has no tokens yet"};
    nodes->front().address = control_->connection->peer_address();
    nodes->front().port = default_port_;
    const auto peers = co_await read_peers();
    if (!peers) co_return peers.error();
    nodes->insert(nodes->end(), peers->begin(), peers->end());
    co_return apply(*std::move(nodes));
}

Result<> Session::apply(std::vector<NodeInfo> nodes) {
    if (datacenter_.empty()) datacenter_ = nodes.front().datacenter;
    std::vector<std::uint32_t> seen;
    for (NodeInfo& node : nodes) {
        if (node.datacenter != datacenter_) continue;
        if (node.port == 0) node.port = default_port_;
        Host& host = host_of(node);
        host.node = std::move(node);
        host.wanted = true;
        seen.push_back(host.number);
    }
    if (seen.empty())
        return Error{ErrorCode::invalid_argument, "no node is in the local datacenter",
                     "local_datacenter: no node is in '" + datacenter_ + "'; one is in '" +
                         nodes.front().datacenter + "'"};
    for (const auto& host : hosts_) {
        if (!host->wanted || std::find(seen.begin(), seen.end(), host->number) != seen.end())
            continue;
        host->wanted = false;
        const auto links = host->links;
        for (const auto& link : links)
            link->connection->close(Error{ErrorCode::unavailable, "the node left the cluster"});
    }
    metrics_.hosts.set(static_cast<std::int64_t>(seen.size()));
    rebuild_ring();
    if (started_)
        for (const auto& host : hosts_) connect_to(host);
    return {};
}

Session::Host& Session::host_of(const NodeInfo& node) {
    for (const auto& host : hosts_)
        if (host->node.host_id == node.host_id) return *host;
    hosts_.push_back(std::make_shared<Host>());
    hosts_.back()->number = static_cast<std::uint32_t>(hosts_.size() - 1);
    return *hosts_.back();
}

void Session::rebuild_ring() {
    std::vector<std::pair<cql::Token, std::uint32_t>> tokens;
    for (const auto& host : hosts_)
        if (host->wanted)
            for (const cql::Token token : host->node.tokens)
                tokens.emplace_back(token, host->number);
    ring_ = Ring(std::move(tokens));
}

/// Starts the tasks that keep connections to it, if they do not run.
void Session::connect_to(const std::shared_ptr<Host>& host) {
    if (!host->wanted || !host->wakes.empty()) return;
    for (std::size_t slot = 0; slot < settings_.connections_per_host; ++slot)
        host->wakes.push_back(std::make_unique<Signal>(executor_));
    host->tasks = host->wakes.size();
    for (std::size_t slot = 0; slot < host->wakes.size(); ++slot)
        tasks_.spawn(executor_, "cassandra connection", keep_connected(host, slot));
}

Task<Result<>> Session::start() {
    started_ = true;
    for (const auto& host : hosts_) connect_to(host);
    tasks_.spawn(executor_, "cassandra watch", watch());
    const auto deadline = std::chrono::steady_clock::now() + settings_.open_timeout;
    while (hosts_up_ == 0) {
        if (start_error_ && is_final(*start_error_)) co_return *start_error_;
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
            deadline - std::chrono::steady_clock::now());
        if (left <= 0ms)
            co_return start_error_.value_or(
                Error{ErrorCode::unavailable, "Cassandra cannot be reached",
                      "contact_points: no node took a connection in time"});
        co_await first_ready_->wait(left);
    }
    co_return Result<>();
}

Task<> Session::keep_connected(std::shared_ptr<Host> host, std::size_t slot) {
    std::chrono::milliseconds delay = first_reconnect_delay;
    while (!closed_ && host->wanted) {
        const auto link = std::make_shared<Link>(*this, host);
        link->connection = std::make_shared<Connection>(executor_, connection_settings(), *link);
        const Detach detach{link->connection};
        Result<> ready =
            co_await link->connection->open(host->node.address, host->node.port, tasks_);
        if (ready) ready = co_await prepare_all(link);
        if (ready && !link->connection->closed() && host->wanted) {
            delay = first_reconnect_delay;
            host->links.push_back(link);
            mark_up(*host);
            while (!link->connection->closed()) co_await link->ended.wait();
        } else if (!ready) {
            start_error_ = ready.error();
            mark_down(*host, ready.error());
        }
        if (closed_ || !host->wanted) break;
        co_await host->wakes[slot]->wait(jittered(delay));
        delay = std::min(delay * 2, settings_.reconnect_delay_max);
    }
    if (--host->tasks == 0) host->wakes.clear();  // should it come back to the cluster
}

/// A node that was restarted, or is another version now, may call the statements differently.
Task<Result<>> Session::prepare_all(std::shared_ptr<Link> link) {
    std::vector<std::string> ids;
    for (const std::string& statement : statements_) {
        Question question = query(statement);
        question.prepare = true;
        const auto answer = co_await ask_link(link, std::move(question));
        if (!answer) co_return answer.error();
        const auto* prepared = std::get_if<cql::Prepared>(&answer->response);
        if (!prepared) co_return Error{ErrorCode::malformed, "an answer to PREPARE that is none"};
        metrics_.prepares.add();
        ids.emplace_back(prepared->id);
    }
    link->host->ids = std::move(ids);
    co_return Result<>();
}

void Session::mark_up(Host& host) {
    if (std::exchange(host.up, true)) return;
    host.told_down = false;
    metrics_.hosts_up.set(static_cast<std::int64_t>(++hosts_up_));
    log_.info("cassandra.host.up", {
                                       {"address",    host.node.address   },
                                       {"datacenter", host.node.datacenter},
                                       {"version",    host.node.version   }
    });
    first_ready_->raise();
}

void Session::mark_down(Host& host, const Error& why) {
    first_ready_->raise();
    if (!host.links.empty()) return;
    if (std::exchange(host.up, false))
        metrics_.hosts_up.set(static_cast<std::int64_t>(--hosts_up_));
    else if (host.told_down)
        return;
    host.told_down = true;
    log_.warn("cassandra.host.down", why,
              {
                  {"address", host.node.address}
    });
}

void Session::on_link_closed(Link& link) {
    if (!link.host) return refresh_wanted_->raise();
    Host& host = *link.host;
    std::erase_if(host.links, [&](const auto& each) { return each.get() == &link; });
    if (host.up && host.links.empty() && !closed_) mark_down(host, link.connection->close_reason());
}

void Session::on_event(const cql::Response& event) {
    const auto* change = std::get_if<cql::NodeChange>(&event);
    if (!change) return;
    refresh_wanted_->raise();
    const auto address = cql::read_inet(change->address);
    if (change->change != "UP" || !address) return;
    for (const auto& host : hosts_)
        if (host->node.address == *address)
            for (const auto& wake : host->wakes) wake->raise();
}

Task<> Session::watch() {
    std::chrono::milliseconds delay = first_reconnect_delay;
    while (!closed_) {
        co_await refresh_wanted_->wait(refresh_period);
        co_await net::sleep_for(refresh_delay);
        Result<> done;
        if (control_->connection->closed())
            done = co_await reach_again();
        else
            done = co_await refresh();
        if (done) {
            delay = first_reconnect_delay;
            continue;
        }
        co_await net::sleep_for(jittered(delay));
        delay = std::min(delay * 2, settings_.reconnect_delay_max);
        refresh_wanted_->raise();
    }
}

/// Another node for the control connection: those that are up first.
Task<Result<>> Session::reach_again() {
    std::vector<ContactPoint> points;
    for (const bool up : {true, false})
        for (const auto& host : hosts_)
            if (host->wanted && host->up == up)
                points.push_back({host->node.address, host->node.port});
    const auto contacts = parse_contact_points(settings_.contact_points);
    if (contacts) points.insert(points.end(), contacts->begin(), contacts->end());
    for (const ContactPoint& point : points) {
        const Result<> reached = co_await try_control(point.host, point.port);
        if (reached) co_return Result<>();
    }
    co_return Error{ErrorCode::unavailable, "Cassandra cannot be reached"};
}

Task<> Session::tick() {
    while (!closed_) {
        co_await net::sleep_for(tick_period);
        const auto now = Connection::Clock::now();
        std::size_t in_flight = 0;
        std::vector<std::shared_ptr<Connection>> connections;
        if (control_) connections.push_back(control_->connection);
        for (const auto& host : hosts_)
            for (const auto& link : host->links) connections.push_back(link->connection);
        for (const auto& connection : connections) {
            connection->tick(now);
            in_flight += connection->in_flight();
        }
        metrics_.in_flight.set(static_cast<std::int64_t>(in_flight));
        if (on_tick_) on_tick_();
    }
}

Task<Result<>> Session::await_schema_agreement() {
    const auto deadline = std::chrono::steady_clock::now() + agreement_timeout;
    while (std::chrono::steady_clock::now() < deadline) {
        const auto local = co_await ask_link(control_, query(local_query));
        if (!local) co_return local.error();
        const auto nodes = read_nodes(local->rows());
        const auto peers = co_await read_peers();
        if (!nodes || nodes->empty()) co_return Error{ErrorCode::unavailable, "no local node"};
        if (!peers) co_return peers.error();
        const Uuid version = nodes->front().schema_version;
        const bool agreed = std::all_of(peers->begin(), peers->end(), [&](const NodeInfo& peer) {
            return peer.schema_version == version;
        });
        if (agreed) co_return Result<>();
        co_await net::sleep_for(100ms);
    }
    log_.warn("cassandra.schema.disagreement", {
                                                   {"waited_s", 10}
    });
    co_return Result<>();
}

}  // namespace thingstead::store::cassandra
