#include "store/postgres/connection.h"

#include <libpq-fe.h>
#include <poll.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace thingstead::store::postgres {
namespace {

using std::chrono::steady_clock;

/// The server ends a statement at its time-out; this much later it is taken for dead.
constexpr auto silence_grace = std::chrono::seconds(5);
/// All of a connection's statements are dropped at this many: only filters written anew every time
/// could make so many.
constexpr std::size_t statements_max = 256;

std::uint64_t read_big_endian(const char* bytes, int size) {
    std::uint64_t value = 0;
    for (int i = 0; i < size; ++i) value = value << 8 | static_cast<unsigned char>(bytes[i]);
    return value;
}

std::string trimmed(const char* text) {
    std::string out(text ? text : "");
    while (!out.empty() && (out.back() == '\n' || out.back() == ' ')) out.pop_back();
    std::replace(out.begin(), out.end(), '\n', ' ');
    return out;
}

/// libpq's own complaint would quote the URL with its password.
Result<> check_url(const std::string& url) {
    char* why = nullptr;
    PQconninfoOption* options = PQconninfoParse(url.c_str(), &why);
    PQfreemem(why);
    if (!options || url.empty())
        return Error{ErrorCode::invalid_argument,
                     "the setting url is no PostgreSQL URL: "
                     "postgresql://user:password@host:port/database is one"};
    PQconninfoFree(options);
    return {};
}

}  // namespace

void Rows::Clear::operator()(pg_result* result) const { PQclear(result); }

std::size_t Rows::size() const { return static_cast<std::size_t>(PQntuples(result_.get())); }
std::int64_t Rows::rows_changed() const {
    return std::strtoll(PQcmdTuples(result_.get()), nullptr, 10);
}
std::string_view Rows::command() const { return PQcmdStatus(result_.get()); }
bool Rows::is_null(std::size_t row, int column) const {
    return PQgetisnull(result_.get(), static_cast<int>(row), column) != 0;
}
std::string_view Rows::text(std::size_t row, int column) const {
    const int at = static_cast<int>(row);
    return {PQgetvalue(result_.get(), at, column),
            static_cast<std::size_t>(PQgetlength(result_.get(), at, column))};
}
bool Rows::boolean(std::size_t row, int column) const {
    const std::string_view bytes = text(row, column);
    return !bytes.empty() && bytes[0] != 0;
}
std::int64_t Rows::integer(std::size_t row, int column) const {
    const std::string_view bytes = text(row, column);
    const std::uint64_t value = read_big_endian(bytes.data(), static_cast<int>(bytes.size()));
    if (bytes.size() == 4) return static_cast<std::int32_t>(value);
    if (bytes.size() == 2) return static_cast<std::int16_t>(value);
    return static_cast<std::int64_t>(value);
}
double Rows::real(std::size_t row, int column) const {
    return std::bit_cast<double>(integer(row, column));
}
Uuid Rows::id(std::size_t row, int column) const {
    return Uuid::from_ordered_bytes(reinterpret_cast<const std::byte*>(text(row, column).data()));
}

Result<Cell> Rows::cell(std::size_t row, int column, ColumnKind kind) const {
    if (is_null(row, column)) return Cell();
    const auto type = static_cast<Type>(PQftype(result_.get(), column));
    switch (kind) {
        case ColumnKind::boolean:
            if (type == Type::boolean) return Cell(boolean(row, column));
            break;
        case ColumnKind::integer:
            if (type == Type::int8) return Cell(integer(row, column));
            break;
        case ColumnKind::real:
            if (type == Type::float8) return Cell(real(row, column));
            break;
        case ColumnKind::text:
        case ColumnKind::json:
            if (type == Type::text) return Cell(std::string(text(row, column)));
            break;
        case ColumnKind::binary:
            if (type == Type::bytea) return Cell(Binary{std::string(text(row, column))});
            break;
        case ColumnKind::id:
            if (type == Type::uuid) return Cell(id(row, column));
            break;
    }
    return Error{ErrorCode::internal, "stored data is not as expected",
                 std::string("column ") + PQfname(result_.get(), column)};
}

