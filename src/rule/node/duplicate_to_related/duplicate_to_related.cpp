#include "rule/duplicate.h"
#include "rule/entity_reads.h"
#include "rule/node.h"

namespace thingstead::rule::duplicate_to_related {
namespace {

struct Config {
    RelationsConfig relations;
};
constexpr auto describe(const Config*) {
    return fields(field("relationsQuery", &Config::relations, "How the entities are found."));
}

using Entities = std::vector<model::EntityId>;

class DuplicateToRelatedNode final : public Node {
  public:
    DuplicateToRelatedNode(Config config, const NodeInfo& info, NodeServices& services)
        : relations_(std::move(config.relations)), info_(info), services_(services) {}

    Step on_message(Visit& visit) override { return duplicate(visit); }

  private:
    Task<Outcome> duplicate(Visit& visit) {
        const std::function<Result<Entities>(store::Reader&)> work =
            [&](store::Reader& reader) -> Result<Entities> {
            auto found = related_to(reader, visit.msg.originator, relations_, services_.clock);
            if (!found) return found.error();
            Entities own;
            for (const model::EntityId& each : *found) {
                const Result<Belongs> whose = owner_of(reader, visit.tenant, each);
                if (!whose) return whose.error();
                if (*whose == Belongs::to_tenant) own.push_back(each);
            }
            return own;
        };
        Result<Entities> related = co_await read_entities<Entities>(services_, work);
        if (!related) co_return Outcome(related.error());
        if (related->empty())
            co_return Outcome(Error{ErrorCode::not_found, "No related entities were found!"});
        co_return co_await duplicate_for(services_, info_, visit, *std::move(related));
    }

    RelationsConfig relations_;
    NodeInfo info_;
    NodeServices& services_;
};

}  // namespace

extern const NodeDescriptor descriptor{
    .type = "org.thingsboard.rule.engine.transform.TbDuplicateMsgToRelatedNode",
    .name = "duplicate to related",
    .kind = NodeKind::transformation,
    .summary = "Makes a copy of a message for each entity that the originator is related to.",
    .form = "tbTransformationNodeDuplicateToRelatedConfig",
    .icon = "call_split",
    .default_configuration = &default_configuration<Config>,
    .make = &make_node<DuplicateToRelatedNode, Config>,
};

}  // namespace thingstead::rule::duplicate_to_related
