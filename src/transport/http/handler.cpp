#include "transport/http/handler.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <charconv>
#include <optional>

#include "net/url.h"
#include "transport/http/status.h"
#include "transport/session/attribute_json.h"
#include "transport/session/uplink.h"

namespace thingstead::transport::http {
namespace {

namespace asio = boost::asio;
using net::Method;
using net::Reply;
using net::Request;

constexpr std::string_view json_type = "application/json";
constexpr std::string_view prefix = "/api/v1/";

Reply json_reply(int status, std::string body) {
    Reply reply;
    reply.status = status;
    reply.content_type = json_type;
    reply.body = std::move(body);
    return reply;
}

std::optional<std::string> text_parameter(const net::Query& query, std::string_view name) {
    const std::optional<std::string_view> value = query.find(name);
    return value ? std::optional<std::string>(*value) : std::nullopt;
}

/// {token} and what follows it, e.g. "attributes/updates".
struct DevicePath {
    std::string token;
    std::string_view rest;
};

std::optional<DevicePath> split_path(std::string_view path) {
    if (!path.starts_with(prefix)) return std::nullopt;
    path.remove_prefix(prefix.size());
    const std::size_t slash = path.find('/');
    if (slash == std::string_view::npos || slash == 0) return std::nullopt;
    return DevicePath{std::string(path.substr(0, slash)), path.substr(slash + 1)};
}

/// Waits for the one thing that ends a long poll.
class Poll final : public core::DeviceDownlink, public std::enable_shared_from_this<Poll> {
  public:
    explicit Poll(asio::any_io_executor executor) : timer_(std::move(executor)) {}

    /// The answer, or 408 after `wait`.
    Task<Reply> answer(std::chrono::milliseconds wait) {
        timer_.expires_after(wait);
        if (!reply_) co_await timer_.async_wait(asio::as_tuple(asio::use_awaitable));
        if (!reply_) {
            Reply late;
            late.status = 408;
            co_return late;
        }
        co_return *std::move(reply_);
    }

    void on_shared_attributes(const std::vector<model::KeyValue>& updated) override {
        finish(json_reply(200, attribute_update(updated)));
    }
    void on_shared_attributes_removed(const std::vector<std::string>& keys) override {
        finish(json_reply(200, attribute_removal(keys)));
    }
    void on_device_changed() override {}
    void on_close(core::SessionCloseReason reason) override {
        Reply reply;
        reply.status = reason == core::SessionCloseReason::device_deleted ? 403 : 408;
        if (reply.status == 403) {
            reply.content_type = "text/plain";
            reply.body = "Device was deleted!";
        }
        finish(std::move(reply));
    }

    void on_reply(std::int32_t, std::string data) override {
        finish(json_reply(200, std::move(data)));
    }

  private:
    void finish(Reply reply) {
        asio::post(timer_.get_executor(),
                   [self = shared_from_this(), moved = std::move(reply)]() mutable {
                       if (self->reply_) return;
                       self->reply_ = std::move(moved);
                       self->timer_.cancel();
                   });
    }

    asio::steady_timer timer_;
    std::optional<Reply> reply_;
};

/// Open as long as its poll waits, however the task ends.
class PollSession {
  public:
    PollSession(core::DeviceSessions& sessions, const core::DeviceIdentityPtr& device,
                std::shared_ptr<core::DeviceDownlink> downlink, Gauge& polls)
        : sessions_(sessions),
          polls_(polls),
          id_(sessions.open(device, std::move(downlink), false)) {
        polls_.add(1);
    }
    void want_attributes() { sessions_.want_attributes(id_, true); }
    Uuid uuid() const { return sessions_.uuid_of(id_); }
    ~PollSession() {
        sessions_.close(id_);
        polls_.add(-1);
    }
    PollSession(const PollSession&) = delete;
    PollSession& operator=(const PollSession&) = delete;

