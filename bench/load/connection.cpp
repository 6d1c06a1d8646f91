#include "load/connection.h"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <utility>

namespace thingstead::bench {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

constexpr std::size_t buffer_bytes = 64 * 1024;
constexpr std::int64_t ms_ns = 1'000'000;
constexpr std::int64_t connect_ns_max = 10'000 * ms_ns;
constexpr std::int64_t backoff_ns_min = 50 * ms_ns;
constexpr std::int64_t backoff_ns_max = 1000 * ms_ns;

}  // namespace

WorkerContext::WorkerContext(Run& the_run)
    : run(the_run),
      io(BOOST_ASIO_CONCURRENCY_HINT_UNSAFE),
      acked(the_run.acked_fd),
      out(buffer_bytes),
      in(buffer_bytes) {
    const auto address = asio::ip::make_address(the_run.options.host);
    for (const std::uint16_t port : the_run.options.ports) servers.emplace_back(address, port);
}

void WorkerContext::error(std::string text) {
    ++totals.errors;
    if (totals.first_error.empty()) totals.first_error = std::move(text);
}

Connection::Connection(WorkerContext& context, std::uint32_t index)
    : context_(context), index_(index), socket_(context.io) {
    const Options& options = context.run.options;
    if (options.idle) return;
    const std::string topic = options.topic_of(index);
    template_.emplace(PublishTemplate::Layout{
        .topic = topic, .qos = options.qos, .client_ts = options.client_ts});
    if (options.qos == 0) return;
    slots_.resize(options.window);
    for (std::uint32_t i = options.window; i > 0; --i)
        free_.push_back(static_cast<std::uint16_t>(i - 1));
}

void Connection::open() {
    ++epoch_;
    ++context_.connecting;
    state_ = State::connecting;
    parser_ = AckParser{};
    opened_ns_ = steady_ns();
    const auto& server = context_.servers[(index_ + losses_) % context_.servers.size()];
    error_code failed;
    socket_.open(server.protocol(), failed);
    if (failed) return lost("socket: " + failed.message());
    socket_.non_blocking(true, failed);
    socket_.set_option(asio::ip::tcp::no_delay(true), failed);
    socket_.async_connect(server, [this, epoch = epoch_](error_code refused) {
        if (epoch != epoch_) return;
        if (refused) return lost("connect: " + refused.message());
        send_connect();
    });
}

void Connection::send_connect() {
    const Options& options = context_.run.options;
    const std::string client_id = options.client_id_prefix + std::to_string(index_);
    const std::string username = options.anonymous ? std::string{} : options.username(index_);
    ConnectPacket packet{
        .client_id = client_id, .username = username, .keep_alive_s = options.keep_alive_s};
    if (options.anonymous) packet.username.reset();
    state_ = State::awaiting_connack;
    wait_readable();
    send(encode(packet));
}

// Waiting and then reading keeps one read buffer a worker instead of one a connection.
void Connection::wait_readable() {
    socket_.async_wait(Socket::wait_read, [this, epoch = epoch_](error_code failed) {
        if (epoch != epoch_) return;
        if (failed) return lost("wait: " + failed.message());
        on_readable();
    });
}

void Connection::on_readable() {
    error_code failed;
    const std::size_t bytes = socket_.read_some(asio::buffer(context_.in), failed);
    if (failed && failed != asio::error::would_block) return lost("read: " + failed.message());
    const std::int64_t now = steady_ns();
    const std::uint32_t epoch = epoch_;
    std::string_view input(context_.in.data(), bytes);
    ServerPacket packet{};
    AckParser::Step step;
    while ((step = parser_.next(input, packet)) == AckParser::Step::packet)
        if (!handle(packet, now)) return;
    if (step == AckParser::Step::malformed) return lost("the server sent a malformed packet");
    if (!control_.empty()) send(std::exchange(control_, {}));
    pump(now);
    if (epoch == epoch_) wait_readable();
}

// False when the connection was ended.
bool Connection::handle(const ServerPacket& packet, std::int64_t now) {
    switch (packet.type) {
        case ServerPacketType::connack:  return on_connack(packet.value, now);
        case ServerPacketType::puback:
        case ServerPacketType::pubcomp:  return acknowledge(packet.value, now);
        case ServerPacketType::pubrec:   control_ += pubrel_packet(packet.value); return true;
        case ServerPacketType::publish:  return true;
        case ServerPacketType::pingresp: on_pong(now); return true;
    }
    return true;
}

