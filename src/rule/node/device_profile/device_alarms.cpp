#include "rule/node/device_profile/device_alarms.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "core/rule_route.h"
#include "rule/alarm_nodes.h"
#include "rule/calculated/calculated_fields.h"
#include "rule/enqueue.h"
#include "rule/message_body.h"

namespace thingstead::rule::device_profile {
namespace {

using core::ProfileKey;
using model::EntityId;

/// So many profiles' rules are kept; beyond, all are read anew.
constexpr std::size_t profiles_max = 1000;

std::string_view relation_of(AlarmNews::Kind kind) {
    switch (kind) {
        case AlarmNews::Kind::created:          return "Alarm Created";
        case AlarmNews::Kind::updated:          return "Alarm Updated";
        case AlarmNews::Kind::severity_updated: return "Alarm Severity Updated";
        case AlarmNews::Kind::cleared:          return "Alarm Cleared";
    }
    return {};
}

/// Whether something changed that the rule looks at.
bool is_concerned(const core::ProfileAlarm& alarm, const core::AlarmRule& rule,
                  const std::set<std::string>& attributes, const std::set<std::string>& series) {
    std::set<std::string> names;
    rule.name_arguments(names);
    return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
        const auto it = alarm.keys.find(name);
        if (it == alarm.keys.end()) return false;
        const ProfileKey& key = it->second;
        if (key.from == ProfileKey::From::time_series) return series.contains(key.key);
        const bool own =
            key.from == ProfileKey::From::attribute ||
            (key.from == ProfileKey::From::dynamic && key.source == ProfileKey::Source::device);
        return own && attributes.contains(key.key);
    });
}

}  // namespace

DeviceAlarms::DeviceAlarms(const NodeInfo& info, NodeServices& services, Memory memory)
    : info_(info), services_(services), memory_(memory) {
    if (memory.keeps && services.calculated) states_ = services.calculated->states();
    memory_.keeps = states_ != nullptr;
    memory_.looks = memory_.keeps && memory.looks;
}

Task<Result<>> DeviceAlarms::take(const Visit& visit) {
    if (Result<> done = co_await take_in_turn(visit); !done) co_return done;
    co_return co_await written(visit.msg.originator);
}

Task<Result<>> DeviceAlarms::written(EntityId device) {
    if (memory_.keeps) co_await states_->written(device);
    co_return Result<>();
}

Task<Result<>> DeviceAlarms::take_in_turn(const Visit& visit) {
    const EntityId id = visit.msg.originator;
    Turns::Turn turn(turns_, id);
    if (Result<> came = co_await turn.come(); !came) co_return came;
    if (visit.msg.type == model::msg_type::entity_deleted) {
        forget(id);
        co_return Result<>();
    }
    const auto place = co_await place_of(services_, visit.tenant, model::DeviceId{id.uuid});
    if (!place) co_return place.error();
    if (!*place) {
        forget(id);
        co_return Result<>();
    }
    const auto found = co_await device_of(**place);
    if (!found) co_return found.error();
    const DeviceRef device = *found;
    if (!device) co_return Result<>();
    if (!has_values(visit.msg)) {
        take_end(*device, visit.msg);
        keep(*device);
        co_return Result<>();
    }
    auto values = values_in(visit, services_.parser, services_.clock.now_ms());
    if (!values) co_return values.error();
    device->last = visit.msg;
    if (Result<> done = co_await take_values(device, *std::move(values)); !done) co_return done;
    keep(*device);
    co_return Result<>();
}

// --- what is known ---

RulesRef DeviceAlarms::rules_of(const model::DeviceProfile& profile) {
    if (const auto it = rules_.find(profile.id.uuid);
        it != rules_.end() && it->second->version == profile.version)
        return it->second;
    std::vector<Error> wrong;
    const RulesRef rules = profile_rules(profile, wrong);
    for (const Error& each : wrong)
        services_.log.warn("rule.device_profile.alarm_left_out",
                           {
                               {"tenant",  info_.tenant.to_string()},
                               {"profile", profile.id.to_string()  },
                               {"reason",  each.message            }
        });
    if (rules_.size() >= profiles_max) rules_.clear();
    rules_[profile.id.uuid] = rules;
    return rules;
}

