#include "store/row.h"

namespace thingstead::store {

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
    Result<json::value> value = parse_json(*text);
    if (!value)
        return Error{ErrorCode::internal, "stored data is not as expected", value.error().message};
    return value;
}

}  // namespace thingstead::store
