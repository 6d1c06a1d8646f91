#include "rule/rule_engine.h"

#include <bit>
#include <utility>

#include "rule/ownership.h"
#include "rule/steward.h"

namespace thingstead::rule {

struct RuleEngine::Impl {
    Impl(const Settings& s, const Services& with, std::span<const NodeDescriptor* const> nodes,
         queue::PartitionIndex partitions)
        : settings(s),
          services(with),
          registry(nodes),
          metrics(with.metrics),
          events(with.event_store, s, with.clock, with.service_id, with.metrics),
          flights(std::bit_ceil(s.trace_hops)),
          node_counts(with.metrics),
          ownership(partitions, with.metrics),
          steward(settings,
                  {
                      services, registry, metrics, counts, {events, flights, node_counts},
                          sources
    },
                  *changes, sources, ownership) {}

    const Settings settings;
    const Services services;
    const NodeRegistry registry;
    Metrics metrics;
    SharedCounts counts;
    EventKeeper events;
    FlightRecorder flights;
    NodeCounts node_counts;
    Sources sources;
    Ownership ownership;
    const std::shared_ptr<ChangeRoom> changes = std::make_shared<ChangeRoom>();
    Steward steward;
    bool started = false;
    /// Listeners live as long as the events: what they call may be gone before.
    struct Ear {
        std::mutex mutex;
        Impl* owner = nullptr;  ///< Null once the engine stops.
    };
    const std::shared_ptr<Ear> ear = std::make_shared<Ear>();
};

RuleEngine::RuleEngine(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {
    impl_->ear->owner = impl_.get();
    impl_->services.events.listen([ear = impl_->ear](const core::EntityChange& change) {
        const std::lock_guard lock(ear->mutex);
        if (!ear->owner) return;
        ear->owner->changes->add(change);
        ear->owner->steward.hear(change);
    });
}

RuleEngine::~RuleEngine() { stop(); }

Result<std::unique_ptr<RuleEngine>> RuleEngine::open(const Settings& settings,
                                                     const Services& services,
                                                     std::span<const NodeDescriptor* const> nodes) {
    const Result<queue::PartitionIndex> partitions = services.queue.partitions(core::main_topic);
    if (!partitions) return partitions.error();
    return std::unique_ptr<RuleEngine>(
        new RuleEngine(std::make_unique<Impl>(settings, services, nodes, *partitions)));
}

void RuleEngine::on_ownership(std::function<void(queue::PartitionIndex, bool)> listener) {
    TS_ASSERT(!impl_->started);
    impl_->ownership.listen(std::move(listener));
}

bool RuleEngine::owns(queue::PartitionIndex partition) const {
    return impl_->ownership.owns(partition);
}

const core::RuleTrace& RuleEngine::trace() const { return impl_->flights; }

Result<> RuleEngine::start() {
    TS_ASSERT(!std::exchange(impl_->started, true));
    return impl_->steward.start();
}

void RuleEngine::stop() {
    {
        const std::lock_guard lock(impl_->ear->mutex);
        impl_->ear->owner = nullptr;
    }
    impl_->steward.stop();
}

}  // namespace thingstead::rule
