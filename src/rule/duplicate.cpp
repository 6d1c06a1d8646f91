#include "rule/duplicate.h"

#include "core/group/members.h"
#include "rule/enqueue.h"
#include "rule/tenant_caller.h"

namespace thingstead::rule {
namespace {

/// Copies that are in memory at a time.
constexpr std::int32_t copies_per_page = 500;

}  // namespace

Task<Outcome> duplicate_for(NodeServices& services, NodeInfo node, const Visit& visit,
                            std::vector<model::EntityId> entities) {
    const auto page = static_cast<std::size_t>(copies_per_page);
    for (std::size_t at = 0; at < entities.size(); at += page) {
        std::vector<model::QueuedMsg> copies;
        for (std::size_t i = at; i < std::min(at + page, entities.size()); ++i) {
            copies.push_back(behind(node, visit.msg, "Success"));
            copies.back().msg.originator = entities[i];
        }
        const Result<> pushed = co_await services.ingress.push(std::move(copies));
        if (!pushed) co_return Outcome(pushed.error());
    }
    co_return Outcome(Consumed{});
}

Task<Outcome> duplicate_for_group(NodeServices& services, NodeInfo node, const Visit& visit,
                                  model::EntityGroupId group) {
    const core::Platform platform = services.platform();
    store::PageLink link;
    link.page_size = copies_per_page;
    for (;; ++link.page) {
        const auto members =
            co_await core::page_members(platform, tenant_caller(visit.tenant), group, link);
        if (!members) co_return Outcome(within_tenant(members.error()));
        if (members->total_elements == 0)
            co_return Outcome(Error{ErrorCode::not_found, "Entity group is empty!"});
        std::vector<model::EntityId> entities;
        for (const model::EntityInfo& each : members->data) entities.push_back(each.id);
        Outcome done = co_await duplicate_for(services, node, visit, std::move(entities));
        if (!members->has_next || std::holds_alternative<Error>(done)) co_return done;
    }
}

}  // namespace thingstead::rule
