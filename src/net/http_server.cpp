#include "net/http_server.h"

#include <algorithm>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/system/system_error.hpp>
#include <condition_variable>
#include <list>
#include <mutex>
#include <utility>
#include <vector>

#include "net/http_connection.h"
#include "net/stream_socket.h"
#include "net/task_group.h"
#include "net/timer.h"

namespace thingstead::net {
namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

/// Connections over the limit that are answered 503 at the same time; more are just closed.
constexpr std::size_t refusals_max = 64;
/// A cancelled handler gets this long to end.
constexpr auto abort_grace = 2s;

/// The connections of one I/O thread; touched on that thread only.
struct Shard {
    std::list<std::shared_ptr<HttpConnection>> connections;
};

/// Says when the last connection of all threads has ended.
class Living {
  public:
    std::size_t count() const {
        const std::lock_guard lock(mutex_);
        return count_;
    }
    void enter() {
        const std::lock_guard lock(mutex_);
        ++count_;
    }
    void leave() {
        const std::lock_guard lock(mutex_);
        if (--count_ == 0) none_.notify_all();
    }
    bool wait_for_none(std::chrono::milliseconds deadline) {
        std::unique_lock lock(mutex_);
        return none_.wait_for(lock, deadline, [this] { return count_ == 0; });
    }

  private:
    mutable std::mutex mutex_;
    std::condition_variable none_;
    std::size_t count_ = 0;
};

ListenerSettings listener_settings(const HttpServerSettings& settings) {
    ListenerSettings out;
    out.address = settings.address;
    out.port = settings.port;
    out.connections_max = settings.connections_max + refusals_max;
    out.handshake_timeout = settings.head_timeout;
    out.tls = settings.tls;
    return out;
}

/// How often deadlines are looked at: they are kept to about a quarter of the shortest one.
std::chrono::milliseconds sweep_period(const HttpServerSettings& s) {
    const auto shortest =
        std::min({s.head_timeout, s.body_timeout, s.idle_timeout, s.write_timeout,
                  s.websocket.write_timeout, s.websocket.ping_after, s.websocket.silence_max});
    return std::clamp<std::chrono::milliseconds>(shortest / 4, 5ms, 1s);
}

Task<> sweep(std::shared_ptr<Shard> shard, std::chrono::milliseconds period) {
    while (true) {
        co_await sleep_for(period);
        const auto now = std::chrono::steady_clock::now();
        for (auto at = shard->connections.begin(); at != shard->connections.end();) {
            const std::shared_ptr<HttpConnection> connection = *at++;
            connection->look(now);
        }
    }
}

/// A cancelled connection ends with operation_aborted: no news.
void report(const HttpShared& shared, const std::exception_ptr& thrown) {
    try {
        std::rethrow_exception(thrown);
    } catch (const boost::system::system_error& error) {
        if (error.code() != asio::error::operation_aborted)
            shared.log.error("http.connection.failed",
                             {
                                 {"server", shared.name },
                                 {"reason", error.what()}
            });
    } catch (const std::exception& error) {
        shared.log.error("http.connection.failed",
                         {
                             {"server", shared.name },
                             {"reason", error.what()}
        });
    }
}

}  // namespace

struct HttpServer::Impl {
    Impl(IoThreads& threads, HttpServerSettings settings, HttpHandler& handler, Log log,
         MetricsRegistry& metrics, std::string name);

    std::shared_ptr<Shard> shard_of(SocketStream& stream) const;
    void serve(std::unique_ptr<Stream> accepted);
    void tell_all(void (HttpConnection::*what)());

    IoThreads& io;
    const std::shared_ptr<HttpShared> shared;
    std::vector<std::shared_ptr<Shard>> shards;
    const std::shared_ptr<Living> living = std::make_shared<Living>();
    TaskGroup sweeps;
    Listener listener;
    std::optional<bool> stopped;
};

HttpServer::Impl::Impl(IoThreads& threads, HttpServerSettings settings, HttpHandler& handler,
                       Log log, MetricsRegistry& metrics, std::string name)
    : io(threads),
      shared(std::make_shared<HttpShared>(std::move(settings), handler, log, metrics, name)),
      sweeps("http " + name, log),
      listener(io, listener_settings(shared->settings), log, metrics, name,
               [this](std::unique_ptr<Stream> accepted) { serve(std::move(accepted)); }) {
    for (std::size_t i = 0; i < io.count(); ++i) shards.push_back(std::make_shared<Shard>());
}

std::shared_ptr<Shard> HttpServer::Impl::shard_of(SocketStream& stream) const {
    const asio::io_context* context = &stream.socket().get_executor().context();
    for (std::size_t i = 0; i < shards.size(); ++i)
        if (&io.at(i) == context) return shards[i];
    assertion_failed("the stream's thread has a shard", __FILE__, __LINE__);
}

void HttpServer::Impl::serve(std::unique_ptr<Stream> accepted) {
    std::shared_ptr<SocketStream> stream(static_cast<SocketStream*>(accepted.release()));
    const auto shard = shard_of(*stream);
    const bool refused = living->count() >= shared->settings.connections_max;
    const auto connection = std::make_shared<HttpConnection>(shared, stream, refused);
    const auto place = shard->connections.insert(shard->connections.end(), connection);
    living->enter();
    const auto on_end = [connection, shard, place, alive = living,
                         common = shared](std::exception_ptr thrown) {
        if (thrown) report(*common, thrown);
        connection->abort();
        shard->connections.erase(place);
        alive->leave();
    };
    asio::co_spawn(stream->socket().get_executor(), connection->run(),
                   asio::bind_cancellation_slot(connection->signal.slot(), on_end));
}

void HttpServer::Impl::tell_all(void (HttpConnection::*what)()) {
    for (std::size_t i = 0; i < shards.size(); ++i)
        asio::post(io.at(i), [shard = shards[i], what] {
            const auto all = shard->connections;  // A copy: one that ends leaves the list.
            for (const auto& connection : all) (connection.get()->*what)();
        });
}

HttpServer::HttpServer(IoThreads& io, HttpServerSettings settings, HttpHandler& handler, Log log,
                       MetricsRegistry& metrics, std::string name)
    : impl_(std::make_unique<Impl>(io, std::move(settings), handler, std::move(log), metrics,
                                   std::move(name))) {}

HttpServer::~HttpServer() { stop(0ms); }

Result<> HttpServer::start() {
    Result<> listening = impl_->listener.start();
    if (!listening) return listening;
    const auto period = sweep_period(impl_->shared->settings);
    for (std::size_t i = 0; i < impl_->shards.size(); ++i)
        impl_->sweeps.spawn(impl_->io.at(i).get_executor(), "sweep",
                            sweep(impl_->shards[i], period));
    return listening;
}

std::uint16_t HttpServer::port() const { return impl_->listener.port(); }

std::size_t HttpServer::connections() const { return impl_->living->count(); }

bool HttpServer::stop(std::chrono::milliseconds deadline) {
    if (impl_->stopped) return *impl_->stopped;
    impl_->listener.stop();
    impl_->tell_all(&HttpConnection::finish);
    bool in_time = impl_->living->wait_for_none(deadline);
    if (!in_time) {
        impl_->tell_all(&HttpConnection::abort);
        if (!impl_->living->wait_for_none(abort_grace))
            impl_->shared->log.error(
                "http.stop.stuck",
                {
                    {"server",      impl_->shared->name   },
                    {"connections", impl_->living->count()}
            });
    }
    impl_->sweeps.stop(abort_grace);
    impl_->stopped = in_time;
    return in_time;
}

}  // namespace thingstead::net
