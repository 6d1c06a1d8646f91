#include <algorithm>
#include <optional>

#include "rule/enqueue.h"
#include "rule/node.h"
#include "rule/pattern.h"
#include "rule/scope.h"

namespace thingstead::rule::delete_attributes {
namespace {

struct Config {
    std::string scope = "SERVER_SCOPE";
    std::vector<std::string> keys;
    bool tell_chain = false;
    bool notify_device = false;
};
constexpr auto describe(const Config*) {
    return fields(field("scope", &Config::scope, "Of messages whose metadata names none."),
                  field("keys", &Config::keys, "Attributes to delete; patterns."),
                  field("sendAttributesDeletedNotification", &Config::tell_chain,
                        "Send a message ATTRIBUTES_DELETED."),
                  field("notifyDevice", &Config::notify_device,
                        "Tell the device that shared attributes are gone."));
}

bool is_blank(std::string_view text) {
    return text.find_first_not_of(" \t\r\n\f\v") == std::string_view::npos;
}

class DeleteAttributesNode final : public Node {
  public:
    DeleteAttributesNode(Config config, const NodeInfo& info, NodeServices& services)
        : config_(std::move(config)),
          keys_(patterns_of(config_.keys)),
          info_(info),
          services_(services) {}

    Step on_message(Visit& visit) override {
        if (keys_.empty()) return "Success";
        const Result<PatternSource> source = PatternSource::of(visit.msg);
        if (!source) return source.error();
        core::Attributes::RuleRemoval removal;
        removal.entity = visit.msg.originator;
        for (const Pattern& each : keys_) {
            std::string key = each.fill(*source);
            if (is_blank(key)) continue;
            if (std::find(removal.keys.begin(), removal.keys.end(), key) == removal.keys.end())
                removal.keys.push_back(std::move(key));
        }
        if (removal.keys.empty()) return "Success";
        const std::string_view named = visit.msg.metadata.get("scope");
        const Result<model::AttributeScope> scope = scope_of(named.empty() ? config_.scope : named);
        if (!scope) return scope.error();
        removal.scope = *scope;
        removal.notify_device =
            config_.notify_device || visit.msg.metadata.get("notifyDevice") == "true";
        return remove(visit, std::move(removal));
    }

  private:
    Task<Outcome> remove(Visit& visit, core::Attributes::RuleRemoval removal) {
        Notice notice;
        notice.tenant = visit.tenant;
        notice.originator = visit.msg.originator;
        notice.customer = visit.msg.customer;
        notice.type = model::msg_type::attributes_deleted;
        notice.metadata.put("scope", scope_name(removal.scope));
        notice.data = json_text(json::object{
            {"attributes", to_json(removal.keys)}
        });
        const auto removed = co_await services_.attributes.remove(std::move(removal));
        if (!removed) co_return Outcome(removed.error());
        if (config_.tell_chain) {
            const Result<> told = co_await notify(services_, info_.rule_node, std::move(notice));
            if (!told) co_return Outcome(told.error());
        }
        co_return Outcome(Relation("Success"));
    }

    Config config_;
    std::vector<Pattern> keys_;
    NodeInfo info_;
    NodeServices& services_;
};

}  // namespace

extern const NodeDescriptor descriptor{
    .type = "org.thingsboard.rule.engine.telemetry.TbMsgDeleteAttributesNode",
    .name = "delete attributes",
    .kind = NodeKind::action,
    .summary = "Deletes attributes of the originator.",
    .form = "tbActionNodeDeleteAttributesConfig",
    .icon = "remove_circle",
    .default_configuration = &default_configuration<Config>,
    .make = &make_node<DeleteAttributesNode, Config>,
};

}  // namespace thingstead::rule::delete_attributes
