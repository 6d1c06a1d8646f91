// The whole server in one process: builds the rooms floor by floor, and takes them down in reverse.
#pragma once
#include <chrono>
#include <cstdint>
#include <memory>

#include "app/settings.h"
#include "base/error.h"
#include "base/log.h"

namespace thingstead::app {

struct Ports {
    std::uint16_t mqtt = 0;
    std::uint16_t mqtts = 0;  ///< 0: no TLS listener.
    std::uint16_t http = 0;
    std::uint16_t metrics = 0;
};

class Server {
  public:
    /// Opens the stores, restores, listens. Errors: each names the setting or the file to look at.
    static Result<std::unique_ptr<Server>> start(const Settings& settings, bool demo, Log log);
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
