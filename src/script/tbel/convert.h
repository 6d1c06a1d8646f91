// Java's conversions of values, as casts, arguments and array elements need them, and their text.
#pragma once
#include <string>
#include <string_view>

#include "script/tbel/run.h"

namespace thingstead::script::tbel {

/// To a scalar kind or string. Throws where Java or the script language has no way.
Value convert_to(Run& run, const Value& value, Kind kind);

/// Java narrowing of a number to another numeric kind.
Value convert_number(Run& run, const Value& number, Kind kind);

/// As comparisons with a Boolean see it; throws for what is none.
bool convert_to_boolean(const Value& value);

/// A Boolean itself; throws "expected Boolean" and the like.
bool require_boolean(const Value& value);

/// Whether a text counts as a number in arithmetic, and which.
bool is_numeric_text(std::string_view text);
double numeric_text_value(std::string_view text);

/// Appends toString() of the value; throws when `out` grows beyond what a run may hold.
void append_text(Run& run, std::string& out, const Value& value, std::uint32_t depth = 0);
std::string text_of(Run& run, const Value& value);

/// A text's view, or the text of another value, kept in the run.
std::string_view view_of(Run& run, const Value& value);

}  // namespace thingstead::script::tbel
