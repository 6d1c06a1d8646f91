#include "protocol/cql/response_writer.h"

#include "protocol/cql/wire_writer.h"

namespace thingstead::cql {
namespace {

void append_text_list(std::string& out, const std::vector<std::string_view>& texts) {
    append_short(out, texts.size());
    for (const std::string_view text : texts) append_text(out, text);
}

void append_schema_change(std::string& out, const SchemaChange& change) {
    append_text(out, change.change);
    append_text(out, change.target);
    append_text(out, change.keyspace);
    if (change.target == "KEYSPACE") return;
    append_text(out, change.name);
    if (change.target == "FUNCTION" || change.target == "AGGREGATE")
        append_text_list(out, change.arguments);
}

void append_columns(std::string& out, const std::vector<Column>& columns) {
    for (const Column& column : columns) {
        append_text(out, column.keyspace);
        append_text(out, column.table);
        append_text(out, column.name);
        out.append(column.type.wire);
    }
}

void append_metadata(std::string& out, const std::vector<Column>& columns,
                     std::int32_t column_count, std::optional<std::string_view> paging_state) {
    const bool skipped = columns.empty() && column_count > 0;
    append_int(out, (paging_state ? 0x02 : 0) | (skipped ? 0x04 : 0));
    append_int(out, column_count);
    if (paging_state) append_long_text(out, *paging_state);
    append_columns(out, columns);
}

struct Body {
    std::string& out;

    void operator()(const Ready&) const {}
    void operator()(const Authenticate& r) const { append_text(out, r.authenticator); }
    void operator()(const AuthChallenge& r) const { append_bytes(out, r.token); }
    void operator()(const AuthSuccess& r) const { append_bytes(out, r.token); }
    void operator()(const Supported& r) const {
        append_short(out, r.options.size());
        for (const auto& [name, values] : r.options) {
            append_text(out, name);
            append_text_list(out, values);
        }
    }
    void operator()(const Void&) const { append_int(out, 1); }
    void operator()(const Rows& r) const {
        append_int(out, 2);
        append_metadata(out, r.columns, r.column_count, r.paging_state);
        append_int(out, r.row_count);
        out.append(r.cells);
    }
    void operator()(const SetKeyspace& r) const {
        append_int(out, 3);
        append_text(out, r.keyspace);
    }
    void operator()(const Prepared& r) const {
        append_int(out, 4);
        append_text(out, r.id);
        append_int(out, 0);
        append_int(out, static_cast<std::int32_t>(r.variables.size()));
        append_int(out, static_cast<std::int32_t>(r.partition_key.size()));
        for (const std::uint16_t index : r.partition_key) append_short(out, index);
        append_columns(out, r.variables);
        append_metadata(out, r.columns, static_cast<std::int32_t>(r.columns.size()), {});
    }
    void operator()(const SchemaChange& r) const {
        append_int(out, 5);
        append_schema_change(out, r);
    }
    void operator()(const SchemaEvent& r) const {
        append_text(out, "SCHEMA_CHANGE");
        append_schema_change(out, r.change);
    }
    void operator()(const NodeChange& r) const {
        append_text(out, r.status ? "STATUS_CHANGE" : "TOPOLOGY_CHANGE");
        append_text(out, r.change);
        append_byte(out, static_cast<std::uint8_t>(r.address.size()));
        out.append(r.address);
        append_int(out, r.port);
    }
    void operator()(const ServerError& r) const;
};

void Body::operator()(const ServerError& r) const {
    append_int(out, static_cast<std::int32_t>(r.code));
    append_text(out, r.message);
    const auto replicas = [&](std::int32_t first, std::int32_t second) {
        append_short(out, static_cast<std::uint16_t>(r.consistency));
        append_int(out, first);
        append_int(out, second);
    };
    switch (r.code) {
        case ServerErrorCode::unavailable: replicas(r.required, r.received); break;
        case ServerErrorCode::write_timeout:
            replicas(r.received, r.required);
            append_text(out, r.write_type);
            break;
        case ServerErrorCode::read_timeout:
            replicas(r.received, r.required);
            append_byte(out, r.data_present);
            break;
        case ServerErrorCode::read_failure:
            replicas(r.received, r.required);
            append_int(out, r.failures);
            append_byte(out, r.data_present);
            break;
        case ServerErrorCode::write_failure:
            replicas(r.received, r.required);
            append_int(out, r.failures);
            append_text(out, r.write_type);
            break;
        case ServerErrorCode::cas_write_unknown: replicas(r.received, r.required); break;
        case ServerErrorCode::function_failure:
            append_text(out, r.keyspace);
            append_text(out, r.name);
            append_text_list(out, r.arguments);
            break;
        case ServerErrorCode::already_exists:
            append_text(out, r.keyspace);
            append_text(out, r.name);
            break;
        case ServerErrorCode::unprepared: append_text(out, r.statement_id); break;
        default:                          break;
    }
}

struct OpcodeOf {
    Opcode operator()(const ServerError&) const { return Opcode::error; }
    Opcode operator()(const Ready&) const { return Opcode::ready; }
    Opcode operator()(const Authenticate&) const { return Opcode::authenticate; }
    Opcode operator()(const Supported&) const { return Opcode::supported; }
    Opcode operator()(const AuthChallenge&) const { return Opcode::auth_challenge; }
    Opcode operator()(const AuthSuccess&) const { return Opcode::auth_success; }
    Opcode operator()(const NodeChange&) const { return Opcode::event; }
    Opcode operator()(const SchemaEvent&) const { return Opcode::event; }
    template <class Outcome>
    Opcode operator()(const Outcome&) const {
        return Opcode::result;
    }
};

}  // namespace

void append_response(std::string& out, std::int16_t stream, const Response& response) {
    const std::size_t begin =
        begin_frame(out, std::visit(OpcodeOf{}, response), stream, protocol_version | from_server);
    std::visit(Body{out}, response);
    end_frame(out, begin);
}

}  // namespace thingstead::cql
