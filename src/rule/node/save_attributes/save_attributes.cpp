#include <optional>

#include "core/rule_route.h"
#include "model/msg.h"
#include "rule/calculated/calculated_fields.h"
#include "rule/node.h"
#include "rule/save_policy.h"

namespace thingstead::rule::save_attributes {
namespace {

struct Config {
    json::value processing = save_on_every_message();
    std::string scope = "SERVER_SCOPE";
    bool notify_device = false;
    bool tell_chain = false;
    bool only_on_change = true;
};
constexpr auto describe(const Config*) {
    return fields(
        field("processingSettings", &Config::processing, "What is done with which message."),
        field("scope", &Config::scope, "Of messages whose metadata names none."),
        field("notifyDevice", &Config::notify_device, "Push shared attributes to the device."),
        field("sendAttributesUpdatedNotification", &Config::tell_chain,
              "Send a message ATTRIBUTES_UPDATED for server and shared attributes."),
        field("updateAttributesOnlyOnValueChange", &Config::only_on_change,
              "Leave out attributes that have the value already."));
}

constexpr std::array<std::string_view, 3> actions{"attributes", "webSockets", "calculatedFields"};
enum Action : std::uint32_t { persist = 1, web_sockets = 2, fields = 4 };

std::optional<model::AttributeScope> scope_of(std::string_view name) {
    if (name == "CLIENT_SCOPE") return model::AttributeScope::client;
    if (name == "SERVER_SCOPE") return model::AttributeScope::server;
    if (name == "SHARED_SCOPE") return model::AttributeScope::shared;
    return std::nullopt;
}

class SaveAttributesNode final : public Node {
  public:
    SaveAttributesNode(Config config, SavePolicies policies, const NodeInfo& info,
                       NodeServices& services)
        : config_(std::move(config)),
          policies_(std::move(policies)),
          info_(info),
          services_(services) {}

    static Result<std::unique_ptr<Node>> make(Config config, const NodeInfo& info,
                                              NodeServices& services) {
        Result<SavePolicies> policies = SavePolicies::read(config.processing, actions);
        if (!policies) return policies.error();
        return std::unique_ptr<Node>(std::make_unique<SaveAttributesNode>(
            std::move(config), *std::move(policies), info, services));
    }

    Step on_message(Visit& visit) override {
        const model::Msg& msg = visit.msg;
        if (msg.type != model::msg_type::post_attributes)
            return Error{ErrorCode::unsupported, "Unsupported msg type: " + msg.type};
        const std::uint32_t applying =
            policies_.applying(msg.metadata_ts(), msg.originator.uuid, services_.clock.now_ms());
        if (applying == 0) return "Success";

        auto values = services_.parser.attributes(msg.data, model::NullValue::refuse);
        if (!values) return values.error();
        if (values->empty()) return "Success";
        const std::string_view named = msg.metadata.get("scope");
        const std::string scope(named.empty() ? config_.scope : named);
        const std::optional<model::AttributeScope> known = scope_of(scope);
        if (!known) return Error{ErrorCode::invalid_argument, "Unknown attribute scope: " + scope};

        const std::string_view notify = msg.metadata.get("notifyDevice");
        core::Attributes::RuleSave save;
        save.entity = msg.originator;
        save.scope = *known;
        save.values = *std::move(values);
        save.only_on_change = config_.only_on_change;
        save.notify_device = config_.notify_device || notify.empty() || notify == "true";
        save.persist = (applying & persist) != 0;
        save.subscribers = (applying & web_sockets) != 0;
        const bool calculates = (applying & fields) != 0 && services_.calculated &&
                                services_.calculated->wants_any(visit.tenant, true, save.values);
        return this->save(visit, std::move(save), scope, calculates);
    }

  private:
    Task<Outcome> save(Visit& visit, core::Attributes::RuleSave save, std::string scope,
                       bool calculates) {
        FieldInput input = input_of(visit.tenant, visit.msg);
        if (calculates) {
            add_attributes(input, save.scope, services_.clock.now_ms(), save.values);
            co_await services_.calculated->prepare(input);
        }
        const bool tells =
            config_.tell_chain && save.scope != model::AttributeScope::client && save.persist;
        auto saved = co_await services_.attributes.save(std::move(save));
        if (!saved) co_return Outcome(saved.error());
        if (tells && !saved->empty()) {
            Result<> told = co_await tell_chain(visit, *std::move(saved), std::move(scope));
            if (!told) co_return Outcome(told.error());
        }
        if (calculates)
            if (Result<> done = co_await services_.calculated->run(std::move(input)); !done)
                co_return Outcome(done.error());
        co_return Outcome(Relation("Success"));
    }

    Task<Result<>> tell_chain(Visit& visit, std::vector<model::KeyValue> values,
                              std::string scope) {
        const auto route = co_await core::rule_route_of(services_.entities, visit.msg.originator,
                                                        model::msg_type::attributes_updated, {});
        if (!route) co_return route.error();
        std::vector<model::QueuedMsg> updated;
        updated.push_back(attributes_updated(visit, values, scope, route->chain));
        core::RuleIngress& way = services_.ingress.way_to(visit.tenant, route->queue);
        Result<> pushed = co_await way.push(std::move(updated));
        co_return pushed;
    }

    model::QueuedMsg attributes_updated(const Visit& visit,
                                        const std::vector<model::KeyValue>& values,
                                        std::string_view scope,
                                        std::optional<model::RuleChainId> chain) const {
        model::QueuedMsg queued;
        queued.tenant = visit.tenant;
        queued.msg.id = new_random_uuid();
        queued.msg.ts = services_.clock.now_ms();
        queued.msg.type = model::msg_type::attributes_updated;
        queued.msg.originator = visit.msg.originator;
        queued.msg.customer = visit.msg.customer;
        queued.msg.metadata.put("scope", scope);
        queued.msg.metadata.put("ruleNodeId", info_.rule_node.to_string());
        queued.msg.data = model::to_json_object(values);
        queued.msg.rule_chain = chain;
        return queued;
    }

    Config config_;
    SavePolicies policies_;
    NodeInfo info_;
    NodeServices& services_;
};

/// A flag that was once kept as text; what is missing becomes `missing`.
void make_boolean(json::object& configuration, std::string_view name, bool missing) {
    json::value& value = configuration[name];
    if (value.is_string())
        value = value.get_string() == "true";
    else if (!value.is_bool())
        value = missing;
}

/// 0 → 1: saved always; 1 → 2: flags became booleans; 2 → 3: processing settings.
Result<> upgrade(std::int32_t from, json::object& configuration) {
    if (from < 1 && !configuration.contains("updateAttributesOnlyOnValueChange"))
        configuration["updateAttributesOnlyOnValueChange"] = false;
    if (from < 2) {
        make_boolean(configuration, "notifyDevice", true);
        make_boolean(configuration, "sendAttributesUpdatedNotification", false);
        make_boolean(configuration, "updateAttributesOnlyOnValueChange", true);
    }
    if (from < 3) configuration["processingSettings"] = save_on_every_message();
    return {};
}

}  // namespace

extern const NodeDescriptor descriptor{
    .type = "org.thingsboard.rule.engine.telemetry.TbMsgAttributesNode",
    .name = "save attributes",
    .kind = NodeKind::action,
    .summary = "Saves the attributes of a message.",
    .configuration_version = 3,
    .form = "tbActionNodeAttributesConfig",
    .icon = "file_upload",
    .default_configuration = &default_configuration<Config>,
    .make = &make_node<SaveAttributesNode, Config>,
    .upgrade = &upgrade,
};

}  // namespace thingstead::rule::save_attributes
