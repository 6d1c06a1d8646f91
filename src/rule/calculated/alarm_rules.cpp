// Alarm rules of the entities of a worker: from what they decide to the alarm and its message.
#include <algorithm>
#include <utility>

#include "core/rule_route.h"
#include "rule/calculated/alarm_run.h"
#include "rule/calculated/field.h"
#include "rule/message_body.h"

namespace thingstead::rule {
namespace {

using model::EntityId;

std::string_view message_type(AlarmNews::Kind kind) {
    switch (kind) {
        case AlarmNews::Kind::created:          return "ALARM_CREATED";
        case AlarmNews::Kind::updated:          return "ALARM_UPDATED";
        case AlarmNews::Kind::severity_updated: return "ALARM_SEVERITY_UPDATED";
        case AlarmNews::Kind::cleared:          return "ALARM_CLEAR";
    }
    return {};
}

bool holds_field(const std::vector<model::CalculatedFieldId>& ids, model::CalculatedFieldId id) {
    return std::find(ids.begin(), ids.end(), id) != ids.end();
}

}  // namespace

Task<Result<>> CalculatedFields::run_alarm(AlarmRun run) {
    Entity::Known& known = run.known();
    AlarmFieldState& state = *known.alarm;
    const AlarmField& field = *run.field->alarm;
    bool active = false;
    if (field.rules.clear) {
        const Result<bool> asked = co_await state.alarm.is_active(services_);
        if (!asked) co_return asked.error();
        active = *asked;
    }
    run.moment.now = services_.clock.now_ms();
    run.moment.event_ts = std::min(run.moment.event_ts, run.moment.now);
    const core::AlarmRulesState before = state.rules;
    const core::FieldConfiguration& configuration = run.field->configuration;
    const auto decision = decide_alarm(field, configuration, known.values, state.rules, active,
                                       run.moment, services_.scripts);
    if (!decision) co_return decision.error();
    const core::AlarmRule* rule = nullptr;
    Result<std::optional<AlarmNews>> news = std::optional<AlarmNews>();
    if (decision->kind == core::AlarmDecision::Kind::raise) {
        const core::AlarmRules::Create& created = field.rules.create[decision->rule];
        rule = &created.rule;
        RaisedAlarm::Raise how(field.rules, created.severity,
                               rule->details(operands_of(configuration, known.values)));
        how.refreshes = run.moment.is_event;
        how.start_ts = run.moment.is_event ? run.moment.event_ts : run.moment.now;
        news = co_await state.alarm.raise(services_, std::move(how));
    } else if (decision->kind == core::AlarmDecision::Kind::clear) {
        rule = &*field.rules.clear;
        json::object details = rule->details(operands_of(configuration, known.values));
        news = co_await state.alarm.clear(services_, std::move(details));
    }
    if (!news) {
        // The message runs again, and counts once.
        state.rules = before;
        co_return news.error();
    }
    schedule_alarm(run);
    if (Result<> kept = keep_alarm(run.field, run.entity); !kept) co_return kept;
    if (!*news) co_return Result<>();
    model::Metadata metadata;
    put_flags(metadata, (*news)->kind, *rule, decision->met, run.moment.now);
    std::string data = json_text(to_json((*news)->alarm));
    const std::string_view type = message_type((*news)->kind);
    co_return co_await tell_alarm(run, std::move(metadata), type, std::move(data));
}

Task<Result<>> CalculatedFields::tell_alarm(const AlarmRun& run, model::Metadata metadata,
                                            std::string_view type, std::string data) {
    const auto route = co_await core::rule_route_of(services_.entities, run.entity->id, {}, {});
    if (!route) co_return route.error();
    const model::CalculatedField& stored = run.field->stored;
    model::QueuedMsg queued;
    queued.tenant = stored.tenant_id;
    queued.msg.id = new_random_uuid();
    queued.msg.ts = services_.clock.now_ms();
    queued.msg.type = type;
    queued.msg.originator = run.entity->id;
    queued.msg.customer = run.entity->customer;
    queued.msg.metadata = std::move(metadata);
    queued.msg.metadata.put("calculatedFieldName", stored.name);
    queued.msg.data = std::move(data);
    queued.msg.rule_chain = route->chain;
    queued.msg.calculated_by = run.calculated_by;
    queued.msg.calculated_by.push_back(stored.id);
    std::vector<model::QueuedMsg> messages;
    messages.push_back(std::move(queued));
    core::RuleIngress& way = services_.ingress.way_to(stored.tenant_id, route->queue);
    co_return co_await way.push(std::move(messages));
}

// --- time ---

void CalculatedFields::schedule_alarm(const AlarmRun& run) {
    Entity::Known& known = run.known();
    const core::AlarmRules& rules = run.field->alarm->rules;
    const EpochMs now = services_.clock.now_ms();
    auto due = core::due_ms(rules, known.alarm->rules,
                            operands_of(run.field->configuration, known.values), now);
    if (rules.depends_on_time()) {
        const std::chrono::milliseconds interval = run.field->limits.alarm_reevaluation;
        due = std::min(due.value_or(now + interval.count()), now + interval.count());
    }
    // One that is due before does no harm: it looks, and schedules the next.
    if (due) wake_at(*due, *run.field, run.entity->id);
}

// --- what users do with alarms ---

/// The rules that raised it begin anew.
Task<Result<>> CalculatedFields::alarm_ended(model::QueuedMsg queued) {
    const EntityId originator = queued.msg.originator;
    const Result<json::object> data = body_object(queued.msg);
    if (!data) co_return data.error();
    const json::value* type = data->if_contains("type");
    const json::value* id_document = data->if_contains("id");
    const auto id = id_document ? from_json<model::AlarmId>(*id_document)
                                : Result<model::AlarmId>(json_expected("an id"));
    if (!id || !type || !type->is_string())
        co_return Error{ErrorCode::malformed, "The message of an alarm has no alarm!"};
    const std::string name(type->get_string());
    {
        Turns::Turn turn(turns_, originator);
        if (Result<> came = co_await turn.come(); !came) co_return came;
        const EndedAlarm ended{*id, std::string(type->get_string())};
        if (Result<> done = co_await begin_anew(queued, ended); !done) co_return done;
    }
    if (states_) co_await states_->written(originator);
    co_return Result<>();
}

Task<Result<>> CalculatedFields::begin_anew(const model::QueuedMsg& queued,
                                            const EndedAlarm& ended) {
    const EntityId originator = queued.msg.originator;
    const auto it = tenants_.find(queued.tenant);
    if (it == tenants_.end()) co_return Result<>();
    const std::shared_ptr<const Tenant> tenant = it->second;
    const auto is_meant = [&](const FieldRef& each) {
        return each->alarm && each->stored.name == ended.type &&
               !holds_field(queued.msg.calculated_by, each->stored.id);
    };
    if (std::none_of(tenant->fields.begin(), tenant->fields.end(), is_meant)) co_return Result<>();
    const auto entity = co_await entity_of(queued.tenant, originator);
    if (!entity) co_return entity.error();
    if (!*entity) co_return Result<>();
    for (const FieldRef& field : tenant->fields) {
        if (!is_meant(field) || !(*entity)->has(field->stored.entity_id)) continue;
        begin_to_know(field, **entity);
        if (Result<> recalled = co_await recall(field, *entity); !recalled) co_return recalled;
        AlarmFieldState& state = *(*entity)->known.at(field->stored.id.uuid).alarm;
        if (!state.alarm.may_be(ended.id)) continue;
        state.alarm.forget();
        // One that knew nothing remembers nothing: there is no value that it began with.
        if (state.rules.empty()) continue;
        state.rules = {};
        if (Result<> kept = keep_alarm(field, *entity); !kept) co_return kept;
    }
    co_return Result<>();
}

}  // namespace thingstead::rule
