#include "core/calculated_field/members.h"

#include <algorithm>
#include <cctype>

#include "core/entity/kind.h"
#include "model/validate.h"

namespace thingstead::core {

const json::value* member_of(const json::object& object, std::string_view name) {
    const json::value* value = object.if_contains(name);
    return value && !value->is_null() ? value : nullptr;
}

std::string text_of_member(const json::object& object, std::string_view name) {
    const json::value* value = member_of(object, name);
    const json::string* text = value ? value->if_string() : nullptr;
    return text ? std::string(*text) : std::string();
}

bool flag_of(const json::object& object, std::string_view name, bool otherwise) {
    const json::value* value = member_of(object, name);
    return value && value->is_bool() ? value->get_bool() : otherwise;
}

Result<std::int64_t> count_of(const json::object& object, std::string_view name,
                              std::int64_t otherwise) {
    const json::value* value = member_of(object, name);
    if (!value) return otherwise;
    const Result<std::int64_t> number = from_json<std::int64_t>(*value);
    if (!number || *number < 0)
        return invalid(std::string(name) + " should be a number that is not negative!");
    return *number;
}

Result<std::chrono::seconds> seconds_of(const json::object& object, std::string_view name) {
    constexpr std::int64_t most = std::int64_t{60} * 60 * 24 * 366 * 100;
    const Result<std::int64_t> number = count_of(object, name, 0);
    if (!number) return number.error();
    return std::chrono::seconds(std::min(*number, most));
}

Result<RelationStep> read_step(const json::value& document, const std::string& where) {
    const json::object* object = document.if_object();
    if (!object) return invalid(where + " should be an object!");
    RelationStep step;
    const auto direction = enum_value<model::SearchDirection>(text_of_member(*object, "direction"));
    if (!direction) return invalid(where + " should have a direction, FROM or TO!");
    step.direction = *direction;
    step.type = text_of_member(*object, "relationType");
    if (model::is_blank(step.type)) return invalid(where + " should have a relationType!");
    return step;
}

Result<std::chrono::seconds> read_refresh(const json::object& document) {
    if (!flag_of(document, "scheduledUpdateEnabled", true)) return std::chrono::seconds(0);
    return seconds_of(document, "scheduledUpdateInterval");
}

bool is_variable_name(std::string_view name) {
    if (name.empty() || std::isdigit(static_cast<unsigned char>(name.front()))) return false;
    return std::all_of(name.begin(), name.end(), [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) || c == '_';
    });
}

}  // namespace thingstead::core
