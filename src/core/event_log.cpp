#include "core/event_log.h"

#include <utility>

#include "net/timer.h"

namespace thingstead::core {

Task<Result<>> EventLog::check(Caller caller, model::EntityId entity) {
    // Whoever administers the tenant sees all of its events, those of removed entities too; a query
    // sees no others.
    if (!caller.is(model::Authority::customer_user)) co_return Result<>();
    co_return co_await access_.check(std::move(caller), Operation::read, entity);
}

Task<Result<store::Page<model::Event>>> EventLog::find(Caller caller, model::EntityId entity,
                                                       store::EventQuery query) {
    if (Result<> allowed = co_await check(caller, entity); !allowed) co_return allowed.error();
    query.tenant = caller.tenant;
    query.entity = entity.uuid;
    co_return co_await store_.find(std::move(query));
}

Task<Result<>> EventLog::clear(Caller caller, model::EntityId entity, store::EventQuery query) {
    if (!caller.is(model::Authority::tenant_admin)) co_return permission_denied();
    query.tenant = caller.tenant;
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
