#include "store/row.h"

#include <boost/json/parse.hpp>

namespace thingstead::store {
namespace {

/// What was stored is nested deeper than what came in (json_depth_max): audit entries hold whole
/// entities, and these hold documents.
constexpr std::size_t stored_depth_max = 4 * json_depth_max;

}  // namespace

const Column* Table::find(std::string_view field) const {
    for (const Column& column : columns)
        if (column.field == field) return &column;
    return nullptr;
}

std::string snake_case(std::string_view camel_case) {
    std::string out;
    out.reserve(camel_case.size() + 4);
    for (const char c : camel_case) {
        if (c >= 'A' && c <= 'Z') {
            if (!out.empty()) out += '_';
            out += static_cast<char>(c - 'A' + 'a');
        } else {
            out += c;
        }
    }
    return out;
}

std::string without_nul(std::string_view text) {
    std::string out(text);
    std::erase(out, '\0');
    return out;
}

Error wrong_cell(const Cell& cell, std::string_view expected) {
    static constexpr std::string_view held[] = {"NULL",   "a boolean", "an integer",
                                                "a real", "a text",    "an id"};
    return {ErrorCode::internal, "stored data is not as expected",
            std::string(held[cell.index()]) + " instead of " + std::string(expected)};
}

Cell json_cell(const json::value& value) {
    if (value.is_null()) return {};
    return json::serialize(value);
}

Result<json::value> json_of_cell(const Cell& cell) {
    if (std::holds_alternative<std::monostate>(cell)) return json::value();
    const std::string* text = std::get_if<std::string>(&cell);
    if (!text) return wrong_cell(cell, "a JSON text");
    json::parse_options options;
    options.max_depth = stored_depth_max;
    boost::system::error_code failed;
    json::value value = json::parse(*text, failed, {}, options);
    if (failed)
        return Error{ErrorCode::internal, "stored data is not as expected", failed.message()};
    return value;
}

Result<model::EntityId> ColumnCodec<model::EntityId>::read(const Cell& cell) {
    const std::string* text = std::get_if<std::string>(&cell);
    const std::size_t colon = text ? text->find(':') : std::string::npos;
    if (colon == std::string::npos) return wrong_cell(cell, "the id of an entity");
    const auto type = model::entity_type_of(std::string_view(*text).substr(0, colon));
    const Result<Uuid> uuid = parse_uuid(std::string_view(*text).substr(colon + 1));
    if (!type || !uuid) return wrong_cell(cell, "the id of an entity");
    return model::EntityId(*type, *uuid);
}

}  // namespace thingstead::store
