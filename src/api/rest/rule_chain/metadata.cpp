// The nodes of a rule chain, and what can be asked of them.
#include "core/rule_chain/metadata.h"

#include "api/rest/entity_calls.h"
#include "api/rest/rule_chain/handlers.h"
#include "core/event_log.h"
#include "core/rule_chain/graph.h"
#include "core/rule_chain/warnings.h"

namespace thingstead::api::rule_chain {
namespace {

/// How many warnings POST /api/ruleChain/metadata/validate would give.
constexpr const char* warnings_header = "X-Rule-Chain-Warnings";

RuleEvent updated_event(const model::RuleChain& chain) {
    return entity_event(model::msg_type::entity_updated, chain);
}

/// {"entity","metadata"} of the audit log.
core::AuditNote metadata_note(const core::SavedMetadata& saved) {
    core::AuditNote note = entity_note(model::ActionType::updated, saved.chain);
    note.data = json::object{
        {"entity",   to_json(saved.chain)   },
        {"metadata", to_json(saved.metadata)}
    };
    return note;
}

core::AuditNote refused_metadata_note(const model::RuleChainMetaData& asked) {
    core::AuditNote note =
        note_of(model::ActionType::updated,
                model::EntityId(asked.rule_chain_id.value_or(model::RuleChainId())));
    add_data(note, "metadata", to_json(asked));
    return note;
}

store::EventQuery latest_input_query() {
    store::EventQuery query;
    query.kind = model::EventKind::rule_node_debug;
    query.conditions.push_back({"type", store::EventCondition::Is::equal, std::string("IN")});
    query.link.page_size = 1;
    query.link.sort_property = "createdTime";
    query.link.descending = true;
    return query;
}

void append_debug_member(std::string& out, std::string_view name, std::string_view text) {
    out += ",\"";
    out += name;
    out += "\":";
    append_text(out, text);
}

void append_debug_value(std::string& out, std::string_view name, model::MsgDirection value) {
    append_debug_member(out, name, enum_name(value));
}
void append_debug_value(std::string& out, std::string_view name, const std::optional<Uuid>& value) {
    if (value) append_debug_member(out, name, value->to_string());
}
void append_debug_value(std::string& out, std::string_view name,
                        const std::optional<model::EntityType>& value) {
    if (value) append_debug_member(out, name, wire_name(*value));
}
void append_debug_value(std::string& out, std::string_view name,
                        const std::optional<std::string>& value) {
    if (value) append_debug_member(out, name, *value);
}

}  // namespace

Task<Result<net::Reply>> get_rule_chain_metadata(Call call) {
    const auto id = call.id<model::RuleChainId>("ruleChainId");
    if (!id) co_return id.error();
    const auto metadata = co_await core::get_metadata(call.services.platform, call.caller, *id);
    if (!metadata) co_return metadata.error();
    co_return json_reply_of(*metadata);
}

Task<Result<net::Reply>> save_rule_chain_metadata(Call call) {
    auto asked = call.body_as<model::RuleChainMetaData>();
    if (!asked) co_return asked.error();
    const Result<bool> related = call.flag("updateRelated", true);
    if (!related) co_return related.error();
    // To count them every node is made: many chains that are written one after the other need not
    // pay for what nobody reads.
    const Result<bool> counted = call.flag("warnings", false);
    if (!counted) co_return counted.error();
    const auto saved = co_await core::save_metadata(
        call.services.platform, call.services.components, call.caller, *asked, *related);
    core::AuditNote note = saved ? metadata_note(*saved) : refused_metadata_note(*asked);
    co_await audit(call.services, call.caller, std::move(note), saved);
    if (!saved) co_return saved.error();
    co_await tell_rules(call.services, call.caller, updated_event(saved->chain));
    for (const model::RuleChain& each : saved->related)
        co_await tell_rules(call.services, call.caller, updated_event(each));
    net::Reply reply = json_reply_of(saved->metadata);
    if (!*counted) co_return reply;
    // In the head, so that the body is the interface's. A saved chain is no failure for want of
    // them.
    const auto found =
        co_await core::chain_warnings(call.services.platform, call.services.components,
                                      call.services.replays, call.caller, saved->metadata);
    if (found) reply.headers.emplace_back(warnings_header, std::to_string(found->warnings.size()));
    co_return reply;
}

Task<Result<net::Reply>> validate_rule_chain_metadata(Call call) {
    const auto drawing = call.body_as<model::RuleChainMetaData>();
    if (!drawing) co_return drawing.error();
    const auto found =
        co_await core::chain_warnings(call.services.platform, call.services.components,
                                      call.services.replays, call.caller, *drawing);
    if (!found) co_return found.error();
    co_return json_reply_of(*found);
}

Task<Result<net::Reply>> get_output_labels(Call call) {
    const auto id = call.id<model::RuleChainId>("ruleChainId");
    if (!id) co_return id.error();
    const auto metadata = co_await core::get_metadata(call.services.platform, call.caller, *id);
    if (!metadata) co_return metadata.error();
    co_return json_reply_of(core::output_labels(*metadata));
}

Task<Result<net::Reply>> get_labels_usage(Call call) {
    const auto id = call.id<model::RuleChainId>("ruleChainId");
    if (!id) co_return id.error();
    const auto usage = co_await core::labels_usage(call.services.platform, call.caller, *id);
    if (!usage) co_return usage.error();
    co_return json_reply_of(*usage);
}

Task<Result<net::Reply>> get_debug_input(Call call) {
    const auto id = call.id<model::RuleNodeId>("ruleNodeId");
    if (!id) co_return id.error();
    const auto node = co_await core::get_node(call.services.platform, call.caller, *id);
    if (!node) co_return node.error();
    const auto found = co_await call.services.events.find(call.caller, model::EntityId(*node->id),
                                                          latest_input_query());
    if (!found) co_return found.error();
    if (found->data.empty()) co_return net::Reply{};
    const model::Event& event = found->data.front();
    std::string body = "{\"server\":";
    append_text(body, event.service_id);
    const auto& input = std::get<model::RuleNodeDebugEvent>(event.body);
    for_each_field<model::RuleNodeDebugEvent>(
        [&](const auto& field) { append_debug_value(body, field.name, input.*field.member); });
    body += '}';
    co_return json_reply(std::move(body));
}

}  // namespace thingstead::api::rule_chain
