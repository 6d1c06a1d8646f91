#include "api/ws/connection.h"

#include <boost/asio/steady_timer.hpp>
#include <optional>
#include <utility>

#include "api/ws/frame.h"
#include "api/ws/session.h"
#include "api/ws/update.h"
#include "core/identity/auth.h"
#include "core/permission/role_cache.h"
#include "net/url.h"

namespace thingstead::api::ws {
namespace {

constexpr std::string_view general_path = "/api/ws";
constexpr std::string_view telemetry_path = "/api/ws/plugins/telemetry";

std::optional<Envelope> envelope_of(std::string_view path) {
    if (path == general_path) return Envelope::general;
    if (path == telemetry_path) return Envelope::telemetry;
    return std::nullopt;
}

/// Closes the socket of a client that does not say who it is.
class AuthTimer {
  public:
    AuthTimer(const std::shared_ptr<net::WebSocket>& socket, std::chrono::milliseconds patience)
        : timer_(socket->executor(), patience), waiting_(std::make_shared<bool>(true)) {
        timer_.async_wait([waiting = waiting_,
                           weak = std::weak_ptr(socket)](const boost::system::error_code& failed) {
            const std::shared_ptr<net::WebSocket> there = weak.lock();
            if (!failed && *waiting && there) there->close(net::CloseCode::policy, {});
        });
    }
    ~AuthTimer() { stop(); }
    void stop() {
        *waiting_ = false;
        timer_.cancel();
    }

  private:
    boost::asio::steady_timer timer_;
    std::shared_ptr<bool> waiting_;
};

/// The next text; nullopt at the end of the connection.
Task<std::optional<std::string>> next_text(std::shared_ptr<net::WebSocket> socket) {
    for (;;) {
        auto message = co_await socket->read();
        if (!message || !*message) co_return std::nullopt;
        if (!(*message)->binary) co_return std::move((*message)->data);
    }
}

/// With what its roles give, as it is now: whoever keeps a socket open keeps it.
Task<Result<core::Caller>> with_roles(const Services& services, Result<core::Caller> caller) {
    if (!caller) co_return caller;
    co_return co_await services.roles.complete(*std::move(caller));
}

Task<Result<core::Caller>> caller_of(const Services& services, AuthCommand command) {
    if (!command.api_key.empty())
        co_return co_await with_roles(
            services, co_await services.auth.authenticate_key(std::move(command.api_key)));
    co_return co_await with_roles(services,
                                  co_await services.auth.authenticate(std::move(command.token)));
}

struct Greeting {
    core::Caller caller;
    std::vector<Command> commands;  ///< Came with the caller's token.
};

/// Who is there, from the first message; nullopt: the socket is closed.
Task<std::optional<Greeting>> greet(const Services& services,
                                    std::shared_ptr<net::WebSocket> socket, Envelope envelope) {
    AuthTimer timer(socket, services.settings.ws_auth_timeout);
    const std::optional<std::string> text = co_await next_text(socket);
    timer.stop();
    if (!text) co_return std::nullopt;
    Result<Frame> frame = parse_frame(*text, envelope);
    if (!frame) {
        socket->close(net::CloseCode::bad_payload, frame.error().message);
        co_return std::nullopt;
    }
    if (!frame->auth) {
        socket->close(net::CloseCode::policy, "Auth cmd is missing");
        co_return std::nullopt;
    }
    Result<core::Caller> caller = co_await caller_of(services, *frame->auth);
    if (!caller) {
        socket->close(net::CloseCode::bad_payload, caller.error().message);
        co_return std::nullopt;
    }
    co_return Greeting{*std::move(caller), std::move(frame->commands)};
}

}  // namespace

Task<> converse(const Services& services, net::Request head,
                std::shared_ptr<net::WebSocket> socket) {
    const std::optional<Envelope> envelope = envelope_of(head.path);
    if (!envelope) {
        socket->close(net::CloseCode::bad_payload, "Unknown session type");
        co_return;
    }
    std::optional<Greeting> greeting;
    const net::Query query = net::Query::parse(head.query);
    if (const std::optional<std::string_view> token = query.find("token")) {
        Result<core::Caller> known = co_await services.auth.authenticate(std::string(*token));
        Result<core::Caller> caller = co_await with_roles(services, std::move(known));
        if (!caller) {
            socket->close(net::CloseCode::internal_error, caller.error().message);
            co_return;
        }
        greeting = Greeting{*std::move(caller), {}};
    } else {
        greeting = co_await greet(services, socket, *envelope);
    }
    if (!greeting) co_return;

    Session session(services, std::move(greeting->caller), socket);
    for (Command& command : greeting->commands) co_await session.run(std::move(command));
    while (std::optional<std::string> text = co_await next_text(socket)) {
        Result<Frame> frame = parse_frame(*text, *envelope);
        if (!frame) {
            send_or_close(*socket,
                          error_text(1, CommandError::bad_request, "Failed to parse the payload"));
            continue;
        }
        for (Command& command : frame->commands) co_await session.run(std::move(command));
    }
}

}  // namespace thingstead::api::ws
