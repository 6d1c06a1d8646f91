// Which addresses the server may call because a user told it to: those of the public internet, and
// networks that the operator allows. The address that is connected to is checked, not the name,
// so that a name which changes its mind opens nothing.
// Sources: IANA special-purpose address registries (RFC 6890), RFC 4291, RFC 6052, RFC 3056.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace thingstead::net {

/// IPv6, or IPv4 in its mapped form ::ffff:a.b.c.d.
using IpAddress = std::array<std::uint8_t, 16>;

/// Nullopt: neither an IPv4 nor an IPv6 address in numbers.
std::optional<IpAddress> parse_ip_address(std::string_view text);

struct Network {
    IpAddress address{};
    int bits = 128;  ///< Of the 128 that count.
    bool contains(const IpAddress& other) const;
};

/// "10.0.0.0/8", "::1", … Errors: invalid_argument - "not a network: x".
Result<Network> parse_network(std::string_view text);

/// Immutable; thread-safe.
class EgressGuard {
  public:
    /// Allows the public internet alone.
    EgressGuard() = default;
    /// Errors: invalid_argument - one of `allowed` is no network.
    static Result<EgressGuard> allowing(const std::vector<std::string>& allowed);

    bool permits(const IpAddress& address) const;

  private:
    std::vector<Network> allowed_;
};

}  // namespace thingstead::net
