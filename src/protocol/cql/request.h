// What a client says. Every function appends one complete frame.
// Source: native_protocol_v4.spec section 4.1.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "protocol/cql/frame.h"

namespace thingstead::cql {

/// How many replicas must answer.
enum class Consistency : std::uint16_t {
    any = 0,
    one = 1,
    two = 2,
    three = 3,
    quorum = 4,
    all = 5,
    local_quorum = 6,
    each_quorum = 7,
    serial = 8,
    local_serial = 9,
    local_one = 10,
};

/// Bound values in the wire's form, in the order of the statement's markers.
class Values {
  public:
    void text(std::string_view value);  ///< text, blob, json.
    void bigint(std::int64_t value);
    void integer(std::int32_t value);
    void real(double value);
    void boolean(bool value);
    void uuid(const std::byte* sixteen);
    void text_list(std::span<const std::string> elements);  ///< list<text>
    void null();                                            ///< Deletes the column's value.
    void unset();                                           ///< Leaves the column as it is.

    std::uint16_t count() const { return count_; }
    const std::string& bytes() const { return bytes_; }

  private:
    std::string bytes_;
    std::uint16_t count_ = 0;
};

/// Values that somebody keeps in the wire's form.
struct BoundValues {
    BoundValues(const Values& values) : count(values.count()), bytes(values.bytes()) {}
    BoundValues(std::size_t how_many, std::string_view in_wire_form)
        : count(how_many), bytes(in_wire_form) {}
    std::size_t count;
    std::string_view bytes;
};

struct QueryOptions {
    Consistency consistency = Consistency::one;
    bool skip_metadata = false;  ///< Rows come without their columns: they are known from PREPARED.
    std::int32_t page_rows = 0;  ///< 0: all in one page.
    std::string_view paging_state{};             ///< Of the page before.
    std::optional<Consistency> serial{};         ///< Of a lightweight transaction.
    std::optional<std::int64_t> timestamp_us{};  ///< Write timestamp; nothing: the server's time.
};

void append_startup(std::string& out, std::int16_t stream, std::string_view driver_name);
void append_options(std::string& out, std::int16_t stream);
/// SASL PLAIN, as PasswordAuthenticator wants it.
void append_auth_plain(std::string& out, std::int16_t stream, std::string_view user,
                       std::string_view password);
void append_query(std::string& out, std::int16_t stream, std::string_view query, BoundValues values,
                  const QueryOptions& options);
void append_prepare(std::string& out, std::int16_t stream, std::string_view query);
void append_execute(std::string& out, std::int16_t stream, std::string_view statement_id,
                    BoundValues values, const QueryOptions& options);
/// Topology, status and schema changes.
void append_register(std::string& out, std::int16_t stream);

/// What follows the statement's id in EXECUTE, for callers that learn the id later.
void append_parameters(std::string& out, BoundValues values, const QueryOptions& options);
void append_execute(std::string& out, std::int16_t stream, std::string_view statement_id,
                    std::string_view parameters);

enum class BatchKind : std::uint8_t { logged = 0, unlogged = 1, counter = 2 };

/// A BATCH of prepared statements: made, then each of `count` entries, then the end.
class BatchFrame {
  public:
    /// `out` gets the frame and outlives this; `count` of 1 .. 65,535.
    BatchFrame(std::string& out, std::int16_t stream, BatchKind kind, std::size_t count);
    void add(std::string_view statement_id, BoundValues values);
    /// `timestamp_us`: of the statements that have none of their own.
    void end(Consistency consistency, std::optional<std::int64_t> timestamp_us = std::nullopt);

  private:
    std::string& out_;
    const std::size_t begin_;
};

}  // namespace thingstead::cql
