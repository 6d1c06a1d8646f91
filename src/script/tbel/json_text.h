// JSON text in scripts: JSON.stringify and JSON.parse.
#pragma once
#include <string>
#include <string_view>

#include "base/json.h"
#include "script/tbel/run.h"

namespace thingstead::script::tbel {

/// Compact; doubles keep their ".0". Throws where it gets longer than a run may hold.
std::string json_text(Run& run, const Value& value);
/// Throws for what is no JSON.
Value parse_json_text(Run& run, std::string_view text);

/// A document as script values; members that are null disappear. Texts are borrowed from it. Takes
/// about as many characters as its JSON has from `characters_left`; throws too_large without them.
Value from_json(Run& run, const json::value& value, std::size_t& characters_left);
/// A copy that does not look at the document again.
Value from_json_copy(Run& run, const json::value& value);

/// A result as JSON, in `storage`. Throws too_large beyond `characters_max`.
json::value to_json(Run& run, const Value& value, std::size_t characters_max,
                    json::storage_ptr storage = {});

}  // namespace thingstead::script::tbel
