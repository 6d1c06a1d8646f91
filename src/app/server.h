// The server with the roles of this process: builds them floor by floor, and takes them down in
// reverse.
#pragma once
#include <chrono>
#include <cstdint>
#include <memory>

#include "app/settings.h"
#include "base/error.h"
#include "base/log.h"
#include "queue/queue.h"

namespace thingstead::app {

struct Ports {
    std::uint16_t mqtt = 0;   ///< 0: of all, no such listener.
    std::uint16_t mqtts = 0;  ///< 0: no TLS listener.
    std::uint16_t http = 0;
    std::uint16_t metrics = 0;
    std::uint16_t probe = 0;  ///< Of the role js-executor.
};

class Server {
  public:
    /// Opens the stores, restores, listens. Errors: each names the setting or the file to look at.
    /// `shared`: a queue of the caller's, which outlives the server, in place of the settings' one;
    /// other servers may stand on it too.
    static Result<std::unique_ptr<Server>> start(const Settings& settings, bool demo, Log log,
                                                 queue::Queue* shared = nullptr);
    /// stop().
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    Ports ports() const;
    /// Sessions are told, what was taken in is made durable. Blocks. Idempotent.
    void stop();

  private:
    struct Impl;
    explicit Server(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace thingstead::app
