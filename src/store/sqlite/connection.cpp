#include "store/sqlite/connection.h"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "store/sql/fold.h"

namespace thingstead::store::sqlite {
namespace {

/// SQL function contains_folded(text, part): `part` is folded already. NULL contains nothing.
void contains_folded(sqlite3_context* context, int, sqlite3_value** arguments) {
    const auto text_of = [](sqlite3_value* value) {
        const void* bytes = sqlite3_value_blob(value);
        return std::string_view(static_cast<const char*>(bytes),
                                static_cast<std::size_t>(sqlite3_value_bytes(value)));
    };
    if (sqlite3_value_type(arguments[0]) == SQLITE_NULL) {
        sqlite3_result_int(context, 0);
        return;
    }
    try {
        const bool found =
            sql::fold_case(text_of(arguments[0])).find(text_of(arguments[1])) != std::string::npos;
        sqlite3_result_int(context, found ? 1 : 0);
    } catch (...) {  // must not cross SQLite's frames
        sqlite3_result_error_nomem(context);
    }
}

}  // namespace

Statement::Statement(Statement&& other) noexcept
    : connection_(other.connection_),
      handle_(std::exchange(other.handle_, nullptr)),
      sql_(other.sql_),
      bind_code_(other.bind_code_) {}

Statement::~Statement() {
    if (handle_) connection_->give_back(sql_, handle_);
}

void Statement::note(int code) {
    if (bind_code_ == SQLITE_OK) bind_code_ = code;
}

Statement& Statement::bind(int parameter, std::string_view text) {
    // An empty view may be null, which SQLite would take for NULL.
    note(sqlite3_bind_text64(handle_, parameter, text.data() ? text.data() : "", text.size(),
                             SQLITE_TRANSIENT, SQLITE_UTF8));
    return *this;
}

Statement& Statement::bind(int parameter, std::int64_t value) {
    note(sqlite3_bind_int64(handle_, parameter, value));
    return *this;
}

Statement& Statement::bind(int parameter, const Uuid& id) {
    const std::array<std::byte, 16> bytes = id.ordered_bytes();
    note(sqlite3_bind_blob64(handle_, parameter, bytes.data(), bytes.size(), SQLITE_TRANSIENT));
    return *this;
}

Statement& Statement::bind(int parameter, const Cell& cell) {
    if (const bool* flag = std::get_if<bool>(&cell)) return bind(parameter, std::int64_t{*flag});
    if (const auto* integer = std::get_if<std::int64_t>(&cell)) return bind(parameter, *integer);
    if (const auto* text = std::get_if<std::string>(&cell))
        return bind(parameter, std::string_view(*text));
    if (const Uuid* id = std::get_if<Uuid>(&cell)) return bind(parameter, *id);
    if (const Binary* binary = std::get_if<Binary>(&cell))
        note(sqlite3_bind_blob64(handle_, parameter, binary->bytes.data(), binary->bytes.size(),
                                 SQLITE_TRANSIENT));
    else if (const double* real = std::get_if<double>(&cell))
        note(sqlite3_bind_double(handle_, parameter, *real));
    else
        note(sqlite3_bind_null(handle_, parameter));
    return *this;
}

Result<bool> Statement::step() {
    const int code = bind_code_ != SQLITE_OK ? bind_code_ : sqlite3_step(handle_);
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    return connection_->error_of(code);
}

Result<> Statement::run() {
    const Result<bool> stepped = step();
    if (!stepped) return stepped.error();
    return {};
}

Result<Cell> Statement::cell(int column, ColumnKind kind) const {
    const int type = sqlite3_column_type(handle_, column);
    if (type == SQLITE_NULL) return Cell();
    switch (kind) {
        case ColumnKind::boolean:
            if (type == SQLITE_INTEGER) return Cell(integer(column) != 0);
            break;
        case ColumnKind::integer:
            if (type == SQLITE_INTEGER) return Cell(integer(column));
            break;
        case ColumnKind::real:
            if (type == SQLITE_FLOAT) return Cell(real(column));
            break;
        case ColumnKind::text:
        case ColumnKind::json:
            if (type == SQLITE_TEXT) return Cell(text(column));
            break;
        case ColumnKind::binary:
            if (type == SQLITE_BLOB)
                return Cell(Binary{
                    {static_cast<const char*>(sqlite3_column_blob(handle_, column)),
                     static_cast<std::size_t>(sqlite3_column_bytes(handle_, column))}
                });
            break;
        case ColumnKind::id:
            if (type == SQLITE_BLOB && sqlite3_column_bytes(handle_, column) == 16)
                return Cell(Uuid::from_ordered_bytes(
                    static_cast<const std::byte*>(sqlite3_column_blob(handle_, column))));
            break;
    }
    return Error{ErrorCode::internal, "stored data is not as expected",
                 std::string("column ") + sqlite3_column_name(handle_, column)};
}

std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(handle_, column); }
double Statement::real(int column) const { return sqlite3_column_double(handle_, column); }
bool Statement::is_null(int column) const {
    return sqlite3_column_type(handle_, column) == SQLITE_NULL;
}
std::string Statement::text(int column) const {
    const unsigned char* bytes = sqlite3_column_text(handle_, column);
    if (!bytes) return {};
    return {reinterpret_cast<const char*>(bytes),
            static_cast<std::size_t>(sqlite3_column_bytes(handle_, column))};
}