Result<std::unique_ptr<Connection>> Connection::open(const Options& options) {
    if (const Result<> good = check_url(options.url); !good) return good.error();
    std::unique_ptr<Connection> connection(new Connection(options));
    const std::string seconds = std::to_string(std::max<std::int64_t>(
        std::chrono::ceil<std::chrono::seconds>(options.connect_timeout).count(), 1));
    // What the URL says wins over what stands before it, and not over what stands behind it.
    const char* names[] = {
        "fallback_application_name", "connect_timeout", "keepalives_idle", "keepalives_interval",
        "keepalives_count",          "dbname",          "client_encoding", nullptr};
    const char* values[] = {"thingstead", seconds.c_str(),     "15",   "5",
                            "3",          options.url.c_str(), "UTF8", nullptr};
    connection->handle_ = PQconnectdbParams(names, values, 1);
    if (PQstatus(connection->handle_) != CONNECTION_OK)
        return Error{ErrorCode::unavailable,
                     "PostgreSQL cannot be used with the address, user, password and database "
                     "of the setting url",
                     trimmed(PQerrorMessage(connection->handle_))};
    PQsetNoticeProcessor(connection->handle_, [](void*, const char*) {}, nullptr);
    PQsetnonblocking(connection->handle_, 1);
    const Result<> set = connection->execute(
        "SET statement_timeout=" + std::to_string(options.statement_timeout.count()) +
        "; SET idle_in_transaction_session_timeout=60000; " + options.session);
    if (!set) return set.error();
    return connection;
}

Connection::~Connection() { PQfinish(handle_); }

bool Connection::in_transaction() const { return PQtransactionStatus(handle_) != PQTRANS_IDLE; }

std::int32_t Connection::backend() const { return PQbackendPID(handle_); }

steady_clock::time_point Connection::deadline() const {
    // A time-out of 0 is none; a server that is gone is then found by keep-alives.
    if (options_.statement_timeout.count() == 0) return steady_clock::time_point::max();
    return steady_clock::now() + options_.statement_timeout + silence_grace;
}

Error Connection::lose(std::string why) {
    trouble_ = Trouble::lost;
    enqueued_.clear();
    return {ErrorCode::unavailable, "the connection to the database was lost", std::move(why)};
}

