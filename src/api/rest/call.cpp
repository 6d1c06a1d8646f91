#include "api/rest/call.h"

#include <algorithm>
#include <charconv>
#include <limits>

namespace thingstead::api {
namespace {

Error invalid(std::string message) { return {ErrorCode::invalid_argument, std::move(message)}; }

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same_word(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](char x, char y) { return lower(x) == lower(y); });
}

bool is_property_name(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) {
        return (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9') || c == '_' ||
               c == '-';
    });
}

void split(std::string_view text, std::vector<std::string>& out) {
    while (!text.empty()) {
        const std::size_t comma = std::min(text.find(','), text.size());
        if (comma != 0) out.emplace_back(text.substr(0, comma));
        text.remove_prefix(std::min(comma + 1, text.size()));
    }
}

}  // namespace

const std::string& Call::variable(std::string_view name) const {
    std::size_t index = 0;
    for (std::size_t at = route.pattern.find('{'); at != std::string_view::npos;
         at = route.pattern.find('{', at + 1), ++index)
        if (route.pattern.substr(at + 1, route.pattern.find('}', at) - at - 1) == name)
            return variables[index];
    assertion_failed("the pattern has the variable", __FILE__, __LINE__);
}

Result<Uuid> Call::uuid(std::string_view name) const { return parse_uuid(variable(name)); }

Result<model::EntityId> Call::entity() const {
    const std::string& type_name = variable("entityType");
    const std::optional<model::EntityType> type = model::entity_type_of(type_name);
    if (!type) return invalid("EntityType \"" + type_name + "\" is not supported!");
    const Result<Uuid> id = uuid("entityId");
    if (!id) return id.error();
    return model::EntityId(*type, *id);
}

std::optional<std::string> Call::parameter(std::string_view name) const {
    const std::optional<std::string_view> value = query.find(name);
    if (!value || value->empty()) return std::nullopt;
    return std::string(*value);
}

Result<std::string> Call::required(std::string_view name) const {
    if (const std::optional<std::string_view> value = query.find(name)) return std::string(*value);
    return Error{ErrorCode::malformed,
                 "Required request parameter '" + std::string(name) + "' is not present"};
}

Result<std::optional<std::int64_t>> Call::integer(std::string_view name) const {
    const std::optional<std::string> text = parameter(name);
    if (!text) return std::optional<std::int64_t>();
    std::int64_t value = 0;
    const char* end = text->data() + text->size();
    const auto read = std::from_chars(text->data(), end, value);
    if (read.ec != std::errc() || read.ptr != end)
        return invalid("Parameter '" + std::string(name) + "' is not an integer: \"" + *text +
                       "\"");
    return std::optional<std::int64_t>(value);
}

Result<std::int64_t> Call::integer(std::string_view name, std::int64_t otherwise) const {
    const Result<std::optional<std::int64_t>> value = integer(name);
    if (!value) return value.error();
    return value->value_or(otherwise);
}

Result<bool> Call::flag(std::string_view name, bool otherwise) const {
    const std::optional<std::string> text = parameter(name);
    if (!text) return otherwise;
    if (same_word(*text, "true")) return true;
    if (same_word(*text, "false")) return false;
    return invalid("Parameter '" + std::string(name) + "' is neither true nor false: \"" + *text +
                   "\"");
}

std::vector<std::string> Call::list(std::string_view name, std::string_view repeated) const {
    std::vector<std::string> found;
    for (const std::string_view value : query.all(name)) split(value, found);
    if (!repeated.empty())
        for (const std::string_view value : query.all(repeated))
            if (!value.empty()) found.emplace_back(value);
    return found;
}

Result<std::vector<Uuid>> Call::uuids(std::string_view name) const {
    if (const Result<std::string> given = required(name); !given) return given.error();
    std::vector<Uuid> ids;
    for (const std::string& text : list(name)) {
        const Result<Uuid> id = parse_uuid(text);
        if (!id) return id.error();
        ids.push_back(*id);
    }
    if (ids.empty()) return invalid("Parameter '" + std::string(name) + "' can't be empty!");
    return ids;
}

Result<store::PageLink> Call::page_link() const {
    constexpr std::int64_t most = std::numeric_limits<std::int32_t>::max();
    store::PageLink link;
    const std::pair<const char*, std::int32_t*> numbers[] = {
        {"pageSize", &link.page_size},
        {"page",     &link.page     }
    };
    for (const auto& [name, target] : numbers) {
        if (const Result<std::string> given = required(name); !given) return given.error();
        const Result<std::optional<std::int64_t>> number = integer(name);
        if (!number) return number.error();
        if (!*number || **number < -most || **number > most)
            return invalid("Parameter '" + std::string(name) + "' is not an integer in range");
        *target = static_cast<std::int32_t>(**number);
    }
    if (link.page_size < 1)
        return invalid("Incorrect page link page size '" + std::to_string(link.page_size) +
                       "'. Page size must be greater than zero.");
    if (link.page < 0)
        return invalid("Incorrect page link page '" + std::to_string(link.page) +
                       "'. Page must be positive integer.");
    link.text_search = parameter("textSearch").value_or("");
    link.sort_property = parameter("sortProperty").value_or("");
    if (!is_property_name(link.sort_property)) return invalid("Invalid sort property");
    const std::string order = parameter("sortOrder").value_or("ASC");
    link.descending = same_word(order, "DESC");
    if (!link.descending && !same_word(order, "ASC"))
        return invalid("Unsupported sort order '" + order +
                       "'! Only 'ASC' or 'DESC' types are allowed.");
    return link;
}

Result<store::TimeWindow> Call::time_window() const {
    const Result<std::optional<std::int64_t>> start = integer("startTime");
    const Result<std::optional<std::int64_t>> end = integer("endTime");
    if (!start) return start.error();
    if (!end) return end.error();
    return store::TimeWindow{*start, *end};
}

Result<json::value> Call::body() const { return parse_json(request.body); }

}  // namespace thingstead::api
