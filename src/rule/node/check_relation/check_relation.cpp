#include "rule/entity_reads.h"

namespace thingstead::rule::check_relation {
namespace {

using model::SearchDirection;

struct Config {
    bool single = true;
    std::optional<SearchDirection> direction = SearchDirection::from;
    std::string entity_type;
    std::string entity_id;
    std::string relation_type = std::string(model::contains_type);
};
constexpr auto describe(const Config*) {
    return fields(field("checkForSingleEntity", &Config::single,
                        "Ask for a relation with the one entity that is named."),
                  field("direction", &Config::direction, "FROM the originator, or TO it."),
                  field("entityType", &Config::entity_type, "Kind of the other entity."),
                  field("entityId", &Config::entity_id, "Its id."),
                  field("relationType", &Config::relation_type, "Type of the relation."));
}

constexpr std::string_view relations[] = {"True", "False"};

Error invalid(std::string text) { return {ErrorCode::invalid_argument, std::move(text)}; }

/// Errors: invalid_argument - type or id are empty or wrong.
Result<model::EntityId> entity_of(const Config& config) {
    if (config.entity_type.empty() || config.entity_id.empty())
        return invalid("Entity type and id must be specified!");
    const auto type = model::entity_type_of(config.entity_type);
    if (!type) return invalid("Unknown entity type: " + config.entity_type);
    const Result<Uuid> id = parse_uuid(config.entity_id);
    if (!id) return id.error();
    return model::EntityId(*type, *id);
}

class CheckRelationNode final : public Node {
  public:
    CheckRelationNode(SearchDirection direction, std::string relation_type,
                      std::optional<model::EntityId> other, NodeServices& services)
        : direction_(direction),
          relation_type_(std::move(relation_type)),
          other_(other),
          services_(services) {}

    static Result<std::unique_ptr<Node>> make(Config config, const NodeInfo&,
                                              NodeServices& services) {
        if (!config.direction) return invalid("direction can't be null! Allowed values: FROM, TO");
        std::optional<model::EntityId> other;
        if (config.single) {
            const Result<model::EntityId> named = entity_of(config);
            if (!named) return named.error();
            other = *named;
        }
        return std::unique_ptr<Node>(std::make_unique<CheckRelationNode>(
            *config.direction, std::move(config.relation_type), other, services));
    }

    Step on_message(Visit& visit) override { return check(visit); }

  private:
    Task<Outcome> check(Visit& visit) {
        const std::function<Result<bool>(store::Reader&)> work = [&](store::Reader& reader) {
            return is_related(reader, visit);
        };
        const Result<bool> related = co_await read_entities<bool>(services_, work);
        if (!related) co_return Outcome(related.error());
        co_return Outcome(Relation(*related ? "True" : "False"));
    }

    Result<bool> is_related(store::Reader& reader, const Visit& visit) const {
        if (other_) {
            const Result<Belongs> whose = owner_of(reader, visit.tenant, *other_);
            if (!whose) return whose.error();
            if (*whose == Belongs::to_another)
                return Error{ErrorCode::not_found, "The configured entity is not found"};
        }
        const bool from = direction_ == SearchDirection::from;
        store::Filter filter;
        const auto add = [&](bool is_from, const model::EntityId& end) {
            filter.emplace_back(is_from ? "fromId" : "toId", end.uuid);
            filter.emplace_back(is_from ? "fromType" : "toType",
                                std::string(model::wire_name(end.type)));
        };
        add(from, visit.msg.originator);
        if (other_) add(!from, *other_);
        filter.emplace_back("relationTypeGroup",
                            std::string(enum_name(model::RelationTypeGroup::common)));
        filter.emplace_back("relationType", relation_type_);
        const auto found = reader.find<model::Relation>(filter);
        if (!found) return found.error();
        return found->has_value();
    }

    SearchDirection direction_;
    std::string relation_type_;
    std::optional<model::EntityId> other_;  ///< None: any entity will do.
    NodeServices& services_;
};

/// 0 → 1: the direction was meant the other way round.
Result<> upgrade(std::int32_t, json::object& configuration) {
    const json::value* direction = configuration.if_contains("direction");
    const json::string* name = direction ? direction->if_string() : nullptr;
    if (!name || (*name != "FROM" && *name != "TO"))
        return Error{ErrorCode::malformed, "direction is missing or invalid"};
    configuration["direction"] = *name == "FROM" ? "TO" : "FROM";
    return {};
}

}  // namespace

extern const NodeDescriptor descriptor{
    .type = "org.thingsboard.rule.engine.filter.TbCheckRelationNode",
    .name = "check relation presence",
    .kind = NodeKind::filter,
    .summary = "Looks whether the originator has a relation.",
    .configuration_version = 1,
    .relations = relations,
    .default_configuration = &default_configuration<Config>,
    .make = &make_node<CheckRelationNode, Config>,
    .upgrade = &upgrade,
};

}  // namespace thingstead::rule::check_relation
