#include "rule/rule_engine.h"

#include <utility>

#include "rule/worker.h"

namespace thingstead::rule {

struct RuleEngine::Impl {
    Impl(const Settings& s, std::span<const NodeDescriptor* const> nodes, MetricsRegistry& metrics_)
        : settings(s), registry(nodes), metrics(metrics_) {}

    Settings settings;
    NodeRegistry registry;
    Metrics metrics;
    std::vector<std::unique_ptr<Worker>> workers;
};

RuleEngine::RuleEngine(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

RuleEngine::~RuleEngine() { stop(); }

Result<std::unique_ptr<RuleEngine>> RuleEngine::open(const Settings& settings,
                                                     const Services& services,
                                                     std::span<const NodeDescriptor* const> nodes) {
    const Result<queue::PartitionIndex> partitions = services.queue.partitions(core::main_topic);
    if (!partitions) return partitions.error();
    auto impl = std::make_unique<Impl>(settings, nodes, services.metrics);
    for (queue::PartitionIndex i = 0; i < *partitions; ++i) {
        // The listener lives as long as the events, so it shares the mailbox and nothing else.
        const auto changes = std::make_shared<ChainChanges>();
        services.events.listen([changes](const core::EntityChange& each) { changes->add(each); });
        Result<std::unique_ptr<Worker>> worker =
            Worker::open(impl->settings, services, impl->registry, impl->metrics, i, changes);
        if (!worker) return worker.error();
        impl->workers.push_back(*std::move(worker));
    }
    return std::unique_ptr<RuleEngine>(new RuleEngine(std::move(impl)));
}

void RuleEngine::start() {
    for (const std::unique_ptr<Worker>& each : impl_->workers) each->start();
}

void RuleEngine::stop() {
    for (const std::unique_ptr<Worker>& each : impl_->workers) each->stop();
    for (const std::unique_ptr<Worker>& each : impl_->workers) each->join();
}

}  // namespace thingstead::rule
