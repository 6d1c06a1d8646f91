// The way of a request: which node, which connection, and what after a failure.
#include "store/cassandra/session.h"

#include <algorithm>

#include "store/cassandra/retry.h"
#include "store/cassandra/session_parts.h"

namespace thingstead::store::cassandra {
namespace {

/// Owners of a partition that are looked for before all other nodes are.
constexpr std::size_t owners_first = 3;

ErrorCode code_of(cql::ServerErrorCode code) {
    switch (code) {
        case cql::ServerErrorCode::unauthorized:    return ErrorCode::forbidden;
        case cql::ServerErrorCode::bad_credentials: return ErrorCode::unauthenticated;
        case cql::ServerErrorCode::invalid:
        case cql::ServerErrorCode::config_error:
        case cql::ServerErrorCode::syntax_error:
        case cql::ServerErrorCode::already_exists:  return ErrorCode::invalid_argument;
        case cql::ServerErrorCode::write_timeout:
        case cql::ServerErrorCode::read_timeout:    return ErrorCode::timeout;
        default:                                    return ErrorCode::unavailable;
    }
}

Failure failure_of(const cql::ServerError& error) {
    return {
        Error{code_of(error.code), "Cassandra failed",
              std::string(cql::to_string(error.code)) + ": " + std::string(error.message)},
        error.code
    };
}

struct AskState {
    explicit AskState(const boost::asio::any_io_executor& executor) : done(executor) {}
    Signal done;
    std::optional<Result<Answer>> result{};
};

class AskRequest final : public Request {
  public:
    explicit AskRequest(std::shared_ptr<AskState> state) : state_(std::move(state)) {}

    void succeeded(const cql::Frame& frame) override {
        auto body = std::make_unique<std::string>(frame.body);
        cql::Frame own = frame;
        own.body = *body;
        auto response = cql::decode_response(own);
        if (response)
            end(Answer{std::move(body), *std::move(response)});
        else
            end(response.error());
    }
    void failed(Failure failure, std::unique_ptr<Request>) override {
        end(std::move(failure.error));
    }

  private:
    void end(Result<Answer> result) {
        state_->result.emplace(std::move(result));
        state_->done.raise();
    }
    const std::shared_ptr<AskState> state_;
};

std::unique_ptr<Request> request_of(Question question, std::shared_ptr<AskState> state) {
    auto request = std::make_unique<AskRequest>(std::move(state));
    request->kind = question.statement ? Request::Kind::execute
                    : question.prepare ? Request::Kind::prepare
                                       : Request::Kind::query;
    request->statement = question.statement.value_or(0);
    request->query = std::move(question.query);
    request->values = std::move(question.values);
    request->options = question.options;
    request->paging_state = std::move(question.paging_state);
    request->options.paging_state = request->paging_state;
    request->token = question.token;
    request->idempotent = question.idempotent;
    return request;
}

Error none_reachable() {
    return Error{ErrorCode::unavailable, "no node of Cassandra can take the request"};
}

}  // namespace

/// Teaches a node a statement that it forgot, then sends the requests that wait for it.
class Session::Preparing final : public Request {
  public:
    Preparing(Session& session, std::shared_ptr<Link> link, StatementId id)
        : session_(session), link_(std::move(link)) {
        kind = Kind::prepare;
        statement = id;
        query = session.statements_.at(id);
        idempotent = false;  // of no use to another node
    }
    void succeeded(const cql::Frame& frame) override {
        const auto response = cql::decode_response(frame);
        const auto* prepared = response ? std::get_if<cql::Prepared>(&*response) : nullptr;
        if (!prepared)
            return fail_waiting({
                Error{ErrorCode::malformed, "an answer to PREPARE that is none"}
            });
        session_.metrics_.prepares.add();
        link_->host->ids.at(statement) = prepared->id;
        for (auto& request : take_waiting()) session_.send(std::move(request));
    }
    void failed(Failure failure, std::unique_ptr<Request>) override { fail_waiting(failure); }

  private:
    void fail_waiting(const Failure& failure) {
        for (auto& request : take_waiting())
            session_.retry_elsewhere(std::move(request), link_->host.get(), failure);
    }
    std::vector<std::unique_ptr<Request>> take_waiting() {
        return std::exchange(link_->host->unprepared[statement], {});
    }

