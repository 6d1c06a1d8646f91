#include "core/event_log.h"

#include <utility>

#include "net/timer.h"

namespace thingstead::core {

namespace {

/// Whose events are looked at: the administrator of the system sees those of a tenant itself.
model::TenantId tenant_of(const Caller& caller, model::EntityId entity) {
    const bool another = caller.is(model::Authority::sys_admin);
    if (another && entity.type == model::EntityType::tenant) return {entity.uuid};
    return caller.tenant;
}

}  // namespace

Task<Result<>> EventLog::check(Caller caller, Operation operation, model::EntityId entity) {
    // A rule node is a part of its chain; the query finds none of another tenant.
    if (entity.type == model::EntityType::rule_node)
        co_return core::check(caller, operation, Resource::rule_chain);
    co_return co_await access_.check(std::move(caller), operation, entity);
}

Task<Result<store::Page<model::Event>>> EventLog::find(Caller caller, model::EntityId entity,
                                                       store::EventQuery query) {
    if (Result<> allowed = co_await check(caller, Operation::read, entity); !allowed)
        co_return allowed.error();
    query.tenant = tenant_of(caller, entity);
    query.entity = entity.uuid;
    co_return co_await store_.find(std::move(query));
}

Result<std::vector<TracedHop>> EventLog::trace(const Caller& caller, TraceQuery query) const {
    if (Result<> allowed = core::check(caller, Operation::read, Resource::rule_chain); !allowed)
        return allowed.error();
    query.tenant = caller.tenant;
    return trace_ ? trace_->find(query) : std::vector<TracedHop>();
}

Task<Result<>> EventLog::clear(Caller caller, model::EntityId entity, store::EventQuery query) {
    if (Result<> allowed = co_await check(caller, Operation::write, entity); !allowed)
        co_return allowed.error();
    query.tenant = tenant_of(caller, entity);
    query.entity = entity.uuid;
    const Result<std::int64_t> removed = co_await store_.remove(std::move(query));
    if (!removed) co_return removed.error();
    co_return Result<>();
}

Task<> EventRetention::run() {
    while (true) {
        co_await remove_old();
        co_await net::sleep_for(settings_.interval);
    }
}

Task<> EventRetention::remove_old() {
    co_await remove(std::nullopt, settings_.audit);
    for (const auto& named : enum_names(model::EventKind{})) {
        const model::EventKind kind = named.first;
        const bool debug = kind >= model::EventKind::rule_node_debug;
        co_await remove(kind, debug ? settings_.debug_events : settings_.events);
    }
}

Task<> EventRetention::remove(std::optional<model::EventKind> kind, std::chrono::hours kept) {
    if (kept.count() == 0) co_return;
    const EpochMs before = clock_.now_ms() - std::chrono::milliseconds(kept).count();
    const Result<> removed = co_await store_.remove_older_than(kind, before);
    if (!removed) log_.warn("events.retention_failed", removed.error(), {});
}

}  // namespace thingstead::core
