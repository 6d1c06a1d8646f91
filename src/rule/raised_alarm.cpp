#include "rule/raised_alarm.h"

#include <algorithm>
#include <utility>

#include "core/alarm/alarms.h"
#include "rule/tenant_caller.h"

namespace thingstead::rule {

using model::Alarm;
using News = std::optional<AlarmNews>;

void put_flags(model::Metadata& metadata, AlarmNews::Kind kind, const core::AlarmRule& rule,
               const core::RuleState& met, EpochMs now) {
    using enum AlarmNews::Kind;
    if (kind == created) metadata.put("isNewAlarm", "true");
    if (kind == updated || kind == severity_updated) metadata.put("isExistingAlarm", "true");
    if (kind == severity_updated) metadata.put("isSeverityUpdated", "true");
    if (kind == cleared) metadata.put("isClearedAlarm", "true");
    if (rule.kind() == core::AlarmRule::Kind::repeating)
        metadata.put("alarmConditionRepeats", std::to_string(met.events));
    if (rule.kind() == core::AlarmRule::Kind::duration)
        metadata.put("alarmConditionDuration", std::to_string(now - met.since_ms.value_or(now)));
}

RaisedAlarm::RaisedAlarm(model::TenantId tenant, model::EntityId originator, std::string type)
    : tenant_(tenant), originator_(originator), type_(std::move(type)) {}

void RaisedAlarm::forget() {
    known_ = false;
    active_.reset();
}

Task<Result<bool>> RaisedAlarm::is_active(NodeServices& services) {
    if (known_) co_return active_.has_value();
    const core::Caller caller = tenant_caller(tenant_);
    auto found = co_await core::find_active_alarm(services.platform(), caller, originator_, type_);
    if (!found) co_return found.error();
    known_ = true;
    active_.reset();
    if (*found) active_ = **std::move(found);
    co_return active_.has_value();
}

Task<Result<News>> RaisedAlarm::raise(NodeServices& services, Raise how) {
    const Result<bool> active = co_await is_active(services);
    if (!active) co_return active.error();
    const EpochMs now = services.clock.now_ms();
    Alarm asked;
    asked.type = type_;
    asked.originator = originator_;
    asked.severity = how.severity;
    asked.propagate = how.rules->propagate;
    asked.propagate_to_owner = how.rules->propagate_to_owner;
    asked.propagate_to_tenant = how.rules->propagate_to_tenant;
    asked.propagate_relation_types = how.rules->propagate_relation_types;
    if (active_) {
        // The worst severity comes first.
        if (how.severity > active_->severity) co_return News();
        if (how.severity == active_->severity && !how.refreshes) co_return News();
        asked.start_ts = active_->start_ts;
        asked.end_ts = std::max(active_->start_ts, now);
    } else {
        const bool given = how.start_ts > 0 && how.start_ts <= now;
        asked.start_ts = asked.end_ts = given ? how.start_ts : now;
    }
    if (!how.details.empty())
        asked.details = std::move(how.details);
    else
        asked.details = active_ ? active_->details : json::value(json::object());
    const core::Caller caller = tenant_caller(tenant_);
    auto saved = co_await core::save_alarm(services.platform(), caller, std::move(asked));
    if (!saved) {
        forget();
        co_return within_tenant(saved.error());
    }
    active_ = saved->alarm;
    AlarmNews news;
    news.alarm = std::move(saved->alarm);
    switch (saved->outcome) {
        case core::AlarmOutcome::unchanged: co_return News();
        case core::AlarmOutcome::created:   news.kind = AlarmNews::Kind::created; break;
        case core::AlarmOutcome::updated:   news.kind = AlarmNews::Kind::updated; break;
        case core::AlarmOutcome::severity_changed:
            news.kind = AlarmNews::Kind::severity_updated;
            break;
    }
    co_return News(std::move(news));
}

Task<Result<News>> RaisedAlarm::clear(NodeServices& services, json::object details) {
    const Result<bool> active = co_await is_active(services);
    if (!active) co_return active.error();
    if (!active_) co_return News();
    const core::Caller caller = tenant_caller(tenant_);
    std::optional<json::value> becomes;
    if (!details.empty()) becomes = std::move(details);
    const model::AlarmId id = active_->id;
    auto cleared = co_await core::clear_alarm(services.platform(), caller, id, std::move(becomes));
    if (!cleared) {
        forget();
        const ErrorCode why = cleared.error().code;
        // Deleted meanwhile.
        if (why == ErrorCode::not_found || why == ErrorCode::forbidden) co_return News();
        co_return cleared.error();
    }
    active_.reset();
    if (!cleared->changed()) co_return News();
    AlarmNews news;
    news.kind = AlarmNews::Kind::cleared;
    news.alarm = std::move(cleared->alarm);
    co_return News(std::move(news));
}

}  // namespace thingstead::rule