/// Sends what waits and receives until a result is there.
Result<pg_result*> Connection::next_result(steady_clock::time_point until) {
    while (true) {
        const int unsent = PQflush(handle_);
        if (unsent < 0) return lose(trimmed(PQerrorMessage(handle_)));
        if (unsent == 0 && !PQisBusy(handle_)) return PQgetResult(handle_);
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - steady_clock::now());
        if (left.count() <= 0) return lose("no answer in time");
        pollfd socket{PQsocket(handle_), static_cast<short>(unsent > 0 ? POLLIN | POLLOUT : POLLIN),
                      0};
        const int wait_ms = static_cast<int>(std::min<std::int64_t>(left.count(), 60'000));
        if (::poll(&socket, 1, wait_ms) < 0 && errno != EINTR) return lose(std::strerror(errno));
        if ((socket.revents & ~POLLOUT) != 0 && PQconsumeInput(handle_) == 0)
            return lose(trimmed(PQerrorMessage(handle_)));
    }
}

Result<> Connection::execute(const std::string& sql) {
    TS_ASSERT(enqueued_.empty());
    if (trouble_ == Trouble::lost) return lose("it is not open");
    if (PQpipelineStatus(handle_) != PQ_PIPELINE_OFF) PQexitPipelineMode(handle_);
    if (PQsendQuery(handle_, sql.c_str()) == 0) return lose(trimmed(PQerrorMessage(handle_)));
    Result<> answer;
    const auto until = deadline();
    while (true) {
        const Result<pg_result*> next = next_result(until);
        if (!next) return next.error();
        if (!*next) break;
        const Rows result(*next);
        if (PQresultStatus(*next) == PGRES_FATAL_ERROR && answer) answer = error_of(*next);
    }
    if (PQstatus(handle_) == CONNECTION_BAD)
        return lose(answer ? "it was closed" : answer.error().detail);
    return answer;
}

Result<std::int64_t> Connection::query_integer(const std::string& sql) {
    const Result<Rows> rows = run(sql, Parameters());
    if (!rows) return rows.error();
    if (rows->size() == 0 || rows->is_null(0, 0))
        return Error{ErrorCode::internal, "stored data is not as expected", "no row: " + sql};
    return rows->integer(0, 0);
}

Result<> Connection::send(const std::string& sql, const Parameters& parameters, bool asked,
                          std::vector<Sent>& sent) {
    Prepared& statement = statements_[sql];
    if (!statement.ready) {
        statement.name = "s" + std::to_string(++names_);
        statement.ready = true;
        if (PQsendPrepare(handle_, statement.name.c_str(), sql.c_str(), 0, nullptr) == 0)
            return lose(trimmed(PQerrorMessage(handle_)));
        sent.push_back({sql, false, false});
    }
    const std::vector<const char*> values = parameters.values();
    const std::vector<int> formats(values.size(), 1);
    if (PQsendQueryPrepared(handle_, statement.name.c_str(), parameters.size(), values.data(),
                            parameters.lengths(), formats.data(), 1) == 0)
        return lose(trimmed(PQerrorMessage(handle_)));
    sent.push_back({{}, asked, !asked});
    return {};
}

Result<> Connection::send_deallocate(std::vector<Sent>& sent) {
    statements_.clear();
    if (PQsendQueryParams(handle_, "DEALLOCATE ALL", 0, nullptr, nullptr, nullptr, nullptr, 1) == 0)
        return lose(trimmed(PQerrorMessage(handle_)));
    sent.push_back({{}, false, true});
    return {};
}

Result<std::vector<Rows>> Connection::run(std::span<const Request> requests) {
    if (trouble_ == Trouble::lost) return lose("it is not open");
    if (PQpipelineStatus(handle_) == PQ_PIPELINE_OFF) PQenterPipelineMode(handle_);
    std::vector<Sent> sent;
    if (statements_.size() >= statements_max && PQtransactionStatus(handle_) == PQTRANS_IDLE)
        if (const Result<> done = send_deallocate(sent); !done) return done.error();
    const std::vector<std::string> first = std::exchange(enqueued_, {});
    for (const std::string& sql : first)
        if (const Result<> done = send(sql, Parameters(), false, sent); !done) return done.error();
    for (const Request& request : requests)
        if (const Result<> done = send(request.sql, request.parameters, true, sent); !done)
            return done.error();
    if (PQpipelineSync(handle_) == 0) return lose(trimmed(PQerrorMessage(handle_)));
    return collect(sent);
}

Result<Rows> Connection::run(const std::string& sql, const Parameters& parameters) {
    const Request request{sql, parameters};
    Result<std::vector<Rows>> rows = run({&request, 1});
    if (!rows) return rows.error();
    return std::move(rows->front());
}

Result<std::vector<Rows>> Connection::collect(std::span<const Sent> sent) {
    std::vector<Rows> answers;
    Result<> failed;
    const auto until = deadline();
    for (const Sent& each : sent) {
        const Result<pg_result*> next = next_result(until);
        if (!next) return next.error();
        if (!*next) return lose("an answer is missing");
        Rows rows(*next);
        const ExecStatusType status = PQresultStatus(*next);
        const bool good = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
        if (!good && failed) {
            failed = error_of(*next);
            // Savepoints are no longer where the caller thinks they are.
            if (each.enqueued && trouble_ == Trouble::refused) trouble_ = Trouble::conflict;
        }
        if (PQstatus(handle_) == CONNECTION_BAD)
            return lose(failed ? "it was closed" : failed.error().detail);
        if (!good && !each.preparing.empty()) statements_.erase(each.preparing);
        if (each.asked) answers.push_back(std::move(rows));
        const Result<pg_result*> end = next_result(until);
        if (!end) return end.error();
        if (*end) {
            const Rows unexpected(*end);
            return lose(trimmed(PQresultErrorMessage(*end)));
        }
    }
    const Result<pg_result*> end = next_result(until);
    if (!end) return end.error();
    const Rows sync(*end);
    if (!*end || PQresultStatus(*end) != PGRES_PIPELINE_SYNC) return lose("an answer is missing");
    if (!failed) return failed.error();
    return answers;
}

Error Connection::error_of(const pg_result* result) {
    const char* field = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const std::string_view state = field ? field : "";
    const std::string text =
        std::string(state) + " " + trimmed(PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY));
    const auto is = [&](std::string_view start) { return state.starts_with(start); };
    trouble_ = Trouble::refused;
    state_ = state;
    if (is("23505")) {
        const char* rule = PQresultErrorField(result, PG_DIAG_CONSTRAINT_NAME);
        return {ErrorCode::conflict, rule ? rule : "", text};
    }
    if (is("40001") || is("40P01")) {
        trouble_ = Trouble::conflict;
        return {ErrorCode::unavailable, "the database is busy", text};
    }
    if (is("57014") || is("55P03"))
        return {ErrorCode::unavailable, "the database took too long", text};
    if (is("53100")) return {ErrorCode::unavailable, "the disk is full", text};
    // A server that became a standby takes no writes: another connection may find the new one.
    if (state.empty() || is("57P") || is("08") || is("25006"))
        return lose(text.size() > 1 ? text : trimmed(PQresultErrorMessage(result)));
    if (is("53") || is("58")) return {ErrorCode::unavailable, "the database failed", text};
    if (is("54")) return {ErrorCode::too_large, "a value is too large", text};
    if (is("22")) return {ErrorCode::invalid_argument, "a value cannot be stored", text};
    if (is("23")) return {ErrorCode::internal, "stored data is not as expected", text};
    return {ErrorCode::internal, "the database failed", text};
}

}  // namespace thingstead::store::postgres