  private:
    core::DeviceSessions& sessions_;
    Gauge& polls_;
    core::DeviceSessions::SessionId id_;
};

}  // namespace

Metrics::Metrics(MetricsRegistry& registry)
    : requests(registry, "thingstead_http_device_requests_total", "Requests of devices over HTTP."),
      refused(registry, "thingstead_http_device_requests_refused_total",
              "Requests of devices over HTTP that were answered with an error."),
      polls(registry, "thingstead_http_device_polls", "Long polls of devices that wait now.") {}

Handler::Handler(Services services, Settings settings, MetricsRegistry& metrics)
    : services_(services), settings_(settings), metrics_(metrics) {}

Handler::~Handler() = default;

std::size_t Handler::body_bytes_max(const Request& head) {
    const std::optional<DevicePath> path = split_path(head.path);
    const bool rpc = path && (path->rest == "rpc" || path->rest.starts_with("rpc/"));
    return rpc ? std::min<std::size_t>(65'536, settings_.body_bytes_max) : settings_.body_bytes_max;
}

Reply Handler::payload_too_large(const Request&, std::size_t limit) {
    return json_reply(413,
                      "\"Payload size exceeds the limit of " + std::to_string(limit) + " bytes\"");
}

Task<Reply> Handler::handle(Request request) {
    metrics_.requests.add();
    if (const Result<> text = net::check_text(request.path, net::Query::parse(request.query));
        !text)
        co_return error_json(400, text.error().message, services_.clock.now_ms());
    const std::optional<DevicePath> path = split_path(request.path);
    if (!path) co_return error_json(404, "Not found", services_.clock.now_ms());
    const std::string rest(path->rest);
    const bool uplink = rest == "telemetry" || rest == "attributes";
    const bool reads = rest == "attributes" || rest == "attributes/updates";
    const bool calls = rest == "rpc";
    if (!uplink && !reads && !calls)
        co_return error_json(404, "Not found", services_.clock.now_ms());
    const bool right_method = (request.method == Method::post && (uplink || calls)) ||
                              (request.method == Method::get && reads);
    if (!right_method)
        co_return error_json(405, "Request method '" + request.method_text + "' is not supported",
                             services_.clock.now_ms());

    const Result<core::DeviceIdentityPtr> device = co_await services_.auth.by_token(path->token);
    if (!device) {
        metrics_.refused.add();
        Reply reply;
        reply.status = status_of(device.error().code);
        co_return reply;
    }
    services_.activity.active(*device, services_.clock.now_ms());
    if (calls) co_return co_await post_call(*device, std::move(request));
    if (request.method == Method::post)
        co_return co_await post_uplink(*device, std::move(request), rest == "telemetry");
    if (rest == "attributes") co_return co_await get_attributes(*device, std::move(request));
    co_return co_await poll_attributes(*device, std::move(request));
}

Task<Reply> Handler::post_uplink(core::DeviceIdentityPtr device, Request request, bool telemetry) {
    const EpochMs now = services_.clock.now_ms();
    if (request.body.empty()) co_return error_json(400, "Required request body is missing", now);
    model::PayloadParser parser(services_.payload);
    Result<std::vector<model::QueuedMsg>> messages =
        telemetry ? telemetry_messages(*device, parser, request.body, now)
                  : attribute_messages(*device, parser, request.body, now);
    Reply reply;
    if (!messages) {
        metrics_.refused.add();
        reply.status = payload_status(messages.error().code);
        reply.content_type = "text/plain";
        reply.body = messages.error().message;
        co_return reply;
    }
    const asio::any_io_executor executor = co_await asio::this_coro::executor;
    core::RuleIngress& way =
        services_.ingress.of(executor).way_to(device->tenant, device->profile->queue_name);
    const Result<> taken = co_await way.push(*std::move(messages));
    if (!taken) reply.status = status_of(taken.error().code);
    co_return reply;
}

Task<Reply> Handler::get_attributes(core::DeviceIdentityPtr device, Request request) {
    const net::Query query = net::Query::parse(request.query);
    AttributeRequest asked =
        attribute_request(text_parameter(query, "clientKeys"), text_parameter(query, "sharedKeys"));
    const auto view = co_await services_.attributes.read_for_device(
        device->device, std::move(asked.client_keys), std::move(asked.shared_keys));
    if (!view) {
        Reply reply;
        reply.status = status_of(view.error().code);
        co_return reply;
    }
    co_return json_reply(200, attribute_response(*view));
}

Task<Reply> Handler::poll_attributes(core::DeviceIdentityPtr device, Request request) {
    const net::Query query = net::Query::parse(request.query);
    const std::string text(query.find("timeout").value_or("0"));
    std::int64_t asked_ms = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), asked_ms);
    if (failed != std::errc() || end != text.data() + text.size() || asked_ms < 0)
        co_return error_json(400, "Parameter 'timeout' is not a number of milliseconds",
                             services_.clock.now_ms());
    const auto wait =
        asked_ms == 0 ? settings_.request_timeout : std::chrono::milliseconds(asked_ms);
    const asio::any_io_executor executor = co_await asio::this_coro::executor;
    const auto poll = std::make_shared<Poll>(executor);
    PollSession session(services_.sessions, device, poll, metrics_.polls);
    session.want_attributes();
    services_.activity.polls(device, services_.clock.now_ms());
    Reply reply = co_await poll->answer(std::min(wait, settings_.request_timeout_max));
    if (reply.status == 408 && wait > settings_.request_timeout_max)
        reply = error_json(503, "Request timeout", services_.clock.now_ms());
    co_return reply;
}

/// The call waits for its answer in a session of its own, so that it needs no number.
Task<Reply> Handler::post_call(core::DeviceIdentityPtr device, Request request) {
    const EpochMs now = services_.clock.now_ms();
    if (request.body.empty()) co_return error_json(400, "Required request body is missing", now);
    const asio::any_io_executor executor = co_await asio::this_coro::executor;
    const auto poll = std::make_shared<Poll>(executor);
    const PollSession session(services_.sessions, device, poll, metrics_.polls);
    const CallOrigin origin{services_.service_id, session.uuid(), 0};
    Result<std::vector<model::QueuedMsg>> messages =
        call_messages(*device, request.body, now, origin);
    if (!messages) {
        metrics_.refused.add();
        co_return error_json(payload_status(messages.error().code), messages.error().message, now);
    }
    const Result<> taken = co_await services_.ingress.of(executor).push(*std::move(messages));
    if (!taken) {
        Reply reply;
        reply.status = status_of(taken.error().code);
        co_return reply;
    }
    Reply reply =
        co_await poll->answer(std::min(services_.call_timeout, settings_.request_timeout));
    if (reply.status == 408 && services_.call_timeout <= settings_.request_timeout)
        reply = json_reply(200, std::string(call_timeout_reply));
    co_return reply;
}

}  // namespace thingstead::transport::http
