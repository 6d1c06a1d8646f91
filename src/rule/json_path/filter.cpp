#include <algorithm>

#include "rule/json_path/program.h"

namespace thingstead::rule::json_path {
namespace {

using Side = std::optional<json::value>;  ///< Nullopt: the path leads nowhere.

Result<Side> side_of(const Operand& operand, const json::value& value, const json::value& root,
                     Budget& budget) {
    if (const auto* literal = std::get_if<json::value>(&operand)) return Side(*literal);
    const auto* path = std::get_if<Path>(&operand);
    if (!path) return Side();
    Result<json::value> found = evaluate(*path, path->from_root ? root : value, root, budget);
    if (found) return Side(*std::move(found));
    if (found.error().code == ErrorCode::too_large) return found.error();
    return Side();
}

bool equal(const json::value& a, const json::value& b) {
    if (a.is_number() && b.is_number()) {
        if (a.is_double() || b.is_double()) return a.to_number<double>() == b.to_number<double>();
        return a == b;
    }
    return a == b;
}

/// Below 0, 0, above 0; nullopt: they have no order.
std::optional<int> order(const json::value& a, const json::value& b) {
    if (a.is_number() && b.is_number()) {
        const auto x = a.to_number<double>();
        const auto y = b.to_number<double>();
        return (x > y) - (x < y);
    }
    if (a.is_string() && b.is_string())
        return (a.get_string() > b.get_string()) - (a.get_string() < b.get_string());
    return std::nullopt;
}

std::size_t size_of(const json::value& value) {
    if (const json::array* list = value.if_array()) return list->size();
    if (const json::object* object = value.if_object()) return object->size();
    return value.is_string() ? value.get_string().size() : 0;
}

bool is_in(const json::value& value, const json::value& list) {
    const json::array* items = list.if_array();
    return items && std::any_of(items->begin(), items->end(),
                                [&](const json::value& each) { return equal(each, value); });
}

bool ordered(Compare compare, const json::value& a, const json::value& b) {
    const std::optional<int> known = order(a, b);
    if (!known) return false;
    switch (compare) {
        case Compare::less:    return *known < 0;
        case Compare::at_most: return *known <= 0;
        case Compare::greater: return *known > 0;
        default:               return *known >= 0;
    }
}

bool holds(const Filter& filter, const Side& left, const Side& right) {
    if (filter.compare == Compare::exists) return left.has_value();
    if (filter.compare == Compare::matches) {
        const auto& expression = std::get<boost::regex>(filter.right);
        return left && left->is_string() &&
               boost::regex_match(left->get_string().begin(), left->get_string().end(), expression);
    }
    if (!left || !right)
        return (filter.compare == Compare::not_equal && left.has_value() != right.has_value()) ||
               (filter.compare == Compare::none_of && right);
    switch (filter.compare) {
        case Compare::equal:     return equal(*left, *right);
        case Compare::not_equal: return !equal(*left, *right);
        case Compare::one_of:    return is_in(*left, *right);
        case Compare::none_of:   return !is_in(*left, *right);
        case Compare::size:
            return right->is_number() &&
                   static_cast<double>(size_of(*left)) == right->to_number<double>();
        case Compare::empty: return right->is_bool() && (size_of(*left) == 0) == right->get_bool();
        default:             return ordered(filter.compare, *left, *right);
    }
}

}  // namespace

Result<bool> fits(const Filter& filter, const json::value& value, const json::value& root,
                  Budget& budget) {
    if (!budget.take()) return too_many_steps();
    if (filter.kind == Filter::Kind::comparison) {
        const Result<Side> left = side_of(filter.left, value, root, budget);
        if (!left) return left.error();
        const Result<Side> right = side_of(filter.right, value, root, budget);
        if (!right) return right.error();
        return holds(filter, *left, *right);
    }
    if (filter.kind == Filter::Kind::negation) {
        const Result<bool> inner = fits(filter.parts.front(), value, root, budget);
        if (!inner) return inner.error();
        return !*inner;
    }
    const bool until = filter.kind == Filter::Kind::any;  // what decides before the end
    for (const Filter& each : filter.parts) {
        const Result<bool> inner = fits(each, value, root, budget);
        if (!inner) return inner.error();
        if (*inner == until) return until;
    }
    return !until;
}

}  // namespace thingstead::rule::json_path
