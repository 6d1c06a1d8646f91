// URLs as people write them into a rule chain. Source: RFC 3986 section 3.
#include "net/url.h"

#include <algorithm>

#include "rule/node/rest_api_call/config.h"

namespace thingstead::rule::rest_api_call {
namespace {

bool is_alphanumeric(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

constexpr std::string_view path_characters = "-._~!$&'()*+,;=:@/";

bool is_path_character(char c) {
    return is_alphanumeric(c) || path_characters.find(c) != std::string_view::npos;
}
bool is_query_character(char c) { return is_path_character(c) || c == '?'; }

/// Where scheme and authority end.
std::size_t path_start(std::string_view url) {
    const std::size_t scheme = url.find("://");
    const std::size_t from = scheme == std::string_view::npos ? 0 : scheme + 3;
    return std::min(url.find_first_of("/?#", from), url.size());
}

template <class Allowed>
void append_coded(std::string& out, std::string_view part, Allowed allowed) {
    for (const char c : part) {
        if (allowed(c))
            out += c;
        else
            out += net::percent_encode(std::string_view(&c, 1));
    }
}

}  // namespace

std::string encoded_url(std::string_view url) {
    url = url.substr(0, url.find('#'));
    const std::size_t path = path_start(url);
    const std::size_t query = std::min(url.find('?', path), url.size());
    std::string out(url.substr(0, path));
    append_coded(out, url.substr(path, query - path), is_path_character);
    if (query == url.size()) return out;
    out += '?';
    append_coded(out, url.substr(query + 1), is_query_character);
    return out;
}

bool is_encoded_url(std::string_view url) {
    if (!net::percent_decode(url)) return false;
    const std::string_view rest = url.substr(path_start(url));
    return std::all_of(rest.begin(), rest.end(),
                       [](char c) { return is_query_character(c) || c == '%' || c == '#'; });
}

}  // namespace thingstead::rule::rest_api_call
