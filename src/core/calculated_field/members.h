// How the parts of a calculated field's document are read. For the files of this folder alone.
#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/json.h"
#include "core/calculated_field/relation_step.h"

namespace thingstead::core {

/// Null: it is missing, or null.
const json::value* member_of(const json::object& object, std::string_view name);
/// Empty: it is missing, or no text.
std::string text_of_member(const json::object& object, std::string_view name);
bool flag_of(const json::object& object, std::string_view name, bool otherwise);
/// Errors: invalid_argument - no integer, or a negative one.
Result<std::int64_t> count_of(const json::object& object, std::string_view name,
                              std::int64_t otherwise);
/// The same as seconds; a century is as good as more.
Result<std::chrono::seconds> seconds_of(const json::object& object, std::string_view name);

/// `where` begins the errors' texts. Errors: invalid_argument - no direction or type.
Result<RelationStep> read_step(const json::value& document, const std::string& where);

/// `{"scheduledUpdateEnabled","scheduledUpdateInterval"}`; 0: not asked for.
Result<std::chrono::seconds> read_refresh(const json::object& document);

/// Scripts, formulas and results know arguments by such names: letters, digits, '_'.
bool is_variable_name(std::string_view name);

}  // namespace thingstead::core
