// For tests of the Kafka queue: a queue on the broker that run.py started, with a prefix of its
// own.
#pragma once
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <memory>
#include <string>

#include "base/log_testing.h"
#include "queue/kafka/kafka_queue.h"
#include "queue/queue_testing.h"
#include "support/server_control.h"

namespace thingstead::queue::kafka {

inline std::string fresh_prefix() {
    static std::atomic<int> count{0};
    return "t" + std::to_string(::getpid()) + "-" + std::to_string(++count);
}

inline Settings small_settings() {
    Settings settings;
    settings.brokers = test::server_variable("THINGSTEAD_TEST_KAFKA");
    settings.prefix = fresh_prefix();
    settings.replication_factor = 1;
    settings.min_insync_replicas = 1;
    settings.record_bytes_max = 256u << 10;
    settings.linger = std::chrono::milliseconds(1);
    settings.session_timeout = std::chrono::milliseconds(3000);
    return settings;
}

/// The value of a metric without labels.
inline double metric(const MetricsRegistry& registry, const std::string& name) {
    const std::string text = registry.expose();
    const std::size_t at = text.find("\n" + name + " ");
    EXPECT_NE(at, std::string::npos) << name;
    return at == std::string::npos ? -1 : std::stod(text.substr(at + name.size() + 2));
}

class KafkaStorage : public ConformanceStorage {
  public:
    std::unique_ptr<Queue> open() override {
        registry = std::make_unique<MetricsRegistry>();
        auto queue = open_kafka_queue(settings, memory_log.log, *registry);
        EXPECT_TRUE(queue.has_value()) << queue.error().message;
        return queue ? *std::move(queue) : nullptr;
    }
    bool advance(std::chrono::milliseconds) override { return false; }
    std::size_t record_bytes_max() const override { return settings.record_bytes_max; }
    bool holds_back() const override { return false; }
    bool shares_groups() const override { return true; }

    Settings settings = small_settings();
    MemoryLog memory_log = open_memory_log();
    std::unique_ptr<MetricsRegistry> registry;
};

}  // namespace thingstead::queue::kafka
