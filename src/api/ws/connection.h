// One WebSocket of a user: authentication, commands, live updates.
#pragma once
#include <memory>

#include "api/services.h"
#include "net/http.h"
#include "net/task.h"
#include "net/websocket.h"

namespace thingstead::api::ws {

/// Talks until the connection ends. `services` outlive it.
Task<> converse(const Services& services, net::Request head,
                std::shared_ptr<net::WebSocket> socket);

}  // namespace thingstead::api::ws
