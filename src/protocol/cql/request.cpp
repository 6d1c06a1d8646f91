#include "protocol/cql/request.h"

#include <bit>
#include <cstring>

#include "protocol/cql/wire_writer.h"

namespace thingstead::cql {
namespace {

/// Bits of the flags of a query's parameters.
constexpr std::uint8_t with_values = 0x01, skip_metadata = 0x02, with_page_rows = 0x04,
                       with_paging_state = 0x08, with_serial = 0x10, with_timestamp = 0x20;

void append_options_map(std::string& out, std::string_view name, std::string_view value) {
    append_text(out, name);
    append_text(out, value);
}

}  // namespace

void Values::text(std::string_view value) {
    ++count_;
    append_long_text(bytes_, value);
}

void Values::bigint(std::int64_t value) {
    ++count_;
    append_int(bytes_, 8);
    append_long(bytes_, value);
}

void Values::integer(std::int32_t value) {
    ++count_;
    append_int(bytes_, 4);
    append_int(bytes_, value);
}

void Values::real(double value) {
    ++count_;
    append_int(bytes_, 8);
    append_number(bytes_, std::bit_cast<std::uint64_t>(value));
}

void Values::boolean(bool value) {
    ++count_;
    append_int(bytes_, 1);
    append_byte(bytes_, value ? 1 : 0);
}

void Values::uuid(const std::byte* sixteen) {
    ++count_;
    append_int(bytes_, 16);
    bytes_.append(reinterpret_cast<const char*>(sixteen), 16);
}

void Values::text_list(std::span<const std::string> elements) {
    std::string list;
    append_int(list, static_cast<std::int32_t>(elements.size()));
    for (const std::string& element : elements) append_long_text(list, element);
    text(list);
}

void Values::null() {
    ++count_;
    append_int(bytes_, -1);
}

void Values::unset() {
    ++count_;
    append_int(bytes_, -2);
}

void append_startup(std::string& out, std::int16_t stream, std::string_view driver_name) {
    const std::size_t begin = begin_frame(out, Opcode::startup, stream);
    append_short(out, 2);
    append_options_map(out, "CQL_VERSION", "3.0.0");
    append_options_map(out, "DRIVER_NAME", driver_name);
    end_frame(out, begin);
}

void append_options(std::string& out, std::int16_t stream) {
    end_frame(out, begin_frame(out, Opcode::options, stream));
}

void append_auth_plain(std::string& out, std::int16_t stream, std::string_view user,
                       std::string_view password) {
    const std::size_t begin = begin_frame(out, Opcode::auth_response, stream);
    append_int(out, static_cast<std::int32_t>(2 + user.size() + password.size()));
    out.push_back('\0');
    out.append(user);
    out.push_back('\0');
    out.append(password);
    end_frame(out, begin);
}

void append_parameters(std::string& out, BoundValues values, const QueryOptions& options) {
    append_short(out, static_cast<std::uint16_t>(options.consistency));
    const int flags =
        (values.count > 0 ? with_values : 0) | (options.skip_metadata ? skip_metadata : 0) |
        (options.page_rows > 0 ? with_page_rows : 0) |
        (options.paging_state.empty() ? 0 : with_paging_state) |
        (options.serial ? with_serial : 0) | (options.timestamp_us ? with_timestamp : 0);
    append_byte(out, static_cast<std::uint8_t>(flags));
    if (values.count > 0) {
        append_short(out, values.count);
        out.append(values.bytes);
    }
    if (options.page_rows > 0) append_int(out, options.page_rows);
    if (!options.paging_state.empty()) append_long_text(out, options.paging_state);
    if (options.serial) append_short(out, static_cast<std::uint16_t>(*options.serial));
    if (options.timestamp_us) append_long(out, *options.timestamp_us);
}

void append_query(std::string& out, std::int16_t stream, std::string_view query, BoundValues values,
                  const QueryOptions& options) {
    const std::size_t begin = begin_frame(out, Opcode::query, stream);
    append_long_text(out, query);
    append_parameters(out, values, options);
    end_frame(out, begin);
}

void append_prepare(std::string& out, std::int16_t stream, std::string_view query) {
    const std::size_t begin = begin_frame(out, Opcode::prepare, stream);
    append_long_text(out, query);
    end_frame(out, begin);
}

void append_execute(std::string& out, std::int16_t stream, std::string_view statement_id,
                    BoundValues values, const QueryOptions& options) {
    const std::size_t begin = begin_frame(out, Opcode::execute, stream);
    append_text(out, statement_id);
    append_parameters(out, values, options);
    end_frame(out, begin);
}

void append_execute(std::string& out, std::int16_t stream, std::string_view statement_id,
                    std::string_view parameters) {
    const std::size_t begin = begin_frame(out, Opcode::execute, stream);
    append_text(out, statement_id);
    out.append(parameters);
    end_frame(out, begin);
}

void append_register(std::string& out, std::int16_t stream) {
    const std::size_t begin = begin_frame(out, Opcode::register_events, stream);
    append_short(out, 3);
    for (const char* event : {"TOPOLOGY_CHANGE", "STATUS_CHANGE", "SCHEMA_CHANGE"})
        append_text(out, event);
    end_frame(out, begin);
}

BatchFrame::BatchFrame(std::string& out, std::int16_t stream, BatchKind kind, std::size_t count)
    : out_(out), begin_(begin_frame(out, Opcode::batch, stream)) {
    append_byte(out_, static_cast<std::uint8_t>(kind));
    append_short(out_, count);
}

/// Of every row that is written: the room is made once, then filled.
void BatchFrame::add(std::string_view statement_id, BoundValues values) {
    TS_ASSERT(statement_id.size() <= 0xFFFF && values.count <= 0xFFFF);
    const std::size_t begin = out_.size();
    out_.resize(begin + 5 + statement_id.size() + values.bytes.size());
    char* at = out_.data() + begin;
    const auto number = [&at](std::size_t value) {
        store_big(reinterpret_cast<std::byte*>(at), static_cast<std::uint16_t>(value));
        at += 2;
    };
    const auto bytes = [&at](std::string_view value) {
        std::memcpy(at, value.data(), value.size());
        at += value.size();
    };
    *at++ = 1;  // a prepared statement
    number(statement_id.size());
    bytes(statement_id);
    number(values.count);
    bytes(values.bytes);
}

void BatchFrame::end(Consistency consistency, std::optional<std::int64_t> timestamp_us) {
    append_short(out_, static_cast<std::uint16_t>(consistency));
    append_byte(out_, timestamp_us ? with_timestamp : 0);
    if (timestamp_us) append_long(out_, *timestamp_us);
    end_frame(out_, begin_);
}

}  // namespace thingstead::cql
