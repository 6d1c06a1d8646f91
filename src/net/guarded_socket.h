// Sockets of libraries that connect by themselves, behind the guard of outgoing connections.
#pragma once
#include <sys/socket.h>

#include "net/egress.h"

namespace thingstead::net {

/// A new socket to connect to `address` with; -1 and errno EACCES: `guard` does not permit it.
/// The caller closes it.
int open_guarded_socket(const EgressGuard& guard, const sockaddr& address, int type, int protocol);

}  // namespace thingstead::net
