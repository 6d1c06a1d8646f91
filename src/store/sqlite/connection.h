// One SQLite connection with its prepared statements. Used by one thread at a time.
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/error.h"
#include "store/migrations.h"
#include "store/row.h"
#include "store/sqlite/faults.h"

struct sqlite3;
struct sqlite3_stmt;

namespace thingstead::store::sqlite {

class Connection;

/// A prepared statement on loan from its connection's cache; goes back when destroyed.
class Statement {
  public:
    Statement(Statement&& other) noexcept;
    Statement& operator=(Statement&&) = delete;
    ~Statement();

    /// Parameters count from 1. The first error is kept and answered by step().
    Statement& bind(int parameter, const Cell& cell);
    Statement& bind(int parameter, std::string_view text);
    Statement& bind(int parameter, std::int64_t value);
    Statement& bind(int parameter, const Uuid& id);
    /// True: a row is there. Errors: those of Connection.
    Result<bool> step();
    /// step() for statements without rows.
    Result<> run();

    /// Columns of the row, from 0. Errors: internal - the value is not of that kind.
    Result<Cell> cell(int column, ColumnKind kind) const;
    std::int64_t integer(int column) const;
    double real(int column) const;
    std::string text(int column) const;
    bool is_null(int column) const;

  private:
    friend class Connection;
    Statement(Connection& connection, sqlite3_stmt* handle, const std::string* sql)
        : connection_(&connection), handle_(handle), sql_(sql) {}
    void note(int code);

    Connection* connection_;
    sqlite3_stmt* handle_;
    const std::string* sql_;  ///< Key in the cache.
    int bind_code_ = 0;
};

class Connection final : public SchemaConnection {
  public:
    enum class Mode : std::uint8_t { read_write, read_only };

    struct Options {
        std::string file;
        Mode mode = Mode::read_write;
        std::int64_t cache_bytes = 0;
        std::int64_t file_bytes_max = 0;  ///< 0: no limit.
        std::size_t statements_max = 0;
        std::chrono::milliseconds busy_timeout{0};
    };

    /// `faults` outlives the connection.
    /// Errors: unavailable - the file cannot be opened or made; internal - it is damaged or no
    /// SQLite database. `detail` names the file.
    static Result<std::unique_ptr<Connection>> open(const Options& options, Faults& faults);
    ~Connection() override;
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    Result<> execute(const std::string& sql) override;
    Result<std::int64_t> query_integer(const std::string& sql) override;
    /// Errors: internal - `sql` is wrong; those of open().
    Result<Statement> prepare(const std::string& sql);
    /// Rows changed by the last statement.
    std::int64_t changes() const;
    /// False also after SQLite rolled back by itself (full disk, I/O error).
    bool in_transaction() const;

    /// Reads the names of the unique indexes, so that a conflict can be named as they are.
    Result<> learn_unique_rules();
    /// Errors: internal - damage was found; `detail` is its first line.
    Result<> quick_check();
    /// Moves the write-ahead log into the database file and empties it.
    Result<> checkpoint();

  private:
    friend class Statement;
    Connection(Options options, Faults& faults);
    Result<> configure();
    Result<> require_wal();
    /// The Error of an SQLite result code, reported to `faults_` if storage failed.
    Error error_of(int code);
    Error conflict_error(std::string_view sqlite_message) const;
    void give_back(const std::string* sql, sqlite3_stmt* handle);
    void evict_one();

    struct Cached {
        sqlite3_stmt* handle;
        std::uint64_t used_at;
        bool on_loan;
    };

    Options options_;
    Faults& faults_;
    sqlite3* handle_ = nullptr;
    std::unordered_map<std::string, Cached> statements_;
    std::uint64_t uses_ = 0;
    /// "device.tenant_id, device.name" → "device_name_unq_key".
    std::unordered_map<std::string, std::string> unique_rules_;
};

}  // namespace thingstead::store::sqlite
