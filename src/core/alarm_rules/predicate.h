// What an alarm rule asks of one value: comparisons of texts, numbers and booleans, several of them
// with AND and OR, or that there was no data for a time. Source: the interface's rule engine,
// calculated fields and device profile node.
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/json.h"
#include "model/kv.h"

namespace thingstead::core {

/// A value and when it was measured; no value: there is none yet.
struct Operand {
    EpochMs ts = 0;
    std::optional<model::Value> value{};
};

/// The values that a rule may name. No value of an unknown name.
using Operands = std::function<Operand(std::string_view argument)>;

/// A value that a rule compares with: a fixed one, or what an argument has.
struct RuleValue {
    std::optional<model::Value> fixed{};
    std::string argument{};

    /// {"staticValue"} or {"dynamicValueArgument"}. Errors: invalid_argument.
    static Result<RuleValue> read(const json::value& document);
    /// Nullopt: the argument has none.
    std::optional<model::Value> in(const Operands& operands) const;
};

/// {"unit","value"} of a time: unit is MILLISECONDS, SECONDS, … DAYS. Errors: invalid_argument.
Result<std::chrono::milliseconds> time_unit(const json::value& unit);

class Predicate {
  public:
    /// Errors: invalid_argument - what is not known or missing, at which predicate.
    static Result<Predicate> read(const json::value& document);

    /// A value that is missing or of another kind fits nothing but NO_DATA.
    bool fits(const Operand& operand, const Operands& operands, EpochMs now) const;
    /// Adds the arguments that it compares with.
    void name_arguments(std::set<std::string>& names) const;
    /// Whether it, or a part of it, is NO_DATA.
    bool waits_for_data() const;

  private:
    enum class Kind : std::uint8_t { text, number, boolean, complex, no_data };
    enum class Operation : std::uint8_t {
        equal,
        not_equal,
        greater,
        less,
        greater_or_equal,
        less_or_equal,
        starts_with,
        ends_with,
        contains,
        not_contains,
        in,
        not_in
    };

    Result<> read_comparison(const json::object& object);
    Result<> read_parts(const json::object& object);
    Result<> read_duration(const json::object& object);
    bool compares_text(std::string text, std::string with) const;
    bool compares_number(double number, double with) const;

    Kind kind_ = Kind::number;
    Operation operation_ = Operation::equal;
    bool ignore_case_ = false;
    RuleValue value_;  ///< Compared with; of NO_DATA how many units.
    std::chrono::milliseconds unit_{1};
    bool any_ = false;  ///< OR of the parts, else AND.
    std::vector<Predicate> parts_;
};

}  // namespace thingstead::core
