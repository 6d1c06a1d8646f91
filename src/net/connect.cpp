#include "net/connect.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <charconv>
#include <vector>

#include "net/socket_stream.h"

namespace thingstead::net {
namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

Error unreachable(const Address& address, const boost::system::error_code& error) {
    return Error{ErrorCode::unavailable, "cannot connect to " + to_string(address),
                 error.message()};
}

/// OpenSSL's words tell a peer that disagrees from one that went away.
Error no_tls(const Address& address, const Error& error) {
    const bool disagreed = error.detail.find("SSL routines") != std::string::npos &&
                           error.detail.find("unexpected eof") == std::string::npos;
    return Error{disagreed ? ErrorCode::unauthenticated : ErrorCode::unavailable,
                 "no TLS with " + to_string(address), error.detail};
}

/// Numeric addresses need no resolver, and no thread of its own for it.
Task<Result<std::vector<tcp::endpoint>>> resolve(asio::io_context& context, Address address) {
    std::vector<tcp::endpoint> endpoints;
    boost::system::error_code error;
    const asio::ip::address numeric = asio::ip::make_address(address.host, error);
    if (!error) {
        endpoints.emplace_back(numeric, address.port);
        co_return endpoints;
    }
    tcp::resolver resolver(context);
    const std::string service = std::to_string(address.port);
    const auto [failed, found] = co_await resolver.async_resolve(
        address.host, service, tcp::resolver::numeric_service, asio::as_tuple(asio::use_awaitable));
    if (failed) co_return unreachable(address, failed);
    for (const auto& entry : found) endpoints.push_back(entry.endpoint());
    co_return endpoints;
}

}  // namespace

Result<Address> parse_address(std::string_view text) {
    const Error wrong{ErrorCode::invalid_argument,
                      "\"" + std::string(text) + "\" is not an address like host:6379"};
    const std::size_t colon = text.rfind(':');
    if (colon == std::string_view::npos || colon == 0) return wrong;
    std::string_view host = text.substr(0, colon);
    const std::string_view digits = text.substr(colon + 1);
    if (host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
    Address address;
    address.host = host;
    const char* const end = digits.data() + digits.size();
    const auto [at, error] = std::from_chars(digits.data(), end, address.port);
    if (error != std::errc() || at != end || address.port == 0 || host.empty()) return wrong;
    return address;
}

std::string to_string(const Address& address) {
    const bool v6 = address.host.find(':') != std::string::npos;
    return (v6 ? "[" + address.host + "]" : address.host) + ":" + std::to_string(address.port);
}

Task<Result<std::unique_ptr<Stream>>> connect(asio::io_context& context, Address address,
                                              SslContext tls, const EgressGuard* egress) {
    Result<std::vector<tcp::endpoint>> endpoints = co_await resolve(context, address);
    if (!endpoints) co_return endpoints.error();
    std::erase_if(*endpoints, [egress](const tcp::endpoint& each) {
        if (!egress) return false;
        const auto number = parse_ip_address(each.address().to_string());
        return !number || !egress->permits(*number);
    });
    if (endpoints->empty())
        co_return Error{ErrorCode::forbidden,
                        to_string(address) + " is not an address that may be called"};
    Socket socket(context.get_executor());
    const auto [error, connected] =
        co_await asio::async_connect(socket, *endpoints, asio::as_tuple(asio::use_awaitable));
    if (error) co_return unreachable(address, error);
    if (!tls) {
        std::unique_ptr<Stream> plain = make_plain_stream(std::move(socket), Place());
        co_return plain;
    }
    const auto handshake = make_tls_client_handshake(std::move(socket), tls, address.host);
    const Result<> done = co_await handshake->run();
    if (!done) co_return no_tls(address, done.error());
    std::unique_ptr<Stream> secured = handshake->take();
    co_return secured;
}

}  // namespace thingstead::net
