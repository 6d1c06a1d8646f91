// Settings of the Kafka queue; YAML section `queue.kafka`.
#pragma once
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/describe.h"

namespace thingstead::queue::kafka {

enum class Security : std::uint8_t { plaintext, ssl, sasl_plaintext, sasl_ssl };
enum class Mechanism : std::uint8_t { plain, scram_sha_256, scram_sha_512 };
enum class Compression : std::uint8_t { none, lz4, zstd, snappy, gzip };

constexpr auto enum_names(Security) {
    using namespace std::literals;
    return std::array{
        std::pair{Security::plaintext,      "plaintext"sv     },
        std::pair{Security::ssl,            "ssl"sv           },
        std::pair{Security::sasl_plaintext, "sasl_plaintext"sv},
        std::pair{Security::sasl_ssl,       "sasl_ssl"sv      }
    };
}
constexpr auto enum_names(Mechanism) {
    using namespace std::literals;
    return std::array{
        std::pair{Mechanism::plain,         "PLAIN"sv        },
        std::pair{Mechanism::scram_sha_256, "SCRAM-SHA-256"sv},
        std::pair{Mechanism::scram_sha_512, "SCRAM-SHA-512"sv}
    };
}
constexpr auto enum_names(Compression) {
    using namespace std::literals;
    return std::array{
        std::pair{Compression::none,   "none"sv  },
        std::pair{Compression::lz4,    "lz4"sv   },
        std::pair{Compression::zstd,   "zstd"sv  },
        std::pair{Compression::snappy, "snappy"sv},
        std::pair{Compression::gzip,   "gzip"sv  }
    };
}

struct Settings {
    std::string brokers = "localhost:9092";  ///< host:port[,host:port…]
    std::string prefix;                      ///< Before every topic and group, with a dot.
    std::string client_id = "thingstead";

    Security security = Security::plaintext;
    std::string ca_file;  ///< Empty: what the system trusts.
    Mechanism mechanism = Mechanism::scram_sha_512;
    std::string user;
    std::string password;

    /// Of topics that this server makes; topics that exist stay as they are.
    std::int32_t replication_factor = 3;
    std::int32_t min_insync_replicas = 2;

    /// Largest record (key and value), in bytes; a longer one fails with too_large.
    std::size_t record_bytes_max = 16u << 20;
    /// Appended and not yet acknowledged, over all topics, at which appends wait.
    std::size_t pending_bytes_max = 32u << 20;
    std::size_t pending_records_max = 200'000;
    /// An append waits this long to share a request with others.
    std::chrono::milliseconds linger{1};
    Compression compression = Compression::lz4;
    /// A record that no broker acknowledged within this time fails with unavailable.
    std::chrono::milliseconds message_timeout{60'000};

    /// What one request brings of one partition at most, and what waits in memory per partition:
    /// a consumer that does not come for it holds up its own partition alone.
    std::size_t fetch_bytes_max = 1u << 20;
    std::size_t fetch_buffer_bytes = 4u << 20;
    /// A broker holds a request without records back this long.
    std::chrono::milliseconds fetch_wait{100};

    /// A member not heard of for so long is out of its group.
    std::chrono::milliseconds session_timeout{10'000};
    /// A member may take so long to end its work on revoked partitions.
    std::chrono::milliseconds rebalance_timeout{60'000};
    std::chrono::milliseconds commit_interval{500};

    /// Longest wait for an answer where the caller waits: start, topics, positions, commits.
    std::chrono::milliseconds request_timeout{10'000};
    /// What stop() gives records in flight to be acknowledged.
    std::chrono::milliseconds stop_timeout{10'000};

    /// Further properties of librdkafka, `name=value`.
    std::vector<std::string> properties;
};

constexpr auto describe(const Settings*) {
    using S = Settings;
    return fields(
        field("brokers", &S::brokers, "Brokers to begin with: host:port, separated by commas.",
              on_restart),
        field("prefix", &S::prefix, "Put before the name of every topic and group, with a dot.",
              between(0, 40), on_restart),
        field("client_id", &S::client_id, "Name of this client in the brokers' logs.", on_restart),
        field("security", &S::security, "How brokers are talked to.", on_restart),
        field("ca_file", &S::ca_file,
              "Certificates that sign the brokers' ones, PEM; empty for what the system trusts.",
              on_restart),
        field("mechanism", &S::mechanism, "How the user is authenticated, with SASL.", on_restart),
        field("user", &S::user, "User, with SASL.", on_restart),
        field("password", &S::password, "Password of the user.", secret, on_restart),
        field("replication_factor", &S::replication_factor,
              "Copies of a topic that the server makes, on as many brokers.", between(1, 32'767),
              on_restart),
        field("min_insync_replicas", &S::min_insync_replicas,
              "Copies of a record, in a topic that the server makes, before it is acknowledged.",
              between(1, 32'767), on_restart),
        field("record_bytes_max", &S::record_bytes_max, "Largest record, key and value.",
              between(1024, 512 << 20), in_bytes, on_restart),
        field("pending_bytes_max", &S::pending_bytes_max,
              "Appended and not yet acknowledged, over all topics, at which appends wait.",
              between(4096, 1ll << 40), in_bytes, on_restart),
        field("pending_records_max", &S::pending_records_max,
              "Records not yet acknowledged, over all topics, at which appends wait.",
              between(1, 10'000'000), on_restart),
        field("linger", &S::linger,
              "Wait for more records before a request; while a topic waits for an answer, its next "
              "records gather anyway.",
              between(0, 1000), on_restart),
        field("compression", &S::compression, "Compression of records.", on_restart),
        field("message_timeout", &S::message_timeout,
              "Time after which a record that was not acknowledged fails.",
              between(1000, 3'600'000), on_restart),
        field("fetch_bytes_max", &S::fetch_bytes_max,
              "What one request brings of one partition, at most.", between(1024, 512 << 20),
              in_bytes, on_restart),
        field("fetch_buffer_bytes", &S::fetch_buffer_bytes, "Records fetched ahead, per partition.",
              between(1024, 1 << 30), in_bytes, on_restart),
        field("fetch_wait", &S::fetch_wait,
              "How long a broker waits for records before it answers.", between(1, 60'000),
              on_restart),
        field("session_timeout", &S::session_timeout,
              "A member that was not heard of for so long is out of its group.",
              between(1000, 3'600'000), on_restart),
        field("rebalance_timeout", &S::rebalance_timeout,
              "Time a member has to end its work on partitions that go to others.",
              between(1000, 86'400'000), on_restart),
        field("commit_interval", &S::commit_interval, "Between commits of consumed positions.",
              between(10, 1000), on_restart),
        field("request_timeout", &S::request_timeout,
              "Longest wait for an answer at start and when positions are read or committed.",
              between(100, 300'000), on_restart),
        field("stop_timeout", &S::stop_timeout,
              "What records in flight are given to be acknowledged when the server stops.",
              between(0, 300'000), on_restart),
        field("properties", &S::properties, "Further properties of librdkafka, as name=value.",
              on_restart));
}

}  // namespace thingstead::queue::kafka
