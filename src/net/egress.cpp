#include "net/egress.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace thingstead::net {
namespace {

/// Not of the public internet: this host, private, link-local, shared, documentation, benchmarks,
/// multicast, reserved; what a cloud answers its machines from; and the ways of IPv6 to say an IPv4
/// address, which are looked at below.
constexpr std::string_view special_networks[] = {
    "0.0.0.0/8",     "10.0.0.0/8",      "100.64.0.0/10",  "127.0.0.0/8",    "169.254.0.0/16",
    "172.16.0.0/12", "192.0.0.0/24",    "192.0.2.0/24",   "192.88.99.0/24", "192.168.0.0/16",
    "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4",    "240.0.0.0/4",
    "::/96",         "64:ff9b:1::/48",  "100::/64",       "2001::/23",      "2001:db8::/32",
    "3fff::/20",     "5f00::/16",       "fc00::/7",       "fe80::/10",      "fec0::/10",
    "ff00::/8",      "168.63.129.16/32"};

const std::vector<Network>& specials() {
    static const std::vector<Network> networks = [] {
        std::vector<Network> out;
        for (const std::string_view each : special_networks) out.push_back(*parse_network(each));
        return out;
    }();
    return networks;
}

bool in_any(const std::vector<Network>& networks, const IpAddress& address) {
    return std::any_of(networks.begin(), networks.end(),
                       [&](const Network& each) { return each.contains(address); });
}

IpAddress mapped(const std::uint8_t* four) {
    IpAddress out{};
    out[10] = out[11] = 0xFF;
    std::memcpy(out.data() + 12, four, 4);
    return out;
}

/// The IPv4 address that a gateway would send it to: NAT64 and 6to4.
std::optional<IpAddress> translated(const IpAddress& address) {
    static const Network nat64 = *parse_network("64:ff9b::/96");
    static const Network six_to_four = *parse_network("2002::/16");
    if (nat64.contains(address)) return mapped(address.data() + 12);
    if (six_to_four.contains(address)) return mapped(address.data() + 2);
    return std::nullopt;
}

}  // namespace

std::optional<IpAddress> parse_ip_address(std::string_view text) {
    const std::string terminated(text);
    std::uint8_t four[4];
    if (inet_pton(AF_INET, terminated.c_str(), four) == 1) return mapped(four);
    IpAddress six{};
    if (inet_pton(AF_INET6, terminated.c_str(), six.data()) == 1) return six;
    return std::nullopt;
}

bool Network::contains(const IpAddress& other) const {
    const auto whole = static_cast<std::size_t>(bits / 8);
    if (!std::equal(address.begin(), address.begin() + static_cast<std::ptrdiff_t>(whole),
                    other.begin()))
        return false;
    const int rest = bits % 8;
    if (rest == 0) return true;
    const auto mask = static_cast<std::uint8_t>(0xFF << (8 - rest));
    return (address[whole] & mask) == (other[whole] & mask);
}

Result<Network> parse_network(std::string_view text) {
    const Error wrong{ErrorCode::invalid_argument, "not a network: " + std::string(text)};
    const std::size_t slash = text.find('/');
    const std::optional<IpAddress> address = parse_ip_address(text.substr(0, slash));
    if (!address) return wrong;
    Network network{*address, 128};
    if (slash == std::string_view::npos) return network;
    const bool is_v4 = text.substr(0, slash).find(':') == std::string_view::npos;
    const std::string_view digits = text.substr(slash + 1);
    int bits = 0;
    const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
    if (failed != std::errc() || end != digits.data() + digits.size() || bits < 0 ||
        bits > (is_v4 ? 32 : 128))
        return wrong;
    network.bits = is_v4 ? bits + 96 : bits;
    return network;
}

Result<EgressGuard> EgressGuard::allowing(const std::vector<std::string>& allowed) {
    EgressGuard guard;
    for (const std::string& each : allowed) {
        const Result<Network> network = parse_network(each);
        if (!network) return network.error();
        guard.allowed_.push_back(*network);
    }
    return guard;
}

bool EgressGuard::permits(const IpAddress& address) const {
    if (in_any(allowed_, address)) return true;
    if (in_any(specials(), address)) return false;
    const std::optional<IpAddress> behind = translated(address);
    return !behind || permits(*behind);
}

}  // namespace thingstead::net
