#include "store/cassandra/topology.h"

#include <charconv>

#include "protocol/cql/value.h"

namespace thingstead::store::cassandra {
namespace {

constexpr std::uint16_t default_port = 9042;

template <class Number>
bool parse_number(std::string_view text, Number& out) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    return error == std::errc() && end == text.data() + text.size();
}

Result<ContactPoint> parse_contact_point(std::string_view text) {
    const Error bad{ErrorCode::invalid_argument, "bad contact_points",
                    "contact_points: '" + std::string(text) + "' is not host:port"};
    ContactPoint out{std::string(text), default_port};
    std::size_t colon = text.rfind(':');
    if (text.starts_with('[')) {
        const std::size_t close = text.find(']');
        if (close == std::string_view::npos) return bad;
        out.host = text.substr(1, close - 1);
        if (close + 1 == text.size()) return out;
        if (text[close + 1] != ':') return bad;
        colon = close + 1;
    } else if (colon == std::string_view::npos || text.find(':') != colon) {
        if (text.empty()) return bad;
        return out;  // a name, or IPv6 without a port
    } else {
        out.host = text.substr(0, colon);
    }
    if (!parse_number(text.substr(colon + 1), out.port) || out.port == 0 || out.host.empty())
        return bad;
    return out;
}

std::string text_of(cql::Cell cell) { return std::string(cell.value_or("")); }

}  // namespace

Result<std::vector<NodeInfo>> read_nodes(const cql::Rows& rows) {
    if (rows.column_count < 6 || rows.column_count > 8)
        return Error{ErrorCode::malformed, "a system table has other columns than asked for"};
    std::vector<NodeInfo> out;
    cql::RowCursor cursor(rows);
    while (cursor.next()) {
        NodeInfo node;
        const auto host_id = cql::read_uuid(cursor.cell());
        node.datacenter = text_of(cursor.cell());
        node.rack = text_of(cursor.cell());
        node.version = text_of(cursor.cell());
        node.schema_version = cql::read_uuid(cursor.cell()).value_or(Uuid());
        const auto tokens = cql::read_text_list(cursor.cell());
        if (rows.column_count > 6) {
            const auto address = cql::read_inet(cursor.cell());
            if (!address) continue;
            node.address = *address;
        }
        if (rows.column_count > 7)
            node.port = static_cast<std::uint16_t>(cql::read_int(cursor.cell()).value_or(0));
        if (!host_id || !tokens || tokens->empty()) continue;
        node.host_id = *host_id;
        for (const std::string_view text : *tokens) {
            cql::Token token = 0;
            if (!parse_number(text, token))
                return Error{ErrorCode::unsupported,
                             "the cluster's partitioner is not Murmur3Partitioner"};
            node.tokens.push_back(token);
        }
        out.push_back(std::move(node));
    }
    return out;
}

Result<std::vector<ContactPoint>> parse_contact_points(std::string_view text) {
    std::vector<ContactPoint> out;
    while (true) {
        const std::size_t comma = std::min(text.find(','), text.size());
        std::string_view one = text.substr(0, comma);
        while (one.starts_with(' ')) one.remove_prefix(1);
        while (one.ends_with(' ')) one.remove_suffix(1);
        const Result<ContactPoint> point = parse_contact_point(one);
        if (!point) return point.error();
        out.push_back(*point);
        if (comma == text.size()) return out;
        text.remove_prefix(comma + 1);
    }
}

}  // namespace thingstead::store::cassandra
