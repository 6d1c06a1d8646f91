// Settings of the Cassandra time-series store; YAML section `store.cassandra`.
#pragma once
#include <array>
#include <chrono>
#include <cstddef>
#include <string>

#include "base/describe.h"
#include "protocol/cql/request.h"
#include "store/cassandra/partitioning.h"

namespace thingstead::cql {

constexpr auto enum_names(Consistency) {
    using namespace std::literals;
    return std::array{
        std::pair{Consistency::any,          "ANY"sv         },
        std::pair{Consistency::one,          "ONE"sv         },
        std::pair{Consistency::two,          "TWO"sv         },
        std::pair{Consistency::three,        "THREE"sv       },
        std::pair{Consistency::quorum,       "QUORUM"sv      },
        std::pair{Consistency::all,          "ALL"sv         },
        std::pair{Consistency::local_quorum, "LOCAL_QUORUM"sv},
        std::pair{Consistency::each_quorum,  "EACH_QUORUM"sv },
        std::pair{Consistency::local_one,    "LOCAL_ONE"sv   },
    };
}

}  // namespace thingstead::cql

namespace thingstead::store::cassandra {

struct Settings {
    std::string contact_points = "127.0.0.1:9042";
    std::string local_datacenter{};
    std::string user{};
    std::string password{};
    bool tls = false;
    std::string tls_authority_file{};
    std::string keyspace = "thingsboard";
    std::string replication{};
    cql::Consistency read_consistency = cql::Consistency::local_quorum;
    cql::Consistency write_consistency = cql::Consistency::local_quorum;
    Partitioning partitioning = Partitioning::MONTHS;

    std::size_t connections_per_host = 2;
    std::size_t requests_per_connection_max = 1'024;
    std::chrono::milliseconds connect_timeout{5'000};
    std::chrono::milliseconds request_timeout{10'000};
    std::size_t attempts_max = 3;
    std::chrono::milliseconds reconnect_delay_max{10'000};
    std::chrono::milliseconds heartbeat_interval{15'000};
    std::chrono::milliseconds open_timeout{30'000};

    std::size_t write_bytes_max = 64 << 20;
    std::size_t writes_in_flight_max = 32;
    std::size_t batch_rows_max = 100;
    std::size_t batch_bytes_max = 5 << 10;
    std::size_t row_bytes_max = 8 << 20;
    std::chrono::milliseconds flush_timeout{30'000};
    bool write_nulls = false;
    std::size_t directory_cache_entries = 100'000;
    std::size_t latest_cache_entries = 200'000;
    std::chrono::milliseconds latest_cache_age{600'000};
    std::size_t reads_max = 1'024;
    std::int32_t page_rows = 2'000;
};

constexpr auto describe(const Settings*) {
    using S = Settings;
    return fields(
        field("contact_points", &S::contact_points,
              "Some nodes, host:port, joined by commas; the others are learnt from them.",
              on_restart),
        field("local_datacenter", &S::local_datacenter,
              "Only its nodes are asked. Empty: that of the first node reached.", on_restart),
        field("user", &S::user, "Empty: the cluster asks for none.", on_restart),
        field("password", &S::password, "Password of the user.", secret, on_restart),
        field("tls", &S::tls, "Connections are encrypted.", on_restart),
        field("tls_authority_file", &S::tls_authority_file,
              "Authorities that nodes' certificates are checked against, PEM. Empty: the system's.",
              on_restart),
        field("keyspace", &S::keyspace, "Made if it is not there.", between(1, 48), on_restart),
        field("replication", &S::replication,
              "Replication of a keyspace that is made, as CQL writes it: {'class': "
              "'NetworkTopologyStrategy', 'dc1': 3}. Empty: one copy, for one node.",
              on_restart),
        field("read_consistency", &S::read_consistency, "Replicas that answer a read.", on_restart),
        field("write_consistency", &S::write_consistency, "Replicas that acknowledge a write.",
              on_restart),
        field("partitioning", &S::partitioning,
              "Span of a partition of a series. Not to be changed while there are data.",
              on_restart),
        field("connections_per_host", &S::connections_per_host, "Connections to each node.",
              between(1, 64), on_restart),
        field("requests_per_connection_max", &S::requests_per_connection_max,
              "Requests in flight on a connection.", between(1, 32'768), on_restart),
        field("connect_timeout", &S::connect_timeout,
              "Milliseconds for a connection with its handshake.", between(10, 600'000),
              on_restart),
        field("request_timeout", &S::request_timeout, "Milliseconds for an answer of a node.",
              between(10, 600'000), on_restart),
        field("attempts_max", &S::attempts_max, "Nodes that are asked before a request fails.",
              between(1, 100), on_restart),
        field("reconnect_delay_max", &S::reconnect_delay_max,
              "Longest pause in milliseconds between attempts to reach a node.",
              between(100, 600'000), on_restart),
        field("heartbeat_interval", &S::heartbeat_interval,
              "Milliseconds of silence after which a node is asked whether it lives.",
              between(100, 600'000), on_restart),
        field("open_timeout", &S::open_timeout,
              "Milliseconds in which a first node must be reached when the server starts.",
              between(100, 600'000), on_restart),
        field("write_bytes_max", &S::write_bytes_max,
              "Points that wait to be acknowledged; more and writers wait.",
              between(64 << 10, std::int64_t{1} << 38), in_bytes, on_restart),
        field("writes_in_flight_max", &S::writes_in_flight_max,
              "Requests with points that one node was sent and has not answered yet. What comes "
              "meanwhile waits and goes out together.",
              between(1, 100'000), on_restart),
        field("batch_rows_max", &S::batch_rows_max,
              "Rows of one request, of partitions that the same node owns. 1: no batches. A node "
              "that finds more partitions in a batch than its "
              "unlogged_batch_across_partitions_warn_threshold (10) says so in its log, once a "
              "minute; it does no harm.",
              between(1, 10'000), on_restart),
        field("batch_bytes_max", &S::batch_bytes_max,
              "Data of one request, counted as the nodes do, unless one row is larger. Not more "
              "than their batch_size_warn_threshold (5 KiB), or each batch is a warning in their "
              "logs; more than batch_size_fail_threshold (50 KiB) is refused.",
              between(1 << 10, 16 << 20), in_bytes, on_restart),
        field("row_bytes_max", &S::row_bytes_max,
              "Largest point; a larger one is refused. Less than a node's max_mutation_size.",
              between(1 << 10, 128 << 20), in_bytes, on_restart),
        field("flush_timeout", &S::flush_timeout,
              "Milliseconds that a caller waits for its points to be acknowledged.",
              between(10, 600'000), on_restart),
        field("write_nulls", &S::write_nulls,
              "The four other value columns of a point are deleted. Costs tombstones; only for "
              "other readers of the tables.",
              on_restart),
        field("directory_cache_entries", &S::directory_cache_entries,
              "Partitions known to be in the directory.", between(1, 100'000'000), on_restart),
        field("latest_cache_entries", &S::latest_cache_entries,
              "Latest values whose times are remembered.", between(1, 100'000'000), on_restart),
        field("latest_cache_age", &S::latest_cache_age,
              "Milliseconds after which they are read again.", between(0, 86'400'000), on_restart),
        field("reads_max", &S::reads_max, "Reads at the same time; more are refused.",
              between(1, 1'000'000), on_restart),
        field("page_rows", &S::page_rows, "Rows of one answer.", between(10, 100'000), on_restart));
}

}  // namespace thingstead::store::cassandra
