#include <boost/asio/as_tuple.hpp>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "net/socket_stream.h"
#include "net/stream_socket.h"
#include "net/task_group.h"
#include "net/timer.h"

namespace thingstead::net {
namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

using Acceptor = asio::basic_socket_acceptor<asio::ip::tcp, asio::io_context::executor_type>;

/// How long accepting rests when the process has no descriptor or memory for a connection.
constexpr auto exhausted_pause = 100ms;
/// For log lines that outsiders cause.
constexpr auto log_period = 10s;
/// Accepting and handshakes end at once when cancelled; this only bounds a bug.
constexpr auto stop_deadline = 10s;

bool exhausted(const boost::system::error_code& error) {
    return error == asio::error::no_descriptors || error == asio::error::no_memory ||
           error == asio::error::no_buffer_space || error.value() == ENFILE;
}

Error cannot_bind(const ListenerSettings& settings, const boost::system::error_code& error) {
    return Error{ErrorCode::unavailable,
                 "cannot listen on " + settings.address + ":" + std::to_string(settings.port),
                 error.message()};
}

}  // namespace

struct Listener::Impl {
    Impl(IoThreads& threads, ListenerSettings s, Log l, MetricsRegistry& metrics, std::string n,
         OnAccept handler);

    Result<> bind();
    Task<> accept_all();
    void admit(asio::io_context& context, Socket socket);
    Task<> hand_over(Socket socket, Place place);
    Task<> shake_hands(Socket socket, Place place);

    IoThreads& io;
    const ListenerSettings settings;
    const Log log;
    const std::string name;
    const OnAccept on_accept;
    std::shared_ptr<ConnectionCount> connections;
    Counter accepted, refused, exhausted_count, handshakes_failed;
    LogThrottle refused_log{log_period}, exhausted_log{log_period}, handshake_log{log_period};
    std::unique_ptr<TlsContexts> tls;
    std::optional<Acceptor> acceptor;
    std::uint16_t port = 0;
    TaskGroup tasks;
};

Listener::Impl::Impl(IoThreads& threads, ListenerSettings s, Log l, MetricsRegistry& metrics,
                     std::string n, OnAccept handler)
    : io(threads),
      settings(std::move(s)),
      log(std::move(l)),
      name(std::move(n)),
      on_accept(std::move(handler)),
      connections(std::make_shared<ConnectionCount>(Gauge(metrics, "thingstead_net_connections",
                                                          "Connections that are open.",
                                                          {
                                                              {"listener", name}
}))),
      accepted(metrics, "thingstead_net_connections_accepted_total", "Connections accepted.",
               {{"listener", name}}),
      refused(metrics, "thingstead_net_connections_refused_total",
              "Connections closed at once because connections_max was reached.",
              {{"listener", name}}),
      exhausted_count(metrics, "thingstead_net_accept_pauses_total",
                      "Pauses of accepting because the process was out of file descriptors.",
                      {{"listener", name}}),
      handshakes_failed(metrics, "thingstead_net_tls_handshakes_failed_total",
                        "TLS handshakes that failed or took too long.", {{"listener", name}}),
      tasks("listener " + name, log) {}

Result<> Listener::Impl::bind() {
    boost::system::error_code error;
    const auto address = asio::ip::make_address(settings.address, error);
    if (error)
        return Error{ErrorCode::invalid_argument, "not a numeric address: " + settings.address};
    const asio::ip::tcp::endpoint endpoint(address, settings.port);
    acceptor.emplace(io.at(0));
    acceptor->open(endpoint.protocol(), error);
    if (!error) acceptor->set_option(asio::socket_base::reuse_address(true), error);
    if (!error && address.is_v6() && address.is_unspecified())
        acceptor->set_option(asio::ip::v6_only(false), error);
    if (!error) acceptor->bind(endpoint, error);
    if (!error) acceptor->listen(settings.backlog, error);
    if (!error) port = acceptor->local_endpoint(error).port();
    if (!error) return {};
    acceptor.reset();
    return cannot_bind(settings, error);
}

Task<> Listener::Impl::accept_all() {
    while (true) {
        asio::io_context& context = io.next();
        auto [error, socket] = co_await acceptor->async_accept(context.get_executor(),
                                                               asio::as_tuple(asio::use_awaitable));
        if (!error) {
            admit(context, std::move(socket));
        } else if (exhausted(error)) {
            exhausted_count.add();
            if (const auto swallowed = exhausted_log.take(); swallowed >= 0)
                log.error(
                    "net.accept.exhausted",
                    {
                        {"listener",  name           },
                        {"reason",    error.message()},
                        {"swallowed", swallowed      }
                });
            co_await sleep_for(exhausted_pause);
        }  // Any other error is that of a client which left again; cancellation throws above.
    }
}

void Listener::Impl::admit(asio::io_context& context, Socket socket) {
    if (connections->count >= settings.connections_max) {
        refused.add();
        if (const auto swallowed = refused_log.take(); swallowed >= 0)
            log.warn("net.accept.refused", {
                                               {"listener",        name                    },
                                               {"connections_max", settings.connections_max},
                                               {"swallowed",       swallowed               }
            });
        return;
    }
    accepted.add();
    Place place(connections);
    const bool spawned = tls ? tasks.spawn(context.get_executor(), "handshake",
                                           shake_hands(std::move(socket), std::move(place)))
                             : tasks.spawn(context.get_executor(), "hand over",
                                           hand_over(std::move(socket), std::move(place)));
    static_cast<void>(spawned);  // Refused while stopping: then the socket is closed.
}

Task<> Listener::Impl::hand_over(Socket socket, Place place) {
    on_accept(make_plain_stream(std::move(socket), std::move(place)));
    co_return;
}

Task<> Listener::Impl::shake_hands(Socket socket, Place place) {
    const auto handshake = make_tls_handshake(std::move(socket), std::move(place), tls->current());
    const Result<> done = co_await with_deadline(handshake->run(), settings.handshake_timeout);
    if (done) {
        on_accept(handshake->take());
        co_return;
    }
    handshakes_failed.add();
    if (const auto swallowed = handshake_log.take(); swallowed >= 0)
        log.warn("net.tls.handshake.failed", done.error(),
                 {
                     {"listener",  name     },
                     {"swallowed", swallowed}
        });
}

Listener::Listener(IoThreads& io, ListenerSettings settings, Log log, MetricsRegistry& metrics,
                   std::string name, OnAccept on_accept)
    : impl_(std::make_unique<Impl>(io, std::move(settings), std::move(log), metrics,
                                   std::move(name), std::move(on_accept))) {}

Listener::~Listener() { stop(); }

Result<> Listener::start() {
    TS_ASSERT(!impl_->acceptor);
    if (impl_->settings.tls) {
        auto contexts = TlsContexts::open(*impl_->settings.tls, impl_->log);
        if (!contexts) return contexts.error();
        impl_->tls = *std::move(contexts);
    }
    if (Result<> bound = impl_->bind(); !bound) return bound;
    impl_->tasks.spawn(impl_->io.at(0).get_executor(), "accept", impl_->accept_all());
    impl_->log.info("net.listening", {
                                         {"listener", impl_->name            },
                                         {"address",  impl_->settings.address},
                                         {"port",     impl_->port            },
                                         {"tls",      impl_->tls != nullptr  }
    });
    return {};
}

std::uint16_t Listener::port() const { return impl_->port; }

std::size_t Listener::connections() const { return impl_->connections->count; }

void Listener::stop() {
    impl_->tasks.stop(stop_deadline);
    impl_->acceptor.reset();
}

}  // namespace thingstead::net
