// Commands of a client, and values as a server would write them.
#pragma once
#include <span>
#include <string>
#include <string_view>

#include "protocol/resp/value.h"

namespace thingstead::resp {

/// Appends a command: a list of binary-safe words, the first one its name. Both versions of the
/// protocol read it.
void append_command(std::string& out, std::span<const std::string_view> words);
template <class... Words>
void append_command_of(std::string& out, const Words&... words) {
    const std::string_view list[] = {std::string_view(words)...};
    append_command(out, list);
}

/// Appends a value in RESP3: what a server writes, for fakes and tests. A Value that no parser
/// gives (a line break in a simple string, an odd map) is written as it is.
void append_value(std::string& out, const Value& value);

}  // namespace thingstead::resp
