#include "rule/node/ai_request/schema.h"

#include <algorithm>
#include <string>
#include <string_view>

namespace thingstead::rule::ai_request {
namespace {

constexpr int depth_max = 32;
constexpr std::string_view types[] = {"string", "integer", "boolean", "number",
                                      "null",   "object",  "array"};

Error wrong_at(const std::string& place, const char* why) {
    return {ErrorCode::invalid_argument, place + " " + why};
}

bool is_enumeration(const json::value& names) {
    const json::array* items = names.if_array();
    return items && !items->empty() &&
           std::all_of(items->begin(), items->end(),
                       [](const json::value& each) { return each.is_string(); });
}

Result<> check_part(const json::value& part, const std::string& place, int depth) {
    if (depth > depth_max) return wrong_at(place, "is too deep!");
    const json::object* members = part.if_object();
    if (!members) return wrong_at(place, "should be an object!");
    if (const json::value* names = members->if_contains("enum")) {
        if (!is_enumeration(*names)) return wrong_at(place + ".enum", "should be a list of texts!");
        return {};
    }
    const json::value* type = members->if_contains("type");
    if (!type || !type->is_string()) return wrong_at(place + ".type", "should be a text!");
    if (std::find(std::begin(types), std::end(types), std::string_view(type->get_string())) ==
        std::end(types))
        return wrong_at(place + ".type", "is not supported!");
    if (const json::value* properties = members->if_contains("properties")) {
        if (!properties->is_object())
            return wrong_at(place + ".properties", "should be an object!");
        for (const auto& [name, each] : properties->get_object())
            if (Result<> fits =
                    check_part(each, place + ".properties." + std::string(name), depth + 1);
                !fits)
                return fits;
    }
    if (const json::value* items = members->if_contains("items"))
        return check_part(*items, place + ".items", depth + 1);
    return {};
}

}  // namespace

Result<> check_schema(const json::value& schema) {
    if (Result<> fits = check_part(schema, "schema", 0); !fits) return fits;
    const json::value* title = schema.get_object().if_contains("title");
    if (!title || !title->is_string() || title->get_string().empty())
        return wrong_at("schema.title", "should be specified!");
    return {};
}

}  // namespace thingstead::rule::ai_request
