// HTTP calls to other people's servers, over libcurl. Every call is guarded (net/egress.h), goes to
// the address alone that was resolved for it, follows no redirects, uses no proxy that it does not
// name, checks TLS certificates, and is bounded in time and size. Calls run side by side on one
// thread of the client's own: one that waits for its server holds up no other.
#pragma once
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "base/describe.h"
#include "base/error.h"
#include "net/egress.h"
#include "net/http.h"
#include "net/task.h"

namespace thingstead::net {

struct HttpClientSettings {
    std::vector<std::string> allowed_networks;
    std::chrono::milliseconds timeout{10'000};
    std::size_t answer_bytes_max = 1 << 20;
    std::size_t calls_max = 64;
    std::size_t calls_waiting_max = 256;
    friend bool operator==(const HttpClientSettings&, const HttpClientSettings&) = default;
};

constexpr auto describe(const HttpClientSettings*) {
    return fields(
        field("allowed_networks", &HttpClientSettings::allowed_networks,
              "Networks beside the public internet that may be called, as 10.0.0.0/8; loopback and "
              "private ones are refused unless they are listed.",
              on_restart),
        field("timeout", &HttpClientSettings::timeout, "Milliseconds of a whole call.",
              between(100, 600'000), on_restart),
        field("answer_bytes_max", &HttpClientSettings::answer_bytes_max,
              "Largest answer; a larger one is an error.", between(1024, 1 << 30), in_bytes,
              on_restart),
        field("calls_max", &HttpClientSettings::calls_max, "Calls at a time.", between(1, 10'000),
              on_restart),
        field("calls_waiting_max", &HttpClientSettings::calls_waiting_max,
              "Calls that may wait for those to end; more are refused.", between(1, 100'000),
              on_restart));
}

/// Texts in PEM; empty: what libcurl has.
struct HttpTls {
    std::string authorities{};  ///< Whose certificates servers may have, instead of the system's.
    std::string certificate{};
    std::string private_key{};
    std::string password{};  ///< Of the key.
};

/// The guard sees the proxy's address, and not that of the server behind it.
struct HttpProxy {
    std::string url{};  ///< "http://host:port"; empty: none.
    std::string user{};
    std::string password{};
};

struct HttpCall {
    Method method = Method::get;  ///< Not `other`.
    std::string url{};            ///< http:// or https://
    Headers headers{};
    std::string body{};
    std::chrono::milliseconds timeout{0};  ///< 0, or more than the settings': as they say.
    std::size_t answer_bytes_max = 0;      ///< Likewise.
    HttpTls tls{};
    HttpProxy proxy{};
};

struct HttpAnswer {
    int status = 0;
    std::string content_type{};
    std::string body{};
    std::string reason{};  ///< The words beside the status, if the server sent any.
    Headers headers{};     ///< In the order they came.
};

class HttpClient {
  public:
    /// Errors: invalid_argument - a network of the settings.
    static Result<std::unique_ptr<HttpClient>> open(HttpClientSettings settings);
    ~HttpClient();

    /// Any status is an answer. Errors: invalid_argument - not a URL that can be called, a header
    /// of several lines, a certificate or key; forbidden - the address is not permitted; timeout;
    /// too_large; unavailable - no connection, TLS, or too many calls wait. `detail` has libcurl's
    /// words. A caller that is cancelled ends the call: it throws operation_aborted. Thread-safe.
    Task<Result<HttpAnswer>> send(HttpCall call);
    /// Ends the calls that run, refuses others. Blocks. Idempotent.
    void stop();

  private:
    struct Impl;
    explicit HttpClient(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace thingstead::net