bool Connection::on_connack(std::uint16_t value, std::int64_t now) {
    const int code = value & 0xFF;
    if (state_ != State::awaiting_connack || code != 0) {
        lost("the server refused the connection, code " + std::to_string(code));
        return false;
    }
    state_ = State::up;
    backoff_ns_ = 0;
    --context_.connecting;
    context_.totals.connect_ns.record(static_cast<std::uint64_t>(now - opened_ns_));
    return true;
}

bool Connection::acknowledge(std::uint16_t packet_id, std::int64_t now) {
    if (packet_id == 0 || packet_id > slots_.size() || !slots_[packet_id - 1].used) {
        lost("the server acknowledged a message that was not outstanding");
        return false;
    }
    Slot& slot = slots_[packet_id - 1];
    slot.used = false;
    free_.push_back(static_cast<std::uint16_t>(packet_id - 1));
    const Run& run = context_.run;
    --context_.outstanding;
    ++context_.totals.acked;
    if (run.measured(now)) ++context_.totals.measured_acked;
    if (run.measured(slot.start_ns))
        context_.totals.ack_ns.record(static_cast<std::uint64_t>(now - slot.start_ns));
    const Options& options = run.options;
    const std::int64_t ts_ms =
        options.client_ts ? options.ts_base_ms + static_cast<std::int64_t>(slot.sequence) : 0;
    context_.acked.add({slot.sequence, ts_ms, index_, energy_of(slot.sequence)});
    return true;
}

// At QoS 0 a ping stands for the acknowledgement of all that was sent before it.
void Connection::on_pong(std::int64_t now) {
    if (!ping_covers_) return;
    const std::uint64_t covered = *std::exchange(ping_covers_, std::nullopt);
    unconfirmed_ -= covered;
    context_.outstanding -= covered;
    context_.totals.acked += covered;
    if (context_.run.measured(now)) context_.totals.measured_acked += covered;
}

void Connection::pump(std::int64_t now) {
    if (!up() || !template_ || !refused_.empty()) return;
    if (context_.run.phase.load(std::memory_order_relaxed) != Phase::running) return;
    const std::uint64_t room = context_.out.size() / template_->packet_bytes();
    std::uint64_t count = sendable(now);
    while (count > 0 && up() && refused_.empty()) {
        const std::uint64_t chunk = std::min(count, room);
        send({context_.out.data(), build(chunk, now)});
        count -= chunk;
    }
    if (2 * unconfirmed_ >= context_.run.options.window) ping();
}

std::uint64_t Connection::sendable(std::int64_t now) const {
    const Run& run = context_.run;
    if (now < run.start_ns.load(std::memory_order_relaxed) ||
        now >= run.end_ns.load(std::memory_order_relaxed))
        return 0;
    const std::uint32_t window = run.options.window;
    const std::uint64_t free = run.options.qos == 0 ? window - unconfirmed_ : free_.size();
    if (run.schedule.open_loop()) {
        const std::uint64_t due = run.schedule.due_count(run.elapsed_ns(now));
        const std::uint64_t share = run.schedule.share(due, index_);
        const std::uint64_t owed = share - std::min(sent_, share);
        if (owed < free) return owed;
    }
    // The window is the limit: refilling half of it at once saves both sides half of their system
    // calls.
    return 2 * free >= window ? free : 0;
}

// Writes `count` packets to the worker's buffer and opens their slots; returns the bytes.
std::size_t Connection::build(std::uint64_t count, std::int64_t now) {
    const Run& run = context_.run;
    const Schedule& schedule = run.schedule;
    char* out = context_.out.data();
    for (std::uint64_t i = 0; i < count; ++i) {
        Reading reading{.packet_id = 0, .sequence = sent_, .ts_ms = run.options.ts_base_ms};
        reading.ts_ms += static_cast<std::int64_t>(sent_);
        if (!slots_.empty()) {
            const std::uint16_t slot = free_.back();
            free_.pop_back();
            std::int64_t start_ns = now;
            if (schedule.open_loop())
                start_ns = run.start_ns.load(std::memory_order_relaxed) +
                           schedule.due_ns(schedule.number(sent_, index_));
            slots_[slot] = {.start_ns = start_ns, .sequence = sent_, .used = true};
            reading.packet_id = static_cast<std::uint16_t>(slot + 1);
        }
        template_->write(out, reading);
        out += template_->packet_bytes();
        ++sent_;
    }
    context_.totals.sent += count;
    context_.outstanding += count;
    if (slots_.empty()) unconfirmed_ += count;
    return count * template_->packet_bytes();
}

