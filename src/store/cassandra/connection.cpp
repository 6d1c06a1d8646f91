#include "store/cassandra/connection.h"

#include <algorithm>
#include <cstring>

#include "net/timer.h"

namespace thingstead::store::cassandra {
namespace {

/// As large as a node may make a frame.
constexpr std::size_t frame_bytes_max = 256 << 20;
constexpr std::size_t input_bytes = 64 << 10;
/// A buffer that grew over it for a large answer is given back.
constexpr std::size_t input_bytes_kept = 1 << 20;
constexpr std::string_view driver_name = "thingstead";

/// Asks whether the node lives, or registers for events; nobody waits for the answer.
class Heartbeat final : public Request {
  public:
    explicit Heartbeat(Kind k = Kind::options) {
        kind = k;
        idempotent = false;
    }
    void succeeded(const cql::Frame&) override {}
    void failed(Failure, std::unique_ptr<Request>) override {}
};

Error refused(const cql::ServerError& error) {
    const std::string words(error.message);
    switch (error.code) {
        case cql::ServerErrorCode::bad_credentials:
            return Error{ErrorCode::unauthenticated, "Cassandra refuses user and password", words};
        case cql::ServerErrorCode::protocol_error:
            return Error{ErrorCode::unsupported, "Cassandra does not speak version 4", words};
        default: return Error{ErrorCode::unavailable, "Cassandra refuses the connection", words};
    }
}

}  // namespace

Connection::Connection(boost::asio::any_io_executor executor, ConnectionSettings settings,
                       ConnectionOwner& owner)
    : executor_(std::move(executor)),
      settings_(std::move(settings)),
      owner_(&owner),
      ids_(settings_.requests_max),
      has_output_(executor_) {}

Task<Result<>> Connection::open(std::string host, std::uint16_t port, net::TaskGroup& tasks) {
    const auto self = shared_from_this();
    const auto begin = Clock::now();
    Task<Result<std::unique_ptr<Transport>>> connecting =
        connect(std::move(host), port, settings_.tls);
    auto transport = co_await net::with_deadline(std::move(connecting), settings_.connect_timeout);
    if (!transport) co_return transport.error();
    transport_ = *std::move(transport);
    const auto left = settings_.connect_timeout -
                      std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begin);
    Task<Result<>> handshake = shake_hands();
    const Result<> done = co_await net::with_deadline(std::move(handshake),
                                                      std::max(left, std::chrono::milliseconds(1)));
    if (!done) {
        closed_ = true;
        close_reason_ = done.error();
        transport_->close();
        co_return done.error();
    }
    last_read_ = last_sent_ = Clock::now();
    if (!tasks.spawn(executor_, "cassandra read", read_all()) ||
        !tasks.spawn(executor_, "cassandra write", write_all())) {
        close(Error{ErrorCode::unavailable, "the store is closed"});
        co_return Error{ErrorCode::unavailable, "the store is closed"};
    }
    co_return Result<>();
}

