// Makes messages by a script, one in each period, from the one before.
#include <algorithm>
#include <optional>

#include "rule/enqueue.h"
#include "rule/entity_reads.h"
#include "rule/node_events.h"
#include "rule/node_script.h"

namespace thingstead::rule::generator {
namespace {

using model::EntityType;

constexpr const char* default_script =
    "return {msg: {temperature: 21.5}, metadata: {}, msgType: 'POST_TELEMETRY_REQUEST'};";
constexpr std::string_view self_type = "GENERATOR_NODE_SELF_MSG";

struct Config : ScriptTexts {
    Config() : ScriptTexts(default_script) {}
    std::int32_t messages_max = 0;  ///< 0: without end.
    std::int32_t period_s = 1;
    std::optional<std::string> originator_type{"RULE_NODE"};
    std::optional<std::string> originator_id{};
};
constexpr auto describe(const Config*) {
    return fields(
        field("msgCount", &Config::messages_max, "Messages to make; 0: without end.",
              between(0, 2'147'483'647)),
        field("periodInSeconds", &Config::period_s, "Seconds between two messages.",
              between(1, 2'147'483)),
        field("originatorType", &Config::originator_type, "The kind of the messages' originator."),
        field("originatorId", &Config::originator_id,
              "The originator; not asked for TENANT and RULE_NODE."),
        field("scriptLang", &Config::language, "TBEL or JS."),
        field("jsScript", &Config::js_script, "The script, if it is in JS."),
        field("tbelScript", &Config::tbel_script, "The script, if it is in TBEL."));
}

constexpr EntityType originators[] = {
    EntityType::device, EntityType::asset,     EntityType::entity_view,
    EntityType::tenant, EntityType::customer,  EntityType::user,
    EntityType::edge,   EntityType::dashboard, EntityType::rule_node};

Result<model::EntityId> originator_of(const Config& config, const NodeInfo& info) {
    const std::string name = config.originator_type.value_or("RULE_NODE");
    const auto found = std::find_if(std::begin(originators), std::end(originators),
                                    [&](EntityType each) { return wire_name(each) == name; });
    if (found == std::end(originators))
        return Error{ErrorCode::invalid_argument, "Unsupported originator type: " + name};
    if (*found == EntityType::rule_node) return model::EntityId(info.rule_node);
    if (*found == EntityType::tenant) return model::EntityId(info.tenant);
    const auto id = parse_uuid(config.originator_id.value_or(""));
    if (!id) return Error{ErrorCode::invalid_argument, "Originator entity must be selected."};
    return model::EntityId{*found, *id};
}

class GeneratorNode final : public Node {
  public:
    GeneratorNode(Config config, model::EntityId originator, NodeScript script,
                  const NodeInfo& info, NodeServices& services)
        : config_(std::move(config)),
          script_(std::make_shared<NodeScript>(std::move(script))),
          info_(info),
          services_(services),
          due_(services.clock.steady_now()) {
        shared_->belongs =
            originator.type == EntityType::rule_node || originator.type == EntityType::tenant;
        shared_->last.originator = originator;
        shared_->last.data = "{}";
        schedule();
    }

    static Result<std::unique_ptr<Node>> make(Config config, const NodeInfo& info,
                                              NodeServices& services) {
        const Result<model::EntityId> originator = originator_of(config, info);
        if (!originator) return originator.error();
        Result<NodeScript> script =
            NodeScript::make(config, info, services, {"prevMsg", "prevMetadata", "prevMsgType"});
        if (!script) return script.error();
        return std::unique_ptr<Node>(std::make_unique<GeneratorNode>(
            std::move(config), *originator, *std::move(script), info, services));
    }

    /// Nothing is connected to it; what came here before it was put there ends.
    Step on_message(Visit&) override { return Outcome(Consumed{}); }

  private:
    /// What the message under way and the node know of each other.
    struct Shared {
        bool under_way = false;
        bool belongs = false;  ///< The originator is the tenant's.
        bool refused = false;  ///< It is not.
        model::Msg last{};     ///< The message before.
    };

    /// At a fixed rate: ticks that were missed come at once.
    void schedule() {
        if (config_.messages_max != 0 && made_ >= config_.messages_max) return;
        const auto now = services_.clock.steady_now();
        due_ += std::chrono::seconds(config_.period_s);
        const auto wait = std::chrono::ceil<std::chrono::milliseconds>(due_ - now);
        tick_ = services_.timers.after(std::max(wait, std::chrono::milliseconds(0)),
                                       [this] { tick(); });
    }

    void tick() {
        if (shared_->refused) return;
        // The queue is behind: no more than one message waits for it.
        if (shared_->under_way) {
            tick_ =
                services_.timers.after(std::chrono::seconds(config_.period_s), [this] { tick(); });
            return;
        }
        ++made_;
        schedule();
        if (keeps_all(services_, info_)) {
            model::Msg self = shared_->last;
            self.id = new_random_uuid();
            self.type = self_type;
            services_.node_events->in(info_, self, "Self");
        }
        core::RuleIngress& queue = services_.queue_of(info_);
        if (script_->is_remote()) {
            shared_->under_way =
                services_.spawn(info_.name, ask(services_, queue, info_, shared_, script_));
            return;
        }
        const Result<const json::value*> answer = script_->run(shared_->last);
        model::QueuedMsg made =
            answer ? made_of(services_, info_, *shared_,
                             changed_msg(shared_->last, **answer, script_->language()))
                   : made_of(services_, info_, *shared_, answer.error());
        shared_->under_way =
            services_.spawn(info_.name, put(services_, queue, info_, shared_, std::move(made)));
    }

    /// Not of the node: its chain may change meanwhile.
    static Task<> ask(NodeServices& services, core::RuleIngress& queue, NodeInfo info,
                      std::shared_ptr<Shared> shared, std::shared_ptr<NodeScript> script) {
        const Result<json::value> answer = co_await script->ask(shared->last);
        Result<model::Msg> changed = answer ? changed_msg(shared->last, *answer, script->language())
                                            : Result<model::Msg>(answer.error());
        model::QueuedMsg made = made_of(services, info, *shared, std::move(changed));
        co_await put(services, queue, info, shared, std::move(made));
    }

    static model::QueuedMsg made_of(NodeServices& services, const NodeInfo& info, Shared& shared,
                                    Result<model::Msg> changed) {
        const EpochMs now = services.clock.now_ms();
        if (changed) {
            shared.last = *std::move(changed);
            shared.last.ts = now;
            return behind(info, shared.last, "Success");
        }
        model::Msg failed = shared.last;
        failed.ts = now;
        failed.type = self_type;
        model::QueuedMsg queued = behind(info, std::move(failed), "Failure");
        queued.failure = changed.error().message;
        return queued;
    }

    static bool keeps_all(NodeServices& services, const NodeInfo& info) {
        return services.node_events &&
               services.node_events->keeps_all(services.node_events->watched(info.rule_node));
    }

    /// As ask().
    static Task<> put(NodeServices& services, core::RuleIngress& queue, NodeInfo info,
                      std::shared_ptr<Shared> shared, model::QueuedMsg made) {
        Result<> done;
        if (!shared->belongs) done = co_await check(services, info, made.msg.originator);
        shared->belongs = done.has_value();
        if (done) {
            note_made(services, info, made);
            std::vector<model::QueuedMsg> messages;
            messages.push_back(std::move(made));
            done = co_await queue.push(std::move(messages));
        } else {
            shared->refused = done.error().code == ErrorCode::not_found;
        }
        if (!done)
            services.log.warn("rule.generator.message_lost", done.error(),
                              {
                                  {"tenant", info.tenant.to_string()},
                                  {"chain",  info.chain_name        },
                                  {"node",   info.name              }
            });
        shared->under_way = false;
    }

    static Task<Result<>> check(NodeServices& services, NodeInfo info, model::EntityId originator) {
        const std::function<Result<Belongs>(store::Reader&)> work = [&](store::Reader& reader) {
            return owner_of(reader, info.tenant, originator);
        };
        const auto belongs = co_await read_entities<Belongs>(services, work);
        if (!belongs) co_return belongs.error();
        if (*belongs == Belongs::to_tenant) co_return Result<>();
        co_return Error{ErrorCode::not_found, "The originator is no entity of the tenant!"};
    }

    Config config_;
    const std::shared_ptr<NodeScript> script_;
    NodeInfo info_;
    NodeServices& services_;
    std::chrono::steady_clock::time_point due_;
    std::int32_t made_ = 0;
    Timer tick_;
    const std::shared_ptr<Shared> shared_ = std::make_shared<Shared>();
};

/// 0 → 1: the queue became a property of the node. 1 → 2: it is its own originator unless another
/// is named completely.
Result<> upgrade(std::int32_t from, json::object& configuration) {
    if (from < 1) configuration.erase("queueName");
    if (from < 2) {
        const auto named = [&](std::string_view key) {
            const json::value* value = configuration.if_contains(key);
            return value && value->is_string() && !value->get_string().empty();
        };
        if (!named("originatorType") || !named("originatorId"))
            configuration["originatorType"] = "RULE_NODE";
    }
    return {};
}

Result<Uuid> place(const json::value& configuration, const NodeInfo& info) {
    const Result<Config> config = from_json<Config>(configuration, Binding::stored);
    if (!config) return config.error();
    const Result<model::EntityId> originator = originator_of(*config, info);
    if (!originator) return originator.error();
    return originator->uuid;
}

}  // namespace

extern const NodeDescriptor descriptor{
    .type = "org.thingsboard.rule.engine.debug.TbMsgGeneratorNode",
    .name = "generator",
    .kind = NodeKind::action,
    .summary = "Makes messages by a script, one in each period.",
    .configuration_version = 2,
    .has_input = false,
    .has_queue_name = true,
    .form = "tbActionNodeGeneratorConfig",
    .icon = "repeat",
    .default_configuration = &new_script_configuration<Config>,
    .make = &make_node<GeneratorNode, Config>,
    .upgrade = &upgrade,
    .place = &place,
};

}  // namespace thingstead::rule::generator
