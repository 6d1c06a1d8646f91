// Kafka passes the port's suite.
#include "queue/conformance.h"

#include "queue/kafka/kafka_testing.h"

namespace thingstead::queue {
namespace {

std::unique_ptr<ConformanceStorage> plain() { return std::make_unique<kafka::KafkaStorage>(); }

INSTANTIATE_TEST_SUITE_P(Kafka, QueueConformance, testing::Values(&plain));

}  // namespace
}  // namespace thingstead::queue
