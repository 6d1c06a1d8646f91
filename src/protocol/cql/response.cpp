#include "protocol/cql/response.h"

#include "base/bytes.h"
#include "protocol/cql/wire_reader.h"

namespace thingstead::cql {
namespace {

/// Types nest; nobody nests them this deep.
constexpr int type_depth_max = 16;

/// Bits of the flags of metadata.
constexpr std::int32_t global_table = 0x01, has_more_pages = 0x02, no_metadata = 0x04;

void skip_type(WireReader& in, int depth) {
    if (depth > type_depth_max) return in.fail();
    switch (static_cast<TypeId>(in.short_number())) {
        case TypeId::custom: in.text(); break;
        case TypeId::list:
        case TypeId::set:    skip_type(in, depth + 1); break;
        case TypeId::map:
            skip_type(in, depth + 1);
            skip_type(in, depth + 1);
            break;
        case TypeId::udt:
            in.text();  // keyspace
            in.text();  // name
            for (std::uint16_t left = in.short_number(); left > 0 && !in.failed(); --left) {
                in.text();
                skip_type(in, depth + 1);
            }
            break;
        case TypeId::tuple:
            for (std::uint16_t left = in.short_number(); left > 0 && !in.failed(); --left)
                skip_type(in, depth + 1);
            break;
        default: break;  // simple types are their identifier alone
    }
}

DataType read_type(WireReader& in) {
    const std::string_view from = in.rest();
    skip_type(in, 0);
    if (in.failed()) return {};
    const std::string_view wire = from.substr(0, from.size() - in.rest().size());
    return {static_cast<TypeId>(load_big<std::uint16_t>(as_bytes(wire).data())), wire};
}

std::vector<Column> read_columns(WireReader& in, std::int32_t count, bool one_table) {
    std::vector<Column> out;
    std::string_view keyspace, table;
    if (one_table) {
        keyspace = in.text();
        table = in.text();
    }
    for (std::int32_t i = 0; i < count && !in.failed(); ++i) {
        Column column{keyspace, table, {}, {}};
        if (!one_table) {
            column.keyspace = in.text();
            column.table = in.text();
        }
        column.name = in.text();
        column.type = read_type(in);
        out.push_back(column);
    }
    return out;
}

struct Metadata {
    std::vector<Column> columns{};
    std::int32_t column_count = 0;
    std::optional<std::string_view> paging_state{};
};

Metadata read_metadata(WireReader& in) {
    Metadata out;
    const std::int32_t flags = in.int_number();
    out.column_count = in.int_number();
    if (out.column_count < 0) in.fail();
    if (flags & has_more_pages) out.paging_state = in.bytes();
    if (!(flags & no_metadata))
        out.columns = read_columns(in, out.column_count, flags & global_table);
    return out;
}

Rows read_rows(WireReader& in) {
    Metadata metadata = read_metadata(in);
    Rows out;
    out.columns = std::move(metadata.columns);
    out.column_count = metadata.column_count;
    out.paging_state = metadata.paging_state;
    out.row_count = in.int_number();
    const std::string_view from = in.rest();
    if (out.row_count < 0 || (out.row_count > 0 && out.column_count == 0)) in.fail();
    // A cell takes four bytes at least, so the walk ends with the input.
    for (std::int64_t left = std::int64_t{out.row_count} * out.column_count;
         left > 0 && !in.failed(); --left)
        in.bytes();
    if (!in.failed()) out.cells = from.substr(0, from.size() - in.rest().size());
    return out;
}

Prepared read_prepared(WireReader& in) {
    Prepared out;
    out.id = in.text();
    const std::int32_t flags = in.int_number();
    const std::int32_t count = in.int_number();
    const std::int32_t key_count = in.int_number();
    if (count < 0 || key_count < 0) in.fail();
    for (std::int32_t i = 0; i < key_count && !in.failed(); ++i) {
        out.partition_key.push_back(in.short_number());
        if (out.partition_key.back() >= count) in.fail();
    }
    if (!in.failed()) out.variables = read_columns(in, count, flags & global_table);
    out.columns = read_metadata(in).columns;
    return out;
}

SchemaChange read_schema_change(WireReader& in) {
    SchemaChange out;
    out.change = in.text();
    out.target = in.text();
    out.keyspace = in.text();
    if (out.target == "KEYSPACE") return out;
    out.name = in.text();
    if (out.target == "FUNCTION" || out.target == "AGGREGATE") out.arguments = in.text_list();
    return out;
}

Response read_event(WireReader& in) {
    const std::string_view kind = in.text();
    if (kind == "SCHEMA_CHANGE") return SchemaEvent{read_schema_change(in)};
    NodeChange out;
    out.status = kind == "STATUS_CHANGE";
    if (!out.status && kind != "TOPOLOGY_CHANGE") in.fail();
    out.change = in.text();
    const std::uint8_t size = in.byte();
    if (size != 4 && size != 16) in.fail();
    out.address = in.take(size);
    out.port = in.int_number();
    return out;
}

Response read_result(WireReader& in) {
    switch (in.int_number()) {
        case 1: return Void{};
        case 2: return read_rows(in);
        case 3: return SetKeyspace{in.text()};
        case 4: return read_prepared(in);
        case 5: return read_schema_change(in);
    }
    in.fail();
    return Void{};
}

ServerError read_error(WireReader& in) {
    ServerError out;
    out.code = static_cast<ServerErrorCode>(in.int_number());
    out.message = in.text();
    const auto replicas = [&] {
        out.consistency = static_cast<Consistency>(in.short_number());
        out.received = in.int_number();
        out.required = in.int_number();
    };
    switch (out.code) {
        case ServerErrorCode::unavailable:
            out.consistency = static_cast<Consistency>(in.short_number());
            out.required = in.int_number();
            out.received = in.int_number();
            break;
        case ServerErrorCode::write_timeout:
            replicas();
            out.write_type = in.text();
            break;
        case ServerErrorCode::read_timeout:
            replicas();
            out.data_present = in.byte() != 0;
            break;
        case ServerErrorCode::read_failure:
            replicas();
            out.failures = in.int_number();
            out.data_present = in.byte() != 0;
            break;
        case ServerErrorCode::write_failure:
            replicas();
            out.failures = in.int_number();
            out.write_type = in.text();
            break;
        case ServerErrorCode::cas_write_unknown: replicas(); break;
        case ServerErrorCode::function_failure:
            out.keyspace = in.text();
            out.name = in.text();
            out.arguments = in.text_list();
            break;
        case ServerErrorCode::already_exists:
            out.keyspace = in.text();
            out.name = in.text();
            break;
        case ServerErrorCode::unprepared: out.statement_id = in.text(); break;
        default:                          break;
    }
    return out;
}

Supported read_supported(WireReader& in) {
    Supported out;
    for (std::uint16_t left = in.short_number(); left > 0 && !in.failed(); --left) {
        const std::string_view name = in.text();
        out.options.emplace_back(name, in.text_list());
    }
    return out;
}

void skip_preamble(WireReader& in, std::uint8_t flags) {
    if (flags & flag_tracing) in.take(16);
    if (flags & flag_warning) in.text_list();
    if (!(flags & flag_custom_payload)) return;
    for (std::uint16_t left = in.short_number(); left > 0 && !in.failed(); --left) {
        in.text();
        in.bytes();
    }
}

std::optional<Response> read_body(WireReader& in, Opcode opcode) {
    switch (opcode) {
        case Opcode::error:           return read_error(in);
        case Opcode::ready:           return Ready{};
        case Opcode::authenticate:    return Authenticate{in.text()};
        case Opcode::supported:       return read_supported(in);
        case Opcode::auth_challenge:  return AuthChallenge{in.bytes()};
        case Opcode::auth_success:    return AuthSuccess{in.bytes()};
        case Opcode::result:          return read_result(in);
        case Opcode::event:           return read_event(in);
        case Opcode::startup:
        case Opcode::options:
        case Opcode::query:
        case Opcode::prepare:
        case Opcode::execute:
        case Opcode::register_events:
        case Opcode::batch:
        case Opcode::auth_response:   return std::nullopt;
    }
    return std::nullopt;
}

}  // namespace

Result<Response> decode_response(const Frame& frame) {
    WireReader in(frame.body);
    skip_preamble(in, frame.flags);
    std::optional<Response> out = read_body(in, frame.opcode);
    if (!out) return Error{ErrorCode::malformed, "a server does not send such a frame"};
    if (in.failed()) return Error{ErrorCode::malformed, "a frame ends within a field"};
    return *std::move(out);
}

bool RowCursor::next() {
    while (cells_left_ > 0) cell();
    if (rows_left_ == 0) return false;
    --rows_left_;
    cells_left_ = columns_;
    return true;
}

std::optional<std::string_view> RowCursor::cell() {
    TS_ASSERT(cells_left_ > 0);
    --cells_left_;
    WireReader in(rest_);
    const auto out = in.bytes();
    rest_ = in.rest();
    return out;
}

}  // namespace thingstead::cql
