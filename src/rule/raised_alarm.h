// The alarm that the rules of an entity raise: what is known of the one that is active, and the
// changes that the rules decide.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/alarm_rules/alarm_rules.h"
#include "model/alarm.h"
#include "rule/node.h"

namespace thingstead::rule {

/// What became of an alarm by its rules.
struct AlarmNews {
    enum class Kind : std::uint8_t { created, updated, severity_updated, cleared };
    Kind kind = Kind::created;
    model::AlarmInfo alarm;
};

/// The flags of a message that tells it, and how often or how long, in ms, `rule` was met by then.
void put_flags(model::Metadata& metadata, AlarmNews::Kind kind, const core::AlarmRule& rule,
               const core::RuleState& met, EpochMs now);

/// Belongs to one worker's thread, and is asked for one thing at a time.
class RaisedAlarm {
  public:
    RaisedAlarm(model::TenantId tenant, model::EntityId originator, std::string type);

    /// Whether there is one; asks the store if that is not known. Errors: those of the store.
    Task<Result<bool>> is_active(NodeServices& services);
    /// Somebody else changed it.
    void forget();
    /// Whether the active one is this, as far as is known.
    bool may_be(model::AlarmId id) const { return !known_ || (active_ && active_->id == id); }

    /// How an alarm is raised.
    struct Raise {
        Raise(const core::AlarmRules& of, model::AlarmSeverity how_bad, json::object what)
            : rules(&of), severity(how_bad), details(std::move(what)) {}
        const core::AlarmRules* rules;  ///< For where it shows.
        model::AlarmSeverity severity;
        json::object details;    ///< Empty: they stay.
        EpochMs start_ts = 0;    ///< Of a new one; 0: now.
        bool refreshes = false;  ///< One of the same severity is updated too.
    };
    /// Creates it, or makes the active one as bad; never less bad. Nullopt: nothing changed.
    /// Errors: those of core::save_alarm().
    Task<Result<std::optional<AlarmNews>>> raise(NodeServices& services, Raise how);
    /// Nullopt: there is none any more.
    Task<Result<std::optional<AlarmNews>>> clear(NodeServices& services, json::object details);

  private:
    model::TenantId tenant_;
    model::EntityId originator_;
    std::string type_;
    bool known_ = false;
    std::optional<model::Alarm> active_;
};

}  // namespace thingstead::rule
