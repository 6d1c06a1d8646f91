#include "net/guarded_socket.h"

#include <netinet/in.h>

#include <cerrno>
#include <cstring>
#include <optional>

namespace thingstead::net {
namespace {

std::optional<IpAddress> address_of(const sockaddr& any) {
    IpAddress out{};
    if (any.sa_family == AF_INET) {
        sockaddr_in four;
        std::memcpy(&four, &any, sizeof four);
        out[10] = out[11] = 0xFF;
        std::memcpy(out.data() + 12, &four.sin_addr, 4);
        return out;
    }
    if (any.sa_family == AF_INET6) {
        sockaddr_in6 six;
        std::memcpy(&six, &any, sizeof six);
        std::memcpy(out.data(), &six.sin6_addr, 16);
        return out;
    }
    return std::nullopt;
}

}  // namespace

int open_guarded_socket(const EgressGuard& guard, const sockaddr& address, int type, int protocol) {
    const std::optional<IpAddress> known = address_of(address);
    if (!known || !guard.permits(*known)) {
        errno = EACCES;
        return -1;
    }
    return ::socket(address.sa_family, type | SOCK_CLOEXEC, protocol);
}

}  // namespace thingstead::net
