// One connection to PostgreSQL with its prepared statements. Used by one thread at a time.
//
// Statements go out in libpq's pipeline mode: what enqueue() was given travels with the next run(),
// so BEGIN, SAVEPOINT and RELEASE cost no round trip of their own.
#pragma once
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/error.h"
#include "store/migrations.h"
#include "store/postgres/parameters.h"
#include "store/row.h"

struct pg_conn;
struct pg_result;

namespace thingstead::store::postgres {

/// The answer to one statement.
class Rows {
  public:
    explicit Rows(pg_result* result) : result_(result) {}

    std::size_t size() const;
    /// Of an INSERT, UPDATE or DELETE.
    std::int64_t rows_changed() const;
    /// E.g. "COMMIT".
    std::string_view command() const;

    bool is_null(std::size_t row, int column) const;
    bool boolean(std::size_t row, int column) const;
    /// Of any of the integer types.
    std::int64_t integer(std::size_t row, int column) const;
    double real(std::size_t row, int column) const;
    std::string_view text(std::size_t row, int column) const;  ///< As long as the Rows.
    Uuid id(std::size_t row, int column) const;
    /// Errors: internal - the value is not of that kind.
    Result<Cell> cell(std::size_t row, int column, ColumnKind kind) const;

  private:
    struct Clear {
        void operator()(pg_result* result) const;
    };
    std::unique_ptr<pg_result, Clear> result_;
};

/// One statement of a run().
struct Request {
    const std::string& sql;
    const Parameters& parameters;
};

class Connection final : public SchemaConnection {
  public:
    struct Options {
        std::string url;
        std::chrono::milliseconds connect_timeout{5'000};
        /// Of each statement, by the server; if it stays silent for longer, the connection is lost.
        std::chrono::milliseconds statement_timeout{30'000};
        std::string session{};  ///< SQL to run first, e.g. SET …;
    };

    /// What the last statements met.
    enum class Trouble : std::uint8_t {
        none,
        refused,   ///< An error of the statement itself.
        conflict,  ///< The transaction as a whole failed, e.g. another came between: it is to be
                   ///< rolled back and may succeed when it is run again.
        lost,      ///< No connection any more; what was not yet committed never will be.
    };

    /// Errors: unavailable - cannot be reached, or refuses user, password or database (`detail` is
    /// PostgreSQL's word on it); invalid_argument - the URL is none.
    static Result<std::unique_ptr<Connection>> open(const Options& options);
    ~Connection() override;
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    /// Outside of a pipeline: nothing may be enqueued.
    Result<> execute(const std::string& sql) override;
    Result<std::int64_t> query_integer(const std::string& sql) override;

    /// Whether the server holds a transaction open for us, be it failed.
    bool in_transaction() const;
    /// Sends `sql` with the next run(), in front.
    void enqueue(std::string sql) { enqueued_.push_back(std::move(sql)); }
    bool has_enqueued() const { return !enqueued_.empty(); }
    std::size_t enqueued() const { return enqueued_.size(); }
    /// Takes back all but the first `kept`.
    void take_back(std::size_t kept) { enqueued_.resize(std::min(kept, enqueued_.size())); }

    /// In one round trip; the first error ends it for those behind. Outside of a transaction the
    /// requests are one.
    Result<std::vector<Rows>> run(std::span<const Request> requests);
    Result<Rows> run(const std::string& sql, const Parameters& parameters);

    Trouble trouble() const { return trouble_; }
    void forget_trouble() {
        if (trouble_ != Trouble::lost) trouble_ = Trouble::none;
    }
    /// SQLSTATE of the last error.
    const std::string& state() const { return state_; }
    /// The server's process, for pg_terminate_backend().
    std::int32_t backend() const;

  private:
    struct Prepared {
        std::string name;
        bool ready = false;
    };
    struct Sent {
        std::string preparing;  ///< SQL, if this is the Parse of it.
        bool asked = false;     ///< A request of the caller.
        bool enqueued = false;
    };

    explicit Connection(Options options) : options_(std::move(options)) {}
    Result<> send(const std::string& sql, const Parameters& parameters, bool asked,
                  std::vector<Sent>& sent);
    Result<> send_deallocate(std::vector<Sent>& sent);
    Result<std::vector<Rows>> collect(std::span<const Sent> sent);
    /// Null: the end of a statement's results.
    Result<pg_result*> next_result(std::chrono::steady_clock::time_point deadline);
    Error lose(std::string why);
    Error error_of(const pg_result* result);
    std::chrono::steady_clock::time_point deadline() const;

    const Options options_;
    pg_conn* handle_ = nullptr;
    std::unordered_map<std::string, Prepared> statements_;
    std::uint64_t names_ = 0;
    std::vector<std::string> enqueued_;
    Trouble trouble_ = Trouble::none;
    std::string state_;
};

}  // namespace thingstead::store::postgres
