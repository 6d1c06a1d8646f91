#include <algorithm>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "rule/alarm_counts.h"
#include "rule/entity_reads.h"
#include "rule/parent_rounds.h"

namespace thingstead::rule::alarms_count_periodic {
namespace {

using model::EntityId;

struct Config : RoundsConfig {
    bool for_children = false;
    std::vector<AlarmCountMapping> mappings{AlarmCountMapping{}};
};
constexpr auto describe(const Config*) {
    return fields(
        field("parentEntitiesQuery", &Config::parents, "The entities whose alarms are counted."),
        field("countAlarmsForChildEntities", &Config::for_children,
              "Count for each child of the entities, too."),
        field("periodValue", &Config::period, "Time between two rounds.",
              between(1, 2'147'483'647)),
        field("periodTimeUnit", &Config::period_unit, "Its unit."),
        field("alarmsCountMappings", &Config::mappings, "What is counted, under which key."),
        field("queueName", &Config::queue_name,
              "Queue that counts go to, unless the node names one; none: Main."));
}

/// Counts of entities that are told together.
constexpr std::size_t entities_at_once = 100;

class AlarmsOfParent final : public ParentWork {
  public:
    AlarmsOfParent(AlarmCounts counts, bool for_children, RelationsConfig children,
                   model::TenantId tenant, NodeServices& services)
        : counts_(std::move(counts)),
          for_children_(for_children),
          children_(std::move(children)),
          tenant_(tenant),
          services_(services) {}

    Task<std::vector<Told>> told_of(EntityId parent) override {
        Entities entities{parent};
        std::vector<Told> told;
        if (for_children_) {
            const std::function<Result<Entities>(store::Reader&)> work =
                [&](store::Reader& reader) {
                    return children_of(reader, tenant_, parent, children_, services_.clock);
                };
            const Result<Entities> children = co_await read_entities<Entities>(services_, work);
            if (!children) {
                told.emplace_back(parent, children.error());
                co_return told;
            }
            entities.insert(entities.end(), children->begin(), children->end());
        }
        for (std::size_t at = 0; at < entities.size(); at += entities_at_once) {
            const auto begin = entities.begin() + static_cast<std::ptrdiff_t>(at);
            const auto length =
                static_cast<std::ptrdiff_t>(std::min(entities_at_once, entities.size() - at));
            const Entities some(begin, begin + length);
            const EpochMs now = services_.clock.now_ms();
            const std::function<Result<All>(store::Reader&)> work = [&](store::Reader& reader) {
                return counts_of(reader, some, now);
            };
            Result<All> counted = co_await read_entities<All>(services_, work);
            if (!counted) {
                told.emplace_back(parent, counted.error());
                co_return told;
            }
            for (Told& each : *counted) told.push_back(std::move(each));
        }
        co_return told;
    }

  private:
    using Entities = std::vector<EntityId>;
    using All = std::vector<Told>;

    Result<All> counts_of(store::Reader& reader, const Entities& entities, EpochMs now) const {
        All all;
        for (const EntityId& each : entities)
            for (std::size_t at = 0; at < counts_.size(); ++at) {
                const auto number = counts_.count(reader, tenant_, at, each, now);
                if (!number) return number.error();
                all.emplace_back(each, json::object{
                                           {counts_.target(at), *number}
                });
            }
        return all;
    }

    const AlarmCounts counts_;
    const bool for_children_;
    const RelationsConfig children_;
    const model::TenantId tenant_;
    NodeServices& services_;
};

class PeriodicAlarmsCountNode final : public RoundsNode {
  public:
    using RoundsNode::RoundsNode;

    static Result<std::unique_ptr<Node>> make(const Config& config, const NodeInfo& info,
                                              NodeServices& services) {
        if (Result<> valid = config.check(); !valid) return valid.error();
        if (config.mappings.empty())
            return Error{ErrorCode::invalid_argument, "alarmsCountMappings should be specified!"};
        Result<AlarmCounts> counts = AlarmCounts::make(config.mappings);
        if (!counts) return counts.error();
        auto work =
            std::make_shared<AlarmsOfParent>(*std::move(counts), config.for_children,
                                             config.parents.children, info.tenant, services);
        return std::unique_ptr<Node>(
            std::make_unique<PeriodicAlarmsCountNode>(config, info, services, std::move(work)));
    }
};

}  // namespace

extern const NodeDescriptor descriptor{
    .type = "org.thingsboard.rule.engine.analytics.latest.alarm.TbAlarmsCountNode",
    .name = "alarms count (deprecated)",
    .kind = NodeKind::analytics,
    .summary = "Tells how many alarms entities have, once in a period.",
    .has_input = false,
    .has_queue_name = true,
    .icon = "functions",
    .default_configuration = &default_configuration<Config>,
    .make = &make_node<PeriodicAlarmsCountNode, Config>,
};

}  // namespace thingstead::rule::alarms_count_periodic
