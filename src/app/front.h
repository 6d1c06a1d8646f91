// One HTTP port for two doors: devices at /api/v1/**, users everywhere else; either may be missing.
#pragma once
#include <utility>

#include "api/server/api.h"
#include "base/clock.h"
#include "net/http.h"
#include "transport/http/handler.h"
#include "transport/http/status.h"

namespace thingstead::app {

class Front final : public net::HttpHandler {
  public:
    /// At least one is there.
    Front(transport::http::Handler* devices, api::Api* users, const Clock& clock)
        : devices_(devices), users_(users), clock_(clock) {}

    std::size_t body_bytes_max(const net::Request& head) override {
        net::HttpHandler* const to = door(head);
        return to ? to->body_bytes_max(head) : 0;
    }
    Task<net::Reply> handle(net::Request request) override {
        net::HttpHandler* const to = door(request);
        return to ? to->handle(std::move(request)) : nobody();
    }
    net::Reply payload_too_large(const net::Request& head, std::size_t limit) override {
        net::HttpHandler* const to = door(head);
        return to ? to->payload_too_large(head, limit) : not_found();
    }
    net::Reply error_reply(int status, const net::Request& head, std::string_view why) override {
        return users_ ? users_->error_reply(status, head, why)
                      : transport::http::error_json(status, why, clock_.now_ms());
    }
    bool wants_websocket(const net::Request& head) override {
        return users_ && users_->wants_websocket(head);
    }
    Task<> handle_websocket(net::Request head, std::shared_ptr<net::WebSocket> socket) override {
        return users_->handle_websocket(std::move(head), std::move(socket));
    }

  private:
    /// Null: the door is in another process.
    net::HttpHandler* door(const net::Request& request) {
        if (transport::http::Handler::is_device_path(request.path)) return devices_;
        return users_;
    }
    net::Reply not_found() const {
        return transport::http::error_json(404, "Not found", clock_.now_ms());
    }
    Task<net::Reply> nobody() { co_return not_found(); }

    transport::http::Handler* devices_;
    api::Api* users_;
    const Clock& clock_;
};

}  // namespace thingstead::app
