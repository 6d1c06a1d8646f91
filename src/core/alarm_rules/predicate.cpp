#include "core/alarm_rules/predicate.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace thingstead::core {
namespace {

Error wrong_predicate(std::string what) {
    return {ErrorCode::invalid_argument, "Predicate: " + std::move(what)};
}

const json::value* part_of(const json::object& object, std::string_view name) {
    const json::value* value = object.if_contains(name);
    return value && !value->is_null() ? value : nullptr;
}

std::string text_part(const json::object& object, std::string_view name) {
    const json::value* value = part_of(object, name);
    return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

std::string lower_ascii(std::string text) {
    for (char& c : text)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return text;
}

std::optional<double> as_number(const model::Value& value) {
    if (const auto* integer = std::get_if<std::int64_t>(&value))
        return static_cast<double>(*integer);
    if (const auto* real = std::get_if<double>(&value)) return *real;
    const auto* text = std::get_if<std::string>(&value);
    if (!text) return std::nullopt;
    double number = 0;
    const auto [end, failed] = std::from_chars(text->data(), text->data() + text->size(), number);
    if (failed != std::errc() || end != text->data() + text->size()) return std::nullopt;
    return number;
}

std::optional<bool> as_boolean(const model::Value& value) {
    if (const bool* flag = std::get_if<bool>(&value)) return *flag;
    const auto* text = std::get_if<std::string>(&value);
    if (text && lower_ascii(*text) == "true") return true;
    if (text && lower_ascii(*text) == "false") return false;
    return std::nullopt;
}

/// Parts between commas, without blanks around them.
bool is_listed(const std::string& text, std::string_view list) {
    while (true) {
        const std::size_t comma = list.find(',');
        std::string_view part = list.substr(0, comma);
        while (!part.empty() && part.front() == ' ') part.remove_prefix(1);
        while (!part.empty() && part.back() == ' ') part.remove_suffix(1);
        if (part == text) return true;
        if (comma == std::string_view::npos) return false;
        list.remove_prefix(comma + 1);
    }
}

struct Unit {
    std::string_view name;
    std::int64_t ms;
};
constexpr Unit units[] = {
    {"MILLISECONDS", 1            },
    {"SECONDS",      1000         },
    {"MINUTES",      60 * 1000    },
    {"HOURS",        3600 * 1000  },
    {"DAYS",         86'400 * 1000},
};

}  // namespace

Result<RuleValue> RuleValue::read(const json::value& document) {
    RuleValue out;
    const json::object* object = document.if_object();
    if (!object) return wrong_predicate("a value should be an object!");
    out.argument = text_part(*object, "dynamicValueArgument");
    const json::value* fixed = part_of(*object, "staticValue");
    if (!fixed && out.argument.empty()) return wrong_predicate("a value is missing!");
    if (!fixed) return out;
    if (fixed->is_bool())
        out.fixed = fixed->get_bool();
    else if (fixed->is_string())
        out.fixed = std::string(fixed->get_string());
    else if (fixed->is_int64())
        out.fixed = fixed->get_int64();
    else if (fixed->is_double())
        out.fixed = fixed->get_double();
    else
        return wrong_predicate("a value should be a boolean, a number or a string!");
    return out;
}

std::optional<model::Value> RuleValue::in(const Operands& operands) const {
    if (argument.empty()) return fixed;
    std::optional<model::Value> found = operands(argument).value;
    return found ? found : fixed;
}

Result<std::chrono::milliseconds> time_unit(const json::value& unit) {
    if (const json::string* name = unit.if_string())
        for (const Unit& each : units)
            if (each.name == std::string_view(*name)) return std::chrono::milliseconds(each.ms);
    return wrong_predicate("an unknown unit of time!");
}

Result<Predicate> Predicate::read(const json::value& document) {
    const json::object* object = document.if_object();
    if (!object) return wrong_predicate("an object is expected!");
    constexpr std::pair<std::string_view, Kind> kinds[] = {
        {"STRING",  Kind::text   },
        {"NUMERIC", Kind::number },
        {"BOOLEAN", Kind::boolean},
        {"COMPLEX", Kind::complex},
        {"NO_DATA", Kind::no_data}
    };
    const std::string type = text_part(*object, "type");
    const auto* const known = std::find_if(std::begin(kinds), std::end(kinds),
                                           [&](const auto& each) { return each.first == type; });
    if (known == std::end(kinds)) return wrong_predicate("unknown type '" + type + "'!");
    Predicate predicate;
    predicate.kind_ = known->second;
    const Result<> read = predicate.kind_ == Kind::complex   ? predicate.read_parts(*object)
                          : predicate.kind_ == Kind::no_data ? predicate.read_duration(*object)
                                                             : predicate.read_comparison(*object);
    if (!read) return read.error();
    return predicate;
}

Result<> Predicate::read_comparison(const json::object& object) {
    using enum Operation;
    constexpr std::pair<std::string_view, Operation> operations[] = {
        {"EQUAL",            equal           },
        {"NOT_EQUAL",        not_equal       },
        {"GREATER",          greater         },
        {"LESS",             less            },
        {"GREATER_OR_EQUAL", greater_or_equal},
        {"LESS_OR_EQUAL",    less_or_equal   },
        {"STARTS_WITH",      starts_with     },
        {"ENDS_WITH",        ends_with       },
        {"CONTAINS",         contains        },
        {"NOT_CONTAINS",     not_contains    },
        {"IN",               in              },
        {"NOT_IN",           not_in          }
    };
    const std::string name = text_part(object, "operation");
    const auto* const known = std::find_if(std::begin(operations), std::end(operations),
                                           [&](const auto& each) { return each.first == name; });
    if (known == std::end(operations)) return wrong_predicate("unknown operation '" + name + "'!");
    operation_ = known->second;
    const bool of_all = operation_ == equal || operation_ == not_equal;
    const bool of_texts = operation_ >= starts_with;
    const bool fits_kind =
        of_all || (kind_ == Kind::text && of_texts) || (kind_ == Kind::number && !of_texts);
    if (!fits_kind) return wrong_predicate("operation '" + name + "' is not for such values!");
    const json::value* ignore = part_of(object, "ignoreCase");
    ignore_case_ = ignore && ignore->is_bool() && ignore->get_bool();
    const json::value* value = part_of(object, "value");
    if (!value) return wrong_predicate("a value is missing!");
    Result<RuleValue> read = RuleValue::read(*value);
    if (!read) return read.error();
    value_ = *std::move(read);
    return {};
}

Result<> Predicate::read_parts(const json::object& object) {
    any_ = text_part(object, "operation") == "OR";
    const json::value* list = part_of(object, "predicates");
    if (!list || !list->is_array()) return wrong_predicate("predicates are missing!");
    for (const json::value& each : list->get_array()) {
        Result<Predicate> part = Predicate::read(each);
        if (!part) return part.error();
        parts_.push_back(*std::move(part));
    }
    return {};
}

Result<> Predicate::read_duration(const json::object& object) {
    const json::value* unit = part_of(object, "unit");
    const json::value* duration = part_of(object, "duration");
    if (!unit || !duration) return wrong_predicate("unit or duration are missing!");
    const auto known = time_unit(*unit);
    if (!known) return known.error();
    unit_ = *known;
    Result<RuleValue> read = RuleValue::read(*duration);
    if (!read) return read.error();
    value_ = *std::move(read);
    return {};
}

bool Predicate::fits(const Operand& operand, const Operands& operands, EpochMs now) const {
    if (kind_ == Kind::complex) {
        const auto one = [&](const Predicate& each) { return each.fits(operand, operands, now); };
        return any_ ? std::any_of(parts_.begin(), parts_.end(), one)
                    : std::all_of(parts_.begin(), parts_.end(), one);
    }
    const std::optional<model::Value> with = value_.in(operands);
    if (!with) return false;
    if (kind_ == Kind::no_data) {
        const auto count = as_number(*with);
        if (!count) return false;
        return !operand.value ||
               static_cast<double>(now - operand.ts) >= *count * static_cast<double>(unit_.count());
    }
    if (!operand.value) return false;
    if (kind_ == Kind::text) return compares_text(to_text(*operand.value), to_text(*with));
    if (kind_ == Kind::boolean) {
        const auto left = as_boolean(*operand.value);
        const auto right = as_boolean(*with);
        return left && right && (*left == *right) == (operation_ == Operation::equal);
    }
    const auto left = as_number(*operand.value);
    const auto right = as_number(*with);
    return left && right && compares_number(*left, *right);
}

void Predicate::name_arguments(std::set<std::string>& names) const {
    if (!value_.argument.empty()) names.insert(value_.argument);
    for (const Predicate& each : parts_) each.name_arguments(names);
}

bool Predicate::waits_for_data() const {
    return kind_ == Kind::no_data ||
           std::any_of(parts_.begin(), parts_.end(),
                       [](const Predicate& each) { return each.waits_for_data(); });
}

bool Predicate::compares_text(std::string text, std::string with) const {
    if (ignore_case_) {
        text = lower_ascii(std::move(text));
        with = lower_ascii(std::move(with));
    }
    switch (operation_) {
        case Operation::equal:        return text == with;
        case Operation::not_equal:    return text != with;
        case Operation::starts_with:  return text.starts_with(with);
        case Operation::ends_with:    return text.ends_with(with);
        case Operation::contains:     return text.find(with) != std::string::npos;
        case Operation::not_contains: return text.find(with) == std::string::npos;
        case Operation::in:           return is_listed(text, with);
        case Operation::not_in:       return !is_listed(text, with);
        default:                      return false;
    }
}

bool Predicate::compares_number(double number, double with) const {
    switch (operation_) {
        case Operation::equal:            return number == with;
        case Operation::not_equal:        return number != with;
        case Operation::greater:          return number > with;
        case Operation::less:             return number < with;
        case Operation::greater_or_equal: return number >= with;
        case Operation::less_or_equal:    return number <= with;
        default:                          return false;
    }
}

}  // namespace thingstead::core
