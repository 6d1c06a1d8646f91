// One request on its way to a node: what is sent, where to, and who hears of the end.
#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "protocol/cql/frame.h"
#include "protocol/cql/request.h"
#include "protocol/cql/server_error.h"
#include "protocol/cql/token.h"

namespace thingstead::store::cassandra {

/// Index of a statement that the session prepares on every node.
using StatementId = std::size_t;

/// One row of a batch: a statement and where its values end in the batch's.
struct BatchEntry {
    std::uint16_t statement;
    std::uint16_t value_count;
    std::uint32_t end;
};

struct Failure {
    Error error;
    std::optional<cql::ServerErrorCode> code{};  ///< Nothing: no node answered.
};

class Request {
  public:
    enum class Kind : std::uint8_t { query, prepare, execute, batch, options, listen };
    using Clock = std::chrono::steady_clock;

    Request() = default;
    Request(const Request&) = delete;
    Request& operator=(const Request&) = delete;
    virtual ~Request() = default;

    /// Called once, on the client's thread; the frame is a READY, RESULT or another one that is no
    /// ERROR, and lives until the call returns. The request is destroyed after it.
    virtual void succeeded(const cql::Frame& frame) = 0;
    /// Called instead, by fail(): `self` owns the request, for those who will send it again.
    virtual void failed(Failure failure, std::unique_ptr<Request> self) = 0;

    Kind kind = Kind::query;
    StatementId statement = 0;          ///< execute, prepare
    std::string query{};                ///< query, prepare
    cql::Values values{};               ///< query, execute
    std::vector<BatchEntry> entries{};  ///< batch, unlogged; one alone is sent as EXECUTE
    std::string entry_values{};         ///< In the wire's form, one entry's behind the other's.
    cql::QueryOptions options{};
    std::string paging_state{};         ///< Kept here; options looks at it.
    std::optional<cql::Token> token{};  ///< Nothing: any node will do.
    bool idempotent = true;

    // The session's.
    std::size_t attempts = 0, prepares = 0;
    std::vector<std::uint32_t> tried{};  ///< Hosts that failed.
    Clock::time_point sent{};
};

inline void fail(std::unique_ptr<Request> request, Failure failure) {
    Request& raw = *request;
    raw.failed(std::move(failure), std::move(request));
}

}  // namespace thingstead::store::cassandra