    Session& session_;
    const std::shared_ptr<Link> link_;
};

void Session::Link::on_server_error(std::unique_ptr<Request> request,
                                    const cql::ServerError& error) {
    session->on_server_error(*this, std::move(request), error);
}

void Session::Link::on_no_answer(std::unique_ptr<Request> request, Error error) {
    session->metrics_.timeouts.add();
    Failure failure{std::move(error)};
    if (request->idempotent)
        session->retry_elsewhere(std::move(request), host.get(), std::move(failure));
    else
        fail(std::move(request), std::move(failure));
}

void Session::Link::on_event(const cql::Response& event) { session->on_event(event); }

void Session::Link::on_closed() {
    session->on_link_closed(*this);
    ended.raise();
}

std::shared_ptr<Session::Link> Session::link_of(const Host& host, const Request& request) const {
    if (!host.up ||
        std::find(request.tried.begin(), request.tried.end(), host.number) != request.tried.end())
        return nullptr;
    std::shared_ptr<Link> best;
    for (const auto& link : host.links)
        if (!link->connection->full() &&
            (!best || link->connection->in_flight() < best->connection->in_flight()))
            best = link;
    return best;
}

/// An owner of the partition, in the ring's order; else any node, in turn.
std::shared_ptr<Session::Link> Session::choose(const Request& request) {
    if (request.token && !ring_.empty()) {
        candidates_.clear();
        ring_.owners(*request.token, owners_first, candidates_);
        for (const std::uint32_t number : candidates_)
            if (auto link = link_of(*hosts_[number], request)) return link;
    }
    ++turn_;
    for (std::size_t i = 0; i < hosts_.size(); ++i)
        if (auto link = link_of(*hosts_[(turn_ + i) % hosts_.size()], request)) return link;
    if (!started_ && control_ && !control_->connection->full()) return control_;
    return nullptr;
}

void Session::send(std::unique_ptr<Request> request) {
    const std::shared_ptr<Link> link = closed_ ? nullptr : choose(*request);
    if (!link) return fail(std::move(request), {none_reachable()});
    ++request->attempts;
    metrics_.requests.add();
    const bool prepared =
        request->kind == Request::Kind::execute || request->kind == Request::Kind::batch;
    TS_ASSERT(!prepared || link->host);
    using Ids = std::span<const std::string>;
    link->connection->send(std::move(request), prepared ? Ids(link->host->ids) : Ids());
}

std::optional<std::uint32_t> Session::owner_of(cql::Token token) {
    if (ring_.empty()) return std::nullopt;
    if (hosts_.size() == 1) return hosts_[0]->up ? std::optional(0u) : std::nullopt;
    candidates_.clear();
    ring_.owners(token, owners_first, candidates_);
    for (const std::uint32_t number : candidates_)
        if (hosts_[number]->up) return number;
    return std::nullopt;
}

void Session::retry_elsewhere(std::unique_ptr<Request> request, Host* failed, Failure failure) {
    if (failed) request->tried.push_back(failed->number);
    if (closed_ || request->attempts >= settings_.attempts_max || !choose(*request))
        return fail(std::move(request), std::move(failure));
    metrics_.retries.add();
    send(std::move(request));
}

void Session::on_server_error(Link& link, std::unique_ptr<Request> request,
                              const cql::ServerError& error) {
    metrics_.count_error(error.code);
    switch (judge(error.code, request->idempotent)) {
        case Verdict::prepare:
            // A node that forgot all statements says so of one after the other.
            if (link.host && request->prepares++ < statements_.size())
                return reprepare(link, std::move(request), error.statement_id);
            break;
        case Verdict::next_host:
            return retry_elsewhere(std::move(request), link.host.get(), failure_of(error));
        case Verdict::fail: break;
    }
    fail(std::move(request), failure_of(error));
}

/// `id`: of the statement, as the node called it.
void Session::reprepare(Link& link, std::unique_ptr<Request> request, std::string_view id) {
    const auto& ids = link.host->ids;
    const auto at = std::find(ids.begin(), ids.end(), id);
    const StatementId first =
        request->entries.empty() ? request->statement : request->entries.front().statement;
    const StatementId statement =
        at == ids.end() ? first : static_cast<StatementId>(at - ids.begin());
    auto& waiting = link.host->unprepared[statement];
    waiting.push_back(std::move(request));
    if (waiting.size() > 1) return;  // it is on its way
    auto preparing = std::make_unique<Preparing>(*this, link.shared_from_this(), statement);
    if (link.connection->full()) return fail(std::move(preparing), {none_reachable()});
    link.connection->send(std::move(preparing), {});
}

Task<Result<Answer>> Session::ask(Question question) {
    const auto state = std::make_shared<AskState>(executor_);
    send(request_of(std::move(question), state));
    while (!state->result) co_await state->done.wait();
    co_return *std::move(state->result);
}

Task<Result<Answer>> Session::ask_link(std::shared_ptr<Link> link, Question question) {
    const auto state = std::make_shared<AskState>(executor_);
    std::unique_ptr<Request> request = request_of(std::move(question), state);
    request->idempotent = false;  // for this node alone
    if (link->connection->full()) co_return none_reachable();
    link->connection->send(std::move(request), {});
    while (!state->result) co_await state->done.wait();
    co_return *std::move(state->result);
}

void Session::close() {
    closed_ = true;
    if (control_) control_->connection->detach();
    for (const auto& host : hosts_) {
        for (const auto& link : host->links) link->connection->detach();
        host->links.clear();
        host->unprepared.clear();
        host->up = false;
    }
    hosts_up_ = 0;
    metrics_.hosts_up.set(0);
    tasks_.cancel();
}

}  // namespace thingstead::store::cassandra
