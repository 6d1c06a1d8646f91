#include "protocol/resp/value.h"

#include <cmath>

namespace thingstead::resp {

std::string_view Value::as_text() const {
    if (type == Type::verbatim) return std::string_view(text).substr(4);
    return is_text() ? std::string_view(text) : std::string_view();
}

const Value* Value::find(std::string_view key) const {
    if (!is_list()) return nullptr;
    for (std::size_t i = 0; i + 1 < items.size(); i += 2)
        if (items[i].is_text() && items[i].as_text() == key) return &items[i + 1];
    return nullptr;
}

bool operator==(const Value& left, const Value& right) {
    const bool same_real =
        left.real == right.real || (std::isnan(left.real) && std::isnan(right.real));
    return left.type == right.type && left.number == right.number && same_real &&
           left.text == right.text && left.items == right.items &&
           left.attributes == right.attributes;
}

}  // namespace thingstead::resp
