// A blocking client for tests of servers in this room: raw bytes out, raw bytes in.
#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace thingstead::net {

class RawClient {
  public:
    /// Connects to 127.0.0.1. `receive_buffer`: bytes of the socket's buffer, 0 for the usual.
    explicit RawClient(std::uint16_t port, int receive_buffer = 0);
    ~RawClient();
    RawClient(RawClient&& other) noexcept;
    RawClient(const RawClient&) = delete;
    RawClient& operator=(const RawClient&) = delete;

    /// All of `bytes`; false: the peer has closed.
    bool send(std::string_view bytes);
    void shutdown_write();
    /// Reads until the received text ends with `end` and returns it, or what came before the peer
    /// closed. A minute without a byte fails the test.
    std::string read_until(std::string_view end);
    std::string read_bytes(std::size_t count);
    /// One reply with a Content-Length: head and body.
    std::string read_reply();
    /// Everything until the peer closes.
    std::string read_to_end();
    int descriptor() const { return descriptor_; }

  private:
    bool read_more();

    int descriptor_ = -1;
    std::string received_;
};

}  // namespace thingstead::net
