// An event store in memory.
#pragma once
#include <iterator>
#include <mutex>
#include <optional>
#include <vector>

#include "store/event_store.h"

namespace thingstead::rule::testing {

/// Takes events, and nothing else. Thread-safe.
class FakeEvents final : public store::EventStore {
  public:
    Task<Result<>> append(std::vector<model::AuditLog>) override { co_return Result<>(); }
    bool offer(std::vector<model::Event> events) override {
        const std::lock_guard lock(mutex_);
        std::move(events.begin(), events.end(), std::back_inserter(taken_));
        return true;
    }
    Task<Result<>> flush() override { co_return Result<>(); }
    Task<Result<store::Page<model::AuditLog>>> find(store::AuditQuery) override {
        co_return store::Page<model::AuditLog>();
    }
    Task<Result<store::Page<model::Event>>> find(store::EventQuery) override {
        co_return store::Page<model::Event>();
    }
    Task<Result<std::int64_t>> remove(store::EventQuery) override { co_return std::int64_t{0}; }
    Task<Result<>> remove_older_than(std::optional<model::EventKind>, EpochMs) override {
        co_return Result<>();
    }
    void stop() override {}

    std::vector<model::Event> all() const {
        const std::lock_guard lock(mutex_);
        return taken_;
    }
    /// The bodies of one kind, in order.
    template <class Body>
    std::vector<Body> bodies() const {
        std::vector<Body> found;
        for (const model::Event& each : all())
            if (const auto* body = std::get_if<Body>(&each.body)) found.push_back(*body);
        return found;
    }

  private:
    mutable std::mutex mutex_;
    std::vector<model::Event> taken_;
};

}  // namespace thingstead::rule::testing
