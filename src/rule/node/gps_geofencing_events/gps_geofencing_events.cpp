#include <unordered_map>

#include "rule/entity_reads.h"
#include "rule/geofencing/geofencing.h"
#include "rule/tenant_caller.h"
#include "rule/time_unit.h"
#include "rule/turns.h"

namespace thingstead::rule::gps_geofencing_events {
namespace {

/// Remembered at most; others are read from their attribute again.
constexpr std::size_t originators_max = 1'000'000;

struct Config : GeofencingConfig {
    std::int32_t inside_min = 1;
    TimeUnit inside_unit = TimeUnit::minutes;
    std::int32_t outside_min = 1;
    TimeUnit outside_unit = TimeUnit::minutes;
    bool on_each_message = true;
};
constexpr auto describe(const Config*) {
    return joined(
        describe(static_cast<const GeofencingConfig*>(nullptr)),
        fields(field("minInsideDuration", &Config::inside_min,
                     "Time inside after which Inside is told once.", between(0, 2'147'483'647)),
               field("minInsideDurationTimeUnit", &Config::inside_unit, "Its unit."),
               field("minOutsideDuration", &Config::outside_min,
                     "Time outside after which Outside is told once.", between(0, 2'147'483'647)),
               field("minOutsideDurationTimeUnit", &Config::outside_unit, "Its unit."),
               field("reportPresenceStatusOnEachMessage", &Config::on_each_message,
                     "Tell Inside or Outside with every message, however long it was there.")));
}

constexpr std::string_view relations[] = {"Success", "Entered", "Left", "Inside", "Outside"};

json::value new_configuration() {
    Config config;
    static_cast<GeofencingConfig&>(config) = new_geofencing();
    return to_json(config);
}

/// Where an originator was last; as it stands in its attribute.
struct Presence {
    bool inside = false;
    EpochMs since_ms = 0;  ///< 0: no message was there yet.
    bool stayed = false;   ///< That it stayed there long enough was told.
    friend bool operator==(const Presence&, const Presence&) = default;
};
constexpr auto describe(const Presence*) {
    return fields(field("inside", &Presence::inside, "Inside of the perimeter."),
                  field("stateSwitchTime", &Presence::since_ms, "Since when."),
                  field("stayed", &Presence::stayed, "It stayed for the minimum."));
}

/// What was stored before; whatever cannot be read counts as nothing.
Presence presence_of(const std::vector<model::Attribute>& stored) {
    if (stored.empty()) return {};
    const std::string* text = std::get_if<std::string>(&stored.front().value);
    if (const auto* document = std::get_if<model::JsonText>(&stored.front().value))
        text = &document->text;
    if (!text) return {};
    const Result<json::value> parsed = parse_json(*text);
    if (!parsed) return {};
    const Result<Presence> read = from_json<Presence>(*parsed, Binding::stored);
    return read ? *read : Presence();
}

class GpsGeofencingEventsNode final : public Node {
  public:
    GpsGeofencingEventsNode(Geofencing geofencing, const Config& config, NodeServices& services)
        : geofencing_(std::move(geofencing)),
          inside_min_(duration_of(config.inside_min, config.inside_unit)),
          outside_min_(duration_of(config.outside_min, config.outside_unit)),
          on_each_message_(config.on_each_message),
          services_(services) {}

    static Result<std::unique_ptr<Node>> make(Config config, const NodeInfo&,
                                              NodeServices& services) {
        Result<Geofencing> geofencing = Geofencing::make(config);
        if (!geofencing) return geofencing.error();
        return std::unique_ptr<Node>(
            std::make_unique<GpsGeofencingEventsNode>(*std::move(geofencing), config, services));
    }

    Step on_message(Visit& visit) override {
        const Result<bool> inside = geofencing_.is_inside(visit.msg);
        if (!inside) return inside.error();
        const auto known = presences_.find(visit.msg.originator);
        if (known != presences_.end() && turns_.free(visit.msg.originator)) {
            Presence next = known->second;
            const char* relation = move(next, *inside);
            if (next == known->second) return relation;
        }
        auto turn = std::make_unique<Turns::Turn>(turns_, visit.msg.originator);
        return look_and_store(visit, std::move(turn), *inside);
    }

  private:
    /// Brings `presence` up to now, and tells the way of the message.
    const char* move(Presence& presence, bool inside) const {
        const EpochMs now = services_.clock.now_ms();
        if (presence.since_ms == 0 || presence.inside != inside) {
            presence = {inside, now, false};
            return inside ? "Entered" : "Left";
        }
        const char* const there = inside ? "Inside" : "Outside";
        if (on_each_message_) return there;
        const auto stay = std::chrono::milliseconds(now - presence.since_ms);
        if (presence.stayed || stay <= (inside ? inside_min_ : outside_min_)) return "Success";
        presence.stayed = true;
        return there;
    }

    /// In the order in which the messages came. What changes is durable before it is told.
    Task<Outcome> look_and_store(Visit& visit, std::unique_ptr<Turns::Turn> turn, bool inside) {
        if (Result<> came = co_await turn->come(); !came) co_return Outcome(came.error());
        const model::EntityId originator = visit.msg.originator;
        const Result<Presence> before = co_await presence(visit.tenant, originator);
        if (!before) co_return Outcome(before.error());
        Presence next = *before;
        const char* const relation = move(next, inside);
        if (next != *before)
            if (const Result<> stored = co_await store(originator, next); !stored)
                co_return Outcome(stored.error());
        remember(originator, next);
        co_return Outcome(Relation(relation));
    }

    Task<Result<Presence>> presence(model::TenantId tenant, model::EntityId originator) {
        if (const auto known = presences_.find(originator); known != presences_.end())
            co_return known->second;
        std::vector<std::string> keys{services_.service_id};
        auto read = services_.attributes.read(tenant_caller(tenant), originator,
                                              model::AttributeScope::server, std::move(keys));
        const auto stored = co_await net::with_deadline(std::move(read), answer_time_max);
        if (!stored) co_return within_tenant(stored.error());
        co_return presence_of(*stored);
    }

    Task<Result<>> store(model::EntityId originator, Presence presence) {
        core::Attributes::RuleSave save;
        save.entity = originator;
        save.values.push_back({services_.service_id, json::serialize(to_json(presence))});
        auto saving = services_.attributes.save(std::move(save));
        const auto saved = co_await net::with_deadline(std::move(saving), answer_time_max);
        co_return saved ? Result<>() : Result<>(saved.error());
    }

    void remember(const model::EntityId& originator, const Presence& presence) {
        if (presences_.size() >= originators_max && !presences_.contains(originator))
            presences_.erase(presences_.begin());
        presences_[originator] = presence;
    }

    const Geofencing geofencing_;
    const std::chrono::milliseconds inside_min_;
    const std::chrono::milliseconds outside_min_;
    const bool on_each_message_;
    NodeServices& services_;
    std::unordered_map<model::EntityId, Presence> presences_;
    Turns turns_;
};

/// 0 → 1: `reportPresenceStatusOnEachMessage` came.
Result<> upgrade(std::int32_t, json::object& configuration) {
    configuration["reportPresenceStatusOnEachMessage"] = false;
    return {};
}

}  // namespace

extern const NodeDescriptor descriptor{
    .type = "org.thingsboard.rule.engine.geo.TbGpsGeofencingActionNode",
    .name = "gps geofencing events",
    .kind = NodeKind::action,
    .summary = "Tells when an originator comes into a perimeter, leaves it, or stays.",
    .configuration_version = 1,
    .relations = relations,
    .form = "tbActionNodeGpsGeofencingConfig",
    .default_configuration = &new_configuration,
    .make = &make_node<GpsGeofencingEventsNode, Config>,
    .upgrade = &upgrade,
};

}  // namespace thingstead::rule::gps_geofencing_events
