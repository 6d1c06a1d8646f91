// Records that their consumer cannot use, kept beside their topic instead of being lost or read
// for ever: `<topic>.dead-letter`, one partition, over any driver of the port. The form of a letter
// is `DeadLetter` in queue.proto.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/log.h"
#include "base/metrics.h"
#include "queue/queue.h"

namespace thingstead::queue {

struct DeadLetter {
    std::string topic;
    PartitionIndex partition = 0;
    Offset offset = 0;
    EpochMs appended_ms = 0;
    std::string reason;  ///< For people: why it could not be used.
    std::string key;
    std::string value;

    friend bool operator==(const DeadLetter&, const DeadLetter&) = default;
};

/// Appends the encoded letter to `out`.
void encode(const DeadLetter& letter, std::string& out);
/// Errors: malformed.
Result<DeadLetter> decode_dead_letter(ByteSpan bytes);

/// One consumer's way to put records aside. Belongs to one thread, like the producer inside.
class DeadLetters {
  public:
    static constexpr std::string_view suffix = ".dead-letter";

    /// Opens the topic, kept for `retention`. `events` as of a producer: commit past a record when
    /// its ticket is durable. Errors: as Queue::open_topic() and open_producer().
    static Result<std::unique_ptr<DeadLetters>> open(Queue& queue, const std::string& topic,
                                                     std::chrono::milliseconds retention,
                                                     ProducerEvents events, Log log,
                                                     MetricsRegistry& registry);
    DeadLetters(std::string topic, std::unique_ptr<Producer> producer, Log log,
                MetricsRegistry& registry);

    /// Puts a record aside, counts it and logs where it stands. Nullopt: no room, try again after
    /// on_room; nothing was taken, counted or logged. A record so large that its letter is over the
    /// queue's limit fails with too_large: the log line tells where to find it while it is kept.
    std::optional<Producer::Ticket> put(PartitionIndex partition, const Record& record,
                                        std::string_view reason);

  private:
    const std::string topic_;
    const std::unique_ptr<Producer> producer_;
    const Log log_;
    Counter letters_;
    LogThrottle lines_{std::chrono::seconds(1)};
    std::string buffer_;
};

}  // namespace thingstead::queue
