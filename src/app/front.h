// One HTTP port for two doors: devices at /api/v1/**, users everywhere else.
#pragma once
#include "api/server/api.h"
#include "net/http.h"
#include "transport/http/handler.h"

namespace thingstead::app {

class Front final : public net::HttpHandler {
  public:
    Front(transport::http::Handler& devices, api::Api& users) : devices_(devices), users_(users) {}

    std::size_t body_bytes_max(const net::Request& head) override {
        return door(head).body_bytes_max(head);
    }
    Task<net::Reply> handle(net::Request request) override {
        net::HttpHandler& to = door(request);
        return to.handle(std::move(request));
    }
    net::Reply payload_too_large(const net::Request& head, std::size_t limit) override {
        return door(head).payload_too_large(head, limit);
    }
    net::Reply error_reply(int status, const net::Request& head, std::string_view why) override {
        return users_.error_reply(status, head, why);
    }
    bool wants_websocket(const net::Request& head) override { return users_.wants_websocket(head); }
    Task<> handle_websocket(net::Request head, std::shared_ptr<net::WebSocket> socket) override {
        return users_.handle_websocket(std::move(head), std::move(socket));
    }

  private:
    net::HttpHandler& door(const net::Request& request) {
        if (transport::http::Handler::is_device_path(request.path)) return devices_;
        return users_;
    }

    transport::http::Handler& devices_;
    api::Api& users_;
};

}  // namespace thingstead::app
