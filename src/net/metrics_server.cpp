#include "net/metrics_server.h"

#include <algorithm>
#include <cstdio>
#include <string_view>

namespace thingstead::net {
namespace {

/// `text` as a JSON string with its quotes.
std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out += {'\\', c};
        } else if (byte < 0x20) {
            char escape[8];
            std::snprintf(escape, sizeof escape, "\\u%04x", static_cast<unsigned>(byte));
            out += escape;
        } else {
            out += c;
        }
    }
    return out += '"';
}

Reply text(int status, std::string_view body) {
    Reply reply;
    reply.status = status;
    reply.content_type = "text/plain; charset=utf-8";
    reply.body = body;
    return reply;
}

}  // namespace

void MetricsHandler::add_check(std::string name, Check check) {
    const std::lock_guard lock(mutex_);
    TS_ASSERT(std::none_of(checks_.begin(), checks_.end(),
                           [&](const auto& known) { return known.first == name; }));
    checks_.emplace_back(std::move(name), std::move(check));
}

Task<Reply> MetricsHandler::handle(Request request) {
    if (request.method != Method::get && request.method != Method::head) {
        Reply reply = text(405, "Only GET here.");
        reply.headers.emplace_back("Allow", "GET, HEAD");
        co_return reply;
    }
    if (request.path == "/health") co_return text(200, "OK");
    if (request.path == "/ready") co_return ready();
    if (request.path != "/metrics") co_return text(404, "Not found.");
    Reply reply = text(200, registry_.expose());
    reply.content_type = "text/plain; version=0.0.4; charset=utf-8";
    co_return reply;
}

Reply MetricsHandler::ready() const {
    std::vector<std::pair<std::string, Check>> checks;
    {
        const std::lock_guard lock(mutex_);
        checks = checks_;
    }
    bool all = true;
    std::string rows;
    for (const auto& [name, check] : checks) {
        const Result<> result = check();
        all = all && result.has_value();
        if (!rows.empty()) rows += ',';
        rows += quoted(name) + ':' + quoted(result ? "ok" : result.error().message);
    }
    Reply reply;
    reply.status = all ? 200 : 503;
    reply.content_type = "application/json";
    reply.body =
        std::string("{\"ready\":") + (all ? "true" : "false") + ",\"checks\":{" + rows + "}}";
    return reply;
}

}  // namespace thingstead::net
