#include "core/entity_events.h"

namespace thingstead::core {

void EntityEvents::listen(Listener listener) {
    const std::lock_guard lock(mutex_);
    listeners_.push_back(std::move(listener));
}

void EntityEvents::listen_first(Listener listener) {
    const std::lock_guard lock(mutex_);
    listeners_.insert(listeners_.begin() + static_cast<std::ptrdiff_t>(first_++),
                      std::move(listener));
}

void EntityEvents::publish(const EntityChange& change) const {
    std::vector<Listener> listeners;
    {
        const std::lock_guard lock(mutex_);
        listeners = listeners_;
    }
    for (const Listener& listener : listeners) listener(change);
    for (const EntityChange& each : change.also) publish(each);
}

void EntityEvents::listen_missed(std::function<void()> listener) {
    const std::lock_guard lock(mutex_);
    missed_listeners_.push_back(std::move(listener));
}

void EntityEvents::publish_missed() const {
    std::vector<std::function<void()>> listeners;
    {
        const std::lock_guard lock(mutex_);
        listeners = missed_listeners_;
    }
    for (const auto& listener : listeners) listener();
}

}  // namespace thingstead::core
