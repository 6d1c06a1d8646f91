#include <charconv>
#include <limits>

#include "core/keys.h"
#include "model/msg.h"
#include "rule/calculated/calculated_fields.h"
#include "rule/node.h"
#include "rule/save_policy.h"

namespace thingstead::rule::save_timeseries {
namespace {

struct Config {
    std::int64_t default_ttl_s = 0;
    bool use_server_ts = false;
    json::value processing = save_on_every_message();
};
constexpr auto describe(const Config*) {
    return fields(
        field("defaultTTL", &Config::default_ttl_s,
              "Seconds that points are kept if the message has no TTL; 0: as the tenant's profile "
              "says."),
        field("useServerTs", &Config::use_server_ts, "Use the server's time."),
        field("processingSettings", &Config::processing, "What is done with which message."));
}

constexpr std::array<std::string_view, 4> actions{"timeseries", "latest", "webSockets",
                                                  "calculatedFields"};
enum Action : std::uint32_t { history = 1, latest = 2, web_sockets = 4, fields = 8 };

/// Errors: invalid_argument - no number.
Result<std::chrono::seconds> ttl_of(const Visit& visit, std::int64_t default_ttl_s) {
    const std::string_view text = visit.msg.metadata.get("TTL");
    std::int64_t ttl_s = default_ttl_s;
    if (!text.empty()) {
        const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), ttl_s);
        if (failed != std::errc() || end != text.data() + text.size())
            return Error{ErrorCode::invalid_argument, "TTL is not a number: " + std::string(text)};
    }
    if (ttl_s == 0) return visit.limits.storage_ttl;
    // A store counts in milliseconds; below 0 there is nothing to keep it for.
    constexpr std::int64_t ttl_s_max = std::numeric_limits<std::int64_t>::max() / 1'000'000;
    if (ttl_s < 0 || ttl_s > ttl_s_max)
        return Error{ErrorCode::invalid_argument, "TTL is out of range: " + std::to_string(ttl_s)};
    return std::chrono::seconds(ttl_s);
}

class SaveTimeseriesNode final : public Node {
  public:
    SaveTimeseriesNode(Config config, SavePolicies policies, NodeServices& services)
        : default_ttl_s_(config.default_ttl_s),
          use_server_ts_(config.use_server_ts),
          policies_(std::move(policies)),
          services_(services) {}

    static Result<std::unique_ptr<Node>> make(Config config, const NodeInfo&,
                                              NodeServices& services) {
        Result<SavePolicies> policies = SavePolicies::read(config.processing, actions);
        if (!policies) return policies.error();
        return std::unique_ptr<Node>(std::make_unique<SaveTimeseriesNode>(
            std::move(config), *std::move(policies), services));
    }

    Step on_message(Visit& visit) override {
        const model::Msg& msg = visit.msg;
        if (msg.type != model::msg_type::post_telemetry)
            return Error{ErrorCode::unsupported, "Unsupported msg type: " + msg.type};
        const EpochMs now = services_.clock.now_ms();
        const EpochMs ts = use_server_ts_ ? now : msg.metadata_ts();
        const std::uint32_t applying = policies_.applying(ts, msg.originator.uuid, now);
        if (applying == 0) return "Success";

        auto entries = services_.parser.telemetry(msg.data, ts, model::NullValue::refuse);
        if (!entries) return entries.error();
        std::erase_if(*entries, [](const auto& each) { return each.values.empty(); });
        if (entries->empty())
            return Error{ErrorCode::invalid_argument, "Msg body is empty: " + msg.data};
        const Result<std::chrono::seconds> ttl = ttl_of(visit, default_ttl_s_);
        if (!ttl) return ttl.error();

        std::vector<core::RuleSave> saves;
        saves.reserve(entries->size());
        for (model::TelemetryEntry& each : *entries) {
            if (const Result<> valid = core::check_keys(each.values); !valid) return valid.error();
            saves.push_back({msg.originator, each.ts, std::move(each.values), *ttl,
                             (applying & history) != 0, (applying & latest) != 0,
                             (applying & web_sockets) != 0, visit.source});
        }
        const bool calculates = (applying & fields) != 0 && concerns_fields(visit, saves);
        std::size_t saved = 0;
        // Fields read what they do not know yet before the values are there.
        while (!calculates && saved < saves.size() && services_.telemetry.try_save(saves[saved]))
            ++saved;
        if (saved == saves.size()) return "Success";
        return save_and_calculate(visit, std::move(saves), saved, calculates);
    }

  private:
    bool concerns_fields(const Visit& visit, const std::vector<core::RuleSave>& saves) const {
        if (!services_.calculated) return false;
        for (const core::RuleSave& each : saves)
            if (services_.calculated->wants_any(visit.tenant, false, each.values)) return true;
        return false;
    }

    Task<Outcome> save_and_calculate(Visit& visit, std::vector<core::RuleSave> saves,
                                     std::size_t saved, bool calculates) {
        FieldInput input = input_of(visit.tenant, visit.msg);
        for (const core::RuleSave& each : saves) add_values(input, each.ts, each.values);
        if (calculates) co_await services_.calculated->prepare(input);
        visit.waits_for_storage = true;
        while (saved < saves.size()) {
            if (services_.telemetry.try_save(saves[saved]))
                ++saved;
            else
                co_await services_.telemetry.room();
        }
        visit.waits_for_storage = false;
        if (!calculates) co_return Outcome(Relation("Success"));
        const Result<> done = co_await services_.calculated->run(std::move(input));
        if (!done) co_return Outcome(done.error());
        co_return Outcome(Relation("Success"));
    }

    std::int64_t default_ttl_s_;
    bool use_server_ts_;
    SavePolicies policies_;
    NodeServices& services_;
};

json::object skip_latest() {
    json::object advanced;
    advanced["type"] = "ADVANCED";
    for (const std::string_view action : actions) {
        json::object strategy;
        strategy["type"] = action == "latest" ? "SKIP" : "ON_EVERY_MESSAGE";
        advanced[action] = std::move(strategy);
    }
    return advanced;
}

/// 0 → 1: `skipLatestPersistence` became `processingSettings`.
Result<> upgrade(std::int32_t from, json::object& configuration) {
    if (from > 0) return {};
    const json::value* skip = configuration.if_contains("skipLatestPersistence");
    const bool skips = skip && ((skip->is_bool() && skip->get_bool()) ||
                                (skip->is_string() && skip->get_string() == "true"));
    configuration["processingSettings"] =
        skips ? json::value(skip_latest()) : save_on_every_message();
    configuration.erase("skipLatestPersistence");
    return {};
}

}  // namespace

extern const NodeDescriptor descriptor{
    .type = "org.thingsboard.rule.engine.telemetry.TbMsgTimeseriesNode",
    .name = "save time series",
    .kind = NodeKind::action,
    .summary = "Saves the telemetry of a message.",
    .configuration_version = 1,
    .form = "tbActionNodeTimeseriesConfig",
    .icon = "file_upload",
    .default_configuration = &default_configuration<Config>,
    .make = &make_node<SaveTimeseriesNode, Config>,
    .upgrade = &upgrade,
};

}  // namespace thingstead::rule::save_timeseries
