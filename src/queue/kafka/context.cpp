#include "queue/kafka/context.h"

namespace thingstead::queue::kafka {

void Context::reached() {
    if (!unreachable.load(std::memory_order_relaxed) || !unreachable.exchange(false)) return;
    metrics.unreachable.set(0);
    log.info("queue.kafka.reached", {
                                        {"brokers", settings.brokers}
    });
}

void Context::not_reached(std::string_view why) {
    if (stopping.load() || unreachable.exchange(true)) return;
    metrics.unreachable.set(1);
    log.error("queue.kafka.unreachable", {
                                             {"brokers", settings.brokers},
                                             {"error",   why             }
    });
}

}  // namespace thingstead::queue::kafka
