#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "model/validate.h"
#include "net/timer.h"
#include "rule/aggregate.h"
#include "rule/enqueue.h"
#include "rule/entity_reads.h"
#include "rule/message_body.h"
#include "rule/node/aggregate_stream/interval.h"
#include "rule/tenant_caller.h"
#include "rule/time_unit.h"
#include "rule/turns.h"

namespace thingstead::rule::aggregate_stream {
namespace {

constexpr int attempts_max = 10;
constexpr std::chrono::seconds retry_pause{10};
/// Originators with open intervals; messages of more fail.
constexpr std::size_t originators_max = 100'000;

/// When results are told.
enum class Telling : std::uint8_t { each_check, after_end, each_message };
constexpr auto enum_names(Telling) {
    using namespace std::literals;
    return std::array{
        std::pair{Telling::each_check,   "ON_EACH_CHECK"sv                   },
        std::pair{Telling::after_end,    "ON_EACH_CHECK_AFTER_INTERVAL_END"sv},
        std::pair{Telling::each_message, "ON_EACH_MESSAGE"sv                 }
    };
}

/// When what is known so far is stored.
enum class Storing : std::uint8_t { each_change, periodically };
constexpr auto enum_names(Storing) {
    using namespace std::literals;
    return std::array{
        std::pair{Storing::each_change,  "ON_EACH_CHANGE"sv},
        std::pair{Storing::periodically, "PERIODICALLY"sv  }
    };
}

struct Config {
    AggregateFunction function = AggregateFunction::avg;
    IntervalType interval = IntervalType::hour;
    std::optional<std::string> time_zone;
    std::int32_t custom = 1;
    TimeUnit custom_unit = TimeUnit::hours;
    bool auto_create = false;
    Telling telling = Telling::after_end;
    std::int32_t check = 1;
    TimeUnit check_unit = TimeUnit::minutes;
    std::string input_key = "temperature";
    std::string output_key = "avgHourlyTemperature";
    Storing storing = Storing::each_change;
    std::int32_t store = 1;
    TimeUnit store_unit = TimeUnit::minutes;
    std::optional<std::string> queue_name;
    std::string out_type = std::string(model::msg_type::post_telemetry);
};
constexpr auto describe(const Config*) {
    constexpr auto some = between(1, 2'147'483'647);
    return fields(
        field("mathFunction", &Config::function, "MIN, MAX, SUM, AVG, COUNT or COUNT_UNIQUE."),
        field("aggIntervalType", &Config::interval,
              "HOUR, DAY, WEEK, WEEK_SUN_SAT, MONTH, YEAR or CUSTOM."),
        field("timeZoneId", &Config::time_zone, "UTC, or none."),
        field("aggIntervalValue", &Config::custom, "Length of a CUSTOM interval.", some),
        field("aggIntervalTimeUnit", &Config::custom_unit, "Its unit."),
        field("autoCreateIntervals", &Config::auto_create, "Not known here: false."),
        field("intervalPersistencePolicy", &Config::telling, "When a result is told."),
        field("intervalCheckValue", &Config::check, "Time between two checks.", some),
        field("intervalCheckTimeUnit", &Config::check_unit, "Its unit."),
        field("inputValueKey", &Config::input_key, "Key of the value in the data."),
        field("outputValueKey", &Config::output_key, "Key of the result."),
        field("statePersistencePolicy", &Config::storing, "When the state is stored."),
        field("statePersistenceValue", &Config::store, "Time between two times.", some),
        field("statePersistenceTimeUnit", &Config::store_unit, "Its unit."),
        field("queueName", &Config::queue_name, "Queue that results go to; none: Main."),
        field("outMsgType", &Config::out_type, "Type of the messages with results."));
}

/// One interval of an originator; as it is stored.
struct Open {
    EpochMs start = 0;
    EpochMs end = 0;
    bool told = false;  ///< No value came since the result was told.
    Aggregate values;
};
constexpr auto describe(const Open*) {
    return fields(field("start", &Open::start, "Of the interval."),
                  field("end", &Open::end, "Of the interval."),
                  field("told", &Open::told, "The result was told."),
                  field("values", &Open::values, "What is known of the values."));
}
struct Stream {
    std::vector<Open> intervals;
};
constexpr auto describe(const Stream*) {
    return fields(field("intervals", &Stream::intervals, "Those that are not over."));
}

/// What a node knows; may outlive it, where it is still being stored.
struct Streams {
    std::string state_key;
    std::unordered_map<model::EntityId, Stream> of;
};

core::Attributes::RuleSave stored_form(const Streams& streams, model::EntityId originator) {
    core::Attributes::RuleSave save;
    save.entity = originator;
    save.subscribers = false;
    const auto at = streams.of.find(originator);
    const Stream stream = at == streams.of.end() ? Stream() : at->second;
    save.values.push_back({streams.state_key, json::serialize(to_json(stream))});
    return save;
}

class AggregateStreamNode final : public Node {
  public:
    AggregateStreamNode(Config config, const NodeInfo& info, NodeServices& services,
                        core::RuleIngress& queue)
        : config_(std::move(config)),
          info_(info),
          services_(services),
          queue_(queue),
          streams_(
              std::make_shared<Streams>(Streams{"aggregate_" + info.rule_node.to_string(), {}})) {
        schedule_check();
        if (config_.storing == Storing::periodically) schedule_store();
    }
    /// What was not stored yet is, if the engine goes on.
    ~AggregateStreamNode() override { store_unstored(); }

    static Result<std::unique_ptr<Node>> make(Config config, const NodeInfo& info,
                                              NodeServices& services) {
        const auto refusal = [](std::string text) {
            return Error{ErrorCode::invalid_argument, std::move(text)};
        };
        if (model::is_blank(config.input_key)) return refusal("inputValueKey can't be blank!");
        if (model::is_blank(config.output_key)) return refusal("outputValueKey can't be blank!");
        if (config.auto_create)
            return refusal("Intervals without messages are not made by this server!");
        const std::string zone = config.time_zone.value_or("");
        if (config.interval != IntervalType::custom && !zone.empty() && zone != "UTC")
            return refusal("Intervals are in UTC here, not in " + zone + "!");
        core::RuleIngress& queue =
            services.ingress.way_to(info.tenant, config.queue_name.value_or(""));
        return std::unique_ptr<Node>(
            std::make_unique<AggregateStreamNode>(std::move(config), info, services, queue));
    }

    Step on_message(Visit& visit) override {
        const Result<json::object> data = body_object(visit.msg);
        if (!data) return data.error();
        const json::value* const value = data->if_contains(config_.input_key);
        if (!value)
            return Error{ErrorCode::invalid_argument,
                         "The message has no value of " + config_.input_key + "!"};
        auto turn = std::make_unique<Turns::Turn>(turns_, visit.msg.originator);
        return take(visit, std::move(turn), *value);
    }

  private:
    /// In the order in which the messages came. Where storing fails the message does, but its value
    /// counts.
    Task<Outcome> take(Visit& visit, std::unique_ptr<Turns::Turn> turn, json::value value) {
        if (Result<> came = co_await turn->come(); !came) co_return Outcome(came.error());
        const model::EntityId originator = visit.msg.originator;
        const Interval interval =
            interval_of(config_.interval, duration_of(config_.custom, config_.custom_unit),
                        visit.msg.metadata_ts());
        // What comes after its interval's end is too late.
        if (interval.end <= services_.clock.now_ms()) co_return Outcome(Consumed{});
        const Result<> known = co_await recall(visit.tenant, originator);
        if (!known) co_return Outcome(known.error());
        Open& open = open_of(streams_->of[originator], interval);
        if (Result<> added = add(open.values, config_.function, value); !added)
            co_return Outcome(added.error());
        open.told = config_.telling == Telling::each_message;
        std::vector<model::QueuedMsg> results;
        if (open.told) results.push_back(result(originator, open));
        if (config_.storing == Storing::periodically) {
            unstored_.insert(originator);
        } else {
            std::vector<core::Attributes::RuleSave> saves{stored_form(*streams_, originator)};
            auto saving = services_.attributes.save_many(std::move(saves));
            const auto saved = co_await net::with_deadline(std::move(saving), answer_time_max);
            if (!saved) co_return Outcome(saved.error());
        }
        if (results.empty()) co_return Outcome(Consumed{});
        co_return co_await enqueue(queue_, std::move(results));
    }

    static Open& open_of(Stream& stream, const Interval& interval) {
        for (Open& each : stream.intervals)
            if (each.start == interval.start) return each;
        Open fresh;
        fresh.start = interval.start;
        fresh.end = interval.end;
        fresh.told = true;
        stream.intervals.push_back(std::move(fresh));
        return stream.intervals.back();
    }

    /// Has the originator's intervals in memory. Errors: unavailable - of too many others are.
    Task<Result<>> recall(model::TenantId tenant, model::EntityId originator) {
        if (streams_->of.contains(originator)) co_return Result<>();
        if (streams_->of.size() >= originators_max)
            co_return Error{ErrorCode::unavailable, "Too many originators are aggregated!"};
        std::vector<std::string> keys{streams_->state_key};
        auto read = services_.attributes.read(tenant_caller(tenant), originator,
                                              model::AttributeScope::server, std::move(keys));
        const auto stored = co_await net::with_deadline(std::move(read), answer_time_max);
        if (!stored) co_return within_tenant(stored.error());
        streams_->of[originator] = stored->empty() ? Stream() : stream_of(stored->front().value);
        co_return Result<>();
    }

    /// What cannot be read any more counts as nothing.
    static Stream stream_of(const model::Value& stored) {
        const std::string* text = std::get_if<std::string>(&stored);
        const Result<json::value> parsed = parse_json(text ? *text : std::string());
        if (!parsed) return {};
        const Result<Stream> read = from_json<Stream>(*parsed, Binding::stored);
        return read ? *read : Stream();
    }

    model::QueuedMsg result(model::EntityId originator, const Open& open) const {
        model::Msg msg;
        msg.ts = services_.clock.now_ms();
        msg.type = config_.out_type;
        msg.originator = originator;
        msg.metadata.put("ts", std::to_string(open.start));
        json::object values{
            {config_.output_key, result_of(open.values, config_.function)}
        };
        set_body(msg, json::object{
                          {"ts",     open.start       },
                          {"values", std::move(values)}
        });
        return behind(info_, std::move(msg), "Success");
    }

    // --- between messages ---

    void schedule_check() {
        check_ = services_.timers.after(duration_of(config_.check, config_.check_unit),
                                        [this] { check(); });
    }
    void schedule_store() {
        store_ = services_.timers.after(duration_of(config_.store, config_.store_unit), [this] {
            schedule_store();
            store_unstored();
        });
    }

    /// Tells what is due, and forgets what is over. That it was told is stored with the next check
    /// or value: a crash before tells it again.
    void check() {
        schedule_check();
        if (config_.storing == Storing::each_change) store_unstored();
        const EpochMs now = services_.clock.now_ms();
        std::vector<model::QueuedMsg> results;
        for (auto stream = streams_->of.begin(); stream != streams_->of.end();) {
            const model::EntityId& originator = stream->first;
            const std::size_t before = results.size();
            for (Open& each : stream->second.intervals) {
                if (each.told) continue;
                if (config_.telling == Telling::after_end && each.end > now) continue;
                results.push_back(result(originator, each));
                each.told = true;
            }
            const auto over = std::erase_if(stream->second.intervals, [&](const Open& each) {
                return each.told && each.end <= now;
            });
            if (results.size() != before || over != 0) unstored_.insert(originator);
            const bool idle = stream->second.intervals.empty() && turns_.free(originator);
            stream = idle ? streams_->of.erase(stream) : std::next(stream);
        }
        if (!results.empty()) hand_on(tell(services_, info_, queue_, std::move(results)));
    }

    void store_unstored() {
        if (!unstored_.empty())
            hand_on(store(services_, info_, streams_, std::exchange(unstored_, {})));
    }

    void hand_on(Task<> task) {
        if (!services_.spawn(info_.name, std::move(task)))
            tell_lost(services_.log, info_,
                      {ErrorCode::unavailable, "too much is done in the background"});
    }

    static Task<> tell(NodeServices& services, NodeInfo info, core::RuleIngress& queue,
                       std::vector<model::QueuedMsg> results) {
        for (int attempt = 1;; ++attempt) {
            const Result<> pushed = co_await queue.push(results);
            if (pushed) co_return;
            tell_lost(services.log, info, pushed.error());
            if (attempt == attempts_max) co_return;
            co_await net::sleep_for(retry_pause);
        }
    }

    /// As it is when it is stored: what a message stored meanwhile is not undone.
    static Task<> store(NodeServices& services, NodeInfo info, std::shared_ptr<Streams> streams,
                        std::unordered_set<model::EntityId> originators) {
        std::vector<core::Attributes::RuleSave> saves;
        for (const model::EntityId& each : originators)
            saves.push_back(stored_form(*streams, each));
        const Result<> saved = co_await services.attributes.save_many(std::move(saves));
        if (!saved) tell_lost(services.log, info, saved.error());
    }

    static void tell_lost(const Log& log, const NodeInfo& info, const Error& why) {
        log.warn("rule.aggregate.not_kept", why,
                 {
                     {"tenant", info.tenant.to_string()},
                     {"chain",  info.chain_name        },
                     {"node",   info.name              }
        });
    }

    const Config config_;
    const NodeInfo info_;
    NodeServices& services_;
    core::RuleIngress& queue_;
    const std::shared_ptr<Streams> streams_;
    std::unordered_set<model::EntityId> unstored_;  ///< Changed since they were stored.
    Turns turns_;
    Timer check_;
    Timer store_;
};

}  // namespace

extern const NodeDescriptor descriptor{
    .type = "org.thingsboard.rule.engine.analytics.incoming.TbSimpleAggMsgNode",
    .name = "aggregate stream",
    .kind = NodeKind::analytics,
    .summary = "Aggregates a value of each originator's messages over intervals of time.",
    .default_configuration = &default_configuration<Config>,
    .make = &make_node<AggregateStreamNode, Config>,
};

}  // namespace thingstead::rule::aggregate_stream
