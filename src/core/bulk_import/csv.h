// Comma-separated values (RFC 4180) as spreadsheets export them.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace thingstead::core {

using CsvRecord = std::vector<std::string>;

/// Records in order, empty lines too (as one empty value), so that their numbers are those that
/// people count; a byte-order mark and the line break at the end are none. Values in double quotes
/// may hold delimiters, line breaks and doubled quotes.
/// Errors: invalid_argument - a quote that is not closed, or text behind a closing one.
Result<std::vector<CsvRecord>> parse_csv(std::string_view text, char delimiter);

}  // namespace thingstead::core