Connection::Connection(Options options, Faults& faults)
    : options_(std::move(options)), faults_(faults) {}

Connection::~Connection() {
    for (const auto& [sql, cached] : statements_) sqlite3_finalize(cached.handle);
    sqlite3_close(handle_);
}

Result<std::unique_ptr<Connection>> Connection::open(const Options& options, Faults& faults) {
    std::unique_ptr<Connection> connection(new Connection(options, faults));
    const int flags =
        (options.mode == Mode::read_only ? SQLITE_OPEN_READONLY
                                         : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE) |
        SQLITE_OPEN_NOMUTEX;
    const int code = sqlite3_open_v2(options.file.c_str(), &connection->handle_, flags, nullptr);
    Result<> ready = code == SQLITE_OK ? connection->configure() : connection->error_of(code);
    if (ready) return connection;
    Error failed = ready.error();
    failed.detail = options.file + ": " + failed.detail;
    return failed;
}

Result<> Connection::configure() {
    sqlite3_extended_result_codes(handle_, 1);
    sqlite3_busy_timeout(handle_, static_cast<int>(options_.busy_timeout.count()));
    const int code = sqlite3_create_function_v2(
        handle_, "contains_folded", 2, SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY,
        nullptr, &contains_folded, nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) return error_of(code);
    // A transaction sorts little and undoes little: both may stay in memory.
    std::string pragmas = "PRAGMA temp_store=MEMORY; PRAGMA cache_size=-" +
                          std::to_string(std::max<std::int64_t>(options_.cache_bytes / 1024, 64)) +
                          ";";
    // FULL: the write-ahead log is synced at every commit, so that a commit is durable on return.
    // The triggers of the text index write to a virtual table, which takes a trusted schema.
    if (options_.mode == Mode::read_write)
        pragmas +=
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA journal_size_limit=16777216;"
            "PRAGMA trusted_schema=ON;";
    else
        pragmas += "PRAGMA query_only=ON; PRAGMA trusted_schema=OFF;";
    if (Result<> done = execute(pragmas); !done) return done;
    if (Result<> wal = require_wal(); !wal) return wal;
    // Reads the schema: a file that is no database is found here at the latest.
    const Result<std::int64_t> tables = query_integer("SELECT COUNT(*) FROM sqlite_schema");
    if (!tables) return tables.error();
    if (options_.file_bytes_max == 0 || options_.mode == Mode::read_only) return {};
    const Result<std::int64_t> page_bytes = query_integer("PRAGMA page_size");
    if (!page_bytes) return page_bytes.error();
    return execute("PRAGMA max_page_count=" + std::to_string(std::max<std::int64_t>(
                                                  options_.file_bytes_max / *page_bytes, 1)));
}

/// SQLite stays silent when it cannot switch: with another journal readers would block the writer.
Result<> Connection::require_wal() {
    Result<Statement> mode = prepare("PRAGMA journal_mode");
    if (!mode) return mode.error();
    const Result<bool> row = mode->step();
    if (!row) return row.error();
    if (*row && mode->text(0) == "wal") return {};
    return Error{ErrorCode::unavailable, faults_.database() + " cannot be reached",
                 "the file system does not support a write-ahead log"};
}

Result<> Connection::execute(const std::string& sql) {
    const int code = sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) return error_of(code);
    return {};
}

Result<std::int64_t> Connection::query_integer(const std::string& sql) {
    Result<Statement> statement = prepare(sql);
    if (!statement) return statement.error();
    const Result<bool> row = statement->step();
    if (!row) return row.error();
    if (!*row)
        return Error{ErrorCode::internal, "stored data is not as expected", "no row: " + sql};
    return statement->integer(0);
}

