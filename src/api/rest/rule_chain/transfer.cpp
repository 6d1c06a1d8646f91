// Rule chains as one document, and what edges would get by themselves.
#include "core/rule_chain/transfer.h"

#include "api/rest/entity_calls.h"
#include "api/rest/rule_chain/handlers.h"
#include "core/rule_chain/rule_chains.h"

namespace thingstead::api::rule_chain {
namespace {

Task<Result<net::Reply>> change_auto_assign(Call call, bool assigned) {
    const auto id = call.id<model::RuleChainId>("ruleChainId");
    if (!id) co_return id.error();
    const auto chain =
        co_await core::set_auto_assigned(call.services.platform, call.caller, *id, assigned);
    core::AuditNote note = chain ? entity_note(model::ActionType::updated, *chain)
                                 : note_of(model::ActionType::updated, model::EntityId(*id));
    co_await audit(call.services, call.caller, std::move(note), chain);
    if (!chain) co_return chain.error();
    RuleEvent event = entity_event(model::msg_type::entity_updated, *chain);
    co_await tell_rules(call.services, call.caller, std::move(event));
    co_return json_reply_of(*chain);
}

}  // namespace

Task<Result<net::Reply>> export_rule_chains(Call call) {
    if (const auto given = call.required("limit"); !given) co_return given.error();
    const Result<std::int64_t> limit = call.integer("limit", 0);
    if (!limit) co_return limit.error();
    const auto data = co_await core::export_chains(call.services.platform, call.caller, *limit);
    if (!data) co_return data.error();
    co_return json_reply_of(*data);
}

Task<Result<net::Reply>> import_rule_chains(Call call) {
    auto data = call.body_as<core::RuleChainData>();
    if (!data) co_return data.error();
    const Result<bool> overwrite = call.flag("overwrite", false);
    if (!overwrite) co_return overwrite.error();
    auto imported = co_await core::import_chains(call.services.platform, call.services.components,
                                                 call.caller, *std::move(data), *overwrite);
    if (!imported) co_return imported.error();
    std::vector<core::ImportResult> results;
    for (core::Imported& each : *imported) {
        results.push_back(each.result);
        if (!each.saved) continue;
        const model::RuleChain chain = each.saved->entity;
        co_await tell_saved<model::RuleChain>(call.services, call.caller, chain,
                                              *std::move(each.saved));
    }
    co_return json_reply_of(results);
}

Task<Result<net::Reply>> set_auto_assign(Call call) {
    co_return co_await change_auto_assign(std::move(call), true);
}

Task<Result<net::Reply>> unset_auto_assign(Call call) {
    co_return co_await change_auto_assign(std::move(call), false);
}

Task<Result<net::Reply>> list_auto_assign(Call call) {
    const auto chains = co_await core::auto_assigned(call.services.platform, call.caller);
    if (!chains) co_return chains.error();
    co_return json_reply_of(*chains);
}

Task<Result<net::Reply>> edge_not_found(Call call) {
    const Result<Uuid> id = call.uuid("edgeId");
    if (!id) co_return id.error();
    co_return core::not_found("Edge", *id);
}

}  // namespace thingstead::api::rule_chain