void Connection::send(std::string_view bytes) {
    last_sent_ns_ = steady_ns();
    if (!refused_.empty()) {
        // Only answers and pings get here, and they are bounded by the window.
        refused_.append(bytes);
        return;
    }
    error_code failed;
    const std::size_t taken = socket_.write_some(asio::buffer(bytes), failed);
    if (failed && failed != asio::error::would_block) {
        // The reader learns of it too; one of the two ends the session.
        return lost("write: " + failed.message());
    }
    if (taken == bytes.size()) return;
    refused_.assign(bytes.substr(taken));
    socket_.async_wait(Socket::wait_write, [this, epoch = epoch_](error_code ended) {
        if (epoch != epoch_ || ended) return;
        on_writable();
    });
}

void Connection::on_writable() {
    const std::string rest = std::exchange(refused_, {});
    send(rest);
    if (refused_.empty()) pump(steady_ns());
}

void Connection::tick(std::int64_t now) {
    if (state_ == State::connecting || state_ == State::awaiting_connack) {
        if (now - opened_ns_ > connect_ns_max) lost("no answer to CONNECT");
        return;
    }
    if (!up()) return;
    const std::int64_t keep_alive_ns = context_.run.options.keep_alive_s * 1000 * ms_ns;
    const std::int64_t silent_ns = now - last_sent_ns_;
    if (ping_covers_ && silent_ns > keep_alive_ns) return lost("no answer to PINGREQ");
    if (!ping_covers_ && silent_ns > keep_alive_ns / 2) ping();
}

bool Connection::confirm_rest() {
    if (!up() || unconfirmed_ == 0) return false;
    ping();
    return true;
}

void Connection::ping() {
    ping_covers_ = unconfirmed_;
    send(pingreq_packet);
}

void Connection::lost(std::string why) {
    const std::int64_t now = steady_ns();
    const bool was_up = up();
    if (!was_up && state_ != State::closed) --context_.connecting;
    ++epoch_;
    error_code ignored;
    socket_.close(ignored);
    refused_.clear();
    control_.clear();
    abandon_outstanding(now);
    if (was_up) ++context_.totals.disconnects;
    ++losses_;
    const Options& options = context_.run.options;
    // While it waits for a server to return, a refused connect is no error.
    if (!options.reconnect) context_.error("connection " + std::to_string(index_) + ": " + why);
    state_ = options.reconnect ? State::closed : State::dead;
    backoff_ns_ = std::clamp(backoff_ns_ * 2, backoff_ns_min, backoff_ns_max);
    // Spread by index, so that a thousand connections do not return in the same millisecond.
    retry_ns_ = now + backoff_ns_ + backoff_ns_ * (index_ % 64) / 64;
}

void Connection::abandon_outstanding(std::int64_t now) {
    ping_covers_.reset();
    context_.outstanding -= unconfirmed_;
    context_.totals.unacked += std::exchange(unconfirmed_, 0);
    for (std::size_t i = 0; i < slots_.size(); ++i) {
        if (!slots_[i].used) continue;
        slots_[i].used = false;
        free_.push_back(static_cast<std::uint16_t>(i));
        --context_.outstanding;
        ++context_.totals.unacked;
        // A message that never came back counts with the age it had: leaving it out would flatter.
        if (context_.run.measured(slots_[i].start_ns))
            context_.totals.ack_ns.record(static_cast<std::uint64_t>(now - slots_[i].start_ns));
    }
}

void Connection::finish(std::int64_t now) {
    const Run& run = context_.run;
    if (up()) {
        ++context_.totals.connected;
        if (refused_.empty()) send(disconnect_packet);
    }
    ++epoch_;
    error_code ignored;
    socket_.close(ignored);
    abandon_outstanding(now);
    state_ = State::dead;
    if (!run.schedule.open_loop() || !template_ || run.start_ns.load() == 0) return;
    const std::uint64_t due = run.schedule.due_count(run.end_ns.load() - run.start_ns.load() - 1);
    const std::uint64_t share = run.schedule.share(due, index_);
    for (std::uint64_t nth = sent_; nth < share; ++nth) {
        ++context_.totals.unsent;
        const std::int64_t due_at =
            run.start_ns.load() + run.schedule.due_ns(run.schedule.number(nth, index_));
        if (run.measured(due_at))
            context_.totals.ack_ns.record(static_cast<std::uint64_t>(now - due_at));
    }
}

}  // namespace thingstead::bench
