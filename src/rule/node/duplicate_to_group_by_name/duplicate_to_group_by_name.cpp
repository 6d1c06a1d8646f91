#include <algorithm>
#include <optional>

#include "core/entity/named_row.h"
#include "rule/duplicate.h"
#include "rule/group_reads.h"
#include "rule/node.h"
#include "rule/pattern.h"

namespace thingstead::rule::duplicate_to_group_by_name {
namespace {

struct Config {
    model::EntityType group_type = model::EntityType::device;
    std::string group_name{core::group_all_name};
    bool tenant_only = false;
    bool originator_as_owner = false;
};
constexpr auto describe(const Config*) {
    return fields(field("groupType", &Config::group_type, "Kind of what is in the group."),
                  field("groupName", &Config::group_name, "A pattern."),
                  field("searchEntityGroupForTenantOnly", &Config::tenant_only,
                        "Only a group of the tenant."),
                  field("considerMessageOriginatorAsAGroupOwner", &Config::originator_as_owner,
                        "Begin with the originator if it is a customer or the tenant."));
}

using Owners = std::vector<model::EntityId>;

class DuplicateToGroupByNameNode final : public Node {
  public:
    DuplicateToGroupByNameNode(Config config, const NodeInfo& info, NodeServices& services)
        : config_(std::move(config)), name_(config_.group_name), info_(info), services_(services) {}

    static Result<std::unique_ptr<Node>> make(Config config, const NodeInfo& info,
                                              NodeServices& services) {
        const auto& kinds = core::grouped_kinds;
        if (std::find(std::begin(kinds), std::end(kinds), config.group_type) == std::end(kinds))
            return Error{ErrorCode::invalid_argument,
                         "Entity groups of type " +
                             std::string(model::wire_name(config.group_type)) +
                             " are not supported!"};
        if (config.group_name.empty())
            return Error{ErrorCode::invalid_argument, "Group name should be specified!"};
        return std::unique_ptr<Node>(
            std::make_unique<DuplicateToGroupByNameNode>(std::move(config), info, services));
    }

    Step on_message(Visit& visit) override {
        Result<std::string> name = name_.fill(visit.msg);
        if (!name) return name.error();
        return duplicate(visit, *std::move(name));
    }

  private:
    Task<Outcome> duplicate(Visit& visit, std::string name) {
        const Result<Owners> owners = co_await owners_to_search(visit);
        if (!owners) co_return Outcome(owners.error());
        for (const model::EntityId& owner : *owners) {
            const auto group =
                co_await find_group(services_, visit.tenant, owner, config_.group_type, name);
            if (!group) co_return Outcome(group.error());
            if (*group)
                co_return co_await duplicate_for_group(services_, info_, visit, (*group)->id);
        }
        co_return Outcome(no_such_group(config_.group_type, name));
    }

    /// From the first one up to the tenant.
    Task<Result<Owners>> owners_to_search(const Visit& visit) {
        if (config_.tenant_only) {
            Owners tenant{visit.tenant};
            co_return tenant;
        }
        const std::function<Result<Owners>(store::Reader&)> work =
            [&](store::Reader& reader) -> Result<Owners> {
            const auto first = first_owner(reader, visit);
            if (!first) return first.error();
            return core::owners_of(reader, visit.tenant, *first);
        };
        co_return co_await read_entities<Owners>(services_, work);
    }

    Result<model::CustomerId> first_owner(store::Reader& reader, const Visit& visit) const {
        const model::EntityId originator = visit.msg.originator;
        const auto found = core::summary_of(reader, originator);
        if (!found) return found.error();
        if (!*found || (*found)->subject.tenant != visit.tenant)
            return Error{ErrorCode::not_found, "Originator not found"};
        if (config_.originator_as_owner && originator.type == model::EntityType::customer)
            return model::CustomerId{originator.uuid};
        return (*found)->owner;
    }

    Config config_;
    Pattern name_;
    NodeInfo info_;
    NodeServices& services_;
};

}  // namespace

extern const NodeDescriptor descriptor{
    .type = "org.thingsboard.rule.engine.transform.TbDuplicateMsgToGroupByNameNode",
    .name = "duplicate to group by name",
    .kind = NodeKind::transformation,
    .summary = "Makes a copy of a message for each entity of the group of a given name.",
    .form = "tbTransformationNodeDuplicateToGroupByNameConfig",
    .icon = "call_split",
    .default_configuration = &default_configuration<Config>,
    .make = &make_node<DuplicateToGroupByNameNode, Config>,
};

}  // namespace thingstead::rule::duplicate_to_group_by_name
