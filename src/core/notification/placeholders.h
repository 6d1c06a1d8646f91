// The texts of templates, with what they leave open filled in: `${name}`, or
// `${name:upperCase}`, `${name:lowerCase}`, `${name:capitalize}`. Placeholders of an unknown name
// or way of writing stay as they are. What is put in is not looked at again.
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace thingstead::core {

using PlaceholderValues = std::map<std::string, std::string, std::less<>>;

/// What the text is for: values come from devices and users, and must not become markup.
enum class PlaceholderTarget : std::uint8_t { text, html };

std::string fill_placeholders(std::string_view text, const PlaceholderValues& values,
                              PlaceholderTarget target = PlaceholderTarget::text);

}  // namespace thingstead::core
