// What a server says. Texts and cells are views into the frame's body.
// Source: native_protocol_v4.spec section 4.2.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/error.h"
#include "protocol/cql/frame.h"
#include "protocol/cql/server_error.h"

namespace thingstead::cql {

struct Ready {
    friend bool operator==(const Ready&, const Ready&) = default;
};
struct Authenticate {
    std::string_view authenticator;
    friend bool operator==(const Authenticate&, const Authenticate&) = default;
};
struct Supported {
    std::vector<std::pair<std::string_view, std::vector<std::string_view>>> options;
    friend bool operator==(const Supported&, const Supported&) = default;
};
struct AuthChallenge {
    std::optional<std::string_view> token;
    friend bool operator==(const AuthChallenge&, const AuthChallenge&) = default;
};
struct AuthSuccess {
    std::optional<std::string_view> token;
    friend bool operator==(const AuthSuccess&, const AuthSuccess&) = default;
};

/// Identifiers of column types; those that are not listed are carried as they came.
enum class TypeId : std::uint16_t {
    custom = 0x00,
    ascii = 0x01,
    bigint = 0x02,
    blob = 0x03,
    boolean = 0x04,
    double_precision = 0x07,
    integer = 0x09,
    timestamp = 0x0B,
    uuid = 0x0C,
    text = 0x0D,
    timeuuid = 0x0F,
    inet = 0x10,
    list = 0x20,
    map = 0x21,
    set = 0x22,
    udt = 0x30,
    tuple = 0x31,
};
struct DataType {
    TypeId id{};
    std::string_view wire{};  ///< The whole of it, with the types that it is made of.
    friend bool operator==(const DataType&, const DataType&) = default;
};

struct Column {
    std::string_view keyspace, table, name;
    DataType type;
    friend bool operator==(const Column&, const Column&) = default;
};

struct Void {
    friend bool operator==(const Void&, const Void&) = default;
};
struct SetKeyspace {
    std::string_view keyspace;
    friend bool operator==(const SetKeyspace&, const SetKeyspace&) = default;
};
struct Rows {
    std::vector<Column> columns{};  ///< Empty if the request skipped them.
    std::int32_t column_count = 0;
    std::int32_t row_count = 0;
    std::optional<std::string_view> paging_state{};  ///< There is a next page.
    std::string_view cells{};                        ///< Checked: RowCursor walks it.
    friend bool operator==(const Rows&, const Rows&) = default;
};
struct Prepared {
    std::string_view id;
    std::vector<Column> variables;
    std::vector<std::uint16_t> partition_key;  ///< Indices of variables; empty: not all are bound.
    std::vector<Column> columns;               ///< Of the rows it will give.
    friend bool operator==(const Prepared&, const Prepared&) = default;
};
struct SchemaChange {
    std::string_view change;  ///< CREATED, UPDATED, DROPPED
    std::string_view target;  ///< KEYSPACE, TABLE, TYPE, FUNCTION, AGGREGATE
    std::string_view keyspace;
    std::string_view name{};                    ///< Not for a keyspace.
    std::vector<std::string_view> arguments{};  ///< Of functions and aggregates.
    friend bool operator==(const SchemaChange&, const SchemaChange&) = default;
};

/// TOPOLOGY_CHANGE (NEW_NODE, REMOVED_NODE) and STATUS_CHANGE (UP, DOWN).
struct NodeChange {
    bool status = false;  ///< Else of the topology.
    std::string_view change{};
    std::string_view address{};  ///< 4 or 16 bytes.
    std::int32_t port = 0;
    friend bool operator==(const NodeChange&, const NodeChange&) = default;
};
struct SchemaEvent {
    SchemaChange change;
    friend bool operator==(const SchemaEvent&, const SchemaEvent&) = default;
};

using Response =
    std::variant<ServerError, Ready, Authenticate, Supported, AuthChallenge, AuthSuccess, Void,
                 Rows, SetKeyspace, Prepared, SchemaChange, NodeChange, SchemaEvent>;

/// Reads a response. Tracing ids, warnings and custom payloads in front are passed over; bytes
/// behind the last field that we know are, too.
/// Errors: malformed - the body ends within a field, a count or type is impossible, or the opcode
/// is a request's.
Result<Response> decode_response(const Frame& frame);

/// Walks the cells of Rows, row by row.
class RowCursor {
  public:
    explicit RowCursor(const Rows& rows)
        : rest_(rows.cells), rows_left_(rows.row_count), columns_(rows.column_count) {}

    /// Steps to the next row; false after the last.
    bool next();
    /// The next cell of the row; nothing: null. At most `column_count` a row.
    std::optional<std::string_view> cell();

  private:
    std::string_view rest_;
    std::int32_t rows_left_;
    std::int32_t columns_;
    std::int32_t cells_left_ = 0;
};

}  // namespace thingstead::cql
