// What a calculated field knows of its arguments for one entity. Plain values: no store, no clock.
#pragma once
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/calculated_field/configuration.h"
#include "model/kv.h"

namespace thingstead::rule {

/// A value that was saved or removed.
struct ChangedValue {
    bool attribute = false;                                       ///< Else time series.
    model::AttributeScope scope = model::AttributeScope::server;  ///< Of an attribute.
    std::string key;
    EpochMs ts = 0;
    std::optional<model::Value> value{};  ///< None: it was removed.
};

/// Sizes that the tenant's profile grants; 0: not limited.
struct FieldLimits {
    std::size_t rolling_points_max = 1000;
    std::size_t value_bytes_max = 2 * 1024;
    std::size_t state_bytes_max = 32 * 1024;
    /// How often alarm rules are looked at that time alone may decide.
    std::chrono::seconds alarm_reevaluation{60};
    std::size_t related_max = 100;  ///< Entities of one argument.
    std::chrono::seconds intermediate_interval{300};
    std::chrono::seconds recheck_interval{60};
    friend bool operator==(const FieldLimits&, const FieldLimits&) = default;
};

/// One argument. A rolling one has points, oldest first, the others a value.
struct ArgumentValue {
    EpochMs ts = 0;
    std::optional<model::Value> value{};
    std::vector<std::pair<EpochMs, double>> points{};
};

/// What one of the entities has that an argument with many is of.
struct RelatedValue {
    model::EntityId entity;
    ArgumentValue value{};
};

/// Whether the argument takes such values, of whichever entity.
bool takes(const core::FieldArgument& argument, const ChangedValue& change);

/// The number of a value: booleans are 1 and 0, texts are read. Nullopt: it is none.
std::optional<double> number_of(const model::Value& value);
/// What an argument's default text stands for: a boolean, an integer, a number or itself.
model::Value default_value(const std::string& text);

class FieldValues {
  public:
    /// `configuration` and `limits` outlive it.
    FieldValues(const core::FieldConfiguration& configuration, const FieldLimits& limits);

    /// By position in the configuration.
    void set(std::size_t argument, ArgumentValue value);
    const ArgumentValue& at(std::size_t argument) const { return values_[argument]; }
    /// Takes a change into the argument; false: it is older than what is known.
    bool apply(std::size_t argument, const ChangedValue& change);
    /// Of an argument with many: sorted by entity.
    void set_related(std::size_t argument, std::vector<RelatedValue> values);
    const std::vector<RelatedValue>& related(std::size_t argument) const {
        return related_[argument];
    }
    /// Takes a change of one of the entities. Nullopt: it is not known; false: it is older.
    std::optional<bool> apply_related(std::size_t argument, model::EntityId source,
                                      const ChangedValue& change);
    /// Forgets points that left the windows by `now`.
    void roll(EpochMs now);
    /// Whether every argument has a value, a point or a default; those with many need none.
    bool complete() const;
    /// The value, or the default; nothing for a rolling argument.
    std::optional<model::Value> value(std::size_t argument) const;
    /// The newest time among the values; 0: only defaults.
    EpochMs latest_ts() const;
    /// Which limit a value, or all together, are over; none: they are within.
    std::optional<std::string> over_limit() const;

  private:
    std::size_t points_max(const core::FieldArgument& argument) const;

    const core::FieldConfiguration* configuration_;
    const FieldLimits* limits_;
    std::vector<ArgumentValue> values_;
    std::vector<std::vector<RelatedValue>> related_;
};

}  // namespace thingstead::rule
