#include <algorithm>

#include "core/alarm/alarm_rows.h"
#include "rule/alarm_counts.h"
#include "rule/enqueue.h"
#include "rule/entity_reads.h"
#include "rule/message_body.h"

namespace thingstead::rule::alarms_count {
namespace {

using model::EntityId;

struct Config {
    bool for_propagation = false;
    std::vector<model::EntityType> propagation_types{};
    std::vector<AlarmCountMapping> mappings{AlarmCountMapping{}};
};
constexpr auto describe(const Config*) {
    return fields(
        field("countAlarmsForPropagationEntities", &Config::for_propagation,
              "Count for the entities that the alarm is propagated to, too."),
        field("propagationEntityTypes", &Config::propagation_types,
              "Kinds of those entities; none: all."),
        field("alarmsCountMappings", &Config::mappings, "What is counted, under which key."));
}

constexpr std::string_view counted_types[] = {
    "ALARM", "ALARM_ACK", "ALARM_CLEAR", "ENTITY_CREATED", "ENTITY_UPDATED",
};

struct Counted {
    EntityId entity;
    json::object values;
};

class AlarmsCountNode final : public Node {
  public:
    AlarmsCountNode(Config config, AlarmCounts counts, core::RuleIngress& queue,
                    const NodeInfo& info, NodeServices& services)
        : config_(std::move(config)),
          counts_(std::move(counts)),
          queue_(queue),
          info_(info),
          services_(services) {}

    static Result<std::unique_ptr<Node>> make(Config config, const NodeInfo& info,
                                              NodeServices& services) {
        Result<AlarmCounts> counts = AlarmCounts::make(config.mappings);
        if (!counts) return counts.error();
        return std::unique_ptr<Node>(std::make_unique<AlarmsCountNode>(
            std::move(config), *std::move(counts), services.queue_of(info), info, services));
    }

    Step on_message(Visit& visit) override {
        const std::string& type = visit.msg.type;
        if (std::find(std::begin(counted_types), std::end(counted_types), type) ==
            std::end(counted_types))
            return Error{ErrorCode::unsupported, "Unsupported msg type: " + type};
        const Result<json::object> data = body_object(visit.msg);
        if (!data) return data.error();
        const Result<model::Alarm> alarm = from_json<model::Alarm>(json::value(*data));
        if (!alarm) return alarm.error();
        if (alarm->id.uuid == Uuid{} || alarm->originator.uuid == Uuid{})
            return Error{ErrorCode::invalid_argument, "The message's data is no alarm!"};
        return count(visit, alarm->id, alarm->originator);
    }

  private:
    using All = std::vector<Counted>;

    Task<Outcome> count(Visit& visit, model::AlarmId alarm, EntityId originator) {
        const EpochMs now = services_.clock.now_ms();
        const model::TenantId tenant = visit.tenant;
        const std::function<Result<All>(store::Reader&)> work = [this, tenant, alarm, originator,
                                                                 now](store::Reader& reader) {
            return count_all(reader, tenant, alarm, originator, now);
        };
        const Result<All> counted = co_await read_entities<All>(services_, work);
        if (!counted) co_return Outcome(counted.error());
        std::vector<model::QueuedMsg> messages;
        for (const Counted& each : *counted) {
            model::Msg told;
            told.ts = now;
            told.type = model::msg_type::post_telemetry;
            told.originator = each.entity;
            told.metadata.put("ts", std::to_string(now));
            set_body(told, json::value(each.values));
            messages.push_back(behind(info_, std::move(told), "Success"));
        }
        if (messages.empty()) co_return Outcome(Consumed{});
        co_return co_await enqueue(queue_, std::move(messages));
    }

    Result<All> count_all(store::Reader& reader, model::TenantId tenant, model::AlarmId alarm,
                          EntityId originator, EpochMs now) const {
        std::vector<EntityId> entities{originator};
        if (config_.for_propagation) {
            const auto places = core::shown_on(reader, alarm);
            if (!places) return places.error();
            for (const EntityId each : *places)
                if (each != originator && wanted(each.type)) entities.push_back(each);
        }
        All all;
        for (const EntityId each : entities) {
            const Result<Belongs> whose = owner_of(reader, tenant, each);
            if (!whose) return whose.error();
            if (*whose != Belongs::to_tenant) continue;
            Counted& counted = all.emplace_back(Counted{each, {}});
            for (std::size_t at = 0; at < counts_.size(); ++at) {
                const auto number = counts_.count(reader, tenant, at, each, now);
                if (!number) return number.error();
                counted.values[counts_.target(at)] = *number;
            }
        }
        return all;
    }

    bool wanted(model::EntityType type) const {
        const auto& types = config_.propagation_types;
        return types.empty() || std::find(types.begin(), types.end(), type) != types.end();
    }

    Config config_;
    AlarmCounts counts_;
    core::RuleIngress& queue_;
    NodeInfo info_;
    NodeServices& services_;
};

}  // namespace

extern const NodeDescriptor descriptor{
    .type = "org.thingsboard.rule.engine.analytics.latest.alarm.TbAlarmsCountNodeV2",
    .name = "alarms count",
    .kind = NodeKind::analytics,
    .summary = "Tells of every change of an alarm how many alarms its entities have.",
    .has_queue_name = true,
    .icon = "functions",
    .default_configuration = &default_configuration<Config>,
    .make = &make_node<AlarmsCountNode, Config>,
};

}  // namespace thingstead::rule::alarms_count
