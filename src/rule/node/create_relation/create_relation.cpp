#include <optional>

#include "core/relation/relation.h"
#include "rule/named_entity.h"
#include "rule/node.h"
#include "rule/pattern.h"
#include "rule/relation_config.h"

namespace thingstead::rule::create_relation {
namespace {

struct Config {
    model::SearchDirection direction = model::SearchDirection::from;
    std::string relation_type{model::contains_type};
    std::optional<model::EntityType> entity_type;
    std::string name_pattern;
    std::optional<std::string> type_pattern;
    bool create = false;
    bool remove_current = false;
    bool change_originator = false;
};
constexpr auto describe(const Config*) {
    return fields(
        field("direction", &Config::direction, "FROM or TO the originator."),
        field("relationType", &Config::relation_type, "A pattern."),
        field("entityType", &Config::entity_type, "Kind of the other end."),
        field("entityNamePattern", &Config::name_pattern, "Name of the other end."),
        field("entityTypePattern", &Config::type_pattern, "Profile of a device or asset made."),
        field("createEntityIfNotExists", &Config::create, "Make the other end if it is missing."),
        field("removeCurrentRelations", &Config::remove_current,
              "First delete relations of the type and direction."),
        field("changeOriginatorToRelatedEntity", &Config::change_originator,
              "Go on with the other end as originator."));
}

class CreateRelationNode final : public Node {
  public:
    CreateRelationNode(Config config, const NodeInfo& info, NodeServices& services)
        : config_(std::move(config)),
          relation_type_(config_.relation_type),
          name_(config_.name_pattern),
          profile_(config_.type_pattern.value_or("")),
          info_(info),
          services_(services) {}

    static Result<std::unique_ptr<Node>> make(Config config, const NodeInfo& info,
                                              NodeServices& services) {
        if (Result<> valid = check_far_end(config.entity_type); !valid) return valid.error();
        return std::unique_ptr<Node>(
            std::make_unique<CreateRelationNode>(std::move(config), info, services));
    }

    Step on_message(Visit& visit) override {
        const Result<PatternSource> source = PatternSource::of(visit.msg);
        if (!source) return source.error();
        return relate(
            visit, relation_type_.fill(*source),
            {*config_.entity_type, name_.fill(*source), config_.create, profile_.fill(*source)});
    }

  private:
    Task<Outcome> relate(Visit& visit, std::string type, NamedEntity named) {
        model::EntityId far = visit.tenant;
        if (named.type != model::EntityType::tenant) {
            const auto found = co_await find_named(services_, info_, std::move(named));
            if (!found) co_return Outcome(found.error());
            far = *found;
        }
        const model::EntityId originator = visit.msg.originator;
        const auto work = [&](store::Transaction& transaction) -> Result<> {
            if (config_.remove_current)
                if (Result<> done =
                        drop_relations(transaction, originator, config_.direction, type);
                    !done)
                    return done;
            const auto put = core::put_relation(
                transaction, relation_between(originator, far, config_.direction, type));
            return put ? Result<>() : Result<>(put.error());
        };
        if (Result<> done = co_await services_.entities.write(work); !done)
            co_return Outcome(done.error());
        if (config_.change_originator) visit.msg.originator = far;
        co_return Outcome(Relation("Success"));
    }

    Config config_;
    Pattern relation_type_;
    Pattern name_;
    Pattern profile_;
    NodeInfo info_;
    NodeServices& services_;
};

}  // namespace

extern const NodeDescriptor descriptor{
    .type = "org.thingsboard.rule.engine.action.TbCreateRelationNode",
    .name = "create relation",
    .kind = NodeKind::action,
    .summary = "Relates the originator to an entity of a given kind and name.",
    .configuration_version = 1,
    .form = "tbActionNodeCreateRelationConfig",
    .icon = "add_circle",
    .default_configuration = &default_configuration<Config>,
    .make = &make_node<CreateRelationNode, Config>,
    .upgrade = &upgrade_relation_config,
};

}  // namespace thingstead::rule::create_relation