DeviceAlarms::DeviceRef DeviceAlarms::find(EntityId id) {
    if (const auto it = devices_.find(id); it != devices_.end()) return it->second;
    auto older = older_devices_.extract(id);
    if (!older) return nullptr;
    const DeviceRef device = older.mapped();
    devices_.insert(std::move(older));
    return device;
}

void DeviceAlarms::forget(EntityId id) {
    devices_.erase(id);
    older_devices_.erase(id);
}

/// Null: no alarm is to be raised for it.
Task<Result<DeviceAlarms::DeviceRef>> DeviceAlarms::device_of(const DevicePlace& place) {
    const EntityId id(place.device.id);
    const RulesRef rules = rules_of(place.profile);
    if (rules->alarms.empty()) {
        forget(id);
        co_return DeviceRef();
    }
    DeviceRef device = find(id);
    if (!device || device->rules != rules) {
        // What the rules before have counted goes on, alarm by alarm.
        json::value states;
        KeptState kept;
        if (device) {
            json::object by_alarm;
            for (std::size_t i = 0; i < device->alarms.size(); ++i) {
                const core::ProfileAlarm& alarm = device->rules->alarms[i];
                by_alarm[alarm.id] = core::to_document(alarm.rules, device->alarms[i].state);
            }
            states = std::move(by_alarm);
            kept = device->kept;
        } else if (memory_.keeps) {
            auto found = co_await states_->recall(key_of(id), older_memory_key());
            if (!found) co_return found.error();
            kept = *std::move(found);
            if (const json::object* document = kept.document.if_object())
                if (const json::value* member = document->if_contains("alarmStates"))
                    states = *member;
        }
        auto values = co_await load_values(services_, rules, place.device.id);
        if (!values) co_return values.error();
        const auto made = std::make_shared<Device>();
        made->rules = rules;
        made->values = *std::move(values);
        made->kept = std::move(kept);
        made->last.originator = id;
        place_alarms(*made, id, states);
        if (devices_.size() >= devices_max / 2) {
            older_devices_ = std::move(devices_);
            devices_.clear();
        }
        devices_[id] = made;
        device = made;
    }
    if (Result<> loaded = co_await load_owners(services_, rules, place.device, device->values);
        !loaded)
        co_return loaded.error();
    co_return device;
}

void DeviceAlarms::place_alarms(Device& device, EntityId id, const json::value& states) const {
    const json::object* by_alarm = states.if_object();
    for (const core::ProfileAlarm& each : device.rules->alarms) {
        One& one = device.alarms.emplace_back(info_.tenant, id, each.type);
        if (const json::value* state = by_alarm ? by_alarm->if_contains(each.id) : nullptr)
            one.state = core::state_of(each.rules, *state);
    }
}

// --- what happens ---

Task<Result<>> DeviceAlarms::take_values(DeviceRef device, std::vector<ChangedValue> values) {
    for (std::size_t at = 0; at < values.size();) {
        Update update;
        update.ts = values[at].ts;
        for (; at < values.size() && values[at].ts == update.ts; ++at) {
            const ChangedValue& change = values[at];
            const auto& keys = change.attribute ? device->rules->attributes : device->rules->series;
            if (!keys.contains(change.key) || !device->values.apply(change)) continue;
            (change.attribute ? update.attributes : update.series).insert(change.key);
        }
        if (update.attributes.empty() && update.series.empty()) continue;
        if (Result<> done = co_await evaluate(device, update); !done) co_return done;
    }
    co_return Result<>();
}

/// A user, or another node, cleared or deleted an alarm: its rules begin anew.
void DeviceAlarms::take_end(Device& device, const model::Msg& msg) const {
    if (msg.type != "ALARM_CLEAR" && msg.type != "ALARM_DELETE") return;
    const Result<json::object> data = body_object(msg);
    const json::value* given = data ? data->if_contains("id") : nullptr;
    const auto id =
        given ? from_json<model::AlarmId>(*given) : Result<model::AlarmId>(json_expected("an id"));
    const json::value* type = data ? data->if_contains("type") : nullptr;
    if (!id || !type || !type->is_string()) return;
    for (std::size_t i = 0; i < device.alarms.size(); ++i) {
        if (device.rules->alarms[i].type != std::string_view(type->get_string())) continue;
        One& one = device.alarms[i];
        if (!one.alarm.may_be(*id)) continue;
        one.alarm.forget();
        one.state = {};
    }
}

