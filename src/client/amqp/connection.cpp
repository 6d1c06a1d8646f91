#include "client/amqp/connection.h"

#include <amqp_framing.h>
#include <amqp_tcp_socket.h>
#include <arpa/inet.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <vector>

namespace thingstead::client {
namespace {

constexpr amqp_channel_t amqp_channel = 1;
constexpr int amqp_frame_bytes = 131'072;
constexpr int amqp_heartbeat_s = 30;
constexpr int amqp_no_error = 200;

std::string_view amqp_text(amqp_bytes_t bytes) {
    return {static_cast<const char*>(bytes.bytes), bytes.len};
}

/// A view: the text outlives the call.
amqp_bytes_t amqp_view(std::string_view text) {
    return {text.size(), const_cast<char*>(text.data())};
}

timeval amqp_time(std::chrono::milliseconds time) {
    return {time.count() / 1000, (time.count() % 1000) * 1000};
}

/// Reply codes: AMQP 0-9-1 section 1.2.
Error amqp_refusal(int code, amqp_bytes_t text) {
    const ErrorCode kind = code == 403   ? ErrorCode::unauthenticated
                           : code == 404 ? ErrorCode::not_found
                           : code == 530 ? ErrorCode::forbidden
                                         : ErrorCode::unavailable;
    return {kind, "RabbitMQ: " + std::string(amqp_text(text))};
}

Error amqp_broken(int status) {
    return {status == AMQP_STATUS_TIMEOUT ? ErrorCode::timeout : ErrorCode::unavailable,
            std::string("RabbitMQ: ") + amqp_error_string2(status)};
}

Result<> amqp_result(const amqp_rpc_reply_t& reply) {
    if (reply.reply_type == AMQP_RESPONSE_NORMAL) return {};
    if (reply.reply_type != AMQP_RESPONSE_SERVER_EXCEPTION) return amqp_broken(reply.library_error);
    if (reply.reply.id == AMQP_CONNECTION_CLOSE_METHOD) {
        const auto* const close = static_cast<amqp_connection_close_t*>(reply.reply.decoded);
        return amqp_refusal(close->reply_code, close->reply_text);
    }
    const auto* const close = static_cast<amqp_channel_close_t*>(reply.reply.decoded);
    return amqp_refusal(close->reply_code, close->reply_text);
}

std::string amqp_host_text(const sockaddr* address) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    const void* const bytes =
        address->sa_family == AF_INET
            ? static_cast<const void*>(&reinterpret_cast<const sockaddr_in*>(address)->sin_addr)
            : &reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr;
    return ::inet_ntop(address->sa_family, bytes, text.data(), text.size()) ? text.data() : "";
}

}  // namespace

AmqpConnection::AmqpConnection(const AmqpPublisherSettings& settings, int wake,
                               const std::atomic<bool>& stopping)
    : settings_(settings),
      wake_(wake),
      stopping_(stopping),
      state_(amqp_new_connection(), [](amqp_connection_state_t it) {
          if (it) amqp_destroy_connection(it);
      }) {}

/// The library closes the socket that it was given.
AmqpConnection::~AmqpConnection() = default;

Result<> AmqpConnection::open() {
    if (Result<> connected = connect(); !connected) return connected.error();
    if (Result<> done = login(); !done) return done.error();
    return open_channel();
}

Result<> AmqpConnection::connect() {
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    const std::string port = std::to_string(settings_.address.port);
    const std::string where = net::to_string(settings_.address);
    if (const int failed =
            ::getaddrinfo(settings_.address.host.c_str(), port.c_str(), &hints, &found))
        return Error{ErrorCode::unavailable, "cannot connect to " + where, gai_strerror(failed)};
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, &::freeaddrinfo);
    Result<> last = Error{ErrorCode::forbidden, where + " is not an address that may be called"};
    for (const addrinfo* each = found; each && !stopping_; each = each->ai_next) {
        const std::string host = amqp_host_text(each->ai_addr);
        const auto number = net::parse_ip_address(host);
        if (settings_.egress && (!number || !settings_.egress->permits(*number))) continue;
        descriptor_ = ::socket(each->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        if (descriptor_ < 0)
            return Error{ErrorCode::unavailable, "cannot connect to " + where, "no socket"};
        const int begun = ::connect(descriptor_, each->ai_addr, each->ai_addrlen);
        last = begun == 0 || errno == EINPROGRESS
                   ? await_connection()
                   : Result<>(Error{ErrorCode::unavailable, std::strerror(errno)});
        if (last) break;
        ::close(std::exchange(descriptor_, -1));
        last = Error{ErrorCode::unavailable, "cannot connect to " + where, last.error().message};
    }
    if (stopping_ && last) ::close(std::exchange(descriptor_, -1));
    if (stopping_) return Error{ErrorCode::unavailable, "the publisher was closed"};
    if (!last) return last;
    const int on = 1;
    ::setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    amqp_socket_t* const socket = amqp_tcp_socket_new(state_.get());
    amqp_tcp_socket_set_sockfd(socket, descriptor_);
    return {};
}

