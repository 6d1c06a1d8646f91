#include "api/rest/origin.h"

#include <algorithm>

namespace thingstead::api {
namespace {

/// The first of a list of proxies' words.
std::string first_word(const net::Request& request, std::string_view header) {
    const std::string_view all = request.header(header).value_or("");
    std::string word(all.substr(0, all.find(',')));
    std::erase(word, ' ');
    for (char& c : word)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return word;
}

bool is_host(std::string_view text) {
    return !text.empty() && text.size() <= 255 && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
               c == '_' || c == ':' || c == '[' || c == ']';
    });
}

bool has_port(std::string_view host) {
    const std::size_t colon = host.rfind(':');
    return colon != std::string_view::npos && host.find(']', colon) == std::string_view::npos;
}

bool is_number(std::string_view text) {
    return !text.empty() && text.size() <= 5 &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

Origin origin_of(const net::Request& request) {
    Origin origin;
    const std::string scheme = first_word(request, "X-Forwarded-Proto");
    origin.secure = scheme.empty() ? request.secure : scheme == "https";
    origin.host = first_word(request, "X-Forwarded-Host");
    if (!is_host(origin.host)) origin.host = first_word(request, "Host");
    if (!is_host(origin.host)) origin.host = "localhost";
    const std::string port = first_word(request, "X-Forwarded-Port");
    if (!has_port(origin.host) && is_number(port)) origin.host += ":" + port;
    const std::string_view usual = origin.secure ? ":443" : ":80";
    if (has_port(origin.host) && origin.host.ends_with(usual))
        origin.host.resize(origin.host.size() - usual.size());
    return origin;
}

}  // namespace thingstead::api
