// Rule chains: read, save, delete, lists, the root. And the table of all routes of rule chains.
#include "api/rest/entity_calls.h"
#include "api/rest/rule_chain/handlers.h"
#include "core/rule_chain/metadata.h"
#include "core/rule_chain/rule_chain_rules.h"
#include "core/rule_chain/rule_chains.h"
#include "core/rule_chain/transfer.h"
#include "core/rule_chain/warnings.h"
#include "core/rule_trace.h"

namespace thingstead::api::rule_chain {
namespace {

/// Rule chains have no owner below the tenant.
core::OwnerFields chain_owner() {
    core::OwnerFields owned;
    owned.owner = {};
    return owned;
}

Task<Result<net::Reply>> list_rule_chains(Call call) {
    const Result<store::PageLink> link = call.page_link();
    if (!link) co_return link.error();
    store::Filter filter;
    if (const auto name = call.parameter("type")) {
        const auto type = enum_value<model::RuleChainType>(*name);
        if (!type) co_return core::invalid("RuleChainType \"" + *name + "\" is not supported!");
        filter.emplace_back("type", std::string(enum_name(*type)));
    }
    co_return co_await page_of<model::RuleChain>(std::move(call), std::move(filter), *link,
                                                 chain_owner());
}

Task<Result<net::Reply>> list_rule_chains_by_id(Call call) {
    const auto uuids = call.uuids("ruleChainIds");
    if (!uuids) co_return uuids.error();
    std::vector<model::RuleChainId> ids;
    for (const Uuid& each : *uuids) ids.push_back({each});
    const auto chains = co_await core::get_many<model::RuleChain>(call.services.platform,
                                                                  call.caller, std::move(ids));
    if (!chains) co_return chains.error();
    co_return json_reply_of(*chains);
}

Task<> tell_root_changed(const Services& services, core::Caller caller, model::RuleChain chain) {
    core::AuditNote note = entity_note(model::ActionType::updated, chain);
    note.data = json::object{
        {"entity", to_json(chain)}
    };
    const Result<> done;
    co_await audit(services, caller, std::move(note), done);
    RuleEvent event = entity_event(model::msg_type::entity_updated, chain);
    co_await tell_rules(services, std::move(caller), std::move(event));
}

Task<Result<net::Reply>> change_root(Call call, model::RuleChainType type) {
    const auto id = call.id<model::RuleChainId>("ruleChainId");
    if (!id) co_return id.error();
    const auto done = co_await core::set_root(call.services.platform, call.caller, *id, type);
    if (!done) {
        core::AuditNote note = note_of(model::ActionType::updated, model::EntityId(*id));
        co_await audit(call.services, call.caller, std::move(note), done);
        co_return done.error();
    }
    if (done->changed) {
        if (done->previous) co_await tell_root_changed(call.services, call.caller, *done->previous);
        co_await tell_root_changed(call.services, call.caller, done->chain);
    }
    co_return json_reply_of(done->chain);
}

Task<Result<net::Reply>> set_root_chain(Call call) {
    co_return co_await change_root(std::move(call), model::RuleChainType::core);
}

Task<Result<net::Reply>> set_edge_root_chain(Call call) {
    co_return co_await change_root(std::move(call), model::RuleChainType::edge);
}

Task<Result<net::Reply>> create_default(Call call) {
    const Result<json::value> body = call.body();
    if (!body) co_return body.error();
    const json::object* members = body->if_object();
    const json::value* name = members ? members->if_contains("name") : nullptr;
    if (!name || !name->is_string())
        co_return core::invalid("Rule chain name should be specified!");
    model::RuleChain asked;
    asked.name = std::string(name->get_string());
    auto saved =
        co_await core::create_default_chain(call.services.platform, call.caller, asked.name);
    co_await tell_saved<model::RuleChain>(call.services, call.caller, std::move(asked), saved);
    if (!saved) co_return saved.error();
    co_return json_reply_of(saved->entity);
}

using enum net::Method;

constexpr std::string_view page_parameters =
    "pageSize!,page!,type,textSearch,sortProperty,sortOrder";

constexpr Route routes[] = {
    {.method = post,
     .pattern = "/api/ruleChain",
     .allowed = allow::tenant,
     .handler = &save_body<model::RuleChain>,
     .summary = "Creates or updates a rule chain, without its nodes",
     .body = BodyKind::json,
     .answer = "RuleChain",
     .takes = "RuleChain"},
    {.method = get,
     .pattern = "/api/ruleChain/{ruleChainId}",
     .allowed = allow::tenant,
     .handler = &get_entity<model::RuleChain>,
     .summary = "One rule chain by its id",
     .answer = "RuleChain"},
    {.method = del,
     .pattern = "/api/ruleChain/{ruleChainId}",
     .allowed = allow::tenant,
     .handler = &delete_entity<model::RuleChain>,
     .summary = "Deletes a rule chain with its nodes"},
    {.method = get,
     .pattern = "/api/ruleChain/{ruleChainId}/metadata",
     .allowed = allow::tenant,
     .handler = &get_rule_chain_metadata,
     .summary = "The nodes of a rule chain and their connections",
     .answer = "RuleChainMetaData"},
    {.method = post,
     .pattern = "/api/ruleChain/metadata",
     .allowed = allow::tenant,
     .handler = &save_rule_chain_metadata,
     .summary = "Replaces nodes and connections; warnings=true: counted in X-Rule-Chain-Warnings",
     .body = BodyKind::json,
     .parameters = "updateRelated,warnings",
     .answer = "RuleChainMetaData",
     .takes = "RuleChainMetaData"},
    {.method = post,
     .pattern = "/api/ruleChain/metadata/validate",
     .allowed = allow::tenant,
     .handler = &validate_rule_chain_metadata,
     .summary = "What is doubtful about a drawing, and why a save would be refused",
     .body = BodyKind::json,
     .answer = "RuleChainWarnings",
     .takes = "RuleChainMetaData"},
    {.method = post,
     .pattern = "/api/ruleChain/device/default",
     .allowed = allow::tenant,
     .handler = &create_default,
     .summary = "Creates a rule chain that does the usual with messages of devices",
     .body = BodyKind::json,
     .answer = "RuleChain",
     .takes = "DefaultRuleChainCreateRequest"},
    {.method = post,
     .pattern = "/api/ruleChain/{ruleChainId}/root",
     .allowed = allow::tenant,
     .handler = &set_root_chain,
     .summary = "Makes a rule chain the tenant's root",
     .answer = "RuleChain"},
    {.method = post,
     .pattern = "/api/ruleChain/{ruleChainId}/edgeTemplateRoot",
     .allowed = allow::tenant,
     .handler = &set_edge_root_chain,
     .summary = "Makes a rule chain the template of the root of edges",
     .answer = "RuleChain"},
    {.method = get,
     .pattern = "/api/ruleChain/{ruleChainId}/output/labels",
     .allowed = allow::tenant,
     .handler = &get_output_labels,
     .summary = "Labels of the ways out of a rule chain",
     .answer = "[string]"},
    {.method = get,
     .pattern = "/api/ruleChain/{ruleChainId}/output/labels/usage",
     .allowed = allow::tenant,
     .handler = &get_labels_usage,
     .summary = "Nodes that call a rule chain, with the labels behind them",
     .answer = "[RuleChainOutputLabelsUsage]"},
    {.method = get,
     .pattern = "/api/ruleChain/tbelEnabled",
     .allowed = allow::tenant,
     .handler = &tbel_enabled,
     .summary = "Whether scripts in TBEL are run",
     .answer = "boolean"},
    {.method = post,
     .pattern = "/api/ruleChain/testScript",
     .allowed = allow::tenant,
     .handler = &test_script,
     .summary = "Runs a script of a rule node with a message that is made up",
     .body = BodyKind::json,
     .parameters = "scriptLang",
     .answer = "JsonNode",
     .takes = "JsonNode"},
    {.method = get,
     .pattern = "/api/ruleChains",
     .allowed = allow::tenant,
     .handler = &list_rule_chains,
     .summary = "A page of rule chains",
     .parameters = page_parameters,
     .answer = "PageData<RuleChain>"},
    {.method = get,
     .pattern = "/api/ruleChains",
     .allowed = allow::tenant,
     .handler = &list_rule_chains_by_id,
     .summary = "Rule chains by their ids",
     .selected_by = "ruleChainIds",
     .answer = "[RuleChain]",
     .hidden = true},
    {.method = get,
     .pattern = "/api/ruleChains/list",
     .allowed = allow::tenant,
     .handler = &list_rule_chains_by_id,
     .summary = "Rule chains by their ids",
     .parameters = "ruleChainIds!",
     .answer = "[RuleChain]"},
    {.method = get,
     .pattern = "/api/ruleChains/export",
     .allowed = allow::tenant,
     .handler = &export_rule_chains,
     .summary = "Rule chains and their nodes as one document",
     .parameters = "limit!",
     .answer = "RuleChainData"},
    {.method = post,
     .pattern = "/api/ruleChains/import",
     .allowed = allow::tenant,
     .handler = &import_rule_chains,
     .summary = "Creates or replaces the rule chains of a document",
     .body = BodyKind::json,
     .parameters = "overwrite",
     .answer = "[RuleChainImportResult]",
     .takes = "RuleChainData"},
    {.method = get,
     .pattern = "/api/ruleNode/{ruleNodeId}/debugIn",
     .allowed = allow::tenant,
     .handler = &get_debug_input,
     .summary = "What came into a rule node last, as its debug events have it",
     .answer = "JsonNode"},
    {.method = get,
     .pattern = "/api/ruleEngine/trace",
     .allowed = allow::tenant,
     .handler = &trace_messages,
     .summary = "Which rule nodes messages visited last, as far as this server ran them: of one "
                "message, of one originator, or the slowest visits of the last minutes", .parameters = "messageId,deviceId,slowestOfMinutes,limit",
     .answer = "[TracedHop]"},
    {.method = get,
     .pattern = "/api/ruleChain/autoAssignToEdgeRuleChains",
     .allowed = allow::tenant,
     .handler = &list_auto_assign,
     .summary = "Rule chains that new edges get",
     .answer = "[RuleChain]"},
    {.method = post,
     .pattern = "/api/ruleChain/{ruleChainId}/autoAssignToEdge",
     .allowed = allow::tenant,
     .handler = &set_auto_assign,
     .summary = "New edges get the rule chain",
     .answer = "RuleChain"},
    {.method = del,
     .pattern = "/api/ruleChain/{ruleChainId}/autoAssignToEdge",
     .allowed = allow::tenant,
     .handler = &unset_auto_assign,
     .summary = "New edges do not get the rule chain",
     .answer = "RuleChain"},
    {.method = get,
     .pattern = "/api/edge/{edgeId}/ruleChains",
     .allowed = allow::tenant,
     .handler = &edge_not_found,
     .summary = "A page of the rule chains of an edge",
     .parameters = "pageSize!,page!,textSearch,sortProperty,sortOrder",
     .answer = "PageData<RuleChain>"},
    {.method = post,
     .pattern = "/api/edge/{edgeId}/ruleChain/{ruleChainId}",
     .allowed = allow::tenant,
     .handler = &edge_not_found,
     .summary = "Assigns a rule chain to an edge",
     .answer = "RuleChain"},
    {.method = del,
     .pattern = "/api/edge/{edgeId}/ruleChain/{ruleChainId}",
     .allowed = allow::tenant,
     .handler = &edge_not_found,
     .summary = "Takes a rule chain from an edge",
     .answer = "RuleChain"},
};

constexpr SchemaEntry schemas[] = {
    {"RuleChain",                  &struct_schema<model::RuleChain>              },
    {"RuleChainType",              &enum_schema<model::RuleChainType>            },
    {"RuleChainMetaData",          &struct_schema<model::RuleChainMetaData>      },
    {"RuleNode",                   &struct_schema<model::RuleNode>               },
    {"DebugSettings",              &struct_schema<model::DebugSettings>          },
    {"NodeConnectionInfo",         &struct_schema<model::NodeConnectionInfo>     },
    {"RuleChainConnectionInfo",    &struct_schema<model::RuleChainConnectionInfo>},
    {"RuleChainNote",              &struct_schema<model::RuleChainNote>          },
    {"RuleChainData",              &struct_schema<core::RuleChainData>           },
    {"RuleChainImportResult",      &struct_schema<core::ImportResult>            },
    {"RuleChainOutputLabelsUsage", &struct_schema<core::LabelsUsage>             },
    {"TracedHop",                  &struct_schema<core::TracedHop>               },
    {"RuleChainWarnings",          &struct_schema<core::ChainWarnings>           },
    {"RuleChainWarning",           &struct_schema<core::ChainWarning>            },
    {"RuleChainWarningType",       &enum_schema<core::ChainWarningKind>          },
    {"HopOutcome",                 &enum_schema<core::HopOutcome>                },
};

}  // namespace

extern const Resource descriptor{"rule_chain", "Rule chains and their nodes.", routes, schemas};

}  // namespace thingstead::api::rule_chain