Task<Result<>> DeviceAlarms::evaluate(DeviceRef device, const Update& update) {
    for (std::size_t i = 0; i < device->alarms.size(); ++i)
        if (Result<> done = co_await evaluate_one(device, i, update); !done) co_return done;
    co_return Result<>();
}

Task<Result<>> DeviceAlarms::evaluate_one(DeviceRef device, std::size_t which,
                                          const Update& update) {
    using Verdict = Result<std::optional<core::RuleVerdict>>;
    const core::ProfileAlarm& alarm = device->rules->alarms[which];
    One& one = device->alarms[which];
    const Result<bool> active = co_await one.alarm.is_active(services_);
    if (!active) co_return active.error();
    const core::Operands operands = [&](std::string_view name) {
        return device->values.of(alarm, name);
    };
    const core::RuleMoment moment{update.ts, update.ts, !update.time_alone};
    const core::JudgeRule judge = [&](const core::AlarmRule& rule,
                                      core::RuleState& state) -> Verdict {
        const bool concerned =
            update.time_alone
                ? rule.kind() == core::AlarmRule::Kind::duration && state.since_ms.has_value()
                : is_concerned(alarm, rule, update.attributes, update.series);
        if (!concerned) return std::optional<core::RuleVerdict>();
        return std::optional(
            rule.judge(rule.filters_hold(operands, moment.now), moment, operands, state));
    };
    const core::AlarmRulesState before = one.state;
    const auto decision = core::decide(alarm.rules, one.state, *active, judge);
    if (!decision) co_return decision.error();
    if (decision->kind == core::AlarmDecision::Kind::nothing) co_return Result<>();
    const bool raises = decision->kind == core::AlarmDecision::Kind::raise;
    const core::AlarmRule& rule =
        raises ? alarm.rules.create[decision->rule].rule : *alarm.rules.clear;
    Result<std::optional<AlarmNews>> news = std::optional<AlarmNews>();
    json::object details = rule.details(operands);
    if (raises) {
        RaisedAlarm::Raise how(alarm.rules, alarm.rules.create[decision->rule].severity,
                               std::move(details));
        how.refreshes = true;
        how.start_ts = update.ts;
        news = co_await one.alarm.raise(services_, std::move(how));
    } else {
        news = co_await one.alarm.clear(services_, std::move(details));
    }
    if (!news) {
        // The message runs again, and counts once.
        one.state = before;
        co_return news.error();
    }
    if (!*news) co_return Result<>();
    model::Metadata flags = device->last.metadata;
    put_flags(flags, (*news)->kind, rule, decision->met, update.ts);
    co_return co_await tell(*device, **news, std::move(flags));
}

Task<Result<>> DeviceAlarms::tell(const Device& device, const AlarmNews& news,
                                  model::Metadata flags) {
    model::Msg msg;
    msg.ts = services_.clock.now_ms();
    msg.type = "ALARM";
    msg.originator = news.alarm.originator;
    msg.customer = device.last.customer;
    msg.metadata = std::move(flags);
    set_body(msg, to_json(news.alarm));
    std::vector<model::QueuedMsg> messages;
    messages.push_back(behind(info_, std::move(msg), relation_of(news.kind)));
    co_return co_await services_.ingress.push(std::move(messages));
}

