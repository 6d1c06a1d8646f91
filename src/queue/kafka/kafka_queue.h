// The message queue on a Kafka cluster. README.md has its behaviour at the limits,
// docs/reference/kafka-topics.md the topics and groups.
#pragma once
#include <memory>

#include "base/log.h"
#include "base/metrics.h"
#include "queue/kafka/settings.h"
#include "queue/queue.h"

namespace thingstead::queue::kafka {

/// Opens the queue and waits until a broker answers, `request_timeout` at most. `registry` outlives
/// the queue and every producer and consumer of it.
/// Errors: invalid_argument - a setting, which the message names; unauthenticated - the user or
/// password; unavailable - no broker answers.
Result<std::unique_ptr<Queue>> open_kafka_queue(Settings settings, Log log,
                                                MetricsRegistry& registry);

}  // namespace thingstead::queue::kafka
