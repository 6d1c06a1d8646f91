// GET /livenessProbe of the role js-executor: what orchestrators ask.
#pragma once
#include <functional>
#include <string>
#include <utility>

#include "base/error.h"
#include "net/http.h"

namespace thingstead::app {

class LivenessHandler final : public net::HttpHandler {
  public:
    using Check = std::function<Result<>()>;  ///< Any thread; must not wait.

    explicit LivenessHandler(Check check) : check_(std::move(check)) {}

    std::size_t body_bytes_max(const net::Request&) override { return 0; }
    /// 200 if the check succeeds, else 503 with its words.
    Task<net::Reply> handle(net::Request request) override {
        const bool asks = request.method == net::Method::get || request.method == net::Method::head;
        if (request.path != "/livenessProbe") co_return text(404, "Not found.");
        if (!asks) co_return text(405, "Only GET here.");
        const Result<> alive = check_();
        co_return alive ? text(200, "OK") : text(503, alive.error().message);
    }

  private:
    static net::Reply text(int status, std::string body) {
        net::Reply reply;
        reply.status = status;
        reply.content_type = "text/plain; charset=utf-8";
        reply.body = std::move(body);
        return reply;
    }

    Check check_;
};

}  // namespace thingstead::app
