// Cells of rows as values. A cell of the wrong size, or null, is nullopt.
// Source: native_protocol_v4.spec section 6.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/uuid.h"

namespace thingstead::cql {

using Cell = std::optional<std::string_view>;

std::optional<std::int64_t> read_bigint(Cell cell);  ///< bigint, timestamp, time, counter
std::optional<std::int32_t> read_int(Cell cell);
std::optional<double> read_double(Cell cell);
std::optional<bool> read_boolean(Cell cell);
std::optional<Uuid> read_uuid(Cell cell);
/// Numeric text of an IPv4 or IPv6 address.
std::optional<std::string> read_inet(Cell cell);
/// list or set of text or blob; elements that are null are left out.
std::optional<std::vector<std::string_view>> read_text_list(Cell cell);
/// map of text or blob to the same.
std::optional<std::vector<std::pair<std::string_view, std::string_view>>> read_text_map(Cell cell);

}  // namespace thingstead::cql
