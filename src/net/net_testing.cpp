#include "net/net_testing.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

namespace thingstead::net {

RawClient::RawClient(std::uint16_t port, int receive_buffer)
    : descriptor_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    if (receive_buffer > 0)
        ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    const timeval patience{60, 0};
    ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    const int on = 1;
    ::setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(descriptor_, reinterpret_cast<const sockaddr*>(&to), sizeof to), 0);
}

RawClient::~RawClient() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

RawClient::RawClient(RawClient&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), received_(std::move(other.received_)) {}

bool RawClient::send(std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t n = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (n < 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
}

void RawClient::shutdown_write() { ::shutdown(descriptor_, SHUT_WR); }

bool RawClient::read_more() {
    std::array<char, 65'536> buffer;
    const ssize_t n = ::recv(descriptor_, buffer.data(), buffer.size(), 0);
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) ADD_FAILURE() << "nothing came";
    if (n <= 0) return false;
    received_.append(buffer.data(), static_cast<std::size_t>(n));
    return true;
}

std::string RawClient::read_until(std::string_view end) {
    while (true) {
        const std::size_t at = received_.find(end);
        if (at != std::string::npos) return read_bytes(at + end.size());
        if (!read_more()) return std::exchange(received_, {});
    }
}

std::string RawClient::read_bytes(std::size_t count) {
    while (received_.size() < count && read_more()) {
    }
    std::string out = received_.substr(0, count);
    received_.erase(0, out.size());
    return out;
}

std::string RawClient::read_reply() {
    std::string reply = read_until("\r\n\r\n");
    constexpr std::string_view name = "Content-Length: ";
    const std::size_t at = reply.find(name);
    if (at == std::string::npos) return reply;
    return reply + read_bytes(std::stoul(reply.substr(at + name.size())));
}

std::string RawClient::read_to_end() {
    while (read_more()) {
    }
    return std::exchange(received_, {});
}

}  // namespace thingstead::net
