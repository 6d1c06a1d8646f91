// The I/O threads: N threads, each with its own io_context; a connection lives on one of them.
// They never block: disk, SQL and scripts go to a BlockingPool or to a driver's own threads.
#pragma once
#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <memory>
#include <vector>

namespace thingstead::net {

class IoThreads {
  public:
    /// Starts `count` threads (at least one) named `name-0` ….
    explicit IoThreads(std::size_t count, const char* name = "io");
    /// stop() and join.
    ~IoThreads();
    IoThreads(const IoThreads&) = delete;
    IoThreads& operator=(const IoThreads&) = delete;

    std::size_t count() const;
    boost::asio::io_context& at(std::size_t index);
    /// Round robin. Thread-safe.
    boost::asio::io_context& next();
    /// Lets queued work end where it stands; threads leave when they are idle of handlers.
    /// Idempotent.
    void stop();

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace thingstead::net
