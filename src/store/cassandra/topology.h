// What the system tables say about a cluster.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/uuid.h"
#include "protocol/cql/response.h"
#include "protocol/cql/token.h"

namespace thingstead::store::cassandra {

struct NodeInfo {
    Uuid host_id{};
    std::string address{};   ///< Where clients connect to; empty for the node that was asked.
    std::uint16_t port = 0;  ///< 0: the same as everywhere.
    std::string datacenter{}, rack{}, version{};
    Uuid schema_version{};
    std::vector<cql::Token> tokens{};
};

/// Their rows have the same columns, in this order.
inline constexpr std::string_view local_query =
    "SELECT host_id, data_center, rack, release_version, schema_version, tokens FROM system.local";
/// Since version 4: nodes may differ in their ports.
inline constexpr std::string_view peers_v2_query =
    "SELECT host_id, data_center, rack, release_version, schema_version, tokens, native_address, "
    "native_port FROM system.peers_v2";
inline constexpr std::string_view peers_query =
    "SELECT host_id, data_center, rack, release_version, schema_version, tokens, rpc_address "
    "FROM system.peers";

/// Rows without a host id, tokens or address are nodes on their way in or out: they are left out.
/// Errors: malformed - the columns are not those of the queries.
Result<std::vector<NodeInfo>> read_nodes(const cql::Rows& rows);

struct ContactPoint {
    std::string host;
    std::uint16_t port;
};

/// `host:port,host,[::1]:9042`; the port is 9042 if it is not there.
/// Errors: invalid_argument - none, or a bad one; the detail names the setting.
Result<std::vector<ContactPoint>> parse_contact_points(std::string_view text);

}  // namespace thingstead::store::cassandra
