// A producer of somebody else's Kafka, over librdkafka: hands records over and tells where the
// broker put them. The server's own queue has a driver of its own, queue/kafka.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/log.h"
#include "net/egress.h"

namespace thingstead::client {

struct KafkaRecord {
    std::string topic;
    std::optional<std::string> key{};
    std::string value;
    std::vector<std::pair<std::string, std::string>> headers{};
};

/// Where a record is. `offset` is -1 if the broker was not asked for an acknowledgement.
struct KafkaPlace {
    std::string topic;
    std::int32_t partition = 0;
    std::int64_t offset = 0;
};

struct KafkaProducerSettings {
    /// By librdkafka's names, `bootstrap.servers` among them; later ones win. The caller checks
    /// names that come from users: some load libraries or run commands.
    std::vector<std::pair<std::string, std::string>> properties{};
    const net::EgressGuard* egress = nullptr;  ///< Null: any address. Outlives the producer.
    std::size_t records_max = 10'000;          ///< Sent and not acknowledged.
};

/// Thread-safe.
class KafkaProducer {
  public:
    /// Called once, on a thread of the library or by the call itself. Must not throw.
    using Done = std::function<void(Result<KafkaPlace>)>;

    /// Does not wait for a broker. Errors: invalid_argument - a property, with the library's words.
    static Result<std::unique_ptr<KafkaProducer>> open(const KafkaProducerSettings& settings,
                                                       Log log);
    /// close(), and waits for the library's threads: up to some seconds. Not on one of them.
    ~KafkaProducer();
    KafkaProducer(const KafkaProducer&) = delete;
    KafkaProducer& operator=(const KafkaProducer&) = delete;

    /// Errors: too_large; invalid_argument - a topic's name; not_found - no such topic; timeout -
    /// `message.timeout.ms` is over, with what the library said last about its brokers;
    /// unauthenticated; forbidden; unavailable - too much waits, or the broker refused.
    void send(KafkaRecord record, Done done);
    /// What is not acknowledged fails. Idempotent.
    void close();

  private:
    struct Impl;
    explicit KafkaProducer(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace thingstead::client
