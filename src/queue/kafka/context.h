// What every part of one Kafka queue shares; producers and consumers keep it alive.
#pragma once
#include <atomic>
#include <string>
#include <string_view>

#include "base/log.h"
#include "queue/kafka/metrics.h"
#include "queue/kafka/settings.h"

namespace thingstead::queue::kafka {

struct Context {
    Context(Settings s, Log l, MetricsRegistry& r)
        : settings(std::move(s)), log(std::move(l)), registry(r), metrics(r) {}

    /// Said when a broker was heard of, or when none is reached: one line and the metric at a
    /// change. Thread-safe.
    void reached();
    void not_reached(std::string_view why);

    /// With the prefix, as the broker knows it.
    std::string full_name(std::string_view name) const {
        return settings.prefix.empty() ? std::string(name)
                                       : settings.prefix + "." + std::string(name);
    }

    const Settings settings;
    const Log log;
    MetricsRegistry& registry;
    Metrics metrics;
    LogThrottle library_lines{std::chrono::seconds(10)};
    LogThrottle failure_lines{std::chrono::seconds(10)};
    std::atomic<bool> unreachable{false};
    /// stop() was called.
    std::atomic<bool> stopping{false};
};

}  // namespace thingstead::queue::kafka
