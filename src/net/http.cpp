#include "net/http.h"

#include <algorithm>

#include "net/websocket.h"

namespace thingstead::net {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

Reply text_reply(int status, std::string_view text) {
    Reply reply;
    reply.status = status;
    reply.content_type = "text/plain; charset=utf-8";
    reply.body = text;
    return reply;
}

}  // namespace

bool same_header_name(std::string_view a, std::string_view b) {
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                              [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view to_string(Method method) {
    switch (method) {
        case Method::get:     return "GET";
        case Method::head:    return "HEAD";
        case Method::post:    return "POST";
        case Method::put:     return "PUT";
        case Method::patch:   return "PATCH";
        case Method::del:     return "DELETE";
        case Method::options: return "OPTIONS";
        case Method::other:   return "OTHER";
    }
    return "OTHER";
}

std::optional<std::string_view> Request::header(std::string_view name) const {
    for (const auto& [key, value] : headers)
        if (same_header_name(key, name)) return value;
    return std::nullopt;
}

std::string_view reason_phrase(int status) {
    switch (status) {
        case 100: return "Continue";
        case 101: return "Switching Protocols";
        case 200: return "OK";
        case 201: return "Created";
        case 202: return "Accepted";
        case 204: return "No Content";
        case 206: return "Partial Content";
        case 301: return "Moved Permanently";
        case 302: return "Found";
        case 303: return "See Other";
        case 304: return "Not Modified";
        case 307: return "Temporary Redirect";
        case 308: return "Permanent Redirect";
        case 400: return "Bad Request";
        case 401: return "Unauthorized";
        case 403: return "Forbidden";
        case 404: return "Not Found";
        case 405: return "Method Not Allowed";
        case 406: return "Not Acceptable";
        case 408: return "Request Timeout";
        case 409: return "Conflict";
        case 410: return "Gone";
        case 412: return "Precondition Failed";
        case 413: return "Content Too Large";
        case 415: return "Unsupported Media Type";
        case 417: return "Expectation Failed";
        case 422: return "Unprocessable Content";
        case 426: return "Upgrade Required";
        case 429: return "Too Many Requests";
        case 431: return "Request Header Fields Too Large";
        case 500: return "Internal Server Error";
        case 501: return "Not Implemented";
        case 502: return "Bad Gateway";
        case 503: return "Service Unavailable";
        case 504: return "Gateway Timeout";
        case 507: return "Insufficient Storage";
        default:  return "";
    }
}

Reply HttpHandler::payload_too_large(const Request&, std::size_t limit) {
    return text_reply(413, "The body is over " + std::to_string(limit) + " bytes.");
}

Reply HttpHandler::error_reply(int status, const Request&, std::string_view why) {
    return text_reply(status, why);
}

bool HttpHandler::wants_websocket(const Request&) { return false; }

Task<> HttpHandler::handle_websocket(Request, std::shared_ptr<WebSocket> socket) {
    socket->close(CloseCode::internal_error, "");
    co_return;
}

}  // namespace thingstead::net