Result<> AmqpConnection::await_connection() const {
    std::array<pollfd, 2> both{
        {{descriptor_, POLLOUT, 0}, {wake_, POLLIN, 0}}
    };
    const auto until = std::chrono::steady_clock::now() + settings_.connect_timeout;
    while (!stopping_) {
        const auto left =
            std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
        if (left.count() <= 0) return Error{ErrorCode::timeout, "timed out"};
        // Not longer than a second: what woke us may have been another message.
        ::poll(both.data(), 2, static_cast<int>(std::min<std::int64_t>(left.count(), 1'000)));
        if ((both[0].revents & (POLLOUT | POLLERR | POLLHUP)) == 0) {
            if (both[1].revents != 0) both[1].fd = -1;
            continue;
        }
        int failed = 0;
        socklen_t size = sizeof failed;
        ::getsockopt(descriptor_, SOL_SOCKET, SO_ERROR, &failed, &size);
        if (failed == 0) return {};
        return Error{ErrorCode::unavailable, std::strerror(failed)};
    }
    return Error{ErrorCode::unavailable, "the publisher was closed"};
}

Result<> AmqpConnection::login() {
    const timeval limit = amqp_time(settings_.handshake_timeout);
    amqp_set_handshake_timeout(state_.get(), &limit);
    amqp_set_rpc_timeout(state_.get(), &limit);
    std::vector<amqp_table_entry_t> entries;
    for (const auto& [name, value] : settings_.client_properties) {
        amqp_table_entry_t entry{};
        entry.key = amqp_view(name);
        entry.value.kind = AMQP_FIELD_KIND_UTF8;
        entry.value.value.bytes = amqp_view(value);
        entries.push_back(entry);
    }
    const amqp_table_t properties{static_cast<int>(entries.size()), entries.data()};
    return amqp_result(amqp_login_with_properties(
        state_.get(), settings_.virtual_host.c_str(), 0, amqp_frame_bytes, amqp_heartbeat_s,
        &properties, AMQP_SASL_METHOD_PLAIN, settings_.user.c_str(), settings_.password.c_str()));
}

Result<> AmqpConnection::open_channel() {
    amqp_channel_open(state_.get(), amqp_channel);
    if (Result<> opened = amqp_result(amqp_get_rpc_reply(state_.get())); !opened) return opened;
    amqp_confirm_select(state_.get(), amqp_channel);
    return amqp_result(amqp_get_rpc_reply(state_.get()));
}

Result<> AmqpConnection::publish(const AmqpMessage& message) {
    amqp_basic_properties_t properties{};
    if (message.content_type) {
        properties._flags |= AMQP_BASIC_CONTENT_TYPE_FLAG;
        properties.content_type = amqp_view(*message.content_type);
    }
    if (message.delivery_mode) {
        properties._flags |= AMQP_BASIC_DELIVERY_MODE_FLAG;
        properties.delivery_mode = *message.delivery_mode;
    }
    if (message.priority) {
        properties._flags |= AMQP_BASIC_PRIORITY_FLAG;
        properties.priority = *message.priority;
    }
    const int status = amqp_basic_publish(state_.get(), amqp_channel, amqp_view(message.exchange),
                                          amqp_view(message.routing_key), 0, 0, &properties,
                                          amqp_view(message.body));
    if (status != AMQP_STATUS_OK) return amqp_broken(status);
    return {};
}

Result<AmqpNews> AmqpConnection::next() {
    amqp_maybe_release_buffers(state_.get());
    amqp_frame_t frame{};
    const timeval at_once{0, 0};
    const int status = amqp_simple_wait_frame_noblock(state_.get(), &frame, &at_once);
    if (status == AMQP_STATUS_TIMEOUT) return AmqpNews();
    if (status != AMQP_STATUS_OK) return amqp_broken(status);
    return news_of(frame);
}

Result<AmqpNews> AmqpConnection::news_of(const amqp_frame_t& frame) {
    if (frame.frame_type != AMQP_FRAME_METHOD) return next();
    const amqp_method_t& method = frame.payload.method;
    switch (method.id) {
        case AMQP_BASIC_ACK_METHOD: {
            const auto* const ack = static_cast<amqp_basic_ack_t*>(method.decoded);
            return AmqpNews(AmqpConfirm{ack->delivery_tag, ack->multiple != 0, true});
        }
        case AMQP_BASIC_NACK_METHOD: {
            const auto* const nack = static_cast<amqp_basic_nack_t*>(method.decoded);
            return AmqpNews(AmqpConfirm{nack->delivery_tag, nack->multiple != 0, false});
        }
        case AMQP_CHANNEL_CLOSE_METHOD: {
            const auto* const close = static_cast<amqp_channel_close_t*>(method.decoded);
            Error why = amqp_refusal(close->reply_code, close->reply_text);
            amqp_channel_close_ok_t ok{};
            amqp_send_method(state_.get(), amqp_channel, AMQP_CHANNEL_CLOSE_OK_METHOD, &ok);
            return AmqpNews(AmqpChannelClosed{std::move(why)});
        }
        case AMQP_CONNECTION_CLOSE_METHOD: {
            const auto* const close = static_cast<amqp_connection_close_t*>(method.decoded);
            Error why = amqp_refusal(close->reply_code, close->reply_text);
            amqp_connection_close_ok_t ok{};
            amqp_send_method(state_.get(), 0, AMQP_CONNECTION_CLOSE_OK_METHOD, &ok);
            return why;
        }
        default: return next();
    }
}

void AmqpConnection::close() {
    // The broker is given a second to answer.
    const timeval limit{1, 0};
    amqp_set_rpc_timeout(state_.get(), &limit);
    amqp_connection_close(state_.get(), amqp_no_error);
}

}  // namespace thingstead::client
