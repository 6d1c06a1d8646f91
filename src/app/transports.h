// The roles mqtt and http: devices call in. With a node in the process they stand on its services,
// without one they ask nodes over the queue.
#pragma once
#include <chrono>
#include <memory>

#include "app/foundation.h"
#include "app/node.h"
#include "transport/http/handler.h"
#include "transport/mqtt/transport.h"

namespace thingstead::app {

class Transports {
  public:
    /// `node`: of this process, or null. Both outlive the transports.
    Transports(Foundation& foundation, Node* node);

    /// Begins to hear of nodes. Errors: the queue.
    Result<> meet();
    /// Listens. Errors: an address or a file.
    Result<> start();
    /// Tells the sessions, ends them. Blocks. Idempotent.
    void stop(std::chrono::milliseconds deadline);

    transport::http::Handler* http() { return http_.get(); }                ///< Null: not our role.
    const transport::mqtt::Transport* mqtt() const { return mqtt_.get(); }  ///< Null likewise.

  private:
    Foundation& base_;
    std::unique_ptr<core::DeviceAuth> remote_auth_;
    core::DeviceAuth* auth_;
    std::unique_ptr<transport::http::Handler> http_;
    std::unique_ptr<transport::mqtt::Transport> mqtt_;
};

}  // namespace thingstead::app
