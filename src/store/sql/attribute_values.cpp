#include "store/sql/attribute_values.h"

#include <algorithm>
#include <cmath>

#include "store/row.h"

namespace thingstead::store::sql {

std::vector<std::string> sorted_keys(const std::vector<std::string>& keys) {
    std::vector<std::string> sorted;
    sorted.reserve(keys.size());
    for (const std::string& key : keys) sorted.push_back(without_nul(key));
    std::sort(sorted.begin(), sorted.end());
    sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
    return sorted;
}

Result<> require_finite(const model::KeyValue& value) {
    const double* number = std::get_if<double>(&value.value);
    if (!number || std::isfinite(*number)) return {};
    return Error{ErrorCode::invalid_argument,
                 "the value of '" + value.key + "' is not a finite number"};
}

}  // namespace thingstead::store::sql