Result<Statement> Connection::prepare(const std::string& sql) {
    auto at = statements_.find(sql);
    if (at == statements_.end()) {
        sqlite3_stmt* handle = nullptr;
        const int code = sqlite3_prepare_v3(handle_, sql.c_str(), static_cast<int>(sql.size() + 1),
                                            SQLITE_PREPARE_PERSISTENT, &handle, nullptr);
        if (code != SQLITE_OK) return error_of(code);
        if (statements_.size() >= options_.statements_max) evict_one();
        at = statements_.emplace(sql, Cached{handle, 0, false}).first;
    }
    // The same text twice at once would be a query inside the loop over itself.
    TS_ASSERT(!at->second.on_loan);
    at->second.on_loan = true;
    at->second.used_at = ++uses_;
    return Statement(*this, at->second.handle, &at->first);
}

void Connection::give_back(const std::string* sql, sqlite3_stmt* handle) {
    sqlite3_reset(handle);
    sqlite3_clear_bindings(handle);
    statements_.find(*sql)->second.on_loan = false;
}

void Connection::evict_one() {
    auto oldest = statements_.end();
    for (auto each = statements_.begin(); each != statements_.end(); ++each)
        if (!each->second.on_loan &&
            (oldest == statements_.end() || each->second.used_at < oldest->second.used_at))
            oldest = each;
    if (oldest == statements_.end()) return;
    sqlite3_finalize(oldest->second.handle);
    statements_.erase(oldest);
}

std::int64_t Connection::changes() const { return sqlite3_changes64(handle_); }
bool Connection::in_transaction() const { return sqlite3_get_autocommit(handle_) == 0; }

Result<> Connection::learn_unique_rules() {
    Result<Statement> indexes = prepare(
        "SELECT m.name, l.name, l.origin, "
        "(SELECT group_concat(m.name || '.' || i.name, ', ') FROM pragma_index_info(l.name) i) "
        "FROM sqlite_schema m JOIN pragma_index_list(m.name) l "
        "WHERE m.type = 'table' AND l.\"unique\" = 1");
    if (!indexes) return indexes.error();
    unique_rules_.clear();
    while (true) {
        const Result<bool> row = indexes->step();
        if (!row) return row.error();
        if (!*row) return {};
        const bool primary_key = indexes->text(2) == "pk";
        unique_rules_[indexes->text(3)] =
            primary_key ? indexes->text(0) + "_pkey" : indexes->text(1);
    }
}

Result<> Connection::quick_check() {
    Result<Statement> check = prepare("PRAGMA quick_check(1)");
    if (!check) return check.error();
    const Result<bool> row = check->step();
    if (!row) return row.error();
    const std::string answer = *row ? check->text(0) : "no answer";
    if (answer == "ok") return {};
    faults_.damaged(answer);
    return Error{ErrorCode::internal, faults_.database() + " is damaged", answer};
}

Result<> Connection::checkpoint() {
    const int code =
        sqlite3_wal_checkpoint_v2(handle_, nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
    if (code != SQLITE_OK) return error_of(code);
    return {};
}

Error Connection::conflict_error(std::string_view sqlite_message) const {
    static constexpr std::string_view prefix = "UNIQUE constraint failed: ";
    const std::string columns(
        sqlite_message.starts_with(prefix) ? sqlite_message.substr(prefix.size()) : sqlite_message);
    const auto rule = unique_rules_.find(columns);
    return {ErrorCode::conflict, rule == unique_rules_.end() ? columns : rule->second,
            std::string(sqlite_message)};
}

Error Connection::error_of(int code) {
    // Without a handle (out of memory at open) there is only the code's own text.
    const std::string text = handle_ ? sqlite3_errmsg(handle_) : sqlite3_errstr(code);
    switch (code & 0xFF) {
        case SQLITE_CONSTRAINT:
            if (code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY)
                return conflict_error(text);
            return {ErrorCode::internal, "stored data is not as expected", text};
        case SQLITE_FULL:
            faults_.disk_full();
            return {ErrorCode::unavailable, "the disk is full", text};
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
            faults_.damaged(text);
            return {ErrorCode::internal, faults_.database() + " is damaged", text};
        case SQLITE_IOERR:
        case SQLITE_CANTOPEN:
        case SQLITE_READONLY:
        case SQLITE_PERM:
        case SQLITE_NOMEM:
        case SQLITE_PROTOCOL:
            faults_.io_failed(text);
            return {ErrorCode::unavailable, faults_.database() + " cannot be reached", text};
        case SQLITE_BUSY:
        case SQLITE_LOCKED: return {ErrorCode::unavailable, faults_.database() + " is busy", text};
        case SQLITE_TOOBIG: return {ErrorCode::too_large, "a value is too large", text};
        default:            return {ErrorCode::internal, faults_.database() + " failed", text};
    }
}

}  // namespace thingstead::store::sqlite
