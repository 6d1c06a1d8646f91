#include <optional>

#include "core/relation/relation.h"
#include "rule/named_entity.h"
#include "rule/node.h"
#include "rule/pattern.h"
#include "rule/relation_config.h"

namespace thingstead::rule::delete_relation {
namespace {

struct Config {
    bool single = false;
    model::SearchDirection direction = model::SearchDirection::from;
    std::string relation_type{model::contains_type};
    std::optional<model::EntityType> entity_type;
    std::string name_pattern;
};
constexpr auto describe(const Config*) {
    return fields(
        field("deleteForSingleEntity", &Config::single, "Only the relation to one entity."),
        field("direction", &Config::direction, "FROM or TO the originator."),
        field("relationType", &Config::relation_type, "A pattern."),
        field("entityType", &Config::entity_type, "Kind of the other end."),
        field("entityNamePattern", &Config::name_pattern, "Name of the other end."));
}

class DeleteRelationNode final : public Node {
  public:
    DeleteRelationNode(Config config, const NodeInfo& info, NodeServices& services)
        : config_(std::move(config)),
          relation_type_(config_.relation_type),
          name_(config_.name_pattern),
          info_(info),
          services_(services) {}

    static Result<std::unique_ptr<Node>> make(Config config, const NodeInfo& info,
                                              NodeServices& services) {
        if (config.single)
            if (Result<> valid = check_far_end(config.entity_type); !valid) return valid.error();
        return std::unique_ptr<Node>(
            std::make_unique<DeleteRelationNode>(std::move(config), info, services));
    }

    Step on_message(Visit& visit) override {
        const Result<PatternSource> source = PatternSource::of(visit.msg);
        if (!source) return source.error();
        if (!config_.single) return remove_all(visit, relation_type_.fill(*source));
        return remove_one(visit, relation_type_.fill(*source),
                          {*config_.entity_type, name_.fill(*source)});
    }

  private:
    Task<Outcome> remove_all(Visit& visit, std::string type) {
        const auto work = [&](store::Transaction& transaction) {
            return drop_relations(transaction, visit.msg.originator, config_.direction, type);
        };
        if (Result<> done = co_await services_.entities.write(work); !done)
            co_return Outcome(done.error());
        co_return Outcome(Relation("Success"));
    }

    Task<Outcome> remove_one(Visit& visit, std::string type, NamedEntity named) {
        model::EntityId far = visit.tenant;
        if (named.type != model::EntityType::tenant) {
            const auto found = co_await find_named(services_, info_, std::move(named));
            if (!found) co_return Outcome(found.error());
            far = *found;
        }
        const model::EntityRelation relation =
            relation_between(visit.msg.originator, far, config_.direction, std::move(type));
        const auto work = [&](store::Transaction& transaction) -> Result<> {
            const auto gone = core::drop_relation(transaction, relation);
            return gone ? Result<>() : Result<>(gone.error());
        };
        if (Result<> done = co_await services_.entities.write(work); !done)
            co_return Outcome(done.error());
        co_return Outcome(Relation("Success"));
    }

    Config config_;
    Pattern relation_type_;
    Pattern name_;
    NodeInfo info_;
    NodeServices& services_;
};

}  // namespace

extern const NodeDescriptor descriptor{
    .type = "org.thingsboard.rule.engine.action.TbDeleteRelationNode",
    .name = "delete relation",
    .kind = NodeKind::action,
    .summary = "Deletes relations of the originator.",
    .configuration_version = 1,
    .form = "tbActionNodeDeleteRelationConfig",
    .icon = "remove_circle",
    .default_configuration = &default_configuration<Config>,
    .make = &make_node<DeleteRelationNode, Config>,
    .upgrade = &upgrade_relation_config,
};

}  // namespace thingstead::rule::delete_relation