/// Sends a frame and reads the next one, whose body `body` then holds.
Task<Result<cql::Frame>> Connection::exchange(std::string frame, std::string& body) {
    const Result<> sent = co_await transport_->write(frame);
    if (!sent) co_return sent.error();
    std::string input;
    char buffer[4'096];
    while (true) {
        const auto got = co_await transport_->read_some(buffer);
        if (!got) co_return got.error();
        input.append(buffer, *got);
        const auto read = cql::read_frame(input, input_bytes);
        if (!read) co_return read.error();
        if (!*read) continue;
        cql::Frame out = **read;
        body = out.body;
        out.body = body;
        co_return out;
    }
}

Task<Result<>> Connection::shake_hands() {
    std::string next, body;
    cql::append_startup(next, 0, driver_name);
    while (true) {
        const auto frame = co_await exchange(std::move(next), body);
        if (!frame) co_return frame.error();
        const auto response = cql::decode_response(*frame);
        if (!response) co_return response.error();
        next.clear();
        if (std::holds_alternative<cql::Ready>(*response) ||
            std::holds_alternative<cql::AuthSuccess>(*response))
            co_return Result<>();
        if (const auto* error = std::get_if<cql::ServerError>(&*response))
            co_return refused(*error);
        if (!std::holds_alternative<cql::Authenticate>(*response) &&
            !std::holds_alternative<cql::AuthChallenge>(*response))
            co_return Error{ErrorCode::malformed, "an answer that no handshake has"};
        if (settings_.user.empty())
            co_return Error{ErrorCode::unauthenticated, "Cassandra asks for user and password"};
        cql::append_auth_plain(next, 0, settings_.user, settings_.password);
    }
}

Task<> Connection::read_all() {
    const auto self = shared_from_this();
    input_.resize(input_bytes);
    while (!closed_) {
        const auto got =
            co_await transport_->read_some({input_.data() + end_, input_.size() - end_});
        if (!got) {
            close(got.error());
            co_return;
        }
        end_ += *got;
        last_read_ = Clock::now();
        if (!take_frames()) co_return;
    }
}

/// False: the connection is closed.
bool Connection::take_frames() {
    while (!closed_) {
        const std::string_view rest(input_.data() + taken_, end_ - taken_);
        const auto frame = cql::read_frame(rest, frame_bytes_max);
        if (!frame) {
            close(frame.error());
            return false;
        }
        if (!*frame) break;
        taken_ += (*frame)->size();
        take_frame(**frame);
    }
    if (closed_) return false;
    std::memmove(input_.data(), input_.data() + taken_, end_ - taken_);
    end_ -= taken_;
    taken_ = 0;
    if (end_ == input_.size()) input_.resize(std::min(input_.size() * 2, frame_bytes_max + 9));
    if (end_ < input_bytes && input_.size() > input_bytes_kept) {
        input_.resize(input_bytes);
        input_.shrink_to_fit();
    }
    return true;
}

void Connection::take_frame(const cql::Frame& frame) {
    if (frame.stream < 0) {
        if (const auto event = cql::decode_response(frame)) owner_->on_event(*event);
        return;
    }
    const auto stream = static_cast<std::size_t>(frame.stream);
    if (stream >= pending_.size() || (!pending_[stream].request && !pending_[stream].abandoned))
        return close(Error{ErrorCode::malformed, "an answer to no request"});
    Pending& pending = pending_[stream];
    std::unique_ptr<Request> request = std::move(pending.request);
    if (std::exchange(pending.abandoned, false)) --abandoned_;
    ids_.release(frame.stream);
    if (!request) return;
    if (frame.opcode != cql::Opcode::error) return request->succeeded(frame);
    const auto response = cql::decode_response(frame);
    if (!response) {
        owner_->on_no_answer(std::move(request), response.error());
        return close(response.error());
    }
    owner_->on_server_error(std::move(request), std::get<cql::ServerError>(*response));
}

void Connection::append(const Request& request, std::int16_t stream,
                        std::span<const std::string> ids) {
    switch (request.kind) {
        case Request::Kind::options: return cql::append_options(output_, stream);
        case Request::Kind::listen:  return cql::append_register(output_, stream);
        case Request::Kind::prepare: return cql::append_prepare(output_, stream, request.query);
        case Request::Kind::query:
            return cql::append_query(output_, stream, request.query, request.values,
                                     request.options);
        case Request::Kind::execute:
            return cql::append_execute(output_, stream, ids[request.statement], request.values,
                                       request.options);
        case Request::Kind::batch: return append_batch(request, stream, ids);
    }
}

void Connection::append_batch(const Request& request, std::int16_t stream,
                              std::span<const std::string> ids) {
    const std::string_view values = request.entry_values;
    if (request.entries.size() == 1) {
        const BatchEntry& entry = request.entries.front();
        return cql::append_execute(output_, stream, ids[entry.statement],
                                   cql::BoundValues(entry.value_count, values), request.options);
    }
    cql::BatchFrame batch(output_, stream, cql::BatchKind::unlogged, request.entries.size());
    std::size_t begin = 0;
    for (const BatchEntry& entry : request.entries) {
        batch.add(ids[entry.statement],
                  cql::BoundValues(entry.value_count, values.substr(begin, entry.end - begin)));
        begin = entry.end;
    }
    batch.end(request.options.consistency);
}

void Connection::send(std::unique_ptr<Request> request, std::span<const std::string> ids) {
    TS_ASSERT(!full());
    const std::int16_t stream = *ids_.take();
    if (static_cast<std::size_t>(stream) >= pending_.size())
        pending_.resize(static_cast<std::size_t>(stream) + 1);
    if (output_.empty()) has_output_.raise();
    append(*request, stream, ids);
    request->sent = last_sent_ = Clock::now();
    Pending& pending = pending_[static_cast<std::size_t>(stream)];
    pending.serial = ++serial_;
    deadlines_.push_back({request->sent + settings_.request_timeout, stream, serial_});
    pending.request = std::move(request);
}

void Connection::listen() {
    if (!full()) send(std::make_unique<Heartbeat>(Request::Kind::listen), {});
}

/// What was sent since the last write goes out in one; it starts when the handlers that are ready
/// have run, so that they add theirs.
Task<> Connection::write_all() {
    const auto self = shared_from_this();
    while (!closed_) {
        if (output_.empty()) {
            co_await has_output_.wait();
            continue;
        }
        writing_.clear();
        writing_.swap(output_);
        const Result<> sent = co_await transport_->write(writing_);
        if (!sent) {
            close(sent.error());
            co_return;
        }
        if (writing_.capacity() > input_bytes_kept) writing_.shrink_to_fit();
    }
}

void Connection::tick(Clock::time_point now) {
    while (!closed_ && !deadlines_.empty()) {
        const Deadline first = deadlines_.front();
        Pending& pending = pending_[static_cast<std::size_t>(first.stream)];
        const bool over = pending.serial != first.serial || !pending.request;
        if (!over && first.at > now) break;
        deadlines_.pop_front();
        if (over) continue;
        const bool silent = last_read_ < pending.request->sent;
        std::unique_ptr<Request> request = std::move(pending.request);
        pending.abandoned = true;
        ++abandoned_;
        owner_->on_no_answer(std::move(request),
                             Error{ErrorCode::timeout, "Cassandra did not answer in time"});
        if (silent || abandoned_ > ids_.limit() / 2)
            close(Error{ErrorCode::timeout, "Cassandra did not answer in time"});
    }
    if (!closed_ && ids_.used() == 0 && now - last_sent_ > settings_.heartbeat_interval)
        send(std::make_unique<Heartbeat>(), {});
}

void Connection::close(Error why) {
    if (std::exchange(closed_, true)) return;
    close_reason_ = why;
    if (transport_) transport_->close();
    has_output_.raise();
    std::vector<Pending> pending;
    pending.swap(pending_);
    deadlines_.clear();
    // Requests may be sent again by the owner: to other connections, this one is full.
    for (Pending& each : pending)
        if (each.request && owner_) owner_->on_no_answer(std::move(each.request), why);
    if (owner_) owner_->on_closed();
}

void Connection::detach() {
    owner_ = nullptr;
    close(Error{ErrorCode::unavailable, "the store is closed"});
}

}  // namespace thingstead::store::cassandra