void DeviceAlarms::keep(Device& device) {
    if (!memory_.keeps) return;
    json::object by_alarm;
    KeptState now;
    const EpochMs at = services_.clock.now_ms();
    for (std::size_t i = 0; i < device.alarms.size(); ++i) {
        const core::ProfileAlarm& alarm = device.rules->alarms[i];
        const core::AlarmRulesState& state = device.alarms[i].state;
        const core::AlarmRulesState kept = core::remembered(alarm.rules, state);
        if (kept.empty()) continue;
        by_alarm[alarm.id] = core::to_document(alarm.rules, kept);
        const core::Operands operands = [&](std::string_view name) {
            return device.values.of(alarm, name);
        };
        const auto due = core::due_ms(alarm.rules, state, operands, at);
        if (due) now.due = std::min(now.due.value_or(*due), *due);
    }
    if (!by_alarm.empty())
        now.document = json::object{
            {"alarmStates", std::move(by_alarm)}
        };
    if (now == device.kept) return;
    states_->keep(key_of(device.last.originator), now);
    device.kept = std::move(now);
}

// --- time ---

Task<> DeviceAlarms::look_at_time(std::shared_ptr<DeviceAlarms> alarms) {
    std::vector<EntityId> waiting;
    for (const auto* generation : {&alarms->devices_, &alarms->older_devices_})
        for (const auto& [id, device] : *generation)
            if (std::any_of(device->alarms.begin(), device->alarms.end(),
                            [](const One& each) { return !each.state.empty(); }))
                waiting.push_back(id);
    Result<> done;
    if (alarms->memory_.looks) {
        const auto due = co_await alarms->due_devices();
        if (due)
            waiting.insert(waiting.end(), due->begin(), due->end());
        else
            done = due.error();
    }
    for (const EntityId& id : waiting)
        if (const Result<> looked = co_await alarms->look_at(id); !looked) done = looked;
    if (done) co_return;
    if (const std::int64_t swallowed = alarms->failures_.take(); swallowed >= 0)
        alarms->services_.log.warn(
            "rule.device_profile.time_failed", done.error(),
            {
                {"tenant",    alarms->info_.tenant.to_string()},
                {"swallowed", swallowed                       }
        });
}

/// What is kept of devices that are not in memory, and due.
Task<Result<std::vector<EntityId>>> DeviceAlarms::due_devices() const {
    std::vector<EntityId> due;
    store::Filter filter = FieldStates::due_states(
        std::get<std::string>(store::ColumnCodec<EntityId>::write(info_.rule_node)));
    filter.emplace_back("dueTs", store::Compare::at_most, services_.clock.now_ms());
    std::optional<model::FieldState> last;
    for (;;) {
        const auto page = co_await states_->page(filter, last);
        if (!page) co_return page.error();
        if (page->empty()) co_return due;
        last = page->back();
        for (const model::FieldState& each : *page) {
            const EntityId id = each.entity_id;
            if (devices_.contains(id) || older_devices_.contains(id)) continue;
            const Result<bool> here = co_await is_here(id);
            if (!here) co_return here.error();
            if (*here) due.push_back(id);
        }
    }
}

/// Whether the device's messages come to this worker.
Task<Result<bool>> DeviceAlarms::is_here(EntityId device) const {
    if (!services_.has_place) co_return true;
    const auto route = co_await core::rule_route_of(services_.entities, device, {}, {});
    if (!route) co_return route.error();
    NodeInfo info = info_;
    info.queue_name = route->queue;
    co_return services_.has_place(info, device.uuid);
}

Task<Result<>> DeviceAlarms::look_at(EntityId id) {
    {
        Turns::Turn turn(turns_, id);
        if (Result<> came = co_await turn.come(); !came) co_return came;
        DeviceRef device = find(id);
        if (!device && memory_.looks) {
            const auto place = co_await place_of(services_, info_.tenant, model::DeviceId{id.uuid});
            if (!place) co_return place.error();
            if (*place) {
                const auto found = co_await device_of(**place);
                if (!found) co_return found.error();
                device = *found;
            }
            // No alarm is to be raised for it any more.
            if (!device) states_->keep(key_of(id), KeptState());
        }
        if (!device) co_return Result<>();
        Update update;
        update.ts = services_.clock.now_ms();
        update.time_alone = true;
        if (Result<> done = co_await evaluate(device, update); !done) co_return done;
        keep(*device);
    }
    co_return co_await written(id);
}

}  // namespace thingstead::rule::device_profile
