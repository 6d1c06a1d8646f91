// What operators and orchestrators ask a process: /metrics, /health, /ready. Serve it with an
// HttpServer on a port of its own (usually 9090), not to the outside.
#pragma once
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/metrics.h"
#include "net/http.h"

namespace thingstead::net {

class MetricsHandler final : public HttpHandler {
  public:
    /// A quick look at a state that someone else keeps: called on an I/O thread at each /ready,
    /// several at a time, and must not wait. Its error's `message` goes into the answer.
    using Check = std::function<Result<>()>;

    /// `registry` outlives the handler.
    explicit MetricsHandler(const MetricsRegistry& registry) : registry_(registry) {}

    /// `name` comes once. Thread-safe.
    void add_check(std::string name, Check check);

    std::size_t body_bytes_max(const Request&) override { return 0; }
    /// GET and HEAD: /metrics in the text format 0.0.4; /health 200 while the process answers;
    /// /ready 200 if all checks succeed, else 503, with {"ready":…,"checks":{"name":"ok"|reason}}.
    Task<Reply> handle(Request request) override;

  private:
    Reply ready() const;

    const MetricsRegistry& registry_;
    mutable std::mutex mutex_;
    std::vector<std::pair<std::string, Check>> checks_;
};

}  // namespace thingstead::net
